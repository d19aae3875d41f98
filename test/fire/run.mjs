/**
 * The campaigns that are too long for `npm test`, each one command:
 *
 *   node test/fire/run.mjs kills --times 1000
 *   node test/fire/run.mjs folder-kills --times 100
 *   node test/fire/run.mjs soak --seconds 600
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
const common = { absWorkingDir: root, bundle: true, platform: 'node', format: 'esm', target: 'node20.19', logLevel: 'warning' };
await esbuild.build({
  ...common,
  entryPoints: ['test/fire/campaigns.ts'],
  outfile: join(directory, 'campaigns.mjs'),
  packages: 'external',
  sourcemap: 'inline',
  define: { __dirname: JSON.stringify(directory) },
});
// The program itself in one file: it is started a thousand times.
await esbuild.build({
  ...common,
  entryPoints: ['src/cli/main.ts'],
  outfile: join(directory, 'blockwire.mjs'),
  external: ['better-sqlite3'],
  minify: true,
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
const child = spawn(process.execPath, ['--enable-source-maps', join(directory, 'campaigns.mjs'), join(directory, 'blockwire.mjs'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', detached: true });
// The whole group: what a campaign has started must not outlive it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.kill(-child.pid, 'SIGKILL'));
child.on('exit', (code) => {
  rmSync(directory, { recursive: true, force: true });
  process.exit(code ?? 1);
});
