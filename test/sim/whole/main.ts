/**
 * `npm run sim -- --seed N --ops N`: runs of seeds from N on until so many steps were made, in as many processes as asked for. A seed
 * that breaks a promise is shrunk and printed as steps that a person can read, and as a script to pin.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeStep, scriptOf, withEngine, type Script } from './script';
import { shrink } from './shrink';
import { World } from './world';

const ENGINES = ['none', 'some', 'all'] as const;
type Engines = (typeof ENGINES)[number];

interface Asked {
  readonly seed: number;
  readonly ops: number;
  readonly jobs: number;
  readonly steps: number;
  readonly shrink: boolean;
  /** In which runs another sync engine is over some of the vaults; with `some`, every third seed is run once more with one. */
  readonly engine: Engines;
  /** A file with one script, to be run alone. */
  readonly script?: string;
}

/** What a process tells of its runs, one line of JSON each. */
interface Told {
  readonly seed: number;
  readonly engine: boolean;
  readonly done: number;
  readonly complaints: readonly string[];
}

/** Which script a run is. */
type Run = Pick<Told, 'seed' | 'engine'>;

const USAGE = `Usage: npm run sim -- [--seed N] [--ops N] [--steps N] [--jobs N] [--engine none|some|all] [--no-shrink]
       npm run sim -- --script FILE
  --seed     first seed (1); each run has its own
  --ops      steps in all (10000)
  --steps    steps of a run (150)
  --jobs     processes (1)
  --engine   in which runs another sync engine is over some of the vaults (some: every third seed is run once more with one)
  --script   runs one script, as a failing run leaves it
With SIM_TRACE set, the notes of every device are printed after each step.`;

function asked(): Asked {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, ops: { type: 'string' }, steps: { type: 'string' }, jobs: { type: 'string' }, engine: { type: 'string' }, 'no-shrink': { type: 'boolean' }, script: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.script !== undefined) return { seed: 1, ops: 1, jobs: 1, steps: 1, shrink: false, engine: 'none', script: values.script };
  const number = (text: string | undefined, usual: number): number => {
    const value = text === undefined ? usual : Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    console.error(`"${text}" is no number above 0.\n${USAGE}`);
    process.exit(2);
  };
  const engine = ENGINES.find((one) => one === (values.engine ?? 'some'));
  if (engine === undefined) {
    console.error(`"${values.engine}" is not none, some or all.\n${USAGE}`);
    process.exit(2);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return { seed: number(values.seed, 1), ops: number(values.ops, 10_000), steps: number(values.steps, 150), jobs: number(values.jobs, 1), shrink: !values['no-shrink'], engine };
}

/** @param index from 0 */
function runOf(index: number, { seed, engine }: Asked): Run {
  if (engine !== 'some') return { seed: seed + index, engine: engine === 'all' };
  const [three, place] = [Math.floor(index / 4), index % 4];
  return { seed: seed + three * 3 + Math.min(place, 2), engine: place === 3 };
}

function scriptFor({ seed, engine }: Run, steps: number): Script {
  const script = scriptOf(seed, steps);
  return engine ? withEngine(script) : script;
}

/** Every so-manieth run from one on. */
async function work(first: number, stride: number, runs: number, options: Asked, tell: (told: Told) => void): Promise<void> {
  for (let index = first; index < runs; index += stride) {
    const run = runOf(index, options);
    const { complaints, done } = await new World(scriptFor(run, options.steps)).run();
    tell({ ...run, done, complaints });
  }
}

async function main(): Promise<void> {
  const options = asked();
  const { ops, jobs, steps, shrink: shrinks, script } = options;
  if (script !== undefined) return show(JSON.parse(readFileSync(script, 'utf8')) as Script);
  const runs = Math.ceil(ops / steps);
  const began = performance.now();
  const failed: Told[] = [];
  let made = 0;
  let done = 0;
  const tell = (told: Told): void => {
    made += 1;
    done += told.done;
    if (told.complaints.length > 0) {
      failed.push(told);
      console.log(`seed ${told.seed}${told.engine ? ' with an engine' : ''} fails: ${told.complaints[0]}`);
    }
    if (made % 200 === 0) console.log(`${made} of ${runs} runs, ${done} steps done, ${failed.length} failed, ${Math.round((performance.now() - began) / 1000)} s`);
  };
  const worker = process.env['SIM_WORKER'];
  if (worker !== undefined) {
    await work(Number(worker), jobs, runs, options, (told) => process.stdout.write(`${JSON.stringify(told)}\n`));
    return;
  }
  if (jobs === 1) await work(0, 1, runs, options, tell);
  else await Promise.all(Array.from({ length: jobs }, (_, job) => inProcess(String(job), tell)));
  console.log(`${made} runs of ${steps} steps, ${done} steps done, ${failed.length} failed (${failed.filter(({ engine }) => engine).length} with an engine), ${Math.round((performance.now() - began) / 1000)} s`);
  for (const told of failed.slice(0, 5)) if (shrinks) await show(await shrink(scriptFor(told, steps)));
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** Runs in a process of its own; its end with an error is a failure. */
function inProcess(worker: string, tell: (told: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, process.argv.slice(1), { env: { ...process.env, SIM_WORKER: worker }, stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      rest += chunk.toString();
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        tell(JSON.parse(rest.slice(0, end)) as Told);
        rest = rest.slice(end + 1);
      }
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`A process of the simulation ended with ${code}.`))));
  });
}

async function show(script: Script): Promise<void> {
  const { complaints, log } = await new World(script).run();
  const file = `sim-${script.seed}${script.engine ? '-engine' : ''}.json`;
  writeFileSync(file, `${JSON.stringify(script)}\n`);
  console.log(`\nseed ${script.seed}, shrunk to ${script.steps.length} steps on ${script.devices} devices${script.engine ? `, ${script.engine.devices} with an engine` : ''} (${file}):`);
  script.steps.forEach((step, index) => console.log(`  ${index} ${describeStep(step)}`));
  console.log(`what happened:\n${log.map((line) => `  ${line}`).join('\n')}\n${complaints.slice(0, 3).join('\n')}`);
}

await main();
