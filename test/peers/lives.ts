/** `node test/peers/lives.mjs`: many lives of two devices beside another sync engine, by seed. */
import { trialArguments } from '../trial-arguments';
import { SharedVault } from './shared-vault';

const USAGE = `Usage: node test/peers/lives.mjs [--seed N] [--runs N] [--steps N] [--absences] [--jots] [--known] [--story]
  --seed      first seed (1)
  --runs      lives (60)
  --steps     steps of a life (60)
  --absences  devices go offline and off, too
  --jots      another program writes into the file while Blockwire is off
  --known     the vaults tell from the start that another engine keeps them
  --story     prints the whole story of each that ends wrong; with PEER_TRACE set, what the notes are after each step`;

const { seed: first, runs, steps, story, ...what } = trialArguments(USAGE, { seed: 1, runs: 60, steps: 60 }, ['absences', 'jots', 'known', 'story']);
let [wrong, lost] = [0, 0];
for (let seed = first; seed < first + runs; seed += 1) {
  const told = await new SharedVault(seed, what).run(steps);
  if (told === '') continue;
  wrong += 1;
  if (told.includes('stands 0 times')) lost += 1;
  console.log(story ? `seed ${seed}\n${told}` : `seed ${seed}: ${told.split('\n', 1)[0] ?? ''}`);
}
console.log(`${runs} lives of ${steps} steps, ${wrong} ended wrong, ${lost} of these lost a word`);
process.exitCode = wrong > 0 ? 1 : 0;
