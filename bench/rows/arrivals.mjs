// Registrations that come when they come, at half of the peak rate and at four fifths: latencies from when each was due. And
// what becomes of the peak, which is what 64 connections get that wait for each answer, when twice as many come, and with
// thousands of callers who send the next request as soon as the last is answered or refused: more than commands may wait.

import { setTimeout as sleep } from 'node:timers/promises';
import { byTurns, load, openLoad } from '../lib/load.mjs';
import { registration } from '../lib/sent.mjs';
import { median } from '../lib/report.mjs';

const kCallers = 6000;
const kConnections = 9000; // of those who come when they come: fewer than the server takes, more than commands may wait
const kLeastSeconds = 3; // in one they have hardly connected

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  const peak = async () => (await load(url, 64, seconds, sent)).rate;
  await load(url, 64, 1, sent);
  const peaks = [];
  for (let round = 0; round < rounds; ++round) peaks.push(await peak());
  const whole = (number) => Math.round(number).toLocaleString('en-US');
  const refused = (row) => whole(median(row.ours.map((ours) => ours.refused)));
  const arrivals = async (share, name, options, peers) => {
    const rate = Math.round(share * median(peaks));
    const row = await byTurns(name, rounds, () => openLoad(url, rate, seconds, sent, options), peers);
    row.note = `${whole(rate)} a second came, the peak being ${whole(median(peaks))}; ${refused(row)} a second were refused`;
    return row;
  };
  for (const share of [0.5, 0.8]) yield arrivals(share, `register at ${100 * share} % of peak`, {}, []);
  const settled = async (ask) => { // what the round before left in the queue is nobody's
    await sleep(2000);
    return ask();
  };
  const before = (await servers.taken()).memory;
  const beside = [{ name: 'peak', goal: { atLeast: 0.9 }, ask: () => settled(peak) }];
  yield arrivals(2, 'register at twice the peak', { connections: kConnections }, beside);
  const row = await byTurns(`register, ${whole(kCallers)} callers`, rounds,
    () => settled(() => load(url, kCallers, Math.max(seconds, kLeastSeconds), sent, { refusals: true })), beside);
  const after = (await servers.taken()).memory;
  row.note = `refused: ${refused(row)} a second; memory ${whole(before / 1e6)} MB before, ${whole(after / 1e6)} MB after`;
  yield row;
}
