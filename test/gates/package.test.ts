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

  test("the manifest keeps Obsidian's rules", () => {
    const manifest = json('manifest.json') as Record<string, unknown>;
    expect(manifest).toMatchObject({ id: 'blockwire', isDesktopOnly: false, version: (json('package.json') as Package).version });
    for (const field of ['id', 'name', 'description']) expect(manifest[field]).not.toMatch(/obsidian|plugin/i);
    expect(manifest['description']).toMatch(/^[A-Z].{0,248}\.$/);
    expect(json('versions.json')).toHaveProperty([String(manifest['version'])], manifest['minAppVersion']);
  });
});
