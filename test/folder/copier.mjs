// Builds the lives of `copied-lives.ts` and runs them.
import { runProgram } from '../program.mjs';

await runProgram('test/folder/copied-lives.ts', 'copied-lives');
