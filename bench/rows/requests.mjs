// One request over and over, beside the same to the bare echo server.

import { basic, byTurns, load } from '../lib/load.mjs';

const json = 'application/json', jsonApi = 'application/vnd.api+json', form = 'application/x-www-form-urlencoded';

/** By row: what is sent. */
const requests = {
  async evaluate(servers) {
    const { id } = await servers.application(await servers.roleId('intake_worker'));
    const record = (await servers.request('POST', '/intake/reports', { data: { type: 'reports', attributes: { a: 1 } } })).data.id;
    return { method: 'POST', path: '/access/v1/evaluation', type: json, body: JSON.stringify({
      subject: { type: 'application', id }, action: { name: 'edit' }, resource: { type: 'intake/reports', id: record } }) };
  },
  async introspect(servers) {
    const { token, ...client } = await servers.application(await servers.roleId('intake_worker'));
    return { method: 'POST', path: '/oauth2/introspect', type: form, body: `token=${token}`, authorization: basic(client) };
  },
  async read(servers) {
    const { id, token } = await servers.application(await servers.roleId('admin'));
    return { method: 'GET', path: `/admin/applications/${id}`, type: jsonApi, body: '', authorization: `Bearer ${token}` };
  },
  async 'create record'(servers) {
    const { token } = await servers.application(await servers.roleId('intake_worker'));
    return { method: 'POST', path: '/intake/reports', type: jsonApi, authorization: `Bearer ${token}`, goal: null,
      body: JSON.stringify({ data: { type: 'reports', attributes: { summary: 'Child alone at home', urgency: 3 } } }) };
  },
};

export const about = 'evaluate, introspect, read one application, create a record at 64 connections, beside the echo';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo();
  for (const [row, made] of Object.entries(requests)) {
    const { goal = { atLeast: 0.6 }, ...request } = await made(servers);
    const env = { BENCH_METHOD: request.method, BENCH_PATH: request.path, BENCH_TYPE: request.type, BENCH_BODY: request.body,
      BENCH_AUTHORIZATION: request.authorization ?? `Bearer ${servers.token}` };
    await load(url, 64, 1, { env });
    yield await byTurns(`${row} 64`, rounds, () => load(url, 64, seconds, { env }),
      [{ name: 'echo', goal, ask: async () => (await load(echo, 64, seconds, { env })).rate }]);
  }
}
