// `npm run bench [-- --quick] [part ...]`: builds the bench, gets what it measures against, and runs it.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const bench = dirname(fileURLToPath(import.meta.url));
const root = dirname(bench);

if (!existsSync(join(bench, 'node_modules/.package-lock.json'))) {
  console.log('Installing what Blockwire is measured against (once; better-sqlite3 may take a minute or two to build).');
  const { status } = spawnSync('npm', ['--prefix', bench, 'ci', '--no-audit', '--no-fund'], { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

const drivers = ['latency', 'throughput', 'loss', 'join', 'start', 'lanes'].map((part) => `drivers/${part}-blockwire`).concat('drivers/idle-clients');

await esbuild.build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(['main', 'servers/blockwire', ...drivers].map((name) => [name, `bench/${name}.ts`])),
  outdir: 'dist/bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  // Where the browser tests' own files look for the project from.
  define: { __dirname: JSON.stringify(join(root, 'dist/bench')) },
  logLevel: 'warning',
});

// The relay starts it from beside its own file.
copyFileSync(join(root, 'src/relay/webtransport/quic-end.mjs'), join(root, 'dist/bench/servers/quic-end.mjs'));

const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/bench/main.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, BENCH_ROOT: root },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
