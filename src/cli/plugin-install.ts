/** Puts the built plugin into an Obsidian vault and enables it there. */
import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CliError } from './cli-error';

export interface InstallOptions {
  readonly vault: string;
  /** Vault's configuration folder; `.obsidian` unless the user changed it. */
  readonly configDir: string;
  /** Directory of main.js, manifest.json and styles.css. */
  readonly from: string;
}

export interface Installed {
  readonly directory: string;
  readonly version: string;
  /** false: it was enabled already. */
  readonly enabled: boolean;
  /** Version that was there before, null if none. */
  readonly replaced: string | null;
}

const FILES = ['main.js', 'manifest.json', 'styles.css'];

/** @throws CliError when the path is no vault or the package is not built */
export async function installPlugin({ vault, configDir, from }: InstallOptions): Promise<Installed> {
  const config = join(vault, configDir);
  if (!(await isDirectory(vault))) {
    throw new CliError('NO_FOLDER', `There is no folder ${vault}.`, 'Give the path of a vault: the folder that you open in Obsidian.', 2);
  }
  if (!(await isDirectory(config))) {
    const above = dirname(vault);
    const hint =
      basename(vault) === configDir || (await isDirectory(join(above, configDir)))
        ? `Did you mean ${above}? Nothing was written.`
        : 'Open the folder as a vault in Obsidian once, or name another configuration folder with --config-dir. Nothing was written.';
    throw new CliError('NO_VAULT', `${vault} is no Obsidian vault: it has no ${configDir} folder.`, hint, 2);
  }
  for (const file of FILES) {
    if (!(await stat(join(from, file)).catch(() => null))) {
      throw new CliError('NOT_BUILT', `This package lacks ${file}.`, 'Run "npm run build" first. Nothing was written.');
    }
  }
  const directory = join(config, 'plugins', 'blockwire');
  const replaced = await versionIn(directory);
  await mkdir(directory, { recursive: true });
  for (const file of FILES) {
    // Obsidian may be running and reading: each file is there whole or not at all.
    const temporary = join(directory, `${file}.new`);
    await copyFile(join(from, file), temporary);
    await rename(temporary, join(directory, file));
  }
  return { directory, version: (await versionIn(directory)) ?? '', enabled: await enable(config), replaced };
}

async function enable(config: string): Promise<boolean> {
  const file = join(config, 'community-plugins.json');
  const text = await readFile(file, 'utf8').catch(() => '[]');
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = null;
  }
  if (!Array.isArray(list)) {
    throw new CliError('DAMAGED_LIST', `${file} is not the list of plugins that Obsidian writes.`, 'The plugin was put in place, and that file was left as it is. Enable Blockwire in Obsidian’s settings under "Community plugins".');
  }
  const plugins: readonly unknown[] = list;
  if (plugins.includes('blockwire')) return false;
  await writeFile(`${file}.new`, `${JSON.stringify([...plugins, 'blockwire'], null, 2)}\n`);
  await rename(`${file}.new`, file);
  return true;
}

async function versionIn(directory: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
