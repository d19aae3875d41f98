/**
 * `npm run sim -- --seed N --ops N`: runs of seeds from N on until so many steps were made, in as many processes as asked for. A seed
 * that breaks a promise is shrunk and printed as steps that a person can read, and as a script to pin.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeStep, scriptOf, type Script } from './script';
import { shrink } from './shrink';
import { World } from './world';

interface Asked {
  readonly seed: number;
  readonly ops: number;
  readonly jobs: number;
  readonly steps: number;
  readonly shrink: boolean;
  /** A file with one script, to be run alone. */
  readonly script?: string;
}

/** What a process tells of its runs, one line of JSON each. */
interface Told {
  readonly seed: number;
  readonly done: number;
  readonly complaints: readonly string[];
}

const USAGE = `Usage: npm run sim -- [--seed N] [--ops N] [--steps N] [--jobs N] [--no-shrink]
       npm run sim -- --script FILE
  --seed     first seed (1); each run has its own
  --ops      steps in all (10000)
  --steps    steps of a run (150)
  --jobs     processes (1)
  --script   runs one script, as a failing run leaves it
With SIM_TRACE set, the notes of every device are printed after each step.`;

function asked(): Asked {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, ops: { type: 'string' }, steps: { type: 'string' }, jobs: { type: 'string' }, 'no-shrink': { type: 'boolean' }, script: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.script !== undefined) return { seed: 1, ops: 1, jobs: 1, steps: 1, shrink: false, script: values.script };
  const number = (text: string | undefined, usual: number): number => {
    const value = text === undefined ? usual : Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    console.error(`"${text}" is no number above 0.\n${USAGE}`);
    process.exit(2);
  };
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return { seed: number(values.seed, 1), ops: number(values.ops, 10_000), steps: number(values.steps, 150), jobs: number(values.jobs, 1), shrink: !values['no-shrink'] };
}

async function work(first: number, stride: number, runs: number, steps: number, tell: (told: Told) => void): Promise<void> {
  for (let i = 0; i < runs; i++) {
    const seed = first + i * stride;
    const { complaints, done } = await new World(scriptOf(seed, steps)).run();
    tell({ seed, done, complaints });
  }
}

async function main(): Promise<void> {
  const { seed, ops, jobs, steps, shrink: shrinks, script } = asked();
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
      console.log(`seed ${told.seed} fails: ${told.complaints[0]}`);
    }
    if (made % 200 === 0) console.log(`${made} of ${runs} runs, ${done} steps done, ${failed.length} failed, ${Math.round((performance.now() - began) / 1000)} s`);
  };
  const worker = process.env['SIM_WORKER'];
  if (worker !== undefined) {
    const [first, stride, count] = worker.split(' ').map(Number);
    await work(first ?? 1, stride ?? 1, count ?? 0, steps, (told) => process.stdout.write(`${JSON.stringify(told)}\n`));
    return;
  }
  if (jobs === 1) await work(seed, 1, runs, steps, tell);
  else await Promise.all(Array.from({ length: jobs }, (_, job) => inProcess(`${seed + job} ${jobs} ${Math.ceil((runs - job) / jobs)}`, tell)));
  console.log(`${made} runs of ${steps} steps, ${done} steps done, ${failed.length} failed, ${Math.round((performance.now() - began) / 1000)} s`);
  for (const told of failed.slice(0, 5)) if (shrinks) await show(await shrink(scriptOf(told.seed, steps)));
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
  const file = `sim-${script.seed}.json`;
  writeFileSync(file, `${JSON.stringify(script)}\n`);
  console.log(`\nseed ${script.seed}, shrunk to ${script.steps.length} steps on ${script.devices} devices (${file}):`);
  script.steps.forEach((step, index) => console.log(`  ${index} ${describeStep(step)}`));
  console.log(`what happened:\n${log.map((line) => `  ${line}`).join('\n')}\n${complaints.slice(0, 3).join('\n')}`);
}

await main();
