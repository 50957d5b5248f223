// How long one registration takes where there is no other, beside what it cannot do without: one fdatasync and one round
// trip to the bare echo server.

import { byTurns, load, output } from '../lib/load.mjs';
import { registration } from '../lib/sent.mjs';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  const fdatasync = async () => {
    const printed = await output('fio', ['--name=sync', `--filename=${servers.work}/fio`, '--size=64m', '--bs=4k', '--rw=write',
      '--ioengine=sync', '--fdatasync=1', `--runtime=${seconds}`, '--time_based', '--output-format=json']);
    return 1e6 / JSON.parse(printed).jobs[0].write.iops;
  };
  const ours = async () => {
    const alone = await load(url, 1, seconds, sent);
    return { ...alone, rate: 1e6 / alone.rate };
  };
  yield await byTurns('register 1, latency µs', rounds, ours, [{ name: 'fdatasync + echo, µs', goal: { atMost: 2.5 },
    ask: async () => await fdatasync() + 1e6 / (await load(echo, 1, seconds, sent)).rate }]);
}
