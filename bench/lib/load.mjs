// Load over HTTP: from `wrk`, which sends the next request when the answer to the last one is there, and from open_load,
// whose requests come when they come.

import { spawn } from 'node:child_process';

/** What a program prints, once it has ended well. */
export function output(command, words, { env = {}, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '', errors = '';
    child.stdout.on('data', (chunk) => { out += chunk; });
    child.stderr.on('data', (chunk) => { errors += chunk; });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${command} ${words[0]}: ${errors || out}`))));
    child.stdin.end(input);
  });
}

export const basic = ({ id, secret }) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/**
 * Measures ours and what it stands beside by turns: a result for lib/report.mjs.
 * @param {string} row
 * @param {number} rounds
 * @param {(round: number) => Promise<{rate: number}>} ours
 * @param {{name: string, goal?: {atLeast?: number, atMost?: number}, ask: (round: number) => Promise<number>}[]} peers
 */
export async function byTurns(row, rounds, ours, peers) {
  const result = { row, ours: [], against: peers.map(({ name, goal }) => ({ name, goal, theirs: [] })) };
  const all = [async (round) => result.ours.push(await ours(round)),
    ...peers.map(({ ask }, i) => async (round) => result.against[i].theirs.push(await ask(round)))];
  for (let round = 0; round < rounds; ++round) { // none is always the first
    for (let i = 0; i < all.length; ++i) await all[(i + round) % all.length](round);
  }
  return result;
}

/**
 * What is sent: one kind of request, or several with their shares. "{n}" in a body becomes a number that no other request of
 * the same run has, and "{run}" a word that no other run has.
 * @typedef {{method: string, path: string, headers?: Record<string, string>, body?: string, share?: number}} Sent
 */

let runs = 0;
function freshRun(requests) {
  const run = `${process.pid}-${++runs}`;
  return requests.map(({ body = '', share = 1, headers = {}, ...rest }) => ({ ...rest, headers, share, body: body.replaceAll('{run}', run) }));
}

/**
 * @param {string} url of the server
 * @param {number} connections
 * @param {number} seconds
 * @param {Sent | Sent[]} sent
 * @param {{refusals?: boolean}} [options] `refusals`: answers that are not 2xx are to be expected
 * @returns {Promise<{rate: number, refused: number, p50: number, p99: number, p999: number}>} requests a second that were
 *   answered with 2xx, and with something else; latencies of all in microseconds
 */
export async function load(url, connections, seconds, sent, { refusals = false } = {}) {
  const requests = freshRun([sent].flat());
  const env = { BENCH_REQUESTS: String(requests.length) };
  for (const [i, { method, path, headers, body, share }] of requests.entries()) {
    const head = [`${method} ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
    Object.assign(env, { [`BENCH_${i + 1}_HEAD`]: `${head.join('\r\n')}\r\n`, [`BENCH_${i + 1}_BODY`]: body, [`BENCH_${i + 1}_SHARE`]: String(share) });
  }
  const printed = await output('wrk', ['-t', '1', '--timeout', '10s', '-c', String(connections), '-d', `${seconds}s`, '-s', 'bench/requests.lua', url],
    { env });
  const found = /^RESULT (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)$/m.exec(printed);
  if (!found) throw new Error(`wrk: ${printed}`);
  const [all, refused, broken, p50, p99, p999] = found.slice(1).map(Number);
  if (broken > 0 || (refused > 0 && !refusals)) throw new Error(`${broken || refused} requests to ${url} failed`);
  return { rate: all - refused / seconds, refused: refused / seconds, p50, p99, p999 };
}

/**
 * As many a second as are asked for, whether or not the server keeps up; what finds no connection free waits for one.
 * @returns what was answered with 2xx a second and its latencies from when each was due, and how many a second were refused
 *   (429, 503)
 */
export async function openLoad(url, rate, seconds, sent, { connections = 256 } = {}) {
  const printed = await output('build/release/bench/open_load',
    ['--url', url, '--rate', String(rate), '--seconds', String(seconds), '--connections', String(connections)], { input: JSON.stringify(freshRun([sent].flat())) });
  const result = JSON.parse(printed);
  if (result.failed > 0) throw new Error(`${result.failed} requests to ${url} failed`);
  return result;
}
