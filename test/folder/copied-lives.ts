/** `node test/folder/copier.mjs`: many lives of two folders beside a file copier, in real time, by seed. */
import { trialArguments } from '../trial-arguments';
import { CopiedLife, QUICK, REAL_TIME } from './copied-life';

const USAGE = `Usage: node test/folder/copier.mjs [--seed N] [--runs N] [--beside N] [--quick] [--deletions] [--story]
  --seed    first seed (1)
  --runs    lives (12)
  --beside  so many at once (6): they mostly wait
  --quick   as in npm test: late by up to three seconds in place of twenty, and with fewer edits
  --deletions  of a hundred edits thirty delete a word or a bullet
  --story   prints the whole story of each that ends wrong`;

const { seed: first, runs, beside, quick, deletions, story } = trialArguments(USAGE, { seed: 1, runs: 12, beside: 6 }, ['quick', 'deletions', 'story']);
const options = { ...(quick ? QUICK : REAL_TIME), deletions: deletions ? 30 : 0 };
const wrong: string[] = [];
let next = first;
await Promise.all(
  Array.from({ length: beside }, async () => {
    while (next < first + runs) {
      const seed = next++;
      const told = await new CopiedLife(seed, options).run();
      if (told === '') continue;
      wrong.push(told);
      console.log(story ? `seed ${seed}\n${told}` : `seed ${seed}: ${told.split('\n---', 1)[0]?.replace(/\n/g, '; ') ?? ''}`);
    }
  }),
);
const lost = wrong.filter((told) => told.includes('stands 0 times')).length;
const doubled = wrong.filter((told) => told.includes('stands 2 times')).length;
const takenBack = wrong.reduce((sum, told) => sum + new Set(told.match(/\S+(?=, deleted, stands on)/g)).size, 0);
console.log(`${runs} lives of ${options.edits} edits, ${wrong.length} ended wrong, ${lost} of these lost a word, ${doubled} doubled one${deletions ? `; ${takenBack} deleted words are back` : ''}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
