// The log as those check it who trust neither it nor its operator: with Go's packages for transparency logs, with
// nothing but node's crypto, and with a witness.

import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Service } from './service.mjs';

const binary = process.env.BYLINE_BINARY ?? 'build/release/byline';
const folder = mkdtempSync(join(tmpdir(), 'byline-log-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const byline = (...words) => spawnSync(binary, words, { encoding: 'utf8' });
const verifierKey = (service) => byline('verify', 'key', '--data', service.data).stdout.trim();
const asAdmin = (service) => ({ headers: { authorization: `Bearer ${service.founder.admin_token}` } });
const write = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

async function text(service, path, options = {}) {
  const response = await fetch(service.base + path, options);
  const body = await response.text();
  assert.equal(response.status, 200, `${path}: ${body}`);
  return body;
}

const freshCheckpoint = (service) => text(service, '/log/checkpoint', { method: 'POST', ...asAdmin(service) });

async function registerMany(service, count) {
  const role = await service.role('intake_worker');
  for (let i = 0; i < count; i += 1) {
    await service.admin('POST', '/admin/applications', 'applications',
      { name: `Program ${i} of ${count}`, email: `program${i}.${count}@example.org` },
      { roles: { data: [{ type: 'roles', id: role }] } });
  }
}

test("Go's tlog and note take our tiles, checkpoints and bundles", async () => {
  const program = join(folder, 'tlog');
  execFileSync('go', ['build', '-o', program, '.'], {
    cwd: join(dirname(fileURLToPath(import.meta.url)), 'tlog'),
    env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOPATH: '/usr/share/gocode', GOCACHE: join(folder, 'go') },
  });
  const service = await Service.start();
  try {
    await registerMany(service, 20);
    const older = write('older.txt', await freshCheckpoint(service));
    await registerMany(service, 300);
    const size = (await freshCheckpoint(service)).split('\n')[1];
    const check = () => execFileSync(program,
      [`${service.base}/log`, verifierKey(service), service.founder.admin_token, '100', older], { encoding: 'utf8' });
    assert.equal(check().trim(), size);
    assert.ok(Number(size) > 600);
  } finally {
    await service.stop();
  }
});

// -- a verifier of our own, which shares nothing with the service --

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 9162 §2.1.3.2 */
function rootOf(index, size, leaf, path) {
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    assert.notEqual(last, 0);
    if (node % 2 === 1 || node === last) {
      hash = sha256(Buffer.from([1]), sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node >> 1, last >> 1];
    } else {
      hash = sha256(Buffer.from([1]), hash, sibling);
    }
    [node, last] = [node >> 1, last >> 1];
  }
  assert.equal(last, 0);
  return hash;
}

function checkProof(proof, vkey) {
  const [head, ...note] = proof.split('\n\n');
  const [first, extra, index, ...path] = head.split('\n');
  assert.equal(first, 'c2sp.org/tlog-proof@v1');
  const [, name, , key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  const [origin, size, root] = note[0].split('\n');
  assert.equal(origin, name);
  const signature = Buffer.from(note[1].split('\n').find((line) => line.startsWith(`— ${name} `)).split(' ')[2], 'base64');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64').subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  assert.ok(verify(null, Buffer.from(`${note[0]}\n`), publicKey, signature.subarray(4)));
  const entry = Buffer.from(extra.slice('extra '.length), 'base64');
  const computed = rootOf(Number(index.slice('index '.length)), Number(size), sha256(Buffer.from([0]), entry),
    path.map((line) => Buffer.from(line, 'base64')));
  assert.equal(computed.toString('base64'), root);
  return JSON.parse(entry);
}

test('a proof holds offline, by our tool and by anybody else, and for one event only', async () => {
  const service = await Service.start();
  let proof, vkey, event, opening;
  try {
    const made = await service.register('Nightly import', 'nightly@example.org');
    const events = await service.admin('GET', `/admin/audit-events?filter[subject]=${made.id}`);
    event = events.data[0];
    vkey = verifierKey(service);
    const answer = await fetch(`${service.base}/admin/audit-events/${event.id}/proof`, asAdmin(service));
    opening = answer.headers.get('byline-opening');
    proof = await answer.text();
    assert.equal((await fetch(`${service.base}/admin/audit-events/${event.id}/proof`)).status, 401);
    assert.equal((await fetch(`${service.base}/admin/audit-events/999999/proof`, asAdmin(service))).status, 404);
    assert.equal((await fetch(`${service.base}/admin/audit-events/1e1/proof`, asAdmin(service))).status, 404);
  } finally {
    await service.stop();
  }
  const entry = checkProof(proof, vkey);
  assert.equal(entry.position, event.attributes.position);
  assert.equal(entry.type, 'ApplicationRegistered');
  assert.ok(!proof.includes('Nightly'), 'personal data is sealed');

  const good = byline('verify', 'proof', write('event.tlog-proof', proof), '--key', vkey);
  assert.equal(good.status, 0, good.stderr);
  const open = (key) => byline('verify', 'proof', join(folder, 'event.tlog-proof'), '--key', vkey, '--opening', key);
  assert.match(open(opening).stdout, /"name":"Nightly import"/);
  assert.equal(open(`A${opening.slice(1)}`).status, 2);
  const forged = proof.replace(/^extra .*$/m, `extra ${Buffer.from(JSON.stringify(entry).replace('Registered', 'Deleted')).toString('base64')}`);
  const bad = byline('verify', 'proof', write('forged.tlog-proof', forged), '--key', vkey);
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /does not lead from its event to its checkpoint's root/);
  assert.equal(byline('verify', 'proof', join(folder, 'nowhere'), '--key', vkey).status, 1);
  assert.equal(byline('verify', 'proof', join(folder, 'event.tlog-proof'), '--key', 'nonsense').status, 2);
});

test('tiles are for everybody, entries for those who may read the audit', async () => {
  const service = await Service.start();
  try {
    await freshCheckpoint(service);
    const checkpoint = await fetch(`${service.base}/log/checkpoint`);
    assert.equal(checkpoint.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(checkpoint.headers.get('cache-control'), 'no-cache');
    const size = Number((await checkpoint.text()).split('\n')[1]);
    const tile = await fetch(`${service.base}/log/tile/0/000.p/${size}`);
    assert.equal(tile.status, 200);
    assert.equal(tile.headers.get('content-type'), 'application/octet-stream');
    assert.equal(tile.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal((await tile.arrayBuffer()).byteLength, 32 * size);
    for (const path of [`0/000.p/${size + 1}`, '0/000', '0/001', '1/000.p/1', '9/000', '63/000', '64/000', '0/0', '0/000.p/0',
      '0/x000/000', '0', '', 'x', '0/000.p/1/2', '..%2f..%2fetc'])
      assert.equal((await fetch(`${service.base}/log/tile/${path}`)).status, 404, path);
    const bundle = `${service.base}/log/tile/entries/000.p/${size}`;
    assert.equal((await fetch(bundle)).status, 401);
    const application = await service.register('Nightly import', 'nightly@example.org');
    const token = await (await fetch(`${service.base}/oauth2/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: application.id, client_secret: application.secret }),
    })).json();
    const asApplication = { headers: { authorization: `Bearer ${token.access_token}` } };
    assert.equal((await fetch(bundle, asApplication)).status, 403);
    assert.equal((await fetch(`${service.base}/log/checkpoint`, { method: 'POST', ...asApplication })).status, 403);
    assert.equal((await fetch(`${service.base}/admin/audit-events/1/proof`, asApplication)).status, 403);
    const entries = Buffer.from(await (await fetch(bundle, asAdmin(service))).arrayBuffer());
    const length = entries.readUInt16BE();
    assert.equal(JSON.parse(entries.subarray(2, 2 + length)).position, 1);
  } finally {
    await service.stop();
  }
});

test('a bundle with events of another organization is not given, and their events are not proven', async () => {
  const service = await Service.start([], { beforeServing: (data) => execFileSync(binary, ['init', '--data', data, '--organization',
    'Another', '--admin-name', 'Bo', '--admin-email', 'bo@example.org', '--additional', '--json']) });
  try {
    const size = (await freshCheckpoint(service)).split('\n')[1];
    const refused = await fetch(`${service.base}/log/tile/entries/000.p/${size}`, asAdmin(service));
    assert.equal(refused.status, 403);
    assert.equal((await refused.json()).errors[0].code, 'other_organizations');
    const [own, others] = [1, Number(size) - 10];
    assert.equal((await fetch(`${service.base}/admin/audit-events/${own}/proof`, asAdmin(service))).status, 200);
    assert.equal((await fetch(`${service.base}/admin/audit-events/${others}/proof`, asAdmin(service))).status, 404);
  } finally {
    await service.stop();
  }
});

test('an event too long for a bundle is proven by itself', async () => {
  const service = await Service.start();
  try {
    const made = await service.admin('POST', '/intake/reports', 'reports', { narrative: 'x'.repeat(70_000) });
    const position = (await service.admin('GET', `/admin/audit-events?filter[subject]=${made.data.id}`)).data[0].id;
    const size = (await freshCheckpoint(service)).split('\n')[1];
    const refused = await fetch(`${service.base}/log/tile/entries/000.p/${size}`, asAdmin(service));
    assert.equal(refused.status, 409);
    assert.equal((await refused.json()).errors[0].code, 'entry_too_long');
    const proof = await text(service, `/admin/audit-events/${position}/proof`, asAdmin(service));
    assert.equal(checkProof(proof, verifierKey(service)).subject.id, made.data.id);
  } finally {
    await service.stop();
  }
});

// -- a witness --

class Witness {
  static async start(logs, state = mkdtempSync(join(folder, 'witness-'))) {
    const witness = new Witness();
    witness.state = state;
    const portFile = join(state, 'port');
    rmSync(portFile, { force: true });
    witness.process = spawn(binary, ['witness', '--name', 'witness.example.org', '--state', state, '--listen', '127.0.0.1:0',
      '--port-file', portFile, ...logs.flatMap((log) => ['--log', log])], { stdio: ['ignore', 'ignore', 'inherit'] });
    witness.ended = new Promise((resolve) => witness.process.on('exit', resolve));
    while (!existsSync(portFile)) {
      assert.equal(witness.process.exitCode, null, 'the witness has ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    witness.base = `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}`;
    witness.vkey = (await (await fetch(witness.base)).text()).trim();
    return witness;
  }
  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
  }
}

const signers = (checkpoint) => checkpoint.split('\n').filter((line) => line.startsWith('— ')).map((line) => line.split(' ')[1]);

test('a witness signs what it saw, also after both were started anew, and not what contradicts it', async () => {
  let service = await Service.start(['--log-origin', 'log.example.org']);
  const vkey = verifierKey(service);
  assert.match(vkey, /^log\.example\.org\+/);
  let witness = await Witness.start([vkey]);
  try {
    await service.restart(['--witness', `${witness.vkey} ${witness.base}/`]);
    await service.register('Nightly import', 'nightly@example.org');
    assert.deepEqual(signers(await freshCheckpoint(service)), ['log.example.org', 'witness.example.org']);
    const proof = await text(service, '/admin/audit-events/1/proof', asAdmin(service));
    const proven = byline('verify', 'proof', write('seen.tlog-proof', proof), '--key', vkey, '--witness', witness.vkey);
    assert.equal(proven.status, 0, proven.stderr);
    assert.match(proven.stdout, /Seen by the witness witness\.example\.org at 20/);

    const oldBase = witness.base;
    await witness.stop();
    await service.register('Another', 'another@example.org');
    assert.deepEqual(signers(await freshCheckpoint(service)), ['log.example.org'], 'the service goes on without');

    witness = await Witness.start([vkey], witness.state);
    assert.notEqual(witness.base, oldBase);
    await service.restart(['--witness', `${witness.vkey} ${witness.base}`]);
    await service.register('One more', 'more@example.org');
    assert.deepEqual(signers(await freshCheckpoint(service)), ['log.example.org', 'witness.example.org']);
    assert.equal((await fetch(`${witness.base}/add-checkpoint`)).status, 405);
    assert.equal((await fetch(`${witness.base}/add-checkpoint`, { method: 'POST', body: 'nonsense' })).status, 400);
    const verified = byline('verify', '--data', service.data, '--key', vkey);
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  } finally {
    await witness.stop();
    await service.stop();
  }
});

test('another origin gets a key of its own, and the old one stays in the log', async () => {
  const service = await Service.start();
  try {
    const before = verifierKey(service);
    assert.match(before, /^127\.0\.0\.1:\d+\/log\+/);
    await service.restart([]);
    assert.equal(verifierKey(service), before, 'whatever the port is now');
    await service.restart(['--log-origin', 'log.example.org/one']);
    assert.match(verifierKey(service), /^log\.example\.org\/one\+/);
    assert.match(await freshCheckpoint(service), /^log\.example\.org\/one\n/);
    await assert.rejects(service.restart(['--log-origin', 'with space']), /has ended/);
  } finally {
    await service.stop();
  }
});
