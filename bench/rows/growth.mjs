// What becomes of it as applications grow in number: the same work with a thousand, with a hundred thousand and with a million.

import { setTimeout as sleep } from 'node:timers/promises';
import { load, openLoad } from '../lib/load.mjs';
import { changesOfApplications, readsOfApplications, registration, requests } from '../lib/sent.mjs';
import { Servers } from '../lib/servers.mjs';

/** Milliseconds, in which RocksDB does what filling left to do. */
const kSettling = 5000;
/** So that a hundredth of them are enough to tell p99 by. */
const kArrivingSeconds = 10;

export async function* measure({ seconds, rounds, applications, quick }) {
  const servers = new Servers(); // with none
  try {
    const url = await servers.byline();
    const intake = servers.roleId('intake_worker');
    const register = registration(servers, await intake);
    const page = await requests.page(servers);
    const { token } = await servers.application(await servers.roleId('admin'));
    let there = 27, reads = [], changes = [];
    const registerFor = async (time) => {
      const registered = await load(url, 64, time, register);
      there += Math.round(registered.rate * time);
      return registered;
    };
    const work = {
      'read 64': () => load(url, 64, seconds, reads),
      'page of 25, 64': () => load(url, 64, seconds, page),
      'change 1,000/s, p99 µs': async () => { // a command that leaves their number as it is
        const arrived = await openLoad(url, 1000, quick ? seconds : Math.max(seconds, kArrivingSeconds), changes);
        return { ...arrived, rate: arrived.p99 };
      },
      // The last: there are many more afterwards.
      'register 64': () => registerFor(1),
    };
    const fill = async (size) => {
      for (; size - there > 0 && size <= 5000; ++there) await servers.application(await intake);
      while (there < size) await registerFor(Math.min(10, Math.max(1, Math.floor((size - there) / 9000))));
      await sleep(kSettling);
    };
    const first = {}, taken = [];
    for (const size of [applications / 1000, applications / 10, applications]) {
      await fill(size);
      taken.push({ there, ...await servers.taken() });
      [reads, changes] = [await readsOfApplications(servers, token), await changesOfApplications(servers)];
      await openLoad(url, 1000, quick ? 1 : kArrivingSeconds, changes); // the first changes meet memory that nobody has used
      for (const [name, ask] of Object.entries(work)) {
        const ours = [], before = there;
        for (let round = 0; round < rounds; ++round) ours.push(await ask());
        const row = `${name}, of ${size.toLocaleString('en-US')}`;
        const note = before === there ? `of ${there.toLocaleString('en-US')}` : `of ${before.toLocaleString('en-US')} to ${there.toLocaleString('en-US')}`;
        if (!first[name]) {
          first[name] = { size, rates: ours.map(({ rate }) => rate) };
          yield { row, ours, against: [], note };
        } else {
          yield { row, ours, note, against: [{ name: `of ${first[name].size.toLocaleString('en-US')}`, theirs: first[name].rates,
            goal: name.endsWith('p99 µs') ? { atMost: 1.2 } : null }] };
        }
      }
    }
    const [{ there: few, ...before }, , { there: many, ...after }] = taken;
    for (const what of ['memory', 'disk'])
      yield { row: `${what}, bytes an application`, ours: [{ rate: (after[what] - before[what]) / (many - few) }], against: [],
        note: `${Math.round(after[what] / 1e6)} MB with ${many.toLocaleString('en-US')}, ${Math.round(before[what] / 1e6)} MB with ${few.toLocaleString('en-US')}` };
  } finally {
    await servers.stop();
  }
}
