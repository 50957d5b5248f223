// What the machine takes, each thing by itself, beside what the machine took that the goals were set on: a goal that is an
// absolute figure is to be read with these.

import { load, output } from '../lib/load.mjs';
import { appendsSynced, inRocksDb } from '../lib/peers.mjs';

const kRegistrationBytes = 300; // of the body that the echo is sent

/** By row, what the other machine took: two cores of an AMD EPYC, ext4. */
const elsewhere = {
  'fdatasync after 4 KiB': 8_270, 'RocksDB, synced writes, 1 thread': 6_500, 'RocksDB, synced writes, 64 threads': 40_500,
  'RocksDB, synced, 8 registrations': 32_000, 'RocksDB, synced, 32 registrations': 55_000, 'RocksDB, synced, 64 registrations': 70_000,
  'RocksDB, synced, 256 registrations': 93_500, 'RocksDB iterates values of 445 B': 2_440_000, 'event read, nlohmann/json': 280_000,
  'event read, simdjson': 5_300_000, 'echo 1': 15_900, 'echo 32': 100_800, 'echo 64': 113_600, 'echo 256': 115_900,
  'ES256 signed, one core': 63_800, 'ES256 verified': 21_700, 'Ed25519 signed': 39_400, 'Ed25519 verified': 14_900,
  'RS256 signed': 4_200, 'RS256 verified': 70_800,
};

/** Signatures a second, and verifications, as `openssl speed` tells them last in a line. */
async function signatures(algorithm) {
  const printed = await output('openssl', ['speed', '-seconds', '1', algorithm]);
  const found = /(\S+)\s+(\S+)\s*$/.exec(printed.trimEnd());
  if (!found || !(Number(found[1]) > 0)) throw new Error(`openssl speed ${algorithm}: ${printed}`);
  return found.slice(1).map(Number);
}

async function measured(servers, echo, seconds) {
  const probed = JSON.parse(await output('build/release/bench/limits', ['--data', `${servers.work}/limits`]));
  const found = { 'fdatasync after 4 KiB': await appendsSynced(servers, seconds) };
  found['RocksDB, synced writes, 1 thread'] = await inRocksDb(servers, 1, seconds, { benchmark: 'fillseq', bytes: 400 });
  found['RocksDB, synced writes, 64 threads'] = await inRocksDb(servers, 64, seconds, { bytes: 400 });
  for (const size of [8, 32, 64, 256]) found[`RocksDB, synced, ${size} registrations`] = probed[`batches of ${size}`];
  found['RocksDB iterates values of 445 B'] = probed.iteration;
  found['event read, nlohmann/json'] = probed.nlohmann;
  found['event read, simdjson'] = probed.simdjson;
  const sent = { method: 'POST', path: '/', body: 'x'.repeat(kRegistrationBytes) };
  for (const connections of [1, 32, 64, 256]) found[`echo ${connections}`] = (await load(echo, connections, seconds, sent)).rate;
  [found['ES256 signed, one core'], found['ES256 verified']] = await signatures('ecdsap256');
  [found['Ed25519 signed'], found['Ed25519 verified']] = await signatures('ed25519');
  [found['RS256 signed'], found['RS256 verified']] = await signatures('rsa2048');
  return found;
}

export async function* measure({ servers, seconds, rounds }) {
  const echo = await servers.echo();
  const all = [];
  for (let round = 0; round < rounds; ++round) all.push(await measured(servers, echo, seconds));
  for (const [row, there] of Object.entries(elsewhere)) {
    yield { row, ours: all.map((found) => ({ rate: found[row] })), against: [{ name: 'where the goals are from', theirs: all.map(() => there) }] };
  }
}
