// One request over and over, beside the same to the bare echo server.

import { byTurns, load } from '../lib/load.mjs';
import { registration, requests } from '../lib/sent.mjs';

const atLeast = 0.6;
const goals = { evaluate: { atLeast }, introspect: { atLeast }, read: { atLeast } };

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo();
  const role = await servers.roleId('intake_worker');
  const rows = { ...requests, async '10 % register, 90 % read'(of) {
    return [{ ...registration(of, role), share: 1 }, { ...await requests.read(of), share: 9 }];
  } };
  for (const [row, made] of Object.entries(rows)) {
    const sent = await made(servers);
    await load(url, 64, 1, sent);
    yield await byTurns(`${row} 64`, rounds, () => load(url, 64, seconds, sent),
      [{ name: 'echo', goal: goals[row], ask: async () => (await load(echo, 64, seconds, sent)).rate }]);
  }
}
