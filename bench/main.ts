/** Runs the parts that were asked for, prints one table, writes one JSON file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { endAll, ROOT } from './child';
import { isReached, ratioOf, tableOf, type Figure, type Part } from './figure';
import { join as joining } from './join';
import { idle } from './idle';
import { latency } from './latency';
import { editor } from './editor';
import { lanes } from './lanes';
import { loss } from './loss';
import { many } from './many';
import { memory } from './memory';
import { outline } from './outline';
import { size } from './size';
import { start } from './start';
import { throughput } from './throughput';
import { webTransport } from './webtransport';

const PARTS: Readonly<Record<string, Part>> = { latency, throughput, editor, join: joining, start, size, memory, idle, many, loss, outline, lanes, webtransport: webTransport };

const args = process.argv.slice(2);
const asked = args.filter((arg) => !arg.startsWith('--'));
const unknown = [...asked.filter((name) => !(name in PARTS)), ...args.filter((arg) => arg.startsWith('--') && arg !== '--quick' && arg !== '--profile')];
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}. Options: --quick, --profile.`);
  process.exit(2);
}

const settings = { quick: args.includes('--quick'), profile: args.includes('--profile'), log: (line: string) => console.error(line) };
const figures: Figure[] = [];
const failures: { part: string; error: string }[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endAll().then(() => process.exit(130)));

for (const [name, part] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  try {
    figures.push(...(await part(settings)));
  } catch (error) {
    failures.push({ part: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    console.error(`${name} failed: ${failures.at(-1)?.error}`);
  } finally {
    await endAll();
  }
}

const time = new Date().toISOString();
const directory = join(ROOT, 'bench/results');
const file = join(directory, `${time.replace(/:/g, '-').slice(0, 19)}Z.json`);
mkdirSync(directory, { recursive: true });
const report = {
  time,
  quick: settings.quick,
  commit: commit(),
  node: process.version,
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
  memory: totalmem(),
  figures: figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), reached: isReached(figure) })),
  failures,
};
writeFileSync(file, JSON.stringify(report, null, 2));

console.log(`\n${tableOf(figures)}\n`);
for (const note of new Set(figures.flatMap(({ note }) => note ?? []))) console.log(note);
for (const { part } of failures) console.log(`NOT MEASURED: ${part}, see above.`);
console.log(`${settings.quick ? 'Few rounds (--quick): trust the ratios at most. ' : ''}Written to bench/results/.`);
process.exit(failures.length > 0 ? 1 : 0);

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
