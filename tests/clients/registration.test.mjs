// Programs that register themselves (RFC 7591) and keep their registration (RFC 7592), by oauth4webapi.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import { Service } from './service.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };

let service, server, roles;
before(async () => {
  service = await Service.start();
  const issuer = new URL(service.base);
  server = await oauth.processDiscoveryResponse(issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
  roles = { worker: await service.role('intake_worker'), supervisor: await service.role('intake_supervisor') };
});
after(() => service.stop());

const link = (type, ids) => ({ data: ids.map((id) => ({ type, id })) });

/** An initial access token of the founding administrator. */
async function initialToken(attributes = {}, allowed = [roles.worker, roles.supervisor]) {
  const made = await service.admin('POST', `/admin/users/${service.founder.admin_id}/credentials`, 'credentials',
    { kind: 'initial_access_token', ...attributes }, { roles: link('roles', allowed) });
  return { token: made.meta.initial_access_token, id: made.data.id };
}

let count = 0;
const metadata = (more = {}) => ({ client_name: 'Partner import', contacts: [`partner+${++count}@example.org`], ...more });

async function register(token, document) {
  const response = await oauth.dynamicClientRegistrationRequest(server, document,
    { initialAccessToken: token, ...insecure });
  return oauth.processDynamicClientRegistrationResponse(response);
}
const attempt = (token, document) => fetch(server.registration_endpoint, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  body: typeof document === 'string' ? document : JSON.stringify(document),
});
const manage = (client, method, document, token = client.registration_access_token) =>
  fetch(client.registration_client_uri, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: document && JSON.stringify(document),
  });

async function grant(client, way) {
  const response = await oauth.clientCredentialsGrantRequest(server, client, way, {}, insecure);
  return oauth.processClientCredentialsResponse(server, client, response);
}

describe('registration', () => {
  test('gives a client that works at once, signed by who gave the token', async () => {
    const { token, id } = await initialToken();
    const client = await register(token, metadata({ client_uri: 'https://partner.example.org' }));
    assert.equal(client.client_secret_expires_at, 0);
    assert.deepEqual(client.roles.sort(), [roles.worker, roles.supervisor].sort());
    assert.ok((await grant(client, oauth.ClientSecretBasic(client.client_secret))).access_token);
    const { data } = await service.admin('GET', `/admin/applications/${client.client_id}`);
    assert.equal(data.attributes.created_by, 'Ada Moreno');
    assert.equal(data.attributes.url, 'https://partner.example.org');
    const query = new URLSearchParams({ 'filter[subject]': client.client_id });
    const audit = await service.admin('GET', `/admin/audit-events?${query}`);
    assert.equal(audit.data[0].attributes.event_type, 'ApplicationRegistered');
    const initial = await service.admin('GET', `/admin/users/${service.founder.admin_id}/credentials/${id}`);
    assert.equal(initial.data.attributes.registrations, 1);
  });

  test('with keys of its own, and no secret', async () => {
    const { token } = await initialToken();
    const { privateKey, publicKey } = await oauth.generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await jose.exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const client = await register(token, metadata({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } }));
    assert.equal(client.client_secret, undefined);
    assert.ok((await grant(client, oauth.PrivateKeyJwt({ key: privateKey, kid: 'one' }))).access_token);

    const next = await oauth.generateKeyPair('ES256', { extractable: true });
    const nextJwk = { ...(await jose.exportJWK(next.publicKey)), kid: 'two', alg: 'ES256' };
    const changed = await manage(client, 'PUT', { ...metadata(), client_id: client.client_id,
      token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [nextJwk] } });
    assert.equal(changed.status, 200, await changed.clone().text());
    assert.deepEqual((await changed.json()).jwks.keys.map(({ kid }) => kid), ['two']);
    assert.ok((await grant(client, oauth.PrivateKeyJwt({ key: next.privateKey, kid: 'two' }))).access_token);
    await assert.rejects(grant(client, oauth.PrivateKeyJwt({ key: privateKey, kid: 'one' })));
  });

  test('with some of the roles, and never with others', async () => {
    const { token } = await initialToken({}, [roles.worker]);
    const client = await register(token, metadata({ roles: [roles.worker] }));
    assert.deepEqual(client.roles, [roles.worker]);
    for (const role of [roles.supervisor, '01890a5d-ac96-774b-bcce-b302099a8000', 'x']) {
      const response = await attempt(token, metadata({ roles: [role] }));
      assert.equal(response.status, 400);
      assert.equal((await response.json()).error, 'invalid_client_metadata');
    }
  });

  test('as often as the token allows, however many come at the same time', async () => {
    const { token } = await initialToken({ max_registrations: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => attempt(token, metadata())));
    assert.equal(answers.filter(({ status }) => status === 201).length, 3);
    assert.equal(answers.filter(({ status }) => status === 401).length, 9);
  });

  test('without a token that counts it is refused', async () => {
    const { token, id } = await initialToken();
    await service.admin('DELETE', `/admin/users/${service.founder.admin_id}/credentials/${id}`);
    for (const wrong of [undefined, 'x', token, service.founder.admin_token]) {
      const response = await attempt(wrong, metadata());
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate'), /^Bearer error="invalid_token"/);
    }
  });

  test('says everything that is wrong with the metadata', async () => {
    const { token } = await initialToken();
    const response = await attempt(token, { contacts: ['nobody'], client_uri: 'ftp://x', grant_types: ['password'] });
    const { error, error_description: description } = await response.json();
    assert.equal(response.status, 400);
    assert.equal(error, 'invalid_client_metadata');
    for (const name of ['client_name', 'contacts', 'client_uri', 'grant_types']) assert.match(description, new RegExp(`${name}: `));
    for (const body of ['', '[]', '{', '{"client_name":"a","client_name":"b"}', '['.repeat(100)])
      assert.equal((await attempt(token, body)).status, 400, body.slice(0, 20));
  });

  test('an address belongs to one', async () => {
    const { token } = await initialToken();
    const document = metadata();
    await register(token, document);
    const response = await attempt(token, document);
    assert.equal(response.status, 400);
    assert.match((await response.json()).error_description, /contacts: /);
  });
});

describe('management', () => {
  let client, document;
  before(async () => {
    document = metadata({ client_uri: 'https://partner.example.org' });
    client = await register((await initialToken()).token, document);
  });

  test('reads what is registered, without the secret', async () => {
    const response = await manage(client, 'GET');
    const read = await response.json();
    assert.equal(response.status, 200);
    assert.equal(read.client_name, document.client_name);
    assert.equal(read.client_secret, undefined);
    assert.equal(read.registration_access_token, client.registration_access_token);
  });

  test('changes what is its own', async () => {
    const response = await manage(client, 'PUT', { client_id: client.client_id, client_name: 'Renamed', contacts: document.contacts });
    assert.equal(response.status, 200, await response.clone().text());
    const { data } = await service.admin('GET', `/admin/applications/${client.client_id}`);
    assert.equal(data.attributes.name, 'Renamed');
    assert.equal(data.attributes.url, null);
    assert.equal(data.attributes.last_updated_by, 'Renamed');
    assert.equal(data.relationships.roles.data.length, 2);
  });

  test('takes nothing that the service sets, and nobody else', async () => {
    const right = { client_id: client.client_id, client_name: 'Renamed', contacts: document.contacts };
    for (const wrong of [{ registration_access_token: 'x' }, { client_id: 'x' }, { client_id: undefined },
      { client_id_issued_at: 1 }, { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://x.example' }]) {
      assert.equal((await manage(client, 'PUT', { ...right, ...wrong })).status, 400, JSON.stringify(wrong));
    }
    const other = await register((await initialToken()).token, metadata());
    for (const method of ['GET', 'PUT', 'DELETE'])
      assert.equal((await manage(client, method, method === 'PUT' ? right : undefined, other.registration_access_token)).status, 401);
  });

  test('its token is good for nothing else', async () => {
    const response = await fetch(`${service.base}/admin/applications`,
      { headers: { authorization: `Bearer ${client.registration_access_token}` } });
    assert.equal(response.status, 401);
  });

  test('deletes itself', async () => {
    assert.equal((await manage(client, 'DELETE')).status, 204);
    assert.equal((await manage(client, 'GET')).status, 401);
    await assert.rejects(grant(client, oauth.ClientSecretBasic(client.client_secret)));
  });
});
