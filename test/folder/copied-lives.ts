/** `node test/folder/copier.mjs`: many lives of two folders beside a file copier, in real time, by seed. */
import { trialArguments } from '../trial-arguments';
import { CopiedLife, QUICK, REAL_TIME } from './copied-life';

const USAGE = `Usage: node test/folder/copier.mjs [--seed N] [--runs N] [--beside N] [--quick] [--story]
  --seed    first seed (1)
  --runs    lives (12)
  --beside  so many at once (6): they mostly wait
  --quick   as in npm test: late by up to three seconds in place of twenty, and with fewer edits
  --story   prints the whole story of each that ends wrong`;

const { seed: first, runs, beside, quick, story } = trialArguments(USAGE, { seed: 1, runs: 12, beside: 6 }, ['quick', 'story']);
const options = quick ? QUICK : REAL_TIME;
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
console.log(`${runs} lives of ${options.edits} edits, ${wrong.length} ended wrong, ${lost} of these lost a word`);
process.exitCode = wrong.length > 0 ? 1 : 0;
