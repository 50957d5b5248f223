// A page of 25 records among many that are hidden from who asks, beside the same page where nothing is hidden.

import { byTurns, load } from '../lib/load.mjs';
import { bearer, jsonApi } from '../lib/sent.mjs';

/** No more are made by a second of load. */
const kInOneRun = 30_000;

export async function* measure({ servers, seconds, rounds, hidden }) {
  const url = await servers.byline();
  const role = (await servers.request('POST', '/admin/roles', { data: { type: 'roles', attributes: { name: 'Limited',
    permissions: { people: { view: 'limited' }, intake: { view: 'limited' } } } } })).data.id;
  const { token } = await servers.application(role);
  const hide = { method: 'POST', path: '/intake/reports', headers: bearer(servers.token, jsonApi),
    body: JSON.stringify({ data: { type: 'reports', attributes: { narrative: 'hidden' },
      relationships: { access_list: { data: [{ type: 'accounts', id: servers.adminId }] } } } }) };
  let done = 0;
  const hideUntil = async (many) => {
    while (many - done > kInOneRun) done += (await load(url, 64, 1, hide)).rate;
    for (; done < many; done += 64) await Promise.all(Array.from({ length: 64 }, () => servers.request(hide.method, hide.path, hide.body)));
  };
  for (let i = 1; i <= 25; ++i) { // the visible ones lie among the hidden
    await hideUntil(hidden * i / 25);
    for (const [path, type] of [['/intake/reports', 'reports'], ['/people/people', 'people']])
      await servers.request('POST', path, { data: { type, attributes: { narrative: 'seen' } } });
  }
  const page = (path) => load(url, 1, seconds, { method: 'GET', path: `${path}?page[size]=25`, headers: bearer(token) });
  await page('/intake/reports');
  const row = await byTurns('list among hidden ones', rounds, () => page('/intake/reports'),
    [{ name: 'nothing hidden', ask: async () => (await page('/people/people')).rate }]);
  row.note = `${Math.round(done).toLocaleString('en-US')} hidden`;
  yield row;
}
