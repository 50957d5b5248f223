// Client credentials for a JWT, beside oidc-provider (Node), and beside what one core can sign.

import { basic, byTurns, load, output } from '../lib/load.mjs';

export const about = 'client credentials for an ES256 JWT at 32 connections, beside oidc-provider and the signing limit of one core';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline();
  const client = await servers.application(await servers.roleId('intake_worker'));
  const env = (path, body, authorization) => ({ BENCH_METHOD: 'POST', BENCH_PATH: path, BENCH_BODY: body,
    BENCH_TYPE: 'application/x-www-form-urlencoded', BENCH_AUTHORIZATION: authorization });
  const ours = () => load(url, 32, seconds, { env: env('/oauth2/token', 'grant_type=client_credentials',
    basic(client)) });
  const signing = async () => {
    const printed = await output('openssl', ['speed', '-seconds', '2', 'ecdsap256']);
    return Number(/^.*nistp256\).*?(\S+)\s+\S+\s*$/m.exec(printed)[1]);
  };
  const peers = [];
  for (const algorithm of ['ES256', 'RS256']) {
    const provider = await servers.oidcProvider(algorithm);
    const theirs = () => load(provider, 32, seconds, { env: env('/token',
      'grant_type=client_credentials&client_id=bench&client_secret=bench-secret-bench-secret-bench-secret', ' ') });
    await theirs();
    peers.push({ name: `oidc-provider, ${algorithm}`, goal: algorithm === 'ES256' ? { atLeast: 8 } : null, ask: async () => (await theirs()).rate });
  }
  peers.push({ name: 'ES256 signatures, one core', goal: { atLeast: 0.35 }, ask: signing });
  await ours();
  yield await byTurns('token 32', rounds, ours, peers);
}
