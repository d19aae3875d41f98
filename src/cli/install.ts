/** `blockwire install <vault>`: the plugin into an Obsidian vault. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { inWords } from './folder';
import { installPlugin } from './plugin-install';
import type { Terminal } from './terminal';

export function defineInstall(program: Command, terminal: Terminal): void {
  program
    .command('install <vault>')
    .summary('put the plugin into an Obsidian vault and enable it')
    .description('Put the plugin into an Obsidian vault and enable it there, or bring it up to date. Settings and notes are not touched.')
    .option('--config-dir <name>', 'the vault’s configuration folder', '.obsidian')
    .action(async (vault: string, flags: { readonly configDir: string }) => {
      // The bundle is dist/blockwire.mjs.
      const from = fileURLToPath(new URL('..', import.meta.url));
      const { directory, version, enabled, replaced } = await inWords(() => installPlugin({ vault: resolve(vault), configDir: flags.configDir, from }));
      terminal.out(
        [
          `Blockwire ${version} is in ${directory}${replaced !== null ? ` (was ${replaced})` : ''}.`,
          enabled ? 'It is enabled there.' : 'It was enabled already.',
          'Open the vault in Obsidian (or reload it), turn community plugins on if they are off, and run "Blockwire: Set up".',
          '',
        ].join('\n'),
      );
    });
}
