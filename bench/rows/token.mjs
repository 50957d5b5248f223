// Client credentials for a JWT, beside oidc-provider (Node), and beside what one core can sign.

import { byTurns, load, output } from '../lib/load.mjs';
import { form, tokenRequest } from '../lib/sent.mjs';

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline();
  const client = await servers.application(await servers.roleId('intake_worker'));
  const ours = () => load(url, 32, seconds, tokenRequest(client));
  const signing = async () => {
    const printed = await output('openssl', ['speed', '-seconds', '2', 'ecdsap256']);
    return Number(/^.*nistp256\).*?(\S+)\s+\S+\s*$/m.exec(printed)[1]);
  };
  const peers = [];
  for (const algorithm of ['ES256', 'RS256', 'opaque']) {
    const provider = await servers.oidcProvider(algorithm);
    const theirs = () => load(provider, 32, seconds, { method: 'POST', path: '/token',
      headers: { 'Content-Type': form },
      body: 'grant_type=client_credentials&client_id=bench&client_secret=bench-secret-bench-secret-bench-secret' });
    await theirs();
    peers.push({ name: `oidc-provider, ${algorithm}`, goal: algorithm === 'ES256' ? { atLeast: 8 } : null, ask: async () => (await theirs()).rate });
  }
  peers.push({ name: 'ES256 signatures, one core', goal: { atLeast: 0.35 }, ask: signing });
  await ours();
  yield await byTurns('token 32', rounds, ours, peers);
}
