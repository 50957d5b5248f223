// A page of 25 records among many that are hidden from who asks, beside the same page where nothing is hidden.

import { byTurns, load } from '../lib/load.mjs';

export const about = 'a list of 25 records among a million hidden ones, beside a list of 25 where nothing is hidden';

export async function* measure({ servers, seconds, rounds, hidden }) {
  const url = await servers.byline();
  const role = (await servers.request('POST', '/admin/roles', { data: { type: 'roles', attributes: { name: 'Limited',
    permissions: { people: { view: 'limited' }, intake: { view: 'limited' } } } } })).data.id;
  const { token } = await servers.application(role);
  const authorization = `Bearer ${servers.token}`;
  const hide = { BENCH_METHOD: 'POST', BENCH_PATH: '/intake/reports', BENCH_TYPE: 'application/vnd.api+json', BENCH_AUTHORIZATION: authorization,
    BENCH_BODY: JSON.stringify({ data: { type: 'reports', attributes: { narrative: 'hidden' },
      relationships: { access_list: { data: [{ type: 'accounts', id: servers.adminId }] } } } }) };
  let done = 0;
  for (let i = 1; i <= 25; ++i) { // the visible ones lie among the hidden
    while (done < hidden * i / 25) done += (await load(url, 64, 2, { env: hide })).rate * 2;
    for (const [path, type] of [['/intake/reports', 'reports'], ['/people/people', 'people']])
      await servers.request('POST', path, { data: { type, attributes: { narrative: 'seen' } } });
  }
  const page = (path) => load(url, 1, seconds, { env: { BENCH_METHOD: 'GET', BENCH_PATH: `${path}?page[size]=25`, BENCH_TYPE: '', BENCH_BODY: '',
    BENCH_AUTHORIZATION: `Bearer ${token}` } });
  await page('/intake/reports');
  yield await byTurns(`list, ${Math.round(done).toLocaleString('en-US')} hidden`, rounds, () => page('/intake/reports'),
    [{ name: 'nothing hidden', ask: async () => (await page('/people/people')).rate }]);
}
