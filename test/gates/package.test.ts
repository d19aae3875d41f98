import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { textOf } from './source-files';

interface Package {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
const json = (path: string): unknown => JSON.parse(textOf(path));

describe('the package', () => {
  test('the lockfile names no registry', () => {
    expect(textOf('package-lock.json')).not.toMatch(/"resolved"/);
  });

  test('every dependency is pinned', () => {
    const { dependencies, devDependencies } = json('package.json') as Package;
    expect(Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('holds what the build makes, and nothing that trials and benchmarks leave beside it', () => {
    const { status, stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: join(__dirname, '../..'), encoding: 'utf8', shell: process.platform === 'win32' });
    expect(status).toBe(0);
    const [{ files, unpackedSize }] = JSON.parse(stdout) as [{ files: { path: string }[]; unpackedSize: number }];
    const paths = files.map(({ path }) => path);
    for (const path of ['dist/blockwire.mjs', 'dist/quic-end.mjs', 'dist/relay.mjs', 'dist/relay.d.mts', 'dist/socket-process.mjs', 'dist/types/relay/index.d.mts', 'dist/shell/shell.js', 'dist/try/page.js', 'dist/samples/websockets.md', 'main.js', 'manifest.json', 'styles.css']) expect(paths).toContain(path);
    expect(paths.filter((path) => /bench|trials|meta\.json/.test(path))).toEqual([]);
    expect(unpackedSize).toBeLessThan(5_000_000);
  });

  test("the manifest keeps Obsidian's rules", () => {
    const manifest = json('manifest.json') as Record<string, unknown>;
    expect(manifest).toMatchObject({ id: 'blockwire', isDesktopOnly: false, version: (json('package.json') as Package).version });
    for (const field of ['id', 'name', 'description']) expect(manifest[field]).not.toMatch(/obsidian|plugin/i);
    expect(manifest['description']).toMatch(/^[A-Z].{0,248}\.$/);
    expect(json('versions.json')).toHaveProperty([String(manifest['version'])], manifest['minAppVersion']);
  });
});
