// The replay tool as an auditor uses it: questions about the past, of a data directory and of a service, evidence
// that holds by itself, and data that an earlier release left behind.

import test from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Service } from './service.mjs';

const binary = process.env.BYLINE_BINARY ?? 'build/release/byline';
const tests = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'byline-replay-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const byline = (words, options = {}) => spawnSync(binary, words, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
const parsed = (text) => text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** What happened at Harbor County, and where in the log. */
class Story {
  static async tell() {
    const story = new Story();
    const service = await Service.start();
    Object.assign(story, { service, marks: {} });
    await story.mark('begin');
    const worker = await service.role('intake_worker');
    const supervisor = await service.role('intake_supervisor');
    const roles = (id) => ({ roles: { data: [{ type: 'roles', id }] } });
    story.application = await service.register('Nightly import', 'nightly@example.org');
    await story.mark('registered');
    const { id } = story.application;
    await service.admin('PATCH', `/admin/applications/${id}`, 'applications', { name: 'Daily import' }, roles(supervisor), id);
    await story.mark('promoted');
    story.report = (await service.admin('POST', '/intake/reports', 'reports', { narrative: 'A boat without lights', crew: 2 })).data.id;
    await story.mark('reported');
    await story.asApplication('PATCH', `/intake/reports/${story.report}`, { narrative: 'A boat without lights, towed' }, story.report);
    story.second = (await story.asApplication('POST', '/intake/reports', { narrative: 'Made by the import' })).data.id;
    await story.mark('imported');
    story.credential = (await service.admin('GET', `/admin/applications/${id}/credentials`)).data[0].id;
    await service.admin('PATCH', `/admin/applications/${id}`, 'applications', { status: 'deactivated' }, roles(worker), id);
    await story.mark('end');
    await fetch(`${service.base}/log/checkpoint`, { method: 'POST', headers: { authorization: `Bearer ${service.founder.admin_token}` } });
    story.key = byline(['verify', 'key', '--data', service.data]).stdout.trim();
    return story;
  }

  async mark(name) {
    const page = await this.service.admin('GET', '/admin/audit-events?sort=-position&page[size]=1');
    this.marks[name] = page.data[0].attributes;
  }

  async asApplication(method, path, attributes, id) {
    const { service, application } = this;
    const grant = await fetch(`${service.base}/oauth2/token`, { method: 'POST', body: new URLSearchParams({
      grant_type: 'client_credentials', client_id: application.id, client_secret: application.secret }) });
    const response = await fetch(service.base + path, {
      method,
      headers: { authorization: `Bearer ${(await grant.json()).access_token}`, 'content-type': 'application/vnd.api+json' },
      body: JSON.stringify({ data: { type: 'reports', id, attributes } }),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return response.json();
  }

  /** Answers as JSON, from the data directory and from the service, which must be the same. */
  ask(...words) {
    const here = byline(['replay', '--data', this.service.data, '--form', 'json', ...words]);
    assert.equal(here.status, 0, here.stderr);
    const there = byline(['replay', '--url', this.service.base, '--form', 'json', ...words],
      { env: { ...process.env, BYLINE_TOKEN: this.service.founder.admin_token } });
    assert.equal(there.status, 0, there.stderr);
    assert.equal(there.stdout, here.stdout);
    return parsed(here.stdout);
  }

  fails(...words) {
    const failed = byline(['replay', '--data', this.service.data, ...words]);
    assert.notEqual(failed.status, 0);
    return failed.stderr;
  }
}

let story;
test.before(async () => { story = await Story.tell(); });
test.after(() => story.service.stop());

test('as of a moment a subject is what it was then', () => {
  const { marks, application } = story;
  const [then] = story.ask('--as-of', String(marks.registered.position), '--application', application.id);
  assert.equal(then.was.name, 'Nightly import');
  assert.deepEqual(then.was.roles, ['Intake Worker']);
  assert.equal(then.was.created_by, 'Ada Moreno');
  const [later] = story.ask('--as-of', marks.promoted.at, '--application', application.id);
  assert.equal(later.was.name, 'Daily import');
  assert.deepEqual(later.was.roles, ['Intake Supervisor']);
  assert.equal(later.was.status, 'active');
  const [now] = story.ask('--as-of', 'now', '--application', application.id);
  assert.equal(now.was.status, 'deactivated');
  const [report] = story.ask('--as-of', String(marks.reported.position), '--record', story.report);
  assert.deepEqual(report.was.attributes, { narrative: 'A boat without lights', crew: 2 });
  assert.match(story.fails('--as-of', String(marks.begin.position), '--application', application.id), /nothing with the id .* then/);
});

test('as of a moment everything is what it was then', () => {
  const { marks } = story;
  const before = story.ask('--as-of', String(marks.begin.position));
  const after = story.ask('--as-of', String(marks.end.position));
  const of = (things, kind) => things.filter((thing) => thing.kind === kind).length;
  assert.equal(of(before, 'application'), 0);
  assert.equal(of(after, 'application'), 1);
  assert.equal(of(before, 'role'), 14);
  assert.equal(of(after, 'record'), 2);
  assert.equal(of(after, 'user'), 1);
});

test('a difference lists what changed, subject by subject', () => {
  const { marks, application, report } = story;
  const changes = story.ask('--diff', String(marks.registered.position), String(marks.end.position));
  const one = changes.find((change) => change.subject === application.id);
  assert.equal(one.what, 'changed');
  assert.deepEqual(one.changes, {
    name: { before: 'Nightly import', after: 'Daily import' },
    status: { before: 'active', after: 'deactivated' },
  });
  assert.deepEqual(one.by, ['Ada Moreno']);
  const record = changes.find((change) => change.subject === report);
  assert.equal(record.what, 'new');
  assert.deepEqual(record.by.sort(), ['Ada Moreno', 'Daily import']);
  const towed = story.ask('--diff', marks.reported.at, 'now').find((change) => change.subject === report);
  assert.deepEqual(towed.changes, {
    'attributes/narrative': { before: 'A boat without lights', after: 'A boat without lights, towed' },
  });
  assert.deepEqual(story.ask('--diff', 'now', 'now'), []);
});

test('who could do something is answered with the role through which', () => {
  const { marks, application } = story;
  const could = (...words) => story.ask('--who-could', 'people:delete:people/people', ...words).filter((one) => one.kind === 'application');
  assert.deepEqual(could('--at', String(marks.registered.position)), []);
  assert.deepEqual(story.ask('--who-could', 'people:delete').map((one) => one.name), ['Ada Moreno']);
  assert.deepEqual(could('--at', String(marks.promoted.position)),
    [{ account: application.id, name: 'Daily import', kind: 'application', level: 'all', through: ['Intake Supervisor'] }]);
  assert.deepEqual(could(), [], 'it is deactivated now');
  assert.match(story.fails('--who-could', 'intake:fly'), /no such operation/);
  assert.match(story.fails('--who-could', 'intake:edit:intake/nothing'), /no collection/);
});

test('an event is explained: who, by which right and role, what it changed, what followed', () => {
  const { marks, application } = story;
  const [change] = story.ask('--explain', String(marks.promoted.position));
  assert.equal(change.who.name, 'Ada Moreno');
  assert.deepEqual(change.rights, [{ permission: 'admin.applications:edit', needed: 'all', held: 'all', through: ['Admin'] }]);
  assert.equal(change.changed[0].subject, application.id);
  assert.deepEqual(change.changed[0].changes.roles, { before: ['Intake Worker'], after: ['Intake Supervisor'] });
  assert.equal(change.summary.length, 2);
  assert.ok(change.followed.some((one) => /deactivated/.test(one.summary)));
  const [by] = story.ask('--explain', String(marks.imported.position));
  assert.equal(by.who.credential.id, story.credential);
  assert.equal(by.rights[0].permission, 'intake:create');
  assert.match(story.fails('--explain', '999999'), /no event at position/);
  assert.match(byline(['replay', '--data', story.service.data, '--explain', String(marks.promoted.position)]).stdout,
    /^ {2}name: Ada Moreno$/m);
});

test('an incident tells everything done with a credential, and what else could have been', () => {
  const [incident] = story.ask('--incident', story.credential, '--from', story.marks.promoted.at);
  assert.equal(incident.account.name, 'Daily import');
  assert.deepEqual(incident.done.map((one) => one.type), ['RecordUpdated', 'RecordCreated']);
  const touched = incident.touched.find((one) => one.subject === story.report);
  assert.equal(touched.before.attributes.narrative, 'A boat without lights');
  assert.equal(touched.after.attributes.narrative, 'A boat without lights, towed');
  const could = Object.fromEntries(incident.could.map((one) => [one.permission, one.used]));
  assert.equal(could['intake:create'], true);
  assert.equal(could['intake:delete'], false);
  assert.deepEqual(incident.records_within_reach, [{ collection: 'intake/reports', level: 'all', records: 2 }]);
  assert.equal(story.ask('--incident', story.credential, '--from', story.marks.imported.at)[0].done.length, 1);
  assert.match(story.fails('--incident', story.application.id), /no credential with the id/);
});

test('what makes no difference to a question, or has no sense, is refused', () => {
  const { application } = story;
  assert.match(story.fails('--diff', '1', 'now', '--application', application.id), /takes no --application/);
  assert.match(story.fails('--as-of', 'now', '--kind', 'role'), /takes no --kind/);
  assert.match(story.fails('--as-of', '99999'), /The log ends at position/);
  assert.match(story.fails('--at', '3'), /--at goes with --who-could/);
  assert.match(story.fails('--explain', '0'), /no event at position 0/);
  assert.notEqual(byline(['replay', '--data', story.service.data, '--diff', '1']).status, 0);
  assert.match(story.fails('--speed', '0'), /--speed/);
});

test('a new name of something else is no difference', async () => {
  const { service, credential, application } = story;
  const [before] = story.ask('--incident', credential, '--from', String(story.marks.promoted.position));
  assert.deepEqual(before.touched.map((one) => one.changed_since), [false, false]);
  const place = story.marks.end.position;
  await service.admin('PATCH', `/admin/applications/${application.id}`, 'applications', { name: 'Weekly import' }, undefined, application.id);
  const [after] = story.ask('--incident', credential, '--from', String(story.marks.promoted.position));
  assert.deepEqual(after.touched.map((one) => one.changed_since), [false, false]);
  const changes = story.ask('--diff', String(place), 'now').filter((one) => one.kind !== 'application');
  assert.deepEqual(changes, []);
  await service.admin('PATCH', `/admin/applications/${application.id}`, 'applications', { name: 'Daily import' }, undefined, application.id);
});

test('a text cannot pass for lines of the answer', async () => {
  const made = await story.service.admin('POST', '/intake/reports', 'reports', { narrative: 'x\n  created by: Ada Moreno\n\nkind: forged' });
  const told = byline(['replay', '--data', story.service.data, '--as-of', 'now', '--record', made.data.id]).stdout;
  assert.ok(!/^kind: forged$/m.test(told), told);
  assert.match(told, /narrative: "x\\n {2}created by/);
});

test('evidence holds by itself, and no longer where one byte of it is another', () => {
  const made = byline(['replay', '--data', story.service.data, '--evidence', story.application.id]);
  assert.equal(made.status, 0, made.stderr);
  const file = join(folder, 'evidence');
  const check = (text, ...words) => {
    writeFileSync(file, text);
    return byline(['verify', 'evidence', file, '--key', story.key, ...words]);
  };
  const good = check(made.stdout);
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /Ada Moreno registered the application “Nightly import” with the role “Intake Worker”/);
  assert.match(good.stdout, /Daily import changed the record/);
  const events = parsed(check(made.stdout, '--json').stdout);
  assert.ok(events.some((event) => event.type === 'RoleCreated' && event.data.name === 'Intake Supervisor'));
  assert.ok(events.some((event) => event.data.email === 'nightly@example.org'), 'its own data can be read');
  assert.ok(!made.stdout.includes('nightly@example.org'), 'but not without the keys beside it');
  for (let i = 0; i < 40; i += 1) {
    const at = Math.floor(made.stdout.length * i / 40);
    const other = made.stdout[at] === 'A' ? 'B' : 'A';
    assert.equal(check(made.stdout.slice(0, at) + other + made.stdout.slice(at + 1)).status, 2, `at ${at}`);
  }
  const lines = made.stdout.split('\n');
  const shorter = lines.filter((line, i) => i !== 5).join('\n');
  assert.match(check(shorter).stderr, /signature/);
  const another = byline(['replay', '--data', story.service.data, '--evidence', '01890a5d-ac96-774b-bcce-b302099a8000']);
  assert.match(another.stderr, /no application with the id/);
  const ofUser = byline(['replay', '--data', story.service.data, '--evidence', story.service.founder.admin_id]);
  assert.match(ofUser.stderr, /no application with the id/);
});

test('a service shows its log to who may read the audit, and to nobody else', () => {
  const { service, application } = story;
  const read = (token) => byline(['replay', '--url', service.base, '--json'], { env: { ...process.env, BYLINE_TOKEN: token } });
  const there = parsed(read(service.founder.admin_token).stdout);
  const here = parsed(byline(['replay', '--data', service.data, '--json']).stdout);
  const own = here.filter((entry) => entry.organization === service.founder.organization_id);
  assert.equal(there.length, own.length);
  for (const [i, entry] of there.entries()) {
    const { digest, email_key: emailKey, ...data } = own[i].data;
    const { digest: shown, email_key: key, ...same } = entry.data;
    if (digest !== undefined) assert.equal(shown, '');
    if (emailKey !== undefined) assert.equal(key, '');
    assert.deepEqual({ ...entry, data: same }, { ...own[i], data });
  }
  assert.match(read('nonsense').stderr, /status 401/);
  assert.match(read('').stderr, /status 401/);
  assert.match(byline(['replay', '--url', 'http://127.0.0.1:1', '--json']).stderr, /cannot be read/);
  assert.ok(application);
});

test('events are sent on, one after the other, at the pace asked for', async () => {
  const taken = [];
  const sink = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => { body += bytes; });
    request.on('end', () => {
      taken.push(JSON.parse(body).position);
      response.writeHead(taken.length === 30 ? 500 : 204).end();
    });
  });
  await new Promise((resolve) => { sink.listen(0, '127.0.0.1', resolve); });
  const url = `http://127.0.0.1:${sink.address().port}/events`;
  const run = (...words) => new Promise((resolve) => {
    const child = spawn(binary, ['replay', '--data', story.service.data, '--sink', url, ...words]);
    let errors = '';
    child.stderr.on('data', (bytes) => { errors += bytes; });
    child.on('exit', (status) => resolve({ status, errors }));
  });
  try {
    const done = await run('--from', '3', '--to', '9', '--speed', '1000000');
    assert.equal(done.status, 0, done.errors);
    assert.deepEqual(taken, [3, 4, 5, 6, 7, 8, 9]);
    const refused = await run();
    assert.equal(refused.status, 1);
    assert.match(refused.errors, /Position 23 was not taken/);
  } finally {
    sink.close();
  }
  // Twice as fast as it was.
  const started = Date.now();
  const slow = byline(['replay', '--data', story.service.data, '--from', String(story.marks.registered.position), '--speed', '2']);
  const took = (Date.parse(story.marks.end.at) - Date.parse(story.marks.registered.at)) / 2;
  assert.equal(slow.status, 0);
  assert.ok(Date.now() - started >= took - 5, `${Date.now() - started} ms for ${took}`);
});

test('without the key personal data stays closed, and is marked', () => {
  const copy = join(folder, 'copy');
  execFileSync('cp', ['-r', story.service.data, copy]);
  rmSync(join(copy, 'keys.json'));
  const entries = parsed(byline(['replay', '--data', copy, '--json']).stdout);
  const registered = entries.find((entry) => entry.type === 'ApplicationRegistered');
  assert.equal(registered.closed, 'locked');
  assert.deepEqual(Object.keys(registered.data), ['roles']);
  assert.match(byline(['replay', '--data', copy]).stdout, /ApplicationRegistered .*name="\[locked\]"/);
});

test('what somebody erased did is told, and not who it was', async () => {
  const service = await Service.start();
  try {
    const made = await service.admin('POST', '/admin/users', 'users', { name: 'Zoe Anders', email: 'zoe@example.org' },
      { roles: { data: [{ type: 'roles', id: await service.role('admin') }] } });
    const asZoe = { headers: { authorization: `Bearer ${made.meta.access_token}`, 'content-type': 'application/vnd.api+json' } };
    const report = await (await fetch(`${service.base}/admin/teams`, { method: 'POST', ...asZoe,
      body: JSON.stringify({ data: { type: 'teams', attributes: { name: 'Harbor watch' } } }) })).json();
    assert.equal(report.data.attributes.created_by, 'Zoe Anders');
    const post = (attributes, token = service.founder.admin_token) => fetch(`${service.base}/admin/erasures`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.api+json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ data: { type: 'erasures', attributes } }),
    });
    const reserved = await fetch(`${service.base}/admin/users`, { method: 'POST', ...asZoe, body: JSON.stringify({ data: { type: 'users',
      attributes: { name: 'SYSTEM', email: 'system@example.org' }, relationships: { roles: { data: [{ type: 'roles', id: await service.role('admin') }] } } } }) });
    assert.equal(reserved.status, 422, 'nobody can sign as Byline itself does');
    const erased = await post({ subject_kind: 'user', subject: made.data.id });
    assert.equal(erased.status, 201, await erased.clone().text());
    const { data } = await erased.json();
    assert.equal(data.attributes.erased_by, 'Ada Moreno');
    assert.deepEqual((await service.admin('GET', `/admin/erasures/${made.data.id}`)).data, data);
    assert.equal((await service.admin('GET', `/admin/teams/${report.data.id}`)).data.attributes.created_by, 'erased account');
    const created = (await service.admin('GET', `/admin/audit-events?filter[subject]=${made.data.id}`)).data[0].attributes;
    assert.equal(created.event_type, 'UserCreated');
    assert.deepEqual(created.erased, ['name', 'email']);
    assert.equal(created.data.name, undefined);
    assert.match(created.summary, /added the user “\[erased\]”/);
    const replayed = byline(['replay', '--data', service.data]).stdout;
    assert.ok(!/Zoe|zoe@/.test(replayed));
    assert.match(replayed, /UserCreated .*name="\[erased\]"/);
    assert.match(replayed, /erased account {2}TeamCreated/);
    for (const [attributes, status, code] of [[{ subject_kind: 'team', subject: made.data.id }, 422, 'invalid_value'],
      [{ subject_kind: 'user', subject: 'zoe' }, 422, 'invalid_id'], [{ subject_kind: 'user' }, 422, 'required'],
      [{ subject_kind: 'application', subject: made.data.id }, 404, 'not_found'],
      [{ subject_kind: 'user', subject: service.founder.admin_id }, 409, 'last_administrator']]) {
      const refused = await post(attributes);
      assert.equal(refused.status, status, JSON.stringify(attributes));
      assert.equal((await refused.json()).errors[0].code, code);
    }
    const verified = byline(['verify', '--data', service.data]);
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  } finally {
    service.process.kill('SIGTERM');
    await service.ended;
  }
  const again = byline(['erase', '--data', service.data, '--subject', service.founder.admin_id]);
  assert.match(again.stderr, /administrator/);
  const verified = byline(['verify', '--data', service.data]);
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  assert.equal(spawnSync('grep', ['-rlaE', 'Zoe Anders|zoe@example.org', service.data], { encoding: 'utf8' }).stdout, '');
  rmSync(service.folder, { recursive: true, force: true });
});

test('data of the format before this one is read, verified, served and sealed from then on', async () => {
  const data = join(folder, 'format-1');
  mkdirSync(data);
  execFileSync('tar', ['xzf', join(tests, 'data', 'format-1.tar.gz'), '-C', data]);
  const key = readFileSync(join(tests, 'data', 'format-1.vkey'), 'utf8').trim();
  const expected = readFileSync(join(tests, 'data', 'format-1.replay.jsonl'), 'utf8');
  assert.equal(byline(['replay', '--data', data, '--json']).stdout, expected);
  const verify = () => byline(['verify', '--data', data, '--key', key, '--since', join(tests, 'data', 'format-1.checkpoint')]);
  assert.equal(verify().status, 0, verify().stdout);
  const service = new Service();
  Object.assign(service, { folder: join(folder, 'old'), data, fetch });
  mkdirSync(service.folder);
  await service.serve(['--log-origin', 'log.example.org']);
  service.process.kill('SIGTERM');
  await service.ended;
  const after = verify();
  assert.equal(after.status, 0, after.stdout + after.stderr);
  assert.ok(byline(['replay', '--data', data, '--json']).stdout.startsWith(expected), 'old bytes stay');
  assert.match(byline(['replay', '--data', data, '--as-of', 'now', '--form', 'json']).stdout, /Carl Bergström/);
});
