// Measures the rows that are asked for and prints a table: see scripts/bench.

import { mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Servers } from './lib/servers.mjs';
import { conclude, header, kMostSpread, line, lines } from './lib/report.mjs';

/** By programs that send and ask, in the order in which they are measured: each is a file of rows/. */
const limits = ['limits'], overHttp = ['register', 'latency', 'arrivals', 'requests', 'token', 'list', 'growth'];
/** By a program of its own, over a log that is made once and kept. */
const overLog = ['history', 'tree', 'rebuild', 'start'];

const wrong = (sentence) => {
  console.error(`scripts/bench: ${sentence}`);
  process.exit(2);
};
const parse = (known) => {
  try {
    return parseArgs(known);
  } catch (error) {
    return wrong(`${error.message.split('. ')[0]}; --help tells what there is`);
  }
};
const { values: options, positionals } = parse({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
    rounds: { type: 'string' }, seconds: { type: 'string' }, hidden: { type: 'string' }, applications: { type: 'string' },
    events: { type: 'string' }, 'events-each': { type: 'string', default: '10' },
  },
});
for (const [name, value] of Object.entries(options)) {
  if (typeof value === 'string' && !/^[1-9]\d{0,9}$/.test(value)) wrong(`--${name} is a whole number from 1 on, not ${value}`);
}
const given = (name, usual, quick) => Number(options[name] ?? (options.quick ? quick : usual));
/** Goals are of what is usual: less is easier. */
const usual = { hidden: 1_000_000, applications: 1_000_000, events: 2_000_000 };
const isLess = Object.keys(usual).some((name) => options[name] !== undefined && Number(options[name]) < usual[name]);
const rounds = given('rounds', 5, 2), seconds = given('seconds', 5, 1), hidden = given('hidden', usual.hidden, 20_000),
  applications = given('applications', usual.applications, 10_000);
const all = [...limits, ...overLog, ...overHttp];
const wanted = positionals.length > 0 ? positionals : all;
const unknown = wanted.filter((row) => !all.includes(row));
if (unknown.length > 0) wrong(`there is no row ${unknown[0]}; there are ${all.join(', ')}`);
const say = (text) => (options.json ? process.stderr : process.stdout).write(`${text}\n`);

async function* overLogMeasured(row) {
  const events = given('events', row === 'start' ? 10_000_000 : row === 'tree' ? 100_000 : usual.events, row === 'tree' ? 20_000 : 100_000);
  const each = options['events-each'];
  const words = ['--events', String(events), '--rounds', String(rounds)];
  if (row === 'tree') words.push('--data', 'build/bench-tree');
  else words.push('--data', `build/bench-${row === 'start' ? row : 'history'}-${events}-${each}`, '--events-each', each);
  const done = spawnSync(`build/release/bench/${row}_bench`, words, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${row}_bench failed`);
  for (const line of done.stdout.trim().split('\n')) yield JSON.parse(line);
}
async function* bySending(row) {
  const { measure } = await import(`./rows/${row}.mjs`);
  yield* measure({ servers, rounds, seconds, hidden, applications, quick: options.quick });
}

const kept = options.quick ? 'bench/results/quick' : 'bench/results';
mkdirSync(kept, { recursive: true });
const how = { at: new Date().toISOString(), commit: spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout?.trim(),
  changed: spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).stdout?.trim() !== '', rounds, seconds, options };
const servers = new Servers();
const results = [];
let failed = null, stopped = false;
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  process.on(signal, () => {
    process.exitCode = status;
    stopped = true; // what fails from here on fails of it
    Servers.stopAll().finally(() => process.exit(status));
  });
}
try {
  say(line(header));
  for (const row of wanted) {
    say(`${row}:`);
    for await (const result of (overLog.includes(row) ? overLogMeasured : bySending)(row)) {
      conclude(result, !options.quick && !isLess);
      results.push(result);
      for (const each of lines(result)) say(each);
      writeFileSync(`${kept}/${result.row.replace(/\W+/g, '-')}.json`, `${JSON.stringify({ ...how, ...result }, null, 1)}\n`);
    }
  }
  if (options.quick || isLess) say('\nOf less than is usual: no goal is held against it.');
  say(`\n${rounds} rounds${wanted.some((row) => !overLog.includes(row)) ? ` of ${seconds} s` : ''} by turns; ratios are medians of those of the rounds, `
    + `which are not told where rounds differ more than ${kMostSpread}×, nor whether a goal is met where only some met it then; `
    + '“~” before yes or NO: not in every round.');
} catch (error) {
  failed = error;
} finally {
  await Servers.stopAll();
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 1)}\n`); // what there is of them, where one failed
}
if (failed && !stopped) {
  console.error(`scripts/bench: ${failed.message}`);
  process.exit(1);
}
