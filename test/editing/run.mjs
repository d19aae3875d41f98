// Builds the trial of editing and runs it: `node test/editing/run.mjs --seed 1 --ops 20000`.
import { runProgram } from '../program.mjs';

await runProgram('test/editing/main.ts', 'editing');
