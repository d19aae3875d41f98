// Builds the lives of `copied-lives.ts` and runs them.
import { runProgram } from '../program.mjs';

// Lives side by side would wait for each other's disk syncs: with Node's four threads a folder reads its file seconds late.
process.env.UV_THREADPOOL_SIZE ??= '64';
await runProgram('test/folder/copied-lives.ts', 'copied-lives');
