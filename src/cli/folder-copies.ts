/** `blockwire copies` and `write-back`: what a folder's notes were before Blockwire changed them, and how to have that again. */
import type { Command } from 'commander';
import { defaultDataDirectory } from './data-directory';
import { quoted } from './folder';
import { ask, need } from './folder-questions';
import type { Terminal } from './terminal';

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
}

export function defineFolderCopies(program: Command, terminal: Terminal): void {
  const data = ['--data <directory>', `where the folder's keys and store are (default: ${defaultDataDirectory(terminal.environment)})`] as const;
  program
    .command('copies <directory> [copy]')
    .summary('show what notes were before Blockwire changed them')
    .description('Lists the copies that were kept when a note was changed for the first time in a day, newest first; with the name of one: the whole note as it was. It need not be running.')
    .option(...data)
    .option('--json', 'as JSON')
    .action(async (directory: string, copy: string | undefined, flags: Flags) => {
      const show = (value: unknown, words: string): void => terminal.out(flags.json === true ? `${JSON.stringify(value, null, 2)}\n` : words);
      if (copy === undefined) {
        const { copies } = need(await ask(directory, flags, terminal, { type: 'copies' }), 'copies');
        const list = copies.map(({ id, path, time }) => `${id}  ${new Date(time).toISOString()}  ${path}\n`);
        show(copies, list.length === 0 ? 'No copies: Blockwire has changed no note in the last 30 days.\n' : `${list.join('')}\nThe text of one: blockwire copies ${quoted(directory)} <copy>\nTo have it again: blockwire write-back ${quoted(directory)} <copy>\n`);
      } else {
        const { text } = need(await ask(directory, flags, terminal, { type: 'copy', copy }), 'text');
        show({ text }, text);
      }
    });
  program
    .command('write-back <directory> <copy>')
    .summary('make a note what a copy of it says')
    .description('Makes a note what a copy of it says, its live blocks too, on every device. What was there is kept as a copy. It need not be running.')
    .option(...data)
    .action(async (directory: string, copy: string, flags: Flags) => {
      const { before } = need(await ask(directory, flags, terminal, { type: 'write-back', copy }), 'before');
      terminal.out(`Written back.${before === null ? '' : ` To undo it: blockwire write-back ${quoted(directory)} ${before}`}\n`);
    });
}
