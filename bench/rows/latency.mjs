// How long one registration takes where there is no other, beside what it cannot do without: one fdatasync of 4 KiB and one round
// trip to the bare echo server. As a log is written: appended to a file whose blocks were set aside.

import { rmSync } from 'node:fs';
import { byTurns, load, output } from '../lib/load.mjs';
import { registration } from '../lib/sent.mjs';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  const fdatasync = async () => {
    const file = `${servers.work}/fio`;
    const printed = await output('fio', ['--name=sync', `--filename=${file}`, '--size=2g', '--fallocate=keep', '--bs=4k', '--rw=write',
      '--ioengine=sync', '--fdatasync=1', `--runtime=${seconds}`, '--output-format=json']);
    rmSync(file);
    return 1e6 / JSON.parse(printed).jobs[0].write.iops;
  };
  const ours = async () => {
    const alone = await load(url, 1, seconds, sent);
    return { ...alone, rate: 1e6 / alone.rate };
  };
  yield await byTurns('register 1, latency µs', rounds, ours, [{ name: 'fdatasync + echo, µs', goal: { atMost: 2.5 },
    ask: async () => await fdatasync() + 1e6 / (await load(echo, 1, seconds, sent)).rate }]);
}
