// How long one registration takes where there is no other, beside what it cannot do without: one fdatasync of 4 KiB and one round
// trip to the bare echo server.

import { byTurns, load } from '../lib/load.mjs';
import { appendsSynced } from '../lib/peers.mjs';
import { registration } from '../lib/sent.mjs';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  await load(url, 1, 1, sent);
  const ours = async () => {
    const alone = await load(url, 1, seconds, sent);
    return { ...alone, rate: 1e6 / alone.rate };
  };
  yield await byTurns('register 1, latency µs', rounds, ours, [{ name: 'fdatasync + echo, µs', goal: { atMost: 2.5 },
    ask: async () => 1e6 / (await appendsSynced(servers, seconds)) + 1e6 / (await load(echo, 1, seconds, sent)).rate }]);
}
