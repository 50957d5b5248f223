// Users who sign in by browser: passwords, sessions, authenticator apps, links, and an outside provider (oidc-provider).

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Provider } from 'oidc-provider';
import { Service } from './service.mjs';
import { certify, fetchBy } from './tls.mjs';

const password = 'a horse of a different battery';

/** What a browser keeps: cookies by name. */
class Browser {
  constructor(service, send = fetch) { Object.assign(this, { service, send, cookies: new Map(), csrf: undefined }); }
  async go(path, { method = 'GET', json, headers = {} } = {}) {
    const url = path.startsWith('http') ? path : this.service.base + path;
    const response = await this.send(url, {
      method,
      redirect: 'manual',
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(this.cookies.size > 0 && { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(this.csrf && method !== 'GET' && { 'x-csrf-token': this.csrf }),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
  async signIn(email, secret = password, code = undefined) {
    const response = await this.go('/sign-in', { method: 'POST', json: { email, password: secret, code } });
    if (response.ok) this.csrf = (await response.clone().json()).csrf_token;
    return response;
  }
}

const code = async (response) => (await response.json()).errors[0].code;

let service;
before(async () => { service = await Service.start(); });
after(() => service.stop());

let count = 0;
/** A user with a password. */
async function member(name = 'Mia Berg') {
  const email = `mia+${++count}@example.org`;
  const { id, link } = await service.invite(name, email);
  const response = await new Browser(service).go('/sign-in/link', { method: 'POST',
    json: { link: new URL(link).hash.slice(1), password } });
  assert.equal(response.status, 204, await response.text());
  return { id, email };
}
const credentials = async (id, kind) =>
  (await service.admin('GET', `/admin/users/${id}/credentials?filter[kind]=${kind}`)).data;

describe('a link', () => {
  test('sets a password, once', async () => {
    const { link, id } = await service.invite('Lee', 'lee@example.org');
    assert.ok(link.startsWith(`${service.base}/sign-in/link#byk_`));
    const page = await fetch(link);
    assert.match(page.headers.get('content-type'), /text\/html/);
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
    const use = (secret) => new Browser(service).go('/sign-in/link', { method: 'POST',
      json: { link: new URL(link).hash.slice(1), password: secret } });
    for (const weak of ['short', 'password1234', 'aaaaaaaaaaaaaaa', 'lee@example.org', 'x'.repeat(2000)])
      assert.equal((await use(weak)).status, 422, weak);
    const answers = await Promise.all([use(password), use(`${password}!`)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 403]);
    assert.equal((await use(password)).status, 403);
    assert.equal((await credentials(id, 'password')).length, 1);
    assert.equal((await credentials(id, 'sign_in_link')).length, 0);
  });

  test('ends sessions and the password before', async () => {
    const { id, email } = await member();
    const browser = new Browser(service);
    assert.equal((await browser.signIn(email)).status, 200);
    const made = await service.admin('POST', `/admin/users/${id}/credentials`, 'credentials', { kind: 'sign_in_link' });
    await new Browser(service).go('/sign-in/link', { method: 'POST',
      json: { link: new URL(made.meta.link).hash.slice(1), password: 'another long password' } });
    assert.equal((await browser.go('/account')).status, 401);
    assert.equal((await new Browser(service).signIn(email)).status, 401);
    assert.equal((await new Browser(service).signIn(email, 'another long password')).status, 200);
  });

  test('is short-lived', async () => {
    const { id } = await member();
    const far = new Date(Date.now() + 30 * 86_400_000).toISOString();
    await assert.rejects(service.admin('POST', `/admin/users/${id}/credentials`, 'credentials', { kind: 'sign_in_link', expires_at: far }),
      /a link ends within a week/);
  });
});

describe('a session', () => {
  test('lets a browser in, and shows who it is', async () => {
    const { id, email } = await member();
    const browser = new Browser(service);
    const response = await browser.signIn(email);
    const cookie = response.headers.getSetCookie().find((text) => text.startsWith('__Host-byline_session='));
    for (const part of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict']) assert.ok(cookie.includes(part), part);
    const account = await (await browser.go('/account')).json();
    assert.equal(account.user.id, id);
    assert.equal(account.organization.name, 'Harbor County');
    assert.equal((await browser.go('/admin/applications')).status, 200);
    const [session] = await credentials(id, 'session');
    assert.equal(session.attributes.means, 'password');
    assert.equal(session.attributes.from, '127.0.0.1');
  });

  test('changes nothing without its token, which pages of others cannot read', async () => {
    const { email } = await member();
    const browser = new Browser(service);
    await browser.signIn(email);
    const post = (headers) => browser.go('/admin/teams', { method: 'POST', headers: { 'content-type': 'application/vnd.api+json', ...headers },
      json: { data: { type: 'teams', attributes: { name: 'Night shift' } } } });
    const right = browser.csrf;
    browser.csrf = undefined;
    assert.equal((await post({})).status, 403);
    assert.equal(await code(await post({ 'x-csrf-token': 'x' })), 'csrf_token_wrong');
    assert.equal((await post({ 'x-csrf-token': right, 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await post({ 'x-csrf-token': right, 'sec-fetch-site': 'same-origin', 'content-type': 'application/vnd.api+json' })).status, 201);
  });

  test('is over when one signs out, is deactivated, or somebody revokes it', async () => {
    const { id, email } = await member();
    const out = new Browser(service);
    await out.signIn(email);
    const before = out.cookies.get('__Host-byline_session');
    assert.equal((await out.go('/sign-out', { method: 'POST' })).status, 204);
    assert.equal(out.cookies.has('__Host-byline_session'), false);
    out.cookies.set('__Host-byline_session', before);
    assert.equal((await out.go('/account')).status, 401);

    const revoked = new Browser(service);
    await revoked.signIn(email);
    const [session] = await credentials(id, 'session');
    await service.admin('DELETE', `/admin/users/${id}/credentials/${session.id}`);
    assert.equal((await revoked.go('/account')).status, 401);

    const inactive = new Browser(service);
    await inactive.signIn(email);
    await service.admin('PATCH', `/admin/users/${id}`, 'users', { status: 'deactivated' }, undefined, id);
    assert.notEqual((await inactive.go('/account')).status, 200);
    assert.equal((await new Browser(service).signIn(email)).status, 401);
  });

  test('its cookie is good for nothing in an Authorization header', async () => {
    const { email } = await member();
    const browser = new Browser(service);
    await browser.signIn(email);
    const response = await fetch(`${service.base}/account`, { headers: { authorization: `Bearer ${browser.cookies.get('__Host-byline_session')}` } });
    assert.equal(response.status, 401);
  });

  test('there are fifty of a user at most', async () => {
    const { id, email } = await member();
    const first = new Browser(service);
    await first.signIn(email);
    for (let i = 0; i < 50; ++i) assert.equal((await new Browser(service).signIn(email)).status, 200);
    assert.equal((await credentials(id, 'session')).length, 10, 'a page');
    assert.equal((await first.go('/account')).status, 401, 'the oldest went');
  });

  test('is over after a while without a request, and after its time', async () => {
    const short = await Service.start(['--session-idle-minutes', '1', '--session-hours', '1']);
    try {
      const { id, link } = await short.invite('Lee', 'lee@example.org');
      await new Browser(short).go('/sign-in/link', { method: 'POST', json: { link: new URL(link).hash.slice(1), password } });
      const browser = new Browser(short);
      const { expires_at } = await (await browser.signIn('lee@example.org')).json();
      const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
      assert.ok(hours > 0.9 && hours <= 1, String(hours));
      assert.equal((await browser.go('/account')).status, 200);
      assert.ok(id);
    } finally {
      await short.stop();
    }
  });
});

describe('a password', () => {
  test('is changed by who knows it, and the other sessions end', async () => {
    const { email } = await member();
    const [here, there] = [new Browser(service), new Browser(service)];
    await here.signIn(email);
    await there.signIn(email);
    const change = (json) => here.go('/account/password', { method: 'POST', json });
    assert.equal(await code(await change({ password: 'another long password', current_password: 'wrong' })), 'current_password_wrong');
    assert.equal((await change({ password: 'another long password' })).status, 403);
    assert.equal((await change({ password: 'another long password', current_password: password })).status, 204);
    assert.equal((await here.go('/account')).status, 200);
    assert.equal((await there.go('/account')).status, 401);
    assert.equal((await new Browser(service).signIn(email)).status, 401);
  });

  test('the founder sets one with the token that there is', async () => {
    const response = await fetch(`${service.base}/account/password`, { method: 'POST',
      headers: { authorization: `Bearer ${service.founder.admin_token}`, 'content-type': 'application/json' }, body: JSON.stringify({ password }) });
    assert.equal(response.status, 204);
    assert.equal((await new Browser(service).signIn('Ada@Example.org')).status, 200);
  });

  test('the answer does not tell whether there is such a user', async () => {
    const { email } = await member();
    const wrong = await (await new Browser(service).signIn(email, 'not the password')).text();
    const nobody = await (await new Browser(service).signIn('nobody@example.org', 'not the password')).text();
    assert.equal(wrong, nobody);
  });

  test('guesses are held up and locked out, but not a browser that is known', async () => {
    const { email } = await member();
    const known = new Browser(service);
    await known.signIn(email);
    known.cookies.delete('__Host-byline_session');
    const guesses = [];
    for (let i = 0; i < 12; ++i) guesses.push(new Browser(service).signIn(email, `wrong ${i} wrong wrong`));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    assert.ok(statuses.includes(429), statuses.join());
    assert.equal((await new Browser(service).signIn(email)).status, 429, 'locked out, whatever it sends');
    assert.equal((await known.signIn(email)).status, 200);
  });

  test('an address that is locked out stays out, however many users it tries', async () => {
    const own = await Service.start();
    try {
      const { link } = await own.invite('Lee', 'lee@example.org');
      await new Browser(own).go('/sign-in/link', { method: 'POST', json: { link: new URL(link).hash.slice(1), password } });
      const statuses = [];
      for (let i = 0; i < 260 && statuses.at(-1) !== 429; i += 13) {
        const some = Array.from({ length: 13 }, (_, n) => new Browser(own).signIn(`user${i + n}@example.org`));
        statuses.push(...(await Promise.all(some)).map(({ status }) => status));
      }
      assert.equal(statuses.at(-1), 429, statuses.join());
      assert.equal((await new Browser(own).signIn('lee@example.org')).status, 429);
    } finally {
      await own.stop();
    }
  });

  test('is nowhere in what the process wrote', async () => {
    const { email } = await member();
    await new Browser(service).signIn(email);
    const { execFileSync } = await import('node:child_process');
    const log = execFileSync(process.env.BYLINE_BINARY ?? 'build/release/byline', ['replay', '--data', service.data, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.ok(log.includes('PasswordSet'));
    for (const secret of [password, 'argon2', 'bys_', 'byk_']) assert.equal(log.includes(secret), false, secret);
  });
});

/** RFC 6238, apart from ours. */
function totp(secret, step = Math.floor(Date.now() / 30_000)) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('an authenticator app', () => {
  test('is wanted beside the password once it has shown that it works', async () => {
    const { id, email } = await member();
    const browser = new Browser(service);
    await browser.signIn(email);
    const { secret, uri, enrollment } = await (await browser.go('/account/totp', { method: 'POST' })).json();
    assert.ok(uri.startsWith('otpauth://totp/Byline:'));
    const confirm = (json) => browser.go('/account/totp/confirm', { method: 'POST', json });
    assert.equal((await confirm({ enrollment, code: '000000' })).status, 422);
    // Codes of two named steps: what follows holds whenever the clock's step changes meanwhile.
    const step = Math.floor(Date.now() / 30_000);
    const [first, second] = [totp(secret, step), totp(secret, step + 1)];
    assert.equal((await confirm({ enrollment: 'x', code: first })).status, 422);
    assert.equal((await confirm({ enrollment, code: first, label: 'Phone' })).status, 204);

    const other = new Browser(service);
    assert.equal(await code(await other.signIn(email)), 'second_factor_required');
    assert.equal(await code(await other.signIn(email, password, '000000')), 'sign_in_failed');
    assert.equal(await code(await other.signIn(email, password, first)), 'sign_in_failed', 'that code was taken');
    assert.equal((await other.signIn(email, password, second)).status, 200);
    assert.equal((await new Browser(service).signIn(email, password, second)).status, 401, 'a code counts once');
    const sessions = await credentials(id, 'session');
    assert.ok(sessions.some(({ attributes }) => attributes.means === 'password_and_totp'));

    const [device] = await credentials(id, 'totp');
    assert.equal(device.attributes.label, 'Phone');
    await service.admin('DELETE', `/admin/users/${id}/credentials/${device.id}`);
    assert.equal((await new Browser(service).signIn(email)).status, 200);
  });

  test('is not taken away by a token that got out', async () => {
    const { id, email } = await member();
    const browser = new Browser(service);
    await browser.signIn(email);
    const { secret, enrollment } = await (await browser.go('/account/totp', { method: 'POST' })).json();
    await browser.go('/account/totp/confirm', { method: 'POST', json: { enrollment, code: totp(secret) } });
    const made = await browser.go(`/admin/users/${id}/credentials`, { method: 'POST', headers: { 'content-type': 'application/vnd.api+json' },
      json: { data: { type: 'credentials', attributes: { kind: 'access_token', label: 'Script' } } } });
    const { meta: { access_token: token } } = await made.json();
    const [device] = await credentials(id, 'totp');
    const response = await fetch(`${service.base}/admin/users/${id}/credentials/${device.id}`,
      { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 403);
  });
});

describe('a personal access token', () => {
  test('that ends does not issue one that does not', async () => {
    const { id, email } = await member();
    const browser = new Browser(service);
    await browser.signIn(email);
    const headers = { 'content-type': 'application/vnd.api+json' };
    const path = `/admin/users/${id}/credentials`;
    const asked = (attributes) => ({ data: { type: 'credentials', attributes: { kind: 'access_token', label: 'Script', ...attributes } } });
    const end = new Date(Date.now() + 3_600_000).toISOString();
    const made = await (await browser.go(path, { method: 'POST', headers, json: asked({ expires_at: end }) })).json();
    const issue = (attributes) => fetch(service.base + path, { method: 'POST', headers: { ...headers, authorization: `Bearer ${made.meta.access_token}` },
      body: JSON.stringify(asked(attributes)) });
    assert.equal((await issue({})).status, 422);
    assert.equal((await issue({ expires_at: new Date(Date.now() + 7_200_000).toISOString() })).status, 422);
    assert.equal((await issue({ expires_at: end })).status, 201);
    const [own] = await credentials(id, 'access_token');
    const prolonged = await fetch(`${service.base}${path}/${own.id}`, { method: 'PATCH', headers: { ...headers, authorization: `Bearer ${made.meta.access_token}` },
      body: JSON.stringify({ data: { type: 'credentials', id: own.id, attributes: { expires_at: null } } }) });
    assert.equal(prolonged.status, 422);
  });
});

describe('OpenID Connect', () => {
  let provider, listening, own, signing, folder, claims, send;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'byline-clients-'));
    own = certify(folder, 'provider');
    send = fetchBy({ ca: own.certificate });
    writeFileSync(join(folder, 'secret'), 'the secret of byline\n');
    let handle;
    const secured = createServer({ key: readFileSync(own.key), cert: readFileSync(own.certificate) }, (request, response) => handle(request, response));
    await new Promise((resolve) => secured.listen(0, '127.0.0.1', resolve));
    listening = secured;
    const issuer = `https://localhost:${secured.address().port}`;
    // The port of Byline is not known before it starts, and it does not start before the provider is there.
    signing = await Service.start(['--oidc-issuer', issuer, '--oidc-client-id', 'byline', '--oidc-client-secret-file', join(folder, 'secret'),
      '--outgoing-ca-file', own.certificate]);
    provider = new Provider(issuer, {
      clients: [{ client_id: 'byline', client_secret: 'the secret of byline', redirect_uris: [`${signing.base}/sign-in/oidc/callback`],
        grant_types: ['authorization_code'], response_types: ['code'], application_type: 'native' }],
      pkce: { required: () => true },
      claims: { openid: ['sub'], email: ['email', 'email_verified'] },
      conformIdTokenClaims: false,
      cookies: { keys: ['a key for tests'] },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
    });
    handle = provider.callback();
  });
  after(async () => {
    await signing.stop();
    listening.closeAllConnections();
    listening.close();
  });

  /** Walks a browser through the provider's own pages, and back. */
  async function walk(browser, login) {
    const begun = await browser.go('/sign-in/oidc');
    assert.equal(begun.status, 302, await begun.clone().text());
    const there = new Browser({ base: '' }, send);
    let address = begun.headers.get('location');
    for (let steps = 0; steps < 20; ++steps) {
      if (address.startsWith(signing.base)) return address;
      const response = await there.go(address);
      const page = await response.text();
      if ([302, 303].includes(response.status)) {
        address = new URL(response.headers.get('location'), address).href;
        continue;
      }
      const form = /<form[^>]*action="([^"]+)"/.exec(page);
      assert.ok(form, page);
      const fields = new URLSearchParams({ prompt: page.includes('name="login"') ? 'login' : 'consent', login, password: 'x' });
      const target = new URL(form[1], address).href;
      const sent = await send(target, { method: 'POST', body: fields,
        headers: { cookie: [...there.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
      for (const cookie of sent.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
        there.cookies.set(name, value);
      }
      address = new URL(sent.headers.get('location'), target).href;
    }
    return assert.fail('it does not come back');
  }

  test('signs in the user of the verified address, and knows them again when it changes', async () => {
    claims = { email: 'ada@example.org', email_verified: true };
    const browser = new Browser(signing);
    const back = await browser.go((await walk(browser, 'ada-at-the-provider')));
    assert.equal(back.status, 200, await back.clone().text());
    assert.match(await back.text(), /url=\/account/);
    const account = await (await browser.go('/account')).json();
    assert.equal(account.user.email, 'ada@example.org');
    const list = await signing.admin('GET', `/admin/users/${account.user.id}/credentials?filter[kind]=external_identity`);
    assert.equal(list.data[0].attributes.name, 'ada-at-the-provider');

    claims = { email: 'elsewhere@example.org', email_verified: true };
    const again = new Browser(signing);
    assert.equal((await again.go(await walk(again, 'ada-at-the-provider'))).status, 200);
    const after_ = await signing.admin('GET', `/admin/users/${account.user.id}/credentials?filter[kind]=external_identity`);
    assert.equal(after_.data.length, 1);
  });

  test('lets nobody in whose address is not verified, or whom nobody knows', async () => {
    for (const said of [{ email: 'ada@example.org', email_verified: false }, { email: 'ada@example.org' },
      { email: 'stranger@example.org', email_verified: true }]) {
      claims = said;
      const browser = new Browser(signing);
      const response = await browser.go(await walk(browser, `stranger-${JSON.stringify(said)}`));
      assert.equal(response.status, 403);
      assert.equal(browser.cookies.has('__Host-byline_session'), false);
    }
  });

  test('takes no answer that was begun elsewhere, is of another, or comes twice', async () => {
    claims = { email: 'ada@example.org', email_verified: true };
    const browser = new Browser(signing);
    const back = await walk(browser, 'ada-at-the-provider');
    assert.equal((await new Browser(signing).go(back)).status, 400, 'another browser');
    const changed = new URL(back);
    changed.searchParams.set('state', 'x');
    const other = new Browser(signing);
    other.cookies = new Map(browser.cookies);
    assert.equal((await other.go(changed.href)).status, 400);
    const mixed = new URL(back);
    mixed.searchParams.set('iss', 'https://elsewhere.example');
    other.cookies = new Map(browser.cookies);
    assert.equal((await other.go(mixed.href)).status, 400);
    const kept = new Map(browser.cookies);
    assert.equal((await browser.go(back)).status, 200);
    other.cookies = kept;
    assert.equal((await other.go(back)).status, 400, 'a flow is finished once');
  });
});
