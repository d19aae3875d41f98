// `node test/proxies/run.mjs [seconds of silence]`: sends devices through nginx and Caddy, set up as docs/proxies.md says.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import esbuild from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const outdir = join(root, 'dist/proxies');
await esbuild.build({
  absWorkingDir: root,
  entryPoints: { main: 'test/proxies/main.ts', certificate: 'src/relay/testing/certificate.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const scratch = mkdtempSync(join(tmpdir(), 'blockwire-proxies-'));
const { selfSigned } = await import(pathToFileURL(join(outdir, 'certificate.mjs')).href);
const { cert, key } = selfSigned();
writeFileSync(join(scratch, 'cert.pem'), cert);
writeFileSync(join(scratch, 'key.pem'), key, { mode: 0o600 });
const child = spawn(process.execPath, ['--enable-source-maps', join(outdir, 'main.mjs'), scratch, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  // Only at its start does a process take a further authority.
  env: { ...process.env, NODE_EXTRA_CA_CERTS: join(scratch, 'cert.pem') },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  rmSync(scratch, { recursive: true, force: true });
  process.exit(code ?? 1);
});
