// Load from `wrk`, which sends the next request when the answer to the last one is there.

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
 * @param {{name: string, goal?: {atLeast?: number, atMost?: number}, ask: () => Promise<number>}[]} peers
 */
export async function byTurns(row, rounds, ours, peers) {
  const result = { row, ours: [], against: peers.map(({ name, goal }) => ({ name, goal, theirs: [] })) };
  for (let round = 0; round < rounds; ++round) {
    result.ours.push(await ours(round));
    for (const [i, peer] of peers.entries()) result.against[i].theirs.push(await peer.ask());
  }
  return result;
}

/**
 * @param {string} url of the server
 * @param {number} connections
 * @param {number} seconds
 * @param {{script?: string, env?: Record<string, string>}} what `script`: bench/SCRIPT.lua; `env`: what that reads
 * @returns requests a second, how many were not answered by 2xx, and latencies in microseconds
 */
export async function load(url, connections, seconds, { script = 'one_request', env = {} }) {
  const printed = await output('wrk', ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '-s', `bench/${script}.lua`, url],
    { env });
  const found = /^RESULT (\S+) (\S+) (\S+) (\S+) (\S+)$/m.exec(printed);
  if (!found) throw new Error(`wrk: ${printed}`);
  const [rate, errors, p50, p99, p999] = found.slice(1).map(Number);
  if (errors > 0) throw new Error(`${errors} requests to ${url} failed`);
  return { rate, p50, p99, p999 };
}
