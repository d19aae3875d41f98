import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { serveShell } from '../../src/cli/try/shell-server';
import type { ShellServer } from '../../src/cli/try/shell-server';

export type { ShellServer };

const root = resolve(__dirname, '../..');

/** How a vault of a test is set up. */
export interface VaultSetUp {
  readonly directory: string;
  readonly dailyNotes?: { readonly folder?: string; readonly format?: string; readonly template?: string };
  readonly useTab?: boolean;
  readonly tabSize?: number;
  /** As the app's setting; the vault itself if not given. */
  readonly attachments?: string;
  /** Path -> text. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Folder with `main.js`, `manifest.json`, `styles.css`; the built plugin of this project if not given. */
  readonly plugin?: string;
}

/** Makes a vault's directory: settings, notes, and the plugin installed and enabled. */
export async function makeVault(vault: VaultSetUp): Promise<void> {
  const { directory, dailyNotes = {}, useTab = true, tabSize = 4, attachments, notes = {}, plugin = root } = vault;
  const config = join(directory, '.obsidian');
  const pluginFolder = join(config, 'plugins', 'blockwire');
  await mkdir(pluginFolder, { recursive: true });
  const json = (name: string, value: unknown) => writeFile(join(config, name), JSON.stringify(value));
  await Promise.all([
    json('app.json', { useTab, tabSize, ...(attachments !== undefined && { attachmentFolderPath: attachments }) }),
    json('daily-notes.json', dailyNotes),
    json('core-plugins.json', { 'daily-notes': true }),
    json('community-plugins.json', ['blockwire']),
    ...['main.js', 'manifest.json', 'styles.css'].map((name) => cp(join(plugin, name), join(pluginFolder, name))),
  ]);
  for (const [path, text] of Object.entries(notes)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

/** Serves vault windows of these directories on a free port. */
export function serveVaults(vaults: Readonly<Record<string, string>>): Promise<ShellServer> {
  return serveShell({ dist: join(root, 'dist'), vaults, port: 0 });
}
