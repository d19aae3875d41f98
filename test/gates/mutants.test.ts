/** The guards that `node test/mutants/run.mjs` takes out stand where it looks for them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from '../mutants/mutants.mjs';

const root = join(__dirname, '../..');

test.each(MUTANTS.map((mutant) => [mutant.name, mutant.edits] as const))('%s', (_name, edits) => {
  for (const { file, find } of edits) expect([file, readFileSync(join(root, file), 'utf8').split(find).length - 1]).toEqual([file, 1]);
});
