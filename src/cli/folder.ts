/** `blockwire folder <dir>`: a plain folder of Markdown as a device of a space. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { credentialsFrom, describePlan, FolderPeer, FolderState, PeerError, planFor, readLink, StoreError, vaultOf } from '../folder';
import type { Credentials, FolderSettings } from '../folder';
import { CliError, systemCode } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import type { Terminal } from './terminal';

interface FolderFlags {
  readonly join?: string;
  readonly daily?: string;
  readonly tag?: string;
  readonly name?: string;
  readonly createNotes?: boolean;
  readonly filesLimit?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly data?: string;
}

export function defineFolder(program: Command, terminal: Terminal): void {
  program
    .command('folder <directory>')
    .summary('sync the live blocks of a plain folder of Markdown')
    .description('Make a folder of Markdown a device of your space: for servers, scripts, Vim, Emacs, Logseq. It runs until Ctrl-C.')
    .option('--join <link>', 'set-up or pairing link, in quotes; "-" reads it from standard input. Needed once')
    .option('--daily <format>', 'path of a day’s note without .md, as in Obsidian: YYYY-MM-DD, journals/YYYY_MM_DD, ...')
    .option('--tag <tag>', 'tag that makes a bullet live (default: #live)')
    .option('--name <name>', 'name that the other devices show (default: this computer’s)')
    .option('--create-notes', 'create a note that a block needs and that is missing')
    .option('--no-create-notes', 'let such a block wait until someone creates the note (default)')
    .option('--files-limit <MB>', 'largest file that comes along with the block that links it; 0: none do (default: 200)', megabytesOf)
    .option('--dry-run', 'show what it would watch, and change nothing')
    .option('--yes', 'do not ask before it joins')
    .option('--data <directory>', `where keys and the device store are kept, outside the folder (default: ${defaultDataDirectory(terminal.environment)})`)
    .addHelpText(
      'after',
      `
--daily, --tag, --name, --create-notes and --files-limit are remembered. Ask a running one with "blockwire status" and "blockwire pending".

Exit status: 0 stopped, everything well; 1 failed; 2 the command line is wrong; 3 stopped, and questions wait ("blockwire pending").
`,
    )
    .action((directory: string, flags: FolderFlags) => runFolder(directory, flags, terminal));
}

async function runFolder(directory: string, flags: FolderFlags, terminal: Terminal): Promise<void> {
  const root = folderOf(directory);
  const data = dataOf(flags.data, terminal);
  if (data === root || data.startsWith(root + sep)) {
    throw new CliError('DATA_INSIDE', 'Keys must not be kept inside the folder: whatever else syncs it would copy them.', 'Choose another directory with --data.', 2);
  }
  const { plan, settings, state, known } = await inWords(async () => {
    const state = FolderState.of(root, data);
    const known = await state.credentials();
    const settings = settingsFor(root, flags, await state.settings());
    return { state, known, settings, plan: await planFor(root, vaultOf(settings), settings.tag) };
  });
  const link = known === null ? await linkOf(flags, terminal) : null;
  terminal.out(`${describePlan(plan, settings.daily, settings.tag, settings.name)}\n`);
  if (flags.dryRun === true) {
    terminal.out('\nNothing was changed or sent (--dry-run).\n');
    return;
  }
  if (known !== null && flags.join !== undefined) {
    terminal.out(`\nThis folder has joined a space already, so the link was not used. To leave that space: blockwire leave ${quoted(directory)}\n`);
  }
  const credentials = known ?? (await joinSpace(link, flags, state, settings, terminal));
  if (credentials === null) return;
  await state.saveSettings(settings);
  await runUntilInterrupted(state, settings, credentials, terminal);
}

/** The link to join with, read and found whole; null where none is given, or a dry run would have to wait for it. */
async function linkOf(flags: FolderFlags, terminal: Terminal): Promise<{ readonly pasted: string; readonly type: 'setup' | 'pairing' } | null> {
  if (flags.join === undefined || (flags.join === '-' && flags.dryRun === true)) return null;
  const pasted = flags.join === '-' ? ((await terminal.nextLine()) ?? '') : flags.join;
  try {
    return { pasted, type: readLink(pasted).type };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    // What shells leave of a link that is not quoted.
    const isBare = /^obsidian:[^&]*$/i.test(flags.join ?? '');
    throw new CliError(error.code, error.message, isBare ? "Put it in quotes, as in --join '<link>': a shell takes no more than what is before the first &. Nothing was changed." : error.hint, 2, { cause: error });
  }
}

async function joinSpace(link: Awaited<ReturnType<typeof linkOf>>, flags: FolderFlags, state: FolderState, settings: FolderSettings, terminal: Terminal): Promise<Credentials | null> {
  if (link === null) {
    throw new CliError('NOT_JOINED', 'This folder belongs to no space yet.', 'Give the link of a relay ("blockwire relay" prints it) or of a device (Add a device) with --join.', 2);
  }
  if (flags.yes !== true) {
    terminal.out(`\n${link.type === 'setup' ? 'This founds a new space with the folder as its first device.' : 'This joins the space of the device that showed the link.'} Go on? [y/N] `);
    const answer = await terminal.nextLine();
    if (answer === null) {
      terminal.out('\n');
      throw new CliError('NOT_CONFIRMED', 'Nobody answered, so nothing was changed or sent.', 'Pass --yes to join without being asked.', 2);
    }
    if (!/^\s*y(es)?\s*$/i.test(answer)) {
      terminal.out('Nothing was changed or sent.\n');
      return null;
    }
  }
  const credentials = await inWords(() => credentialsFrom(link.pasted));
  await state.saveCredentials(credentials);
  await state.saveSettings(settings);
  terminal.out(link.type === 'setup' ? `Founded a space. To add a device: blockwire pair ${quoted(settings.root)}\n` : 'Joined the space.\n');
  return credentials;
}

async function runUntilInterrupted(state: FolderState, settings: FolderSettings, credentials: Credentials, terminal: Terminal): Promise<void> {
  const log = (event: string, detail: string): void => terminal.error(`${new Date().toISOString()} ${event} ${detail}\n`);
  const interrupted = terminal.interrupted.then(() => null);
  let running = await inWords(() => FolderPeer.start(state, settings, credentials, { log }));
  terminal.out('\nWatching. Stop with Ctrl-C.\n');
  for (;;) {
    const renewed = await Promise.race([interrupted, running.renewed.catch(() => interrupted)]);
    await running.stop();
    if (renewed === null) break;
    running = await inWords(() => FolderPeer.start(state, settings, renewed, { log }));
  }
  const { unacknowledged, pending } = running.report();
  terminal.out(`\nStopped. ${unacknowledged > 0 ? `${unacknowledged} ${unacknowledged === 1 ? 'edit waits' : 'edits wait'} on this computer for the next start.` : 'Everything was sent.'}\n`);
  if (pending.length > 0) {
    throw new CliError('PENDING', `${pending.length} ${pending.length === 1 ? 'question waits' : 'questions wait'} for you.`, `blockwire pending ${quoted(settings.root)}`, 3);
  }
}

/** Settings as given now, else as kept, else as the folder suggests. */
function settingsFor(root: string, flags: FolderFlags, kept: FolderSettings | null): FolderSettings {
  const tag = flags.tag ?? kept?.tag ?? '#live';
  if (!/^#[^\s#]+$/u.test(tag)) throw new CliError('TAG', `"${tag}" is no tag.`, 'A tag is a # and a word, e.g. "#live" (quoted, or the shell drops it).', 2);
  return {
    root,
    tag,
    daily: flags.daily ?? kept?.daily ?? suggestDaily(root),
    name: flags.name ?? kept?.name ?? hostname().split('.')[0] ?? 'Folder',
    indent: kept?.indent ?? '\t',
    createNotes: flags.createNotes ?? kept?.createNotes ?? false,
    filesLimit: flags.filesLimit ?? kept?.filesLimit ?? 200,
  };
}

function megabytesOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('A number of megabytes, 0 for none.');
  return Number(text);
}

function suggestDaily(root: string): string {
  if (existsSync(join(root, 'journals'))) return 'journals/YYYY_MM_DD'; // Logseq
  return 'YYYY-MM-DD';
}

/** @returns its absolute path, links followed, so that a folder has one name @throws CliError unless it is a directory */
export function folderOf(directory: string): string {
  const root = resolve(directory);
  if (!existsSync(root)) throw new CliError('NO_FOLDER', `There is no folder ${root}.`, 'Give the path of a folder that holds Markdown notes.', 2);
  if (!statSync(root).isDirectory()) throw new CliError('NO_FOLDER', `${root} is a file, not a folder.`, 'Give the path of a folder that holds Markdown notes.', 2);
  return realpathSync(root);
}

/** @returns the absolute path of the directory for keys and stores, links followed as far as it exists */
export function dataOf(flag: string | undefined, terminal: Terminal): string {
  const data = resolve(flag ?? defaultDataDirectory(terminal.environment));
  for (let there = data, rest = ''; ; rest = join(basename(there), rest), there = dirname(there)) {
    if (existsSync(there)) return join(realpathSync(there), rest).replace(/[/\\]$/, '');
    if (dirname(there) === there) return data;
  }
}

/** Runs something and gives its typed errors as errors of the command line. */
export async function inWords<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PeerError) throw new CliError(error.code, error.message, error.hint, error.code === 'BAD_LINK' ? 2 : 1, { cause: error });
    if (error instanceof StoreError && error.reason === 'in-use') {
      throw new CliError('IN_USE', 'Another Blockwire runs this folder already.', 'Stop it first, or ask it: blockwire status, blockwire pending.', 1, { cause: error });
    }
    if (error instanceof StoreError) throw new CliError(`STORE_${error.reason.toUpperCase().replace(/-/g, '_')}`, error.message, STORE_HINTS[error.reason] ?? 'Your notes are untouched.', 1, { cause: error });
    if (error instanceof Error && error.name === 'DayFormatError') throw new CliError('DAILY', error.message, 'Give --daily a format such as YYYY-MM-DD.', 2, { cause: error });
    throw inWordsOfTheSystem(error);
  }
}

const STORE_HINTS: Partial<Record<StoreError['reason'], string>> = {
  corrupt: 'Your notes are untouched. Leave the space with "blockwire leave" and join again: live blocks are found by their ids.',
  full: 'Your notes are untouched, and edits in them are found at the next start.',
};

function inWordsOfTheSystem(error: unknown): unknown {
  const path = typeof error === 'object' && error !== null && 'path' in error ? String(error.path) : 'a file';
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return new CliError('NO_PERMISSION', `This user may not read or write ${path}.`, 'Check its owner and mode. Your notes are untouched.', 1, { cause: error });
    case 'EROFS':
      return new CliError('READ_ONLY', `${path} is on a read-only file system.`, 'Choose another directory with --data. Your notes are untouched.', 1, { cause: error });
    case 'ENOSPC':
      return new CliError('DISK_FULL', `There is no room left for ${path}.`, 'Free some room. Your notes are untouched.', 1, { cause: error });
    case 'ENOTDIR':
    case 'EEXIST':
      return new CliError('NOT_A_DIRECTORY', `${path} is a file, where Blockwire needs a directory.`, 'Choose another directory with --data.', 2, { cause: error });
    default:
      return error;
  }
}

export function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replace(/'/g, `'\\''`)}'`;
}
