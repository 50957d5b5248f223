// The change feed, read as a browser or a backend would: with nothing but the rules of server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).

import test from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { Service } from './service.mjs';

/** One connection to the feed: what was dispatched, and the last event ID, as the standard has it. */
class Feed {
  static async open(service, { token, lastEventId, query = '', accept = 'text/event-stream' } = {}) {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${token ?? service.founder.admin_token}`, accept };
    if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
    const response = await fetch(`${service.base}/admin/audit-events/stream${query}`, { headers, signal: abort.signal });
    const feed = new Feed();
    Object.assign(feed, { abort, response, events: [], ends: [], lastEventId, over: false });
    if (response.status === 200) feed.reading = feed.read();
    return feed;
  }

  async read() {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const bytes of this.response.body) {
        text += decoder.decode(bytes, { stream: true });
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          this.take(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } catch { /* it was cut */ }
    this.over = true;
  }

  take(block) {
    let data = '';
    let type = 'message';
    for (const line of block.split('\n')) {
      if (line.startsWith(':')) continue;
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (name === 'id') this.lastEventId = value;
      if (name === 'event') type = value;
      if (name === 'data') data += value;
    }
    if (!data) return;
    if (type === 'end') this.ends.push(JSON.parse(data));
    else this.events.push({ id: this.lastEventId, ...JSON.parse(data) });
  }

  close() {
    this.abort.abort();
    return this.reading;
  }
}

async function until(condition, what, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; !condition();) {
    if (Date.now() > end) assert.fail(`${what} did not come`);
    await rest(10);
  }
}

const positions = (feed) => feed.events.map((event) => event.attributes.position);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function register(service, name) {
  const role = await service.role('intake_worker');
  return service.admin('POST', '/admin/applications', 'applications',
    { name, email: `${name.replaceAll(' ', '.').toLowerCase()}@example.org` },
    { roles: { data: [{ type: 'roles', id: role }] } });
}

async function newest(service) {
  const page = await service.get('/admin/audit-events?page[size]=1&sort=-position');
  return page.data[0].attributes.position;
}

let service;
test.before(async () => { service = await Service.start(); });
test.after(() => service.stop());

test('it tells what is new, as it comes', async () => {
  const tail = await newest(service);
  const feed = await Feed.open(service);
  assert.equal(feed.response.headers.get('content-type'), 'text/event-stream');
  await until(() => feed.lastEventId, 'the place');
  const place = Number(feed.lastEventId);
  assert.ok(place >= tail);
  await register(service, 'Feed one');
  await until(() => feed.events.length === 2, 'the events');
  assert.deepEqual(positions(feed), [place + 1, place + 2]);
  const [registered] = feed.events;
  assert.equal(registered.type, 'audit-events');
  assert.equal(registered.attributes.event_type, 'ApplicationRegistered');
  assert.match(registered.attributes.summary, /registered the application “Feed one”/);
  const same = await service.get(`/admin/audit-events/${registered.id}`);
  assert.deepEqual(registered.attributes, same.data.attributes);
  await feed.close();
});

test('it catches up from any position, once and in order', async () => {
  const tail = await newest(service);
  for (const after of [0, 1, 7, tail - 1, tail]) {
    for (const way of [{ lastEventId: String(after) }, { query: `?after=${after}` }]) {
      const feed = await Feed.open(service, way);
      await until(() => Number(feed.lastEventId) >= tail, `the end after ${after}`);
      const told = positions(feed);
      assert.deepEqual(told, [...told].sort((a, b) => a - b));
      assert.ok(told.every((position) => position > after));
      await feed.close();
    }
  }
});

test('it refuses a place that is none', async () => {
  for (const [way, code] of [[{ lastEventId: 'x' }, 'invalid_header'], [{ lastEventId: '99999999' }, 'invalid_header'],
    [{ query: '?after=-1' }, 'invalid_parameter'], [{ query: '?before=1' }, 'unknown_parameter'],
    [{ query: '?filter[colour]=red' }, 'invalid_parameter']]) {
    const feed = await Feed.open(service, way);
    assert.equal(feed.response.status, 400, JSON.stringify(way));
    const { errors } = await feed.response.json();
    assert.equal(errors[0].code, code, JSON.stringify(way));
  }
});

test('filters pick by type, subject and collection, and the place moves on all the same', async () => {
  const application = (await register(service, 'Feed two')).data.id;
  await service.admin('PATCH', `/admin/applications/${application}`, 'applications', { name: 'Feed two and a half' }, undefined, application);
  await service.admin('POST', '/intake/reports', 'reports', { narrative: 'seen' });
  const tail = await newest(service);
  const told = async (query) => {
    const feed = await Feed.open(service, { query: `?after=0&${query}` });
    await until(() => Number(feed.lastEventId) >= tail, `the end of ${query}`);
    await feed.close();
    return feed.events;
  };
  const renamed = await told('filter[event_type]=ApplicationRenamed');
  assert.deepEqual(renamed.map((event) => event.attributes.subject), [application]);
  const ofOne = await told(`filter[subject]=${application}`);
  assert.deepEqual(ofOne.map((event) => event.attributes.event_type), ['ApplicationRegistered', 'ApplicationRenamed']);
  const reports = await told('filter[collection]=intake/reports');
  assert.deepEqual(reports.map((event) => event.attributes.event_type), ['RecordCreated']);
});

test('nobody reads it who may not read the audit, nor any longer than that', async () => {
  const anonymous = await fetch(`${service.base}/admin/audit-events/stream`);
  assert.equal(anonymous.status, 401);
  const role = await service.role('intake_worker');
  const worker = await service.admin('POST', '/admin/users', 'users', { name: 'Wim', email: 'wim@example.org' },
    { roles: { data: [{ type: 'roles', id: role }] } });
  const refused = await Feed.open(service, { token: worker.meta.access_token });
  assert.equal(refused.response.status, 403);

  const administrators = await service.role('admin');
  const roles = (id) => service.admin('PATCH', `/admin/users/${worker.data.id}`, 'users', {},
    { roles: { data: [{ type: 'roles', id }] } }, worker.data.id);
  await roles(administrators);
  const feed = await Feed.open(service, { token: worker.meta.access_token });
  await until(() => feed.lastEventId, 'the place');
  await roles(role);
  await register(service, 'Feed three');
  await until(() => feed.over, 'the end');
  assert.equal(feed.ends[0].reason, 'not_permitted');
  assert.ok(!feed.events.some((event) => event.attributes.event_type === 'ApplicationRegistered'));
});

test('a reader that comes back again and again misses nothing while eight write', async () => {
  const tail = await newest(service);
  let writing = true;
  const writers = range(1, 8).map(async (writer) => {
    for (let i = 0; i < 40; i += 1) await register(service, `Writer ${writer} program ${i}`);
  });
  const done = Promise.all(writers).then(() => { writing = false; });
  const told = [];
  let place = String(tail);
  let visits = 0;
  let end = Infinity;
  while (writing || Number(place) < end) {
    const feed = await Feed.open(service, { lastEventId: place });
    visits += 1;
    await rest(Math.random() * 60);
    await feed.close();
    told.push(...positions(feed));
    place = feed.lastEventId;
    if (!writing && end === Infinity) end = await newest(service);
  }
  await done;
  assert.deepEqual(told, range(tail + 1, end));
  assert.ok(end - tail >= 8 * 40 * 2);
  assert.ok(visits > 5, `only ${visits} visits`);
});

/** A client that sends the request and reads when it is told to. */
function slowReader(target, token) {
  const socket = connect({ port: Number(new URL(service.base).port), host: '127.0.0.1' });
  socket.pause();
  socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return socket;
}

test('a reader too slow is cut off, and the service keeps nothing for it', async () => {
  for (let i = 0; i < 1500; i += 1) {
    await service.admin('POST', '/intake/reports', 'reports', { narrative: 'x'.repeat(20000) });
  }
  const tail = await newest(service);
  const memory = () => service.residentBytes();
  const before = memory();
  const sockets = range(1, 20).map(() => slowReader('/admin/audit-events/stream?after=0', service.founder.admin_token));
  await rest(3000);
  assert.ok(memory() - before < 64 * 1024 * 1024, `${memory() - before} bytes more`);
  // One of them wakes up late: it is told so, and finds where it was.
  const [late, ...others] = sockets;
  await rest(9000);
  let text = '';
  late.on('data', (bytes) => { text += bytes.toString('latin1'); });
  late.resume();
  await new Promise((resolve) => { late.on('end', resolve).on('error', resolve); });
  assert.match(text, /event: end\ndata: \{"reason":"too_slow"/);
  const place = [...text.matchAll(/^id: (\d+)$/gm)].pop()[1];
  assert.ok(Number(place) < tail);
  const feed = await Feed.open(service, { lastEventId: place });
  await until(() => Number(feed.lastEventId) >= tail, 'the rest');
  assert.equal(positions(feed)[0], Number(place) + 1);
  await feed.close();
  for (const socket of others) socket.destroy();
});

test('it says so when the service stops', async () => {
  const other = await Service.start();
  const feed = await Feed.open(other);
  await until(() => feed.lastEventId, 'the place');
  const started = Date.now();
  await other.stop();
  await until(() => feed.over, 'the end');
  assert.equal(feed.ends[0]?.reason, 'stopping');
  assert.ok(Date.now() - started < 8000);
});
