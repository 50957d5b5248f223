// Peers that are programs of their own, run for so long and asked what they made a second.

import { rmSync } from 'node:fs';
import { output } from './load.mjs';

/** Writes of 4 KiB a second, each with an fdatasync, as a log is written: appended to a file whose blocks were set aside. */
export async function appendsSynced(servers, seconds) {
  const file = `${servers.work}/fio`;
  const printed = await output('fio', ['--name=sync', `--filename=${file}`, '--size=2g', '--fallocate=keep', '--bs=4k', '--rw=write',
    '--ioengine=sync', '--fdatasync=1', `--runtime=${seconds}`, '--output-format=json']);
  rmSync(file);
  return JSON.parse(printed).jobs[0].write.iops;
}

/** What RocksDB takes of synced writes of one event each, from so many threads. `fillseq` knows no time, but how many. */
export async function inRocksDb(servers, threads, seconds, { benchmark = 'fillrandom', bytes = 445 } = {}) {
  const printed = await output('db_bench', [`--benchmarks=${benchmark}`, '--sync=1', `--value_size=${bytes}`, `--threads=${threads}`, `--duration=${seconds}`,
    `--num=${benchmark === 'fillseq' ? 7000 * seconds : 1_000_000_000}`, `--db=${servers.work}/db_bench`, '--compression_type=lz4', '--enable_pipelined_write']);
  const rate = /^fill\w+\s.* (\d+) ops\/sec/m.exec(printed);
  if (!rate) throw new Error(`db_bench: ${printed}`);
  return Number(rate[1]);
}
