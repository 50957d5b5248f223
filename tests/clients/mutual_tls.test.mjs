// TLS in the server, and applications that prove themselves by a certificate (RFC 8705), by oauth4webapi and openssl.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import { Service } from './service.mjs';
import { certify, fetchBy } from './tls.mjs';

let service, server, folder, own, authority, byAuthority, bySelf, stranger, plain;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'byline-clients-'));
  own = certify(folder, 'server');
  authority = certify(folder, 'authority', { names: '', subject: '/CN=Partners' });
  byAuthority = certify(folder, 'partner', { authority, names: 'DNS:import.partner.example', subject: '/O=Partner/CN=import' });
  bySelf = certify(folder, 'self', { subject: '/CN=self' });
  stranger = certify(folder, 'stranger', { names: 'DNS:import.partner.example', subject: '/O=Partner/CN=import' });
  plain = fetchBy({ ca: own.certificate });
  service = await Service.start(['--tls-certificate', own.certificate, '--tls-key', own.key, '--mutual-tls',
    '--tls-client-ca', authority.certificate], { folder, fetchWith: plain });
  const issuer = new URL(service.base);
  server = await oauth.processDiscoveryResponse(issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', [oauth.customFetch]: plain }));
});
after(() => service.stop());

let count = 0;
const register = () => service.register('Client', `client+${++count}@example.org`);

async function grant(application, client) {
  const by = client ? fetchBy({ ca: own.certificate, client }) : plain;
  const as = { client_id: application.id };
  const response = await oauth.clientCredentialsGrantRequest(server, as, oauth.TlsClientAuth(), {}, { [oauth.customFetch]: by });
  return oauth.processClientCredentialsResponse(server, as, response);
}
const reports = (token, client) => fetchBy({ ca: own.certificate, client })(`${service.base}/intake/reports`,
  { headers: { authorization: `Bearer ${token}` } });

describe('certificates of clients', () => {
  test('are told of in the metadata', () => {
    assert.ok(server.token_endpoint.startsWith('https://'));
    for (const way of ['tls_client_auth', 'self_signed_tls_client_auth'])
      assert.ok(server.token_endpoint_auth_methods_supported.includes(way));
    assert.equal(server.tls_client_certificate_bound_access_tokens, true);
  });

  test('one that is registered is the application, and its tokens are bound to it', async () => {
    const application = await register();
    await service.addCredential(application, { kind: 'certificate', certificate: readFileSync(bySelf.certificate, 'utf8') });
    const { access_token: token } = await grant(application, bySelf);
    const thumbprint = jose.decodeJwt(token).cnf['x5t#S256'];
    assert.equal(thumbprint.length, 43);
    assert.equal((await reports(token, bySelf)).status, 200);
    assert.equal((await reports(token)).status, 401);
    assert.equal((await reports(token, stranger)).status, 401);
    await assert.rejects(grant(application, stranger));
    await assert.rejects(grant(application));

    const answer = await plain(`${service.base}/oauth2/introspect`, { method: 'POST',
      body: new URLSearchParams({ token, client_id: application.id, client_secret: application.secret }) });
    assert.equal((await answer.json()).cnf['x5t#S256'], thumbprint);
  });

  test('one of a trusted authority is the application whose name it bears', async () => {
    for (const [name_type, name] of [['san_dns', 'Import.Partner.example'], ['subject_dn', 'CN=import,O=Partner']]) {
      const application = await register();
      await service.addCredential(application, { kind: 'certificate_name', name_type, name });
      assert.ok((await grant(application, byAuthority)).access_token, name_type);
      await assert.rejects(grant(application, stranger), 'the same names, but nobody trusted signed them');
      await assert.rejects(grant(application, bySelf));
    }
  });

  test('are revoked like everything else', async () => {
    const application = await register();
    const made = await service.addCredential(application, { kind: 'certificate', certificate: readFileSync(bySelf.certificate, 'utf8') });
    const { access_token: token } = await grant(application, bySelf);
    await service.admin('DELETE', `/admin/applications/${application.id}/credentials/${made.data.id}`);
    assert.equal((await reports(token, bySelf)).status, 401);
    await assert.rejects(grant(application, bySelf));
  });

  test('what is none is refused, with its field', async () => {
    // OpenSSL would ask the terminal for the password, and wait.
    const encrypted = readFileSync(bySelf.certificate, 'utf8').replace('-----BEGIN CERTIFICATE-----\n',
      '-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n');
    const application = await register();
    for (const [attributes, pointer] of [
      [{ kind: 'certificate', certificate: 'x' }, '/data/attributes/certificate'],
      [{ kind: 'certificate' }, '/data/attributes/certificate'],
      [{ kind: 'certificate', certificate: encrypted }, '/data/attributes/certificate'],
      [{ kind: 'certificate_name', name_type: 'san_ip', name: 'x' }, '/data/attributes/name'],
      [{ kind: 'certificate_name', name_type: 'san_dns', name: '*.example.org' }, '/data/attributes/name'],
      [{ kind: 'certificate_name', name: 'x' }, '/data/attributes/name_type'],
    ]) await assert.rejects(service.addCredential(application, attributes), new RegExp(`"pointer":"${pointer}"`));
  });

  test('by registration too', async () => {
    const made = await service.admin('POST', `/admin/users/${service.founder.admin_id}/credentials`, 'credentials',
      { kind: 'initial_access_token' }, { roles: { data: [{ type: 'roles', id: await service.role('intake_worker') }] } });
    const response = await oauth.dynamicClientRegistrationRequest(server,
      { client_name: 'Partner', contacts: ['partner@example.org'], token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_dns: 'import.partner.example' },
      { initialAccessToken: made.meta.initial_access_token, [oauth.customFetch]: plain });
    const client = await oauth.processDynamicClientRegistrationResponse(response);
    assert.ok((await grant({ id: client.client_id }, byAuthority)).access_token);
  });
});

describe('the server', () => {
  const port = () => Number(new URL(service.base).port);
  const handshake = (options) => new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: port(), rejectUnauthorized: false, servername: 'localhost', ...options },
      () => { resolve({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol, peer: socket.getPeerCertificate() }); socket.end(); });
    socket.on('error', reject);
  });

  test('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    assert.equal((await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).alpn, 'http/1.1');
    assert.equal((await handshake({ maxVersion: 'TLSv1.2' })).protocol, 'TLSv1.2');
    const old = spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${port()}`, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'],
      { input: '', encoding: 'utf8' });
    assert.notEqual(old.status, 0, old.stdout);
    const weak = spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${port()}`, '-tls1_2', '-cipher', 'AES128-SHA'],
      { input: '', encoding: 'utf8' });
    assert.notEqual(weak.status, 0, weak.stdout);
  });

  test('answers nobody who speaks plain HTTP', async () => {
    await assert.rejects(fetch(`http://127.0.0.1:${port()}/health/live`));
    assert.equal((await plain(`${service.base}/health/live`)).status, 200);
  });

  test('takes large bodies and many requests on one connection, and says goodbye', async () => {
    const session = spawnSync('curl', ['-sS', '--cacert', own.certificate, '-o', '/dev/null', '-w', '%{http_code} %{num_connects}\\n',
      '-H', 'Content-Type: application/vnd.api+json', '-H', `Authorization: Bearer ${service.founder.admin_token}`,
      ...Array.from({ length: 3 }, () => ['-d', JSON.stringify({ data: { type: 'reports', attributes: { summary: 'x'.repeat(100_000) } } }),
        `https://localhost:${port()}/intake/reports`]).flat()], { encoding: 'utf8' });
    assert.equal(session.status, 0, session.stderr);
    const late = spawnSync('curl', ['-sS', '--http1.0', '--cacert', own.certificate, `https://localhost:${port()}/openapi.json`],
      { encoding: 'utf8', maxBuffer: 1 << 24 });
    assert.equal(late.status, 0, late.stderr);
    assert.equal(JSON.parse(late.stdout).openapi.slice(0, 3), '3.1');
  });

  test('takes a new certificate without a restart, and keeps the old one while the new is wrong', async () => {
    const before = (await handshake()).peer.fingerprint256;
    const kept = readFileSync(own.key);
    writeFileSync(own.key, 'not a key');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal((await handshake()).peer.fingerprint256, before);
    const next = certify(folder, 'next');
    copyFileSync(next.key, own.key);
    copyFileSync(next.certificate, own.certificate);
    for (let tries = 0; tries < 50; ++tries) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if ((await handshake()).peer.fingerprint256 !== before) return;
    }
    assert.fail(`the certificate stayed the same (${kept.length})`);
  });
});

describe('the command line', () => {
  const serve = (...options) => spawnSync(process.env.BYLINE_BINARY ?? 'build/release/byline',
    ['serve', '--data', join(folder, 'none'), '--organization', 'X', '--admin-name', 'X', '--admin-email', 'x@example.org',
      '--listen', '127.0.0.1:0', ...options], { encoding: 'utf8', timeout: 20_000 });
  test('refuses what cannot be meant', () => {
    for (const [options, sentence] of [
      [['--tls-certificate', bySelf.certificate], /certificate and its key are given together/],
      [['--tls-certificate', bySelf.certificate, '--tls-key', stranger.key], /cannot be used for TLS/],
      [['--mutual-tls'], /only where the service has one/],
      [['--oidc-issuer', 'https://id.example.org'], /needs an issuer, a client ID and a file/],
    ]) {
      const ended = serve(...options);
      assert.equal(ended.status, 1, ended.stderr);
      assert.match(ended.stderr, sentence);
    }
  });
});
