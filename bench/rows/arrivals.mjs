// Registrations that come when they come, at half of the peak rate, at four fifths and at twice as many. The peak is what 64
// connections get that wait for each answer.

import { byTurns, load, openLoad } from '../lib/load.mjs';
import { registration } from '../lib/sent.mjs';
import { median } from '../lib/report.mjs';

const kCallersInTrouble = 6000; // more than commands may wait

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  await load(url, 64, 1, sent);
  const peaks = [];
  for (let round = 0; round < rounds; ++round) peaks.push((await load(url, 64, seconds, sent)).rate);
  const peak = median(peaks);
  for (const share of [0.5, 0.8]) {
    const name = `register at ${100 * share} % of peak`;
    yield await byTurns(name, rounds, () => openLoad(url, Math.round(share * peak), seconds, sent), [{ name: 'peak', ask: async () => peak }]);
  }
  const before = (await servers.taken()).memory;
  const row = await byTurns('register at 200 % of peak', rounds,
    () => openLoad(url, Math.round(2 * peak), seconds, sent, kCallersInTrouble),
    [{ name: 'peak', goal: { atLeast: 0.9 }, ask: async () => (await load(url, 64, seconds, sent)).rate }]);
  const after = (await servers.taken()).memory;
  row.note = `refused: ${Math.round(median(row.ours.map(({ refused }) => refused)))} a second, 99 % of them within `
    + `${(median(row.ours.map(({ refusedP99 }) => refusedP99)) / 1000).toFixed(1)} ms; memory ${Math.round(before / 1e6)} MB before, ${Math.round(after / 1e6)} MB after`;
  yield row;
}
