/** `blockwire history` and `restore-version`: what a folder's live blocks were, and how to have that again. */
import type { Command } from 'commander';
import type { BlockVersion, FolderReport } from '../folder';
import { CliError } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import { quoted } from './folder';
import { ask, need } from './folder-questions';
import type { Terminal } from './terminal';

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
}

export function defineFolderHistory(program: Command, terminal: Terminal): void {
  const data = ['--data <directory>', `where the folder's keys and store are (default: ${defaultDataDirectory(terminal.environment)})`] as const;
  program
    .command('history <directory> [block] [version]')
    .summary('show what a live block was')
    .description('Without a block: the live blocks and their ids. With one: its versions, newest first. With a version: the text that it was. It need not be running.')
    .option(...data)
    .option('--json', 'as JSON')
    .action(async (directory: string, block: string | undefined, version: string | undefined, flags: Flags) => {
      const show = (value: unknown, words: string): void => terminal.out(flags.json === true ? `${JSON.stringify(value, null, 2)}\n` : words);
      if (block === undefined) {
        const { report } = need(await ask(directory, flags, terminal, { type: 'status' }), 'report');
        show(report.blocks.map(({ blockId, path, title }) => ({ blockId, path, title })), describeBlocks(report.blocks, directory));
      } else if (version === undefined) {
        const { versions } = need(await ask(directory, flags, terminal, { type: 'history', blockId: idOf(block) }), 'versions');
        show(versions, describeVersions(versions, directory, idOf(block)));
      } else {
        const { text } = need(await ask(directory, flags, terminal, { type: 'version', blockId: idOf(block), version }), 'text');
        show({ text }, `${text}\n`);
      }
    });
  program
    .command('restore-version <directory> <block> <version>')
    .summary('make a live block what it was, on every device')
    .description('Makes a live block what it was, on every device. What it is now becomes a version, too. It need not be running.')
    .option(...data)
    .action(async (directory: string, block: string, version: string, flags: Flags) => {
      need(await ask(directory, flags, terminal, { type: 'restore-version', blockId: idOf(block), version }), 'ok');
      terminal.out(`Restored. To undo it, restore the version before: blockwire history ${quoted(directory)} ${idOf(block)}\n`);
    });
}

/** As it stands in the note, or without the sign. @throws CliError when it is no id */
function idOf(block: string): string {
  const id = block.replace(/^\^/, '');
  if (!/^bw-[0-9a-z]+$/i.test(id)) throw new CliError('NO_BLOCK', `${JSON.stringify(block)} is no id of a block.`, 'It stands at the end of the block’s first line, as ^bw-…', 2);
  return id;
}

function describeBlocks(blocks: FolderReport['blocks'], directory: string): string {
  if (blocks.length === 0) return 'No live blocks yet: tag a bullet with #live\n';
  const list = blocks.map(({ blockId, path, title }) => `${blockId}  ${path ?? '(no note here)'}  ${title}`);
  return `${list.join('\n')}\n\nVersions of one: blockwire history ${quoted(directory)} <block>\n`;
}

function describeVersions(versions: readonly BlockVersion[], directory: string, blockId: string): string {
  if (versions.length === 0) return 'No versions yet. One is kept when the block was edited and has been quiet for half a minute.\n';
  const list = versions.map(({ id, time, devices }) => `${id}  ${new Date(time).toISOString()}  ${devices.join(', ')}`);
  return `${list.join('\n')}\n\nThe text of one: blockwire history ${quoted(directory)} ${blockId} <version>\nTo have it again, on every device: blockwire restore-version ${quoted(directory)} ${blockId} <version>\n`;
}
