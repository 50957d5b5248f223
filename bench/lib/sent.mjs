// What is sent to be measured: see Sent in load.mjs.

import { basic } from './load.mjs';

const json = 'application/json';
export const form = 'application/x-www-form-urlencoded';
export const jsonApi = 'application/vnd.api+json';
export const bearer = (token, type) => ({ Authorization: `Bearer ${token}`, ...(type && { 'Content-Type': type }) });

/** A registration, each with a name and an address of its own. */
export function registration(servers, role) {
  return { method: 'POST', path: '/admin/applications', headers: bearer(servers.token, jsonApi), body: JSON.stringify({ data: {
    type: 'applications', attributes: { name: 'Load {run}-{n}', email: 'load+{run}-{n}@example.org', url: 'https://load.example.org/hook',
      description: 'Registered by the benchmark' }, relationships: { roles: { data: [{ type: 'roles', id: role }] } } } }) };
}

/** A hundred applications; in the order of their names, in which numbers with the same first digits are together: from all over. */
const someApplications = async (servers) => (await servers.request('GET', '/admin/applications?sort=name&page[size]=100')).data;

/** They are read, at random. */
export async function readsOfApplications(servers, token) {
  return (await someApplications(servers)).map(({ id }) => ({ method: 'GET', path: `/admin/applications/${id}`, headers: bearer(token) }));
}

/** They are changed, at random. */
export async function changesOfApplications(servers) {
  return (await someApplications(servers)).map(({ id }) => ({ method: 'PATCH', path: `/admin/applications/${id}`, headers: bearer(servers.token, jsonApi),
    body: JSON.stringify({ data: { type: 'applications', id, attributes: { description: 'Changed by the benchmark, {run}-{n}' } } }) }));
}

/** Client credentials for a token. */
export const tokenRequest = (client) => ({ method: 'POST', path: '/oauth2/token', headers: { Authorization: basic(client), 'Content-Type': form },
  body: 'grant_type=client_credentials' });

const report = (attributes, rest = {}) => JSON.stringify({ data: { type: 'reports', attributes, ...rest } });

/** By row. */
export const requests = {
  async evaluate(servers) {
    const { id } = await servers.application(await servers.roleId('intake_worker'));
    const record = (await servers.request('POST', '/intake/reports', { data: { type: 'reports', attributes: { a: 1 } } })).data.id;
    return { method: 'POST', path: '/access/v1/evaluation', headers: bearer(servers.token, json), body: JSON.stringify({
      subject: { type: 'application', id }, action: { name: 'edit' }, resource: { type: 'intake/reports', id: record } }) };
  },
  async introspect(servers) {
    const { token, ...client } = await servers.application(await servers.roleId('intake_worker'));
    return { method: 'POST', path: '/oauth2/introspect', headers: { Authorization: basic(client), 'Content-Type': form }, body: `token=${token}` };
  },
  async read(servers) {
    const { id, token } = await servers.application(await servers.roleId('admin'));
    return { method: 'GET', path: `/admin/applications/${id}`, headers: bearer(token) };
  },
  async page(servers) {
    const role = await servers.roleId('admin');
    for (let i = 0; i < 25; ++i) await servers.application(role); // a page is full
    const { token } = await servers.application(role);
    return { method: 'GET', path: '/admin/applications?page[size]=25', headers: bearer(token) };
  },
  async 'create record'(servers) {
    const { token } = await servers.application(await servers.roleId('intake_worker'));
    return { method: 'POST', path: '/intake/reports', headers: bearer(token, jsonApi), body: report({ summary: 'Child alone at home', urgency: 3 }) };
  },
  async 'update record'(servers) {
    const { token } = await servers.application(await servers.roleId('intake_worker'));
    const made = await Promise.all(Array.from({ length: 100 }, () => servers.request('POST', '/intake/reports',
      { data: { type: 'reports', attributes: { urgency: 3 } } }, token)));
    return made.map(({ data: { id } }) => ({ method: 'PATCH', path: `/intake/reports/${id}`, headers: bearer(token, jsonApi),
      body: report({ summary: 'Seen at {run}-{n}' }, { id }) }));
  },
};
