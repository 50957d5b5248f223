// Certificates and https for tests.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:https';
import { join } from 'node:path';

const openssl = (...options) => execFileSync('openssl', options, { stdio: 'ignore' });

/** A fresh certificate and key, as files; signed by itself, or by `authority`. */
export function certify(folder, name, { authority, names = 'DNS:localhost,IP:127.0.0.1', subject = '/CN=localhost' } = {}) {
  const certificate = join(folder, `${name}.pem`);
  const key = join(folder, `${name}.key`);
  const common = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', subject, '-keyout', key];
  if (!authority) {
    const extensions = names ? ['-addext', `subjectAltName=${names}`] : [];
    openssl('req', '-x509', '-days', '2', ...common, ...extensions, '-out', certificate);
  } else {
    openssl('req', '-new', ...common, '-out', `${certificate}.csr`);
    writeFileSync(`${certificate}.ext`, names ? `subjectAltName=${names}\n` : '');
    openssl('x509', '-req', '-in', `${certificate}.csr`, '-CA', authority.certificate, '-CAkey', authority.key,
      '-CAcreateserial', '-days', '2', '-extfile', `${certificate}.ext`, '-out', certificate);
  }
  return { certificate, key };
}

/** `fetch` over connections of its own, with the certificates given. */
export function fetchBy({ ca, client } = {}) {
  const options = { agent: false, ca: ca && readFileSync(ca) };
  if (client) Object.assign(options, { cert: readFileSync(client.certificate), key: readFileSync(client.key) });
  return (url, { method = 'GET', headers = {}, body } = {}) => new Promise((resolve, reject) => {
    const plain = Object.fromEntries(new Headers(headers));
    const text = body === undefined || body === null ? undefined : String(body);
    if (body instanceof URLSearchParams) plain['content-type'] = 'application/x-www-form-urlencoded';
    if (text !== undefined) plain['content-length'] = Buffer.byteLength(text);
    const request = send(url, { ...options, method, headers: plain }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const found = new Headers();
        for (let i = 0; i < response.rawHeaders.length; i += 2) found.append(response.rawHeaders[i], response.rawHeaders[i + 1]);
        const empty = [204, 304].includes(response.statusCode);
        const made = new Response(empty ? null : Buffer.concat(chunks), { status: response.statusCode, headers: found });
        made.protocol = response.socket?.getProtocol?.();
        resolve(made);
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}
