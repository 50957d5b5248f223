// The peer of the token endpoint: oidc-provider (Node) with one client, which gets access tokens for client
// credentials: JWTs, or opaque ones. Usage: oidc_provider.mjs ES256|RS256|opaque PORT_FILE

import { writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [format, portFile] = process.argv.slice(2);
const alg = format === 'opaque' ? 'ES256' : format;
const token = format === 'opaque' ? { accessTokenFormat: 'opaque' } : { accessTokenFormat: 'jwt', jwt: { sign: { alg } } };
const { privateKey } = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 })
  : generateKeyPairSync('ec', { namedCurve: 'P-256' });
const resource = 'https://api.example.org';
const provider = new Provider('http://127.0.0.1', {
  clients: [{
    client_id: 'bench', client_secret: 'bench-secret-bench-secret-bench-secret', grant_types: ['client_credentials'],
    redirect_uris: [], response_types: [], id_token_signed_response_alg: alg, token_endpoint_auth_method: 'client_secret_post',
  }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: 'bench' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      getResourceServerInfo: () => ({
        scope: 'intake:view', audience: resource, accessTokenTTL: 3600, ...token,
      }),
    },
  },
});
const server = provider.listen(0, '127.0.0.1', () => writeFileSync(portFile, `${server.address().port}\n`));
