/** Builds main.js and dist/ as `npm run build` does, once a run of the bench. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from './child';

let built: Promise<unknown> | null = null;

export async function build(): Promise<void> {
  built ??= promisify(execFile)(process.execPath, ['esbuild.config.mjs', '--no-types'], { cwd: ROOT, timeout: 120_000 });
  await built;
}
