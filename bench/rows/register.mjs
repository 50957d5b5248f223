// Durable registrations over HTTP, beside the bare echo server, beside PostgreSQL as an event store without HTTP, and beside
// what RocksDB takes of synced writes of one event each from as many threads (db_bench).

import { writeFileSync } from 'node:fs';
import { byTurns, load, output } from '../lib/load.mjs';
import { inRocksDb } from '../lib/peers.mjs';
import { registration } from '../lib/sent.mjs';

/** Each of its connections is a process that first fills caches of its own. */
const kPostgresSeconds = 10;

const tables = `CREATE TABLE events (position bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), body text NOT NULL);
CREATE TABLE emails (email text PRIMARY KEY, position bigint NOT NULL);`;
/** The event, and that no other has the address. As long as our event; addresses come in their order, as ours do. */
const body = 'x'.repeat(445);
const scripts = {
  'one statement': `WITH event AS (INSERT INTO events (body) VALUES ('${body}') RETURNING position)
INSERT INTO emails (email, position) SELECT 'load' || position || '@example.org', position FROM event;`,
  'two statements': `BEGIN;
INSERT INTO events (body) VALUES ('${body}') RETURNING position \\gset
INSERT INTO emails (email, position) VALUES ('load' || :position || '@example.org', :position);
COMMIT;`,
};

export async function* measure({ servers, seconds, rounds }) {
  const url = await servers.byline(), echo = await servers.echo(), postgres = await servers.postgres();
  const sent = registration(servers, await servers.roleId('intake_worker'));
  await servers.sql(tables);
  const inPostgres = async (how, connections) => {
    const script = `${servers.work}/register.sql`;
    writeFileSync(script, scripts[how]);
    const printed = await output('pgbench', [...postgres, '-n', '-M', 'prepared', '-c', String(connections), '-j', '1',
      '-T', String(Math.max(seconds, kPostgresSeconds)), '-f', script, 'postgres']);
    const rate = /tps = (\S+)/.exec(printed);
    if (!rate) throw new Error(`pgbench: ${printed}`);
    return Number(rate[1]);
  };
  await load(url, 8, seconds, sent);
  for (const connections of [1, 32, 64, 256]) {
    const goals = connections === 64 ? { echo: { atLeast: 0.45 }, postgres: { atLeast: 3 } } : {};
    yield await byTurns(`register ${connections}`, rounds, () => load(url, connections, seconds, sent), [
      { name: 'echo', goal: goals.echo, ask: async () => (await load(echo, connections, seconds, sent)).rate },
      { name: 'PostgreSQL, one statement', goal: goals.postgres, ask: () => inPostgres('one statement', connections) },
      { name: 'PostgreSQL, two statements', ask: () => inPostgres('two statements', connections) },
      { name: 'RocksDB, synced writes', ask: () => inRocksDb(servers, connections, seconds) },
    ]);
  }
}
