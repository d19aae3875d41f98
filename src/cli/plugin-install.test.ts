import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPlugin } from './plugin-install';
import { runToEnd } from './testing/test-terminal';

let directory: string;
let vault: string;
let from: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-install-'));
  vault = join(directory, 'My vault');
  mkdirSync(join(vault, '.obsidian'), { recursive: true });
  from = join(directory, 'package');
  mkdirSync(from);
  build('1.0.0');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function build(version: string): void {
  writeFileSync(join(from, 'main.js'), `// ${version}`);
  writeFileSync(join(from, 'manifest.json'), JSON.stringify({ id: 'blockwire', version }));
  writeFileSync(join(from, 'styles.css'), '');
}

const install = (path = vault, configDir = '.obsidian'): ReturnType<typeof installPlugin> => installPlugin({ vault: path, configDir, from });
const enabledPlugins = (): unknown => JSON.parse(readFileSync(join(vault, '.obsidian', 'community-plugins.json'), 'utf8'));
const plugin = (name: string): string => join(vault, '.obsidian', 'plugins', 'blockwire', name);

describe('putting the plugin into a vault', () => {
  it('copies three files and enables the plugin', async () => {
    expect(await install()).toEqual({ directory: join(vault, '.obsidian', 'plugins', 'blockwire'), version: '1.0.0', enabled: true, replaced: null });
    expect(readdirSync(plugin('.')).sort()).toEqual(['main.js', 'manifest.json', 'styles.css']);
    expect(enabledPlugins()).toEqual(['blockwire']);
  });

  it('a second time brings the new version, and keeps settings and the other plugins', async () => {
    writeFileSync(join(vault, '.obsidian', 'community-plugins.json'), '["calendar"]');
    await install();
    writeFileSync(plugin('data.json'), '{"tag":"#mine"}');
    build('1.1.0');
    expect(await install()).toMatchObject({ version: '1.1.0', enabled: false, replaced: '1.0.0' });
    expect(enabledPlugins()).toEqual(['calendar', 'blockwire']);
    expect(readFileSync(plugin('data.json'), 'utf8')).toBe('{"tag":"#mine"}');
    expect(readFileSync(plugin('main.js'), 'utf8')).toBe('// 1.1.0');
  });

  it('takes another configuration folder', async () => {
    mkdirSync(join(vault, '.config'));
    expect(await install(vault, '.config')).toMatchObject({ directory: join(vault, '.config', 'plugins', 'blockwire') });
  });

  it.each(['not json', '{"a":1}', '""'])('does not replace a list of plugins that it does not understand: %s', async (text) => {
    const list = join(vault, '.obsidian', 'community-plugins.json');
    writeFileSync(list, text);
    await expect(install()).rejects.toMatchObject({ code: 'DAMAGED_LIST' });
    expect(readFileSync(list, 'utf8')).toBe(text);
    expect(existsSync(plugin('main.js'))).toBe(true);
  });

  it('says so when the path is no vault, and writes nothing', async () => {
    mkdirSync(join(directory, 'plain'));
    await expect(install(join(directory, 'plain'))).rejects.toMatchObject({ code: 'NO_VAULT' });
    expect(readdirSync(join(directory, 'plain'))).toEqual([]);
    await expect(install(join(directory, 'missing'))).rejects.toMatchObject({ code: 'NO_FOLDER' });
    await expect(install(join(vault, '.obsidian'))).rejects.toMatchObject({ code: 'NO_VAULT', hint: expect.stringContaining(vault) });
  });

  it('does not leave a vault with half a plugin when the package is not built', async () => {
    rmSync(join(from, 'styles.css'));
    await expect(install()).rejects.toMatchObject({ code: 'NOT_BUILT' });
    expect(existsSync(plugin('.'))).toBe(false);
  });
});

describe('blockwire install', () => {
  it.each([
    [['install'], "missing required argument 'vault'"],
    [['install', '--vualt', 'x'], 'unknown option'],
    [['install', 'a', 'b'], 'too many arguments'],
  ])('%j is a usage error that helps', async (args, words) => {
    const { status, errors } = await runToEnd(directory, args);
    expect(status).toBe(2);
    expect(errors).toContain(words);
    expect(errors).toContain('--help');
  });

  it('--help tells what it does; a path that is no vault is an error in words', async () => {
    expect(await runToEnd(directory, ['install', '--help'])).toMatchObject({ status: 0, text: expect.stringContaining('vault') });
    const { status, errors } = await runToEnd(directory, ['install', directory]);
    expect(status).toBe(2);
    expect(errors).toContain('NO_VAULT');
    expect(errors).toContain('Nothing was written.');
  });
});
