// How many instructions the hot paths take, counted by valgrind, which does not mind how busy the machine is: the real
// program serves a fixed number of requests of one kind, and what it takes to serve none is taken off. Kept in counts.json;
// three tenths more fails, and so does so little that what is kept says nothing any more.
//
//   BYLINE_BINARY=build/release/byline node tests/instructions/hot_paths.mjs [--keep]

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const kCount = 200, kMost = 1.3, kLeast = 0.6;
const binary = process.env.BYLINE_BINARY;
const countsFile = new URL('counts.json', import.meta.url);
const jsonApi = 'application/vnd.api+json', form = 'application/x-www-form-urlencoded';

/** Runs it under valgrind and gives the instructions it took. */
async function counted(words, meanwhile = async () => {}) {
  const child = spawn('valgrind', ['--tool=callgrind', '--callgrind-out-file=/dev/null', binary, ...words],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => { errors += chunk; });
  const ended = once(child, 'exit');
  try {
    await meanwhile(child);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const [status] = await ended;
  const found = /Collected : (\d+)/.exec(errors);
  if (status !== 0 || !found) throw new Error(`valgrind ${words[0]}: ${errors}`);
  return Number(found[1]);
}

const work = mkdtempSync(join(tmpdir(), 'byline-instructions-'));
let made = 0;

/** Serves fresh data while this kind of request is sent so many times: the instructions taken, and the data. */
async function serving(times, kind) {
  const data = join(work, `data-${++made}`), portFile = `${data}.port`;
  const founder = JSON.parse(execFileSync(binary, ['init', '--data', data, '--organization', 'Harbor County', '--admin-name', 'Ada',
    '--admin-email', 'ada@example.org', '--json']));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const instructions = await counted(['serve', '--data', data, '--listen', '127.0.0.1:0', '--port-file', portFile, '--io-threads', '1',
    '--checkpoint-seconds', '0', '--log-level', 'warning', '--rate-limit', '0'], async (child) => {
    for (let i = 0; !(existsSync(portFile) && statSync(portFile).size > 0); ++i) {
      if (i > 1200 || child.exitCode !== null) throw new Error('byline serve does not start');
      await sleep(50);
    }
    const port = Number(readFileSync(portFile, 'utf8'));
    const send = (method, path, body, { token = founder.admin_token, type = jsonApi } = {}) => new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const request = http.request({ agent, host: '127.0.0.1', port, method, path, headers: {
        ...(token && { Authorization: `Bearer ${token}` }), ...(text !== undefined && { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }) } },
      (response) => {
        let answer = '';
        response.on('data', (chunk) => { answer += chunk; });
        response.on('end', () => (response.statusCode < 300 ? resolve(JSON.parse(answer || 'null'))
          : reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`))));
      });
      request.on('error', reject);
      request.end(text);
    });
    const roles = (await send('GET', '/admin/roles')).data;
    const role = roles.find(({ attributes }) => attributes.default_key === 'intake_worker').id;
    const register = (name) => send('POST', '/admin/applications', { data: { type: 'applications', attributes: { name, email: `${name}@example.org` },
      relationships: { roles: { data: [{ type: 'roles', id: role }] } } } });
    const first = await register('first');
    const record = (await send('POST', '/intake/reports', { data: { type: 'reports', attributes: { urgency: 3 } } })).data.id;
    const token = `grant_type=client_credentials&client_id=${first.data.id}&client_secret=${first.meta.client_secret}`;
    await send('POST', '/oauth2/token', token, { token: null, type: form });
    const question = { subject: { type: 'application', id: first.data.id }, action: { name: 'edit' }, resource: { type: 'intake/reports', id: record } };
    const all = { register: (i) => register(`program-${i}`), read: () => send('GET', `/admin/applications/${first.data.id}`),
      'create record': () => send('POST', '/intake/reports', { data: { type: 'reports', attributes: { summary: 'Child alone at home', urgency: 3 } } }),
      evaluate: () => send('POST', '/access/v1/evaluation', question, { type: 'application/json' }),
      token: () => send('POST', '/oauth2/token', token, { token: null, type: form }) };
    for (const ask of Object.values(all)) await ask(0); // what only the first of each takes
    for (let i = 1; i <= times; ++i) await all[kind](i);
    agent.destroy();
    child.kill('SIGTERM');
  });
  return { instructions, data };
}

try {
  const nothing = await serving(0, 'read');
  const counts = {};
  let registered;
  for (const kind of ['register', 'read', 'create record', 'evaluate', 'token']) {
    const served = await serving(kCount, kind);
    if (kind === 'register') registered = served.data;
    counts[kind] = Math.round((served.instructions - nothing.instructions) / kCount);
  }
  const replayed = (data) => counted(['replay', '--data', data, '--form', 'json']);
  counts['replay two events'] = Math.round((await replayed(registered) - await replayed(nothing.data)) / kCount);

  if (process.argv.includes('--keep')) {
    writeFileSync(countsFile, `${JSON.stringify(counts, null, 2)}\n`);
    console.log(counts);
  } else {
    const kept = JSON.parse(readFileSync(countsFile, 'utf8'));
    for (const [kind, count] of Object.entries(counts)) {
      const ratio = count / kept[kind];
      const wrong = !(ratio <= kMost && ratio >= kLeast);
      if (wrong) process.exitCode = 1;
      console.log(`${kind}: ${count} instructions, ${ratio.toFixed(2)} of what is kept${wrong ? '  WRONG' : ''}`);
    }
    if (process.exitCode) console.log('Where that is meant, keep the new counts: tests/instructions/hot_paths.mjs --keep');
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
