// How long one registration takes where there is no other, beside what it cannot do without: one fdatasync and one round
// trip to the bare echo server.

import { output, load } from '../lib/load.mjs';

export const about = 'one registration alone, µs, beside one fdatasync and one echo';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo();
  const role = await servers.roleId('intake_worker');
  const register = (target, run) => load(target, 1, seconds, { script: 'register',
    env: { BYLINE_TOKEN: servers.token, BYLINE_ROLE: role, BYLINE_RUN: run } });
  const fdatasync = async () => {
    const printed = await output('fio', ['--name=sync', `--filename=${servers.work}/fio`, '--size=64m', '--bs=4k', '--rw=write',
      '--ioengine=sync', '--fdatasync=1', `--runtime=${seconds}`, '--time_based', '--output-format=json']);
    return 1e6 / JSON.parse(printed).jobs[0].write.iops;
  };
  const result = { row: 'register 1, latency', ours: [], against: [{ name: 'fdatasync + echo, µs', goal: { atMost: 2.5 }, theirs: [] }] };
  for (let round = 0; round < rounds; ++round) {
    const ours = await register(url, `latency-${round}`);
    result.ours.push({ ...ours, rate: 1e6 / ours.rate });
    result.against[0].theirs.push(await fdatasync() + 1e6 / (await register(echo, 'echo')).rate);
  }
  yield result;
}
