// What becomes of it as applications grow in number: the same work with a thousand, with a hundred thousand and with a million.

import { load, openLoad } from '../lib/load.mjs';
import { changesOfApplications, registration, requests } from '../lib/sent.mjs';
import { Servers } from '../lib/servers.mjs';

/** So that a hundredth of them are enough to tell p99 by. */
const kArrivingSeconds = 10;

export async function* measure({ seconds, rounds, applications, quick }) {
  const servers = new Servers(); // with none
  try {
    const url = await servers.byline();
    const register = registration(servers, await servers.roleId('intake_worker'));
    const [read, page] = [await requests.read(servers), await requests.page(servers)];
    let there = 0, changes = [];
    const registerFor = async (time) => {
      const registered = await load(url, 64, time, register);
      there += Math.round(registered.rate * time);
      return registered;
    };
    const work = {
      'read 64': () => load(url, 64, seconds, read),
      'page of 25, 64': () => load(url, 64, seconds, page),
      'change 1,000/s, p99 µs': async () => { // a command that leaves their number as it is
        const arrived = await openLoad(url, 1000, quick ? seconds : Math.max(seconds, kArrivingSeconds), changes);
        return { ...arrived, rate: arrived.p99 };
      },
      'register 64': () => registerFor(seconds), // the last: there are many more afterwards
    };
    const first = {}, taken = [];
    for (const size of [applications / 1000, applications / 10, applications]) {
      while (there < size) await registerFor(Math.min(10, Math.max(1, Math.floor((size - there) / 9000))));
      taken.push({ there, ...await servers.taken() });
      changes = await changesOfApplications(servers);
      for (const [name, ask] of Object.entries(work)) {
        const ours = [];
        for (let round = 0; round < rounds; ++round) ours.push(await ask());
        const row = `${name}, of ${size.toLocaleString('en-US')}`;
        if (!first[name]) {
          first[name] = { size, rates: ours.map(({ rate }) => rate) };
          yield { row, ours, against: [] };
        } else {
          yield { row, ours, against: [{ name: `of ${first[name].size.toLocaleString('en-US')}`, theirs: first[name].rates,
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
