/**
 * Feeds mutated inputs to every decoder: each must be taken or refused with its typed error; never a crash, never a hang.
 *
 *   node test/fuzz/run.mjs [--runs 1000000] [--seed <number>] [--only <decoder>]
 *
 * The work is done in a worker thread, so that a hang can be told from slowness: a slice of 10,000 inputs has 60 seconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const SLICE = 10_000;
const SLICE_TIME = 60_000;

if (isMainThread) await main();
else await work(workerData);

async function main() {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000000' }, seed: { type: 'string' }, only: { type: 'string' } } });
  const runs = Number(values.runs);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write('--runs and --seed take whole numbers.\n');
    process.exitCode = 2;
    return;
  }
  // Beside this file, so that the packages that are left out of the bundle are found.
  const directory = await mkdtemp(join(fileURLToPath(new URL('.', import.meta.url)), '.build-'));
  try {
    const { build } = await import('esbuild');
    const bundle = join(directory, 'targets.mjs');
    const entry = fileURLToPath(new URL('targets.ts', import.meta.url));
    await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', target: 'node20', external: ['fast-check'], outfile: bundle, logLevel: 'error' });
    process.stdout.write(`seed ${seed}, ${runs} inputs a decoder\n`);
    process.exitCode = await watch(bundle, runs, seed, values.only);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs the worker and ends it when it hangs. Resolves to the exit code. */
function watch(bundle, runs, seed, only) {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { bundle, runs, seed, only } });
    let at = 'loading';
    let timer;
    let hasEnded = false;
    const expectProgress = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(1, `HANG: no progress in ${SLICE_TIME / 1000} s at ${at}\n`), SLICE_TIME);
    };
    const end = (code, text) => {
      // The worker's exit follows every other end.
      if (hasEnded) return;
      hasEnded = true;
      clearTimeout(timer);
      if (text) process.stderr.write(text);
      void worker.terminate();
      resolve(code);
    };
    worker.on('message', (message) => {
      expectProgress();
      if (message.at) at = message.at;
      if (message.line) process.stdout.write(message.line);
      if (message.done) end(message.failed ? 1 : 0);
    });
    worker.on('error', (error) => end(1, `CRASH at ${at}: ${error.stack}\n`));
    worker.on('exit', () => end(1, `CRASH at ${at}: the worker ended\n`));
    expectProgress();
  });
}

async function work({ bundle, runs, seed, only }) {
  const { createTargets } = await import(bundle);
  const targets = (await createTargets()).filter((target) => only === undefined || target.name === only);
  let failed = targets.length === 0;
  if (failed) parentPort.postMessage({ line: `No decoder is called "${only}".\n` });
  for (const target of targets) {
    const start = performance.now();
    let taken = 0;
    let line;
    try {
      for (let from = 0; from < runs; from += SLICE) {
        const slice = seed + from / SLICE;
        parentPort.postMessage({ at: `${target.name}, seed ${slice}` });
        taken += await target.run(Math.min(SLICE, runs - from), slice);
      }
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      line = `ok    ${target.name.padEnd(18)} ${runs - taken} refused, ${taken} taken, ${seconds} s\n`;
    } catch (error) {
      failed = true;
      line = `FAIL  ${error.message}\n`;
    }
    parentPort.postMessage({ line });
  }
  parentPort.postMessage({ done: true, failed });
}
