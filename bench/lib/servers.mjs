// The service that is measured and what stands beside it: each of its own process, all gone at the end.

import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { output } from './load.mjs';
import { form, jsonApi } from './sent.mjs';

export class Servers {
  #running = [];
  #stopping = null;
  static #all = [];

  constructor() {
    Servers.#all.push(this);
    this.work = mkdtempSync('build/bench-'); // on the disk that the clone is on, as ./data is
  }

  /** What the service takes now: bytes of memory, and of its data folder on the disk. */
  async taken() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return { memory: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]),
      disk: Number((await output('du', ['-s', '--block-size=1', join(this.work, 'data')])).split('\t')[0]) };
  }

  /** Returns when the service has done nothing for three seconds (RocksDB compacts what was filled), or after two minutes. */
  async idle() {
    const used = () => { // clock ticks, of which there are a hundred a second
      const times = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return Number(times[11]) + Number(times[12]);
    };
    let before = used();
    for (let second = 0, idle = 0; second < 120 && idle < 3; ++second) {
      await sleep(1000);
      const now = used();
      idle = now - before <= 3 ? idle + 1 : 0;
      before = now;
    }
  }

  /** Starts a program that writes its port to a file. */
  async #start(name, command, words) {
    const portFile = join(this.work, `${name}.port`);
    const child = this.#spawn(command, [...words, portFile]);
    if (name === 'byline') this.pid = child.pid;
    for (let i = 0; i < 600; ++i) {
      if (existsSync(portFile) && statSync(portFile).size > 0) return `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}`;
      if (child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`${name} does not start`);
  }
  #spawn(command, words) {
    const child = spawn(command, words, { stdio: 'ignore' });
    this.#running.push(child);
    return child;
  }

  async byline() {
    if (this.url) return this.url;
    const data = join(this.work, 'data');
    const founder = JSON.parse(await output('build/release/byline', ['init', '--data', data, '--organization', 'Bench',
      '--admin-name', 'Bench', '--admin-email', 'bench@example.org', '--json']));
    this.token = founder.admin_token;
    this.adminId = founder.admin_id;
    this.url = await this.#start('byline', 'build/release/byline', ['serve', '--data', data, '--listen', '127.0.0.1:0',
      '--rate-limit', '0', '--log-level', 'warning', '--port-file']);
    return this.url;
  }
  async echo() {
    this.echoUrl ??= await this.#start('echo', 'build/release/bench/echo_server', ['--port-file']);
    return this.echoUrl;
  }
  async oidcProvider(algorithm) {
    return this.#start(`oidc-${algorithm}`, 'node', ['bench/oidc_provider.mjs', algorithm]);
  }

  /** A PostgreSQL with a folder of its own, reached by a socket: words for psql and pgbench. */
  async postgres() {
    if (this.postgresWords) return this.postgresWords;
    const bin = '/usr/lib/postgresql/15/bin';
    const folder = resolve(mkdtempSync(join(this.work, 'postgres-')));
    const asRoot = process.getuid() === 0; // which PostgreSQL refuses to be
    const user = asRoot ? 'postgres' : (await output('id', ['-un'])).trim();
    const as = (command, words) => (asRoot ? ['runuser', ['-u', 'postgres', '--', command, ...words]] : [command, words]);
    if (asRoot) {
      const id = async (flag) => Number(await output('id', [flag, 'postgres']));
      chownSync(folder, await id('-u'), await id('-g'));
      for (let at = resolve(this.work); at !== '/'; at = resolve(at, '..')) await output('runuser', ['-u', 'postgres', '--', 'test', '-x', at])
        .catch(async () => { if (at === resolve(this.work)) await output('chmod', ['711', at]); else throw new Error(`PostgreSQL's user cannot enter ${at}`); });
    }
    const data = join(folder, 'data');
    await output(...as(`${bin}/initdb`, ['-D', data, '-A', 'trust', '-U', user]));
    this.#spawn(...as(`${bin}/postgres`, ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'shared_buffers=512MB',
      '-c', 'max_connections=300', '-c', 'max_wal_size=8GB']));
    this.postgresWords = ['-h', folder, '-U', user];
    for (let i = 0; i < 200; ++i) {
      if (existsSync(join(folder, '.s.PGSQL.5432')) && await this.sql('SELECT 1').then(() => true, () => false)) break;
      await sleep(50);
    }
    return this.postgresWords;
  }
  sql(text) {
    return output('psql', [...this.postgresWords, '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q', '-f', '-'], { input: text });
  }

  async request(method, path, body, token = this.token, type = jsonApi) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': type }) },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  async roleId(defaultKey) {
    return (await this.request('GET', `/admin/roles?filter[default_key]=${defaultKey}`)).data[0].id;
  }
  /** A fresh application with the role: its id, secret, and an access token. */
  async application(role) {
    const unique = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const made = await this.request('POST', '/admin/applications', { data: { type: 'applications',
      attributes: { name: `Bench ${unique}`, email: `bench+${unique}@example.org` },
      relationships: { roles: { data: [{ type: 'roles', id: role }] } } } });
    const [id, secret] = [made.data.id, made.meta.client_secret];
    const token = (await this.request('POST', '/oauth2/token', new URLSearchParams({ client_id: id, client_secret: secret,
      grant_type: 'client_credentials' }).toString(), null, form)).access_token;
    return { id, secret, token };
  }

  /** Whatever was started, by whichever row. */
  static async stopAll() {
    await Promise.all(Servers.#all.map((servers) => servers.stop()));
  }
  async stop() {
    this.#stopping ??= this.#end();
    await this.#stopping;
  }
  async #end() {
    await Promise.all(this.#running.map((child) => new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once('exit', done);
      child.kill('SIGINT');
      return setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    })));
    rmSync(this.work, { recursive: true, force: true });
  }
}
