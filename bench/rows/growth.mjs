// What becomes of it as applications grow in number: the same work, by turns, for a service with a thousand, one with a hundred
// thousand and one with a million.

import { load, openLoad } from '../lib/load.mjs';
import { changesOfApplications, readsOfApplications, registration, requests, tokenRequest } from '../lib/sent.mjs';
import { Servers } from '../lib/servers.mjs';

/** So that a hundredth of them are enough to tell p99 by. */
const kArrivingSeconds = 10;

const inWords = (number) => number.toLocaleString('en-US');

/** Starts the service of `servers` and registers so many; gives what it takes then and what may be asked of it. */
async function filled(servers, size, { seconds, quick }) {
  const url = await servers.byline();
  const intake = await servers.roleId('intake_worker');
  const register = registration(servers, intake);
  const page = await requests.page(servers);
  const { token } = await servers.application(await servers.roleId('admin'));
  const evaluate = await requests.evaluate(servers), introspect = await requests.introspect(servers);
  const grant = tokenRequest(await servers.application(intake));
  const service = { size, there: 30 };
  const registerFor = async (time) => {
    const registered = await load(url, 64, time, register);
    service.there += Math.round(registered.rate * time);
    return registered;
  };
  for (; service.there < size && size <= 5000; ++service.there) await servers.application(intake);
  while (service.there < size) await registerFor(Math.min(10, Math.max(1, Math.floor((size - service.there) / 9000))));
  await servers.idle();
  service.first = { there: service.there, ...await servers.taken() };

  const reads = await readsOfApplications(servers, token), changes = await changesOfApplications(servers);
  const arriving = quick ? seconds : Math.max(seconds, kArrivingSeconds);
  await openLoad(url, 1000, arriving, changes); // the first changes meet memory that nobody has used
  service.work = {
    'read 64': () => load(url, 64, seconds, reads),
    'page of 25, 64': () => load(url, 64, seconds, page),
    'evaluate 64': () => load(url, 64, seconds, evaluate),
    'introspect 64': () => load(url, 64, seconds, introspect),
    'token 32': () => load(url, 32, seconds, grant),
    'change 1,000/s, p99 µs': async () => { // a command that leaves their number as it is
      const arrived = await openLoad(url, 1000, arriving, changes);
      return { ...arrived, rate: arrived.p99 };
    },
    'register 64': () => registerFor(1), // the last: there are more afterwards
  };
  return service;
}

export async function* measure({ seconds, rounds, applications, quick }) {
  const sizes = [applications / 1000, applications / 10, applications];
  const all = sizes.map(() => new Servers()); // with nothing in them
  try {
    const services = [];
    for (const [i, size] of sizes.entries()) services.push(await filled(all[i], size, { seconds, quick }));
    for (const name of Object.keys(services[0].work)) {
      const before = services.map(({ there }) => there), found = services.map(() => []);
      for (let round = 0; round < rounds; ++round) { // none is always the first
        for (let i = 0; i < services.length; ++i) {
          const which = (i + round) % services.length;
          found[which].push(await services[which].work[name]());
        }
      }
      const few = { name: `of ${inWords(sizes[0])}`, theirs: found[0].map(({ rate }) => rate), goal: name.endsWith('p99 µs') ? { atMost: 1.2 } : null };
      for (const [i, { size, there }] of services.entries()) {
        yield { row: `${name}, of ${inWords(size)}`, ours: found[i], against: i === 0 ? [] : [{ ...few }],
          note: before[i] === there ? `of ${inWords(there)}` : `of ${inWords(before[i])} to ${inWords(there)}` };
      }
    }
    const [{ first: few }, , { first: many }] = services;
    for (const what of ['memory', 'disk'])
      yield { row: `${what}, bytes an application`, ours: [{ rate: (many[what] - few[what]) / (many.there - few.there) }], against: [],
        note: `${Math.round(many[what] / 1e6)} MB with ${inWords(many.there)}, ${Math.round(few[what] / 1e6)} MB with ${inWords(few.there)}` };
  } finally {
    for (const servers of all) await servers.stop();
  }
}
