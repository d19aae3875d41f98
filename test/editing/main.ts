/** `node test/editing/run.mjs --seed N --ops N`: trials from a seed on, until so many operations were done. A seed that fails is shrunk and printed. */
import { parseArgs } from 'node:util';
import { scriptOf, type Script } from './script';
import { shrink } from './shrink';
import { stateStage } from './state-stage';
import { Trial } from './trial';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, ops: { type: 'string', default: '1000' }, steps: { type: 'string', default: '150' }, only: { type: 'string' }, 'no-shrink': { type: 'boolean' } } });
/** After so many trials that fail it is enough. */
const MOST_FAILED = 1_000;

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/stands twice/, 'letters that stand twice'],
  [/moved the (?:anchor|head)/, 'selections moved'],
  [/opened a fold/, 'folds opened'],
  [/^undone/, 'undos not exact'],
  [/^done again/, 'redos not exact'],
];
const kindOf = (complaint: string): string => (complaint === '' ? '' : (KINDS.find(([words]) => words.test(complaint))?.[1] ?? 'others'));

const only = values.only?.split(',');
const steps = Number(values.steps);
const run = (script: Script) => new Trial(script, stateStage).run();
const began = performance.now();
const sum = { done: 0, watched: 0, takenBack: 0, trials: 0 };
const failed: { readonly script: Script; readonly kind: string }[] = [];
for (let seed = Number(values.seed); sum.done < Number(values.ops) && failed.length < MOST_FAILED; seed++) {
  const script = scriptOf(seed, steps);
  const { done, watched, takenBack, complaints } = await run(only ? { ...script, episodes: script.episodes.filter(({ kind }) => only.includes(kind)) } : script);
  sum.done += done;
  sum.watched += watched;
  sum.takenBack += takenBack;
  sum.trials += 1;
  if (complaints.length === 0) continue;
  failed.push({ script, kind: kindOf(complaints[0] ?? '') });
  console.log(`seed ${seed} fails: ${complaints[0]}\n`);
}
console.log(`${sum.trials} trials, ${sum.done} operations, ${sum.watched} remote transactions watched, ${sum.takenBack} times all taken back, ${failed.length} failed, ${Math.round((performance.now() - began) / 1000)} s`);
for (const kind of new Set(failed.map((one) => one.kind))) console.log(`  ${failed.filter((one) => one.kind === kind).length} ${kind}`);
for (const { script, kind } of failed.slice(0, values['no-shrink'] ? 0 : 3)) {
  // Shortened to another fault it would hide its own.
  const short = await shrink(script, async (one) => kindOf((await run(one)).complaints[0] ?? '') === kind);
  process.env['EDITING_TRACE'] = '1';
  const { log } = await run(short);
  delete process.env['EDITING_TRACE'];
  console.log(`\nseed ${script.seed}, shrunk:\n${JSON.stringify(short)}\n${log.join('\n')}`);
}
process.exitCode = failed.length > 0 ? 1 : 0;
