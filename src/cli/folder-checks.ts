/** `blockwire verify` and `export`: whether a folder's live blocks are the same elsewhere, and all of them as one text. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { verifiedWords } from '../folder';
import { CliError, systemCode } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import { ask, need } from './folder-questions';
import type { Terminal } from './terminal';

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
  readonly out?: string;
}

export function defineFolderChecks(program: Command, terminal: Terminal): void {
  const data = ['--data <directory>', `where the folder's keys and store are (default: ${defaultDataDirectory(terminal.environment)})`] as const;
  program
    .command('verify <directory>')
    .summary('compare all live blocks with the devices that are connected')
    .description('Compares all live blocks, by digest, with the devices that are connected now, and mends those that differ. It need not be running.')
    .option(...data)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExit status: 0 all are the same (or were mended), 1 some could not be shown to be, or no other device is connected.\n')
    .action(async (directory: string, flags: Flags) => {
      const { verified } = need(await ask(directory, flags, terminal, { type: 'verify' }), 'verified');
      const { summary, blocks, isGood } = verifiedWords(verified);
      const list = blocks.map(({ title, path, text }) => `  ${path ?? '(no note here)'}  ${title}\n    ${text}\n`);
      terminal.out(flags.json === true ? `${JSON.stringify(verified, null, 2)}\n` : `${list.join('')}${summary}\n`);
      if (!isGood) throw new CliError('NOT_VERIFIED', summary, 'Try again when the other devices are connected and nobody types.');
    });
  program
    .command('export <directory>')
    .summary('write all live blocks as Markdown')
    .description('Writes all live blocks as one Markdown text, note by note, without their ids. It need not be running.')
    .option(...data)
    .option('--out <file>', 'a file that does not exist yet, or - for standard output', '-')
    .action(async (directory: string, flags: Flags) => {
      const file = flags.out === undefined || flags.out === '-' ? null : resolve(flags.out);
      if (file !== null && existsSync(file)) throw exists(file);
      const { text } = need(await ask(directory, flags, terminal, { type: 'export' }), 'text');
      if (file === null) {
        terminal.out(text);
        return;
      }
      await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
        throw systemCode(error) === 'EEXIST' ? exists(file) : new CliError('NOT_WRITTEN', `${file} can't be written: ${error instanceof Error ? error.message : String(error)}`, 'Nothing was changed.');
      });
      terminal.out(`Exported to ${file}\n`);
    });
}

function exists(file: string): CliError {
  return new CliError('FILE_EXISTS', `${file} is there already.`, 'Nothing was changed. Give another name.', 2);
}
