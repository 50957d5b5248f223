// Registrations that come when they come, at half of the peak rate and at four fifths: latencies from when each was due. And
// what becomes of the peak, which is what 64 connections get that wait for each answer, with thousands of callers who send the
// next request as soon as the last is answered or refused: more than commands may wait.

import { setTimeout as sleep } from 'node:timers/promises';
import { byTurns, load, openLoad } from '../lib/load.mjs';
import { registration } from '../lib/sent.mjs';
import { median } from '../lib/report.mjs';

const kCallers = 6000;
const kLeastSeconds = 3; // in one they have hardly connected

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  const peak = async () => (await load(url, 64, seconds, sent)).rate;
  await load(url, 64, 1, sent);
  const peaks = [];
  for (let round = 0; round < rounds; ++round) peaks.push(await peak());
  for (const share of [0.5, 0.8]) {
    const rate = Math.round(share * median(peaks));
    const row = await byTurns(`register at ${100 * share} % of peak`, rounds, () => openLoad(url, rate, seconds, sent), []);
    row.note = `${rate.toLocaleString('en-US')} a second came, the peak being ${Math.round(median(peaks)).toLocaleString('en-US')}; `
      + `${Math.round(median(row.ours.map(({ refused }) => refused)))} a second were refused`;
    yield row;
  }
  const before = (await servers.taken()).memory;
  const settled = async (ask) => { // what the round before left in the queue is nobody's
    await sleep(2000);
    return ask();
  };
  const row = await byTurns(`register, ${kCallers.toLocaleString('en-US')} callers`, rounds,
    () => settled(() => load(url, kCallers, Math.max(seconds, kLeastSeconds), sent, { refusals: true })),
    [{ name: 'peak', goal: { atLeast: 0.9 }, ask: () => settled(peak) }]);
  const after = (await servers.taken()).memory;
  row.note = `refused: ${Math.round(median(row.ours.map(({ refused }) => refused))).toLocaleString('en-US')} a second; memory `
    + `${Math.round(before / 1e6)} MB before, ${Math.round(after / 1e6)} MB after`;
  yield row;
}
