// The real `byline serve` for tests that are clients of it, on a port that the system picks.

import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env.BYLINE_BINARY ?? 'build/release/byline';

export class Service {
  /** `fetchWith`: how to reach it, where it is not by node's own fetch; `beforeServing`: what to do with the data first. */
  static async start(options = [],
    { folder = mkdtempSync(join(tmpdir(), 'byline-clients-')), fetchWith = fetch, beforeServing = () => {} } = {}) {
    const service = new Service();
    service.folder = folder;
    service.fetch = fetchWith;
    service.data = join(service.folder, 'data');
    const founded = execFileSync(binary, ['init', '--data', service.data, '--organization', 'Harbor County',
      '--admin-name', 'Ada Moreno', '--admin-email', 'ada@example.org', '--json']);
    service.founder = JSON.parse(founded);
    beforeServing(service.data);
    await service.serve(options);
    return service;
  }

  async serve(options) {
    const portFile = join(this.folder, 'port');
    rmSync(portFile, { force: true });
    this.process = spawn(binary, ['serve', '--data', this.data, '--listen', '127.0.0.1:0', '--port-file', portFile,
      '--log-level', 'error', ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.ended = new Promise((resolve) => this.process.on('exit', resolve));
    while (!existsSync(portFile)) {
      if (this.process.exitCode !== null) throw new Error('byline serve has ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const scheme = options.includes('--tls-certificate') ? 'https' : 'http';
    this.base = `${scheme}://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}`;
  }

  /** Over the same data, on another port. */
  async restart(options) {
    this.process.kill('SIGTERM');
    await this.ended;
    await this.serve(options);
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends a JSON:API document as the administrator; gives the answer's document. */
  async admin(method, path, type, attributes, relationships, id) {
    const response = await this.fetch(this.base + path, {
      method,
      headers: { authorization: `Bearer ${this.founder.admin_token}`, 'content-type': 'application/vnd.api+json' },
      body: type && JSON.stringify({ data: { type, id, attributes, relationships } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  get(path) {
    return this.admin('GET', path);
  }

  /** Of the process, as the kernel counts it. */
  residentBytes() {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))[1]) * 1024;
  }

  async role(key) {
    const query = new URLSearchParams({ 'filter[default_key]': key });
    return (await this.admin('GET', `/admin/roles?${query}`)).data[0].id;
  }

  /** A registered application: its id and secret. */
  async register(name, email) {
    const role = await this.role('intake_worker');
    const made = await this.admin('POST', '/admin/applications', 'applications', { name, email },
      { roles: { data: [{ type: 'roles', id: role }] } });
    return { id: made.data.id, secret: made.meta.client_secret };
  }

  /** A user who may do everything, and the link to choose a password by. */
  async invite(name, email) {
    const made = await this.admin('POST', '/admin/users', 'users', { name, email, first_sign_in: 'link' },
      { roles: { data: [{ type: 'roles', id: await this.role('admin') }] } });
    return { id: made.data.id, link: made.meta.link };
  }

  addCredential(application, attributes) {
    return this.admin('POST', `/admin/applications/${application.id}/credentials`, 'credentials', attributes);
  }
}
