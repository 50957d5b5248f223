// Byline's authorization server, as clients see it that nobody here wrote: oauth4webapi and jose.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as rest } from 'node:timers/promises';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import { Service } from './service.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };

let service, server;
before(async () => {
  service = await Service.start();
  const issuer = new URL(service.base);
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  server = await oauth.processDiscoveryResponse(issuer, found);
});
after(() => service.stop());

let registered = 0;
const register = () => service.register('Client', `client+${++registered}@example.org`);

async function grant(client, authentication, parameters = {}, options = {}, as = server) {
  const response = await oauth.clientCredentialsGrantRequest(as, client, authentication, parameters,
    { ...insecure, ...options });
  return oauth.processClientCredentialsResponse(as, client, response);
}

/** oauth4webapi tells a 401 by its challenge. */
const refused = (problem) => {
  assert.equal(problem.status, 401, JSON.stringify(problem));
  return true;
};

describe('client authentication', () => {
  test('by a secret in the header and in the body', async () => {
    const { id, secret } = await register();
    const client = { client_id: id };
    for (const way of [oauth.ClientSecretBasic(secret), oauth.ClientSecretPost(secret)]) {
      const token = await grant(client, way);
      assert.equal(token.token_type, 'bearer');
      assert.equal(token.expires_in, 3600);
      const response = await oauth.protectedResourceRequest(token.access_token, 'GET',
        new URL(`${service.base}/intake/reports`), new Headers(), null, insecure);
      assert.equal(response.status, 200);
    }
    await assert.rejects(grant(client, oauth.ClientSecretBasic('wrong')), refused);
    await assert.rejects(grant(client, oauth.None()), refused);
  });

  for (const alg of ['ES256', 'Ed25519', 'RS256']) {
    test(`by an assertion signed with ${alg}`, async () => {
      const application = await register();
      const { privateKey, publicKey } = await oauth.generateKeyPair(alg, { extractable: true });
      await service.addCredential(application,
        { kind: 'public_key', key: { ...(await publicJwk(publicKey)), kid: 'one' } });
      const client = { client_id: application.id };
      // What oauth4webapi calls Ed25519 has the name EdDSA in RFC 8037.
      const way = alg === 'Ed25519'
        ? async (as, _client, body) => {
          body.set('client_id', application.id);
          body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
          body.set('client_assertion', await assertion(privateKey, 'EdDSA', application.id));
        }
        : oauth.PrivateKeyJwt({ key: privateKey, kid: 'one' });
      const token = await grant(client, way);
      assert.ok(token.access_token);
    });
  }

  test('by keys that the client publishes itself', async () => {
    const own = await publishing();
    const published = await Service.start(['--allow-private-addresses', '--outgoing-ca-file', own.certificate]);
    try {
      const application = await published.register('Publisher', 'publisher@example.org');
      await published.addCredential(application, { kind: 'key_set', url: own.url });
      const ask = async (kid) => {
        const sent = new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion(own.keys[kid].privateKey, 'ES256', application.id, published.base, {}, kid),
        });
        return (await fetch(`${published.base}/oauth2/token`, { method: 'POST', body: sent })).status;
      };
      await own.publish('one');
      assert.equal(await ask('one'), 200);
      await own.publish('two');
      assert.equal(await ask('one'), 200, 'the set is remembered for a while');
      assert.equal(own.asked(), 1);
    } finally {
      await published.stop();
      own.close();
    }
  });

  test('a key set on the machine itself or its neighbors is not fetched', async () => {
    const own = await publishing();
    try {
      const application = await register();
      await service.addCredential(application, { kind: 'key_set', url: own.url });
      await own.publish('one');
      const response = await ask(await assertion(own.keys.one.privateKey, 'ES256', application.id));
      assert.equal(response.status, 401);
      assert.equal(own.asked(), 0);
    } finally {
      own.close();
    }
  });
});

async function publicJwk(key) {
  const { kty, crv, x, y, n, e } = await jose.exportJWK(key);
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }));
}

/** A client assertion; `claims` and `header` override what a right one says. */
function assertion(key, alg, id, audience = service.base, claims = {}, kid = undefined, header = {}) {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: id, sub: id, aud: audience, iat: now, exp: now + 60, jti: crypto.randomUUID(), ...claims };
  return new jose.SignJWT(JSON.parse(JSON.stringify(payload))).setProtectedHeader({ alg, kid, ...header }).sign(key);
}

function ask(client_assertion, more = {}) {
  return fetch(`${service.base}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      ...more,
    }),
  });
}

/** An https server on loopback that publishes one of two keys. */
async function publishing() {
  const folder = service.folder;
  const certificate = join(folder, `own-${++registered}.pem`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${certificate}.key`, '-out',
    certificate], { stdio: 'ignore' });
  const keys = { one: await oauth.generateKeyPair('ES256', { extractable: true }),
    two: await oauth.generateKeyPair('ES256', { extractable: true }) };
  let set = { keys: [] };
  let asked = 0;
  const server = createServer({ key: readFileSync(`${certificate}.key`), cert: readFileSync(certificate) },
    (_request, response) => {
      ++asked;
      response.end(JSON.stringify(set));
    });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    keys,
    certificate,
    url: `https://localhost:${server.address().port}/jwks.json`,
    publish: async (kid) => { set = { keys: [{ ...(await publicJwk(keys[kid].publicKey)), kid }] }; },
    asked: () => asked,
    close: () => server.close(),
  };
}

describe('an assertion is refused', () => {
  let application, key, jwk, other;
  before(async () => {
    application = await register();
    const pair = await oauth.generateKeyPair('ES256', { extractable: true });
    key = pair.privateKey;
    other = (await oauth.generateKeyPair('ES256')).privateKey;
    jwk = await publicJwk(pair.publicKey);
    await service.addCredential(application, { kind: 'public_key', key: jwk });
  });
  const expectRefused = async (text, more) => {
    await ask(await with_({})); // who comes with what is right is not held up for what was wrong before
    const response = await ask(text, more);
    assert.equal(response.status, 401, await response.clone().text());
    assert.equal((await response.json()).error, 'invalid_client');
  };
  const with_ = (claims, header) => assertion(key, 'ES256', application.id, service.base, claims, undefined, header);
  const now = () => Math.floor(Date.now() / 1000);

  test('a right one is not', async () => assert.equal((await ask(await with_({}))).status, 200));
  test('the second time', async () => {
    const once = await with_({});
    assert.equal((await ask(once)).status, 200);
    await expectRefused(once);
  });
  test('for another audience, or for others too', async () => {
    await expectRefused(await with_({ aud: 'https://elsewhere.example' }));
    await expectRefused(await with_({ aud: [service.base, 'https://elsewhere.example'] }));
    await expectRefused(await with_({ aud: undefined }));
    assert.equal((await ask(await with_({ aud: [`${service.base}/oauth2/token`] }))).status, 200);
  });
  test('of another client, or of two', async () => {
    const stranger = (await register()).id;
    await expectRefused(await with_({ iss: stranger }));
    await expectRefused(await with_({ sub: stranger }));
    await expectRefused(await with_({ iss: stranger, sub: stranger }));
    await expectRefused(await with_({}), { client_id: stranger });
  });
  test('out of its time', async () => {
    await expectRefused(await with_({ exp: now() - 1 }));
    await expectRefused(await with_({ exp: undefined }));
    await expectRefused(await with_({ exp: now() + 7200 }));
    await expectRefused(await with_({ nbf: now() + 120 }));
    await expectRefused(await with_({ iat: now() + 120 }));
  });
  test('without a jti', async () => expectRefused(await with_({ jti: undefined })));
  test('by another key', async () => expectRefused(await assertion(other, 'ES256', application.id)));
  test('that nobody signed, or that the public key signed as a secret', async () => {
    const [header, payload, signature] = (await with_({})).split('.');
    const b64 = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
    await expectRefused(`${b64({ alg: 'none' })}.${payload}.`);
    await expectRefused(`${b64({ alg: 'none' })}.${payload}.${signature}`);
    await expectRefused(`${header}.${payload}.`);
    const forged = await new jose.SignJWT(jose.decodeJwt(await with_({}))).setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(JSON.stringify(jwk)));
    await expectRefused(forged);
  });
  test('with what must be understood and is not', async () => {
    await expectRefused(await with_({}, { typ: 'at+jwt' }));
    const [, payload, signature] = (await with_({})).split('.');
    const header = Buffer.from('{"alg":"ES256","crit":["x"],"x":1}').toString('base64url');
    await expectRefused(`${header}.${payload}.${signature}`);
  });
  test('that is too long, too deep, or no token', async () => {
    await expectRefused(await with_({ filler: 'x'.repeat(9000) }));
    await expectRefused(await with_({ deep: JSON.parse('['.repeat(20) + ']'.repeat(20)) }));
    for (const text of ['x', '..', 'a.b.c', '.'.repeat(5000)]) await expectRefused(text);
  });
  test('beside a secret', async () => {
    const response = await ask(await with_({}), { client_id: application.id, client_secret: application.secret });
    assert.equal(response.status, 400);
  });
  test('after its key was revoked', async () => {
    const list = await service.admin('GET', `/admin/applications/${application.id}/credentials`);
    const credential = list.data.find((one) => one.attributes.kind === 'public_key');
    await service.admin('DELETE', `/admin/applications/${application.id}/credentials/${credential.id}`);
    await expectRefused(await with_({}));
  });
});

describe('tokens', () => {
  test('are verified by anybody with the published keys', async () => {
    const { id, secret } = await register();
    const token = await grant({ client_id: id }, oauth.ClientSecretBasic(secret), { scope: 'intake:view' });
    const keys = jose.createRemoteJWKSet(new URL(server.jwks_uri));
    const { payload, protectedHeader } = await jose.jwtVerify(token.access_token, keys,
      { issuer: service.base, audience: service.base, typ: 'at+jwt' });
    assert.equal(protectedHeader.alg, 'ES256');
    assert.equal(payload.client_id, id);
    assert.equal(payload.scope, 'intake:view');
    assert.equal(payload.organization, service.founder.organization_id);
    assert.equal(payload.name, 'Client');
  });

  test('are introspected and revoked', async () => {
    const { id, secret } = await register();
    const client = { client_id: id };
    const way = oauth.ClientSecretBasic(secret);
    const token = (await grant(client, way)).access_token;
    const introspect = async () => oauth.processIntrospectionResponse(server, client,
      await oauth.introspectionRequest(server, client, way, token, insecure));
    assert.equal((await introspect()).active, true);
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, way, token, insecure));
    assert.deepEqual(await introspect(), { active: false });
  });

  test('outlive a rotation of the keys under load, and each is verifiable', async () => {
    const { id, secret } = await register();
    const client = { client_id: id };
    const way = oauth.ClientSecretBasic(secret);
    const kids = new Set();
    let done = false;
    const worker = async () => {
      while (!done) {
        const { access_token } = await grant(client, way);
        kids.add(jose.decodeProtectedHeader(access_token).kid);
        const keys = jose.createLocalJWKSet(await (await fetch(server.jwks_uri)).json());
        await jose.jwtVerify(access_token, keys, { issuer: service.base });
        const response = await fetch(`${service.base}/intake/reports`,
          { headers: { authorization: `Bearer ${access_token}` } });
        assert.equal(response.status, 200);
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    for (const algorithm of ['EdDSA', 'RS256', 'ES256']) {
      await service.admin('POST', '/admin/signing-keys', 'signing-keys',
        { algorithm, use_from: new Date().toISOString() });
    }
    for (const until = Date.now() + 10_000; kids.size < 2 && Date.now() < until;) await rest(20);
    done = true;
    await Promise.all(workers);
    assert.ok(kids.size >= 2, `${kids.size} keys were seen`);
  });
});

describe('DPoP', () => {
  let client, way, pair, handle, token;
  const resource = () => new URL(`${service.base}/intake/reports`);
  before(async () => {
    const { id, secret } = await register();
    client = { client_id: id };
    way = oauth.ClientSecretBasic(secret);
    pair = await oauth.generateKeyPair('ES256', { extractable: true });
    handle = oauth.DPoP(client, pair);
    token = await grant(client, way, {}, { DPoP: handle });
  });
  /** A proof; `claims` and `header` override what a right one says. */
  const proof = async (method, url, claims = {}, header = {}, key = pair) => new jose.SignJWT({
    htm: method, htu: url, iat: Math.floor(Date.now() / 1000), jti: crypto.randomUUID(),
    ath: createHash('sha256').update(token.access_token).digest('base64url'),
    ...claims,
  }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await publicJwk(key.publicKey), ...header })
    .sign(key.privateKey);
  const call = (text, scheme = 'DPoP', headers = {}) => fetch(resource(), {
    headers: { authorization: `${scheme} ${token.access_token}`, ...(text ? { dpop: text } : {}), ...headers },
  });

  test('binds a token to its key', async () => {
    assert.equal(token.token_type, 'dpop');
    const thumbprint = await jose.calculateJwkThumbprint(await publicJwk(pair.publicKey));
    assert.equal(jose.decodeJwt(token.access_token).cnf.jkt, thumbprint);
    for (let i = 0; i < 3; ++i) {
      const response = await oauth.protectedResourceRequest(token.access_token, 'GET', resource(), new Headers(), null,
        { ...insecure, DPoP: handle });
      assert.equal(response.status, 200);
    }
    const introspected = await oauth.processIntrospectionResponse(server, client,
      await oauth.introspectionRequest(server, client, way, token.access_token, insecure));
    assert.equal(introspected.cnf.jkt, thumbprint);
    assert.equal(introspected.token_type, 'DPoP');
  });

  test('takes a body with a proof once', async () => {
    const url = `${service.base}/intake/reports`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `DPoP ${token.access_token}`, dpop: await proof('POST', url),
        'content-type': 'application/vnd.api+json' },
      body: JSON.stringify({ data: { type: 'reports', attributes: { text: 'x'.repeat(100_000) } } }),
    });
    assert.equal(response.status, 201, await response.text());
  });

  test('leaves a stolen token useless', async () => {
    const right = await proof('GET', resource().href);
    assert.equal((await call(right)).status, 200);
    const thief = await oauth.generateKeyPair('ES256', { extractable: true });
    for (const [what, text, scheme] of [
      ['sent as a bearer token', undefined, 'Bearer'],
      ['without a proof', undefined, 'DPoP'],
      ['with a proof that was used', right, 'DPoP'],
      ['with a proof by another key', await proof('GET', resource().href, {}, {}, thief), 'DPoP'],
      ['for another method', await proof('POST', resource().href), 'DPoP'],
      ['for another address', await proof('GET', `${service.base}/people/people`), 'DPoP'],
      ['for another token', await proof('GET', resource().href, { ath: 'x' }), 'DPoP'],
      ['of yesterday', await proof('GET', resource().href, { iat: Math.floor(Date.now() / 1000) - 3600 }), 'DPoP'],
      ['of tomorrow', await proof('GET', resource().href, { iat: Math.floor(Date.now() / 1000) + 3600 }), 'DPoP'],
      ['without a jti', await proof('GET', resource().href, { jti: undefined }), 'DPoP'],
      ['of another type', await proof('GET', resource().href, {}, { typ: 'JWT' }), 'DPoP'],
      ['no proof at all', 'x.y.z', 'DPoP'],
    ]) {
      const response = await call(text, scheme);
      assert.equal(response.status, 401, what);
      assert.match(response.headers.get('www-authenticate'), /error="invalid_(token|dpop_proof)"/, what);
    }
  });

  test('refuses a private key in the proof, and a bound token is asked for with a good proof only', async () => {
    const jwk = await jose.exportJWK(pair.privateKey);
    assert.equal((await call(await proof('GET', resource().href, {}, { jwk }))).status, 401);
    const response = await fetch(`${service.base}/oauth2/token`, {
      method: 'POST',
      headers: { dpop: await proof('POST', `${service.base}/elsewhere`) },
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: client.client_id, client_secret: 'x' }),
    });
    assert.equal(response.status, 401);
  });
});
