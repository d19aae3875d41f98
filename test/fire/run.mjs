/**
 * The campaigns that are too long for `npm test`, each one command:
 *
 *   node test/fire/run.mjs kills --times 1000
 *   node test/fire/run.mjs folder-kills --times 100
 *   node test/fire/run.mjs lines
 *   node test/fire/run.mjs soak --minutes 10 --devices 200
 *
 * Ends with status 1 when a promise was broken.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import esbuild from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
// In the tree, so that the packages that stay out of the bundles are found.
const directory = join(root, 'node_modules/.cache/blockwire-fire', String(process.pid));
mkdirSync(directory, { recursive: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: { campaigns: 'test/fire/campaigns.ts', blockwire: 'src/cli/main.ts' },
  outdir: directory,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  define: { __dirname: JSON.stringify(directory) },
  logLevel: 'warning',
});
const child = spawn(process.execPath, ['--enable-source-maps', join(directory, 'campaigns.mjs'), join(directory, 'blockwire.mjs'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  rmSync(directory, { recursive: true, force: true });
  process.exit(code ?? 1);
});
