// Builds the lives of `lives.ts` and runs them.
import { runProgram } from '../program.mjs';

await runProgram('test/peers/lives.ts', 'lives');
