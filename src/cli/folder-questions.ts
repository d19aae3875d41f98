/** `blockwire status`, `pending`, `accept`, `restore`, `deleted`, `restore-block`, `pair` and `leave`: what a folder's peer has to say, whether it is running or not. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { askRunning, fileText, FolderPeer, FolderState, pairingLinkOf, StoreError } from '../folder';
import type { ControlAnswer, ControlRequest, Credentials, FolderReport, FolderSettings, TrashedBlock } from '../folder';
import { CliError } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import { dataOf, folderOf, inWords, quoted } from './folder';
import { describeQuestions } from './pending-text';
import type { Terminal } from './terminal';

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
  readonly here?: boolean;
  readonly yes?: boolean;
}

export function defineFolderQuestions(program: Command, terminal: Terminal): void {
  const command = (name: string, summary: string): Command =>
    program
      .command(`${name} <directory>`)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}. It need not be running.`)
      .option('--data <directory>', `where the folder's keys and store are (default: ${defaultDataDirectory(terminal.environment)})`);

  command('status', 'show how a folder is doing')
    .option('--json', 'as JSON')
    .action(async (directory: string, flags: Flags) => {
      const { report } = need(await ask(directory, flags, terminal, { type: 'status' }), 'report');
      terminal.out(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
    });
  command('pending', 'show what a folder’s peer will not do unasked')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nLines with - would go by "accept", lines with + would come; --json has all of them.\n\nExit status: 0 nothing waits, 3 something does.\n')
    .action(async (directory: string, flags: Flags) => {
      const { questions } = need(await ask(directory, flags, terminal, { type: 'pending' }), 'questions');
      terminal.out(flags.json === true ? `${JSON.stringify(questions, null, 2)}\n` : describeQuestions(questions, quoted(directory)));
      if (questions.length > 0) throw new CliError('PENDING', `${questions.length} waiting.`, '', 3);
    });
  command('accept', 'let a held change happen')
    .argument('[number]', 'which, as "pending" numbers them; all if left out', numberOf)
    .option('--here', 'for a block whose tag was taken out: stop it in this folder only')
    .action(async (directory: string, number: number | undefined, flags: Flags) => decide(directory, number, flags, terminal, flags.here === true ? 'here' : -1));
  command('restore', 'undo a held change')
    .argument('[number]', 'which, as "pending" numbers them; all if left out', numberOf)
    .action(async (directory: string, number: number | undefined, flags: Flags) => decide(directory, number, flags, terminal, 0));
  command('deleted', 'show the blocks that were deleted in the last 30 days')
    .option('--json', 'as JSON')
    .action(async (directory: string, flags: Flags) => {
      const { deleted } = need(await ask(directory, flags, terminal, { type: 'deleted' }), 'deleted');
      terminal.out(flags.json === true ? `${JSON.stringify(deleted, null, 2)}\n` : describeDeleted(deleted, directory));
    });
  command('restore-block', 'bring a deleted block back, on every device')
    .argument('<number>', 'which, as "deleted" numbers them', numberOf)
    .action(async (directory: string, number: number, flags: Flags) => {
      const { deleted } = need(await ask(directory, flags, terminal, { type: 'deleted' }), 'deleted');
      const block = deleted[number - 1];
      if (!block) throw new CliError('NOT_TRASHED', `There is no number ${number}.`, `See: blockwire deleted ${quoted(directory)}`, 2);
      need(await ask(directory, flags, terminal, { type: 'restore-block', blockId: block.blockId }), 'ok');
      terminal.out(`Brought back: ${firstLine(block)}\n`);
    });
  command('pair', 'show the link that adds another device to a folder’s space').action(async (directory: string, flags: Flags) => {
    const { credentials } = await known(directory, flags, terminal);
    const link = pairingLinkOf(credentials);
    terminal.out(`${link}\n`);
    terminal.error(`${terminal.isTty ? `\n${renderUnicodeCompact(link)}\n` : ''}\nThis link holds your space’s key. Paste it into Set up on the other device, or scan it; send it to nobody.\n`);
  });
  command('leave', 'leave the space and forget its keys; the text of the notes stays')
    .option('--yes', 'do not ask')
    .action(async (directory: string, flags: Flags) => leave(directory, flags, terminal));
}

/** @param which the answer to give: by place (the safe one is first, the change itself last) or by id */
async function decide(directory: string, number: number | undefined, flags: Flags, terminal: Terminal, which: 0 | -1 | 'here'): Promise<void> {
  const { questions } = need(await ask(directory, flags, terminal, { type: 'pending' }), 'questions');
  if (questions.length === 0) {
    terminal.out('Nothing is waiting.\n');
    if (number !== undefined) throw new CliError('NO_QUESTION', `There is no number ${number}.`, '', 2);
    return;
  }
  const chosen = number === undefined ? questions : questions.slice(number - 1, number);
  if (chosen.length === 0) throw new CliError('NO_QUESTION', `There is no number ${number}.`, `See: blockwire pending ${quoted(directory)}`, 2);
  for (const question of chosen) {
    const answer = which === 'here' ? question.answers.find(({ id }) => id === 'here') : question.answers.at(which);
    if (!answer) throw new CliError('NO_ANSWER', `"${question.message}" can’t be answered for this folder only.`, 'Leave out --here. Nothing was changed.', 2);
    need(await ask(directory, flags, terminal, { type: 'answer', question: question.id, answer: answer.id }), 'ok');
    terminal.out(`${question.path === '' ? '' : `${question.path}: `}${answer.label}\n`);
  }
}

async function leave(directory: string, flags: Flags, terminal: Terminal): Promise<void> {
  const root = folderOf(directory);
  const state = await inWords(async () => FolderState.of(root, dataOf(flags.data, terminal)));
  if (!state.exists) throw notJoined(root, directory);
  if (flags.yes !== true) {
    terminal.out(`${root} leaves its space: Blockwire forgets its keys and store, and takes tags and ids out of live blocks. The text stays, here and on the other devices.\nGo on? [y/N] `);
    const answer = await terminal.nextLine();
    if (answer === null || !/^\s*y(es)?\s*$/i.test(answer)) {
      terminal.out('Nothing was changed.\n');
      return;
    }
  }
  let cleaned = true;
  await inWords(async () => {
    try {
      const { credentials, settings } = await known(directory, flags, terminal);
      const once = await FolderPeer.start(state, settings, credentials, { log: () => undefined }, false);
      await once.leave();
    } catch (error) {
      if (!isBeyondUse(error)) throw error;
      cleaned = false;
    }
    await state.remove();
  });
  terminal.out(`${root} has left its space.\n${cleaned ? '' : 'Its store or keys could not be read, so the ids at the end of live blocks were left in the notes. They do no harm; joined again, the folder knows its blocks by them.\n'}`);
}

/** Keys or a store that can't be read: there is nothing to lose by forgetting them. */
function isBeyondUse(error: unknown): boolean {
  if (error instanceof StoreError) return error.reason === 'corrupt';
  return error instanceof CliError ? ['DAMAGED_KEYS', 'DAMAGED_SETTINGS', 'NOT_JOINED'].includes(error.code) : false;
}

/** Asks the running peer; if none runs, opens the folder's store for this one question. @throws CliError when the answer is an error */
export async function ask(directory: string, flags: Flags, terminal: Terminal, request: ControlRequest): Promise<ControlAnswer> {
  try {
    const answer = await answerTo(directory, flags, terminal, request);
    if (!answer.ok) throw new CliError(answer.code, answer.message, answer.hint ?? '');
    return answer;
  } catch (error) {
    const list = error instanceof CliError ? LISTS[error.code] : undefined;
    if (!(error instanceof CliError) || list === undefined) throw error;
    const block = error.code === 'NO_VERSION' && 'blockId' in request ? ` ${request.blockId}` : '';
    throw new CliError(error.code, error.message, `Nothing was changed. See: blockwire ${list} ${quoted(directory)}${block}`, error.status, { cause: error });
  }
}

/** Where the right name stands when a wrong one was given. */
const LISTS: Partial<Record<string, string>> = { NO_BLOCK: 'history', NO_VERSION: 'history', NO_COPY: 'copies', NO_QUESTION: 'pending' };

async function answerTo(directory: string, flags: Flags, terminal: Terminal, request: ControlRequest): Promise<ControlAnswer> {
  const { state, credentials, settings } = await known(directory, flags, terminal);
  return inWords(async () => {
    const running = await askRunning(state.control, request);
    if (running) return running;
    const once = await FolderPeer.start(state, settings, credentials, { log: () => undefined }, false);
    try {
      return await once.answer(request);
    } finally {
      await once.stop();
    }
  });
}

/** @throws CliError when the folder belongs to no space */
async function known(directory: string, flags: Flags, terminal: Terminal): Promise<{ state: FolderState; credentials: Credentials; settings: FolderSettings }> {
  const root = folderOf(directory);
  return inWords(async () => {
    const state = FolderState.of(root, dataOf(flags.data, terminal));
    const [credentials, settings] = [await state.credentials(), await state.settings()];
    if (!credentials || !settings) throw notJoined(root, directory);
    return { state, credentials, settings };
  });
}

function notJoined(root: string, directory: string): CliError {
  return new CliError('NOT_JOINED', `${root} belongs to no space.`, `blockwire folder ${quoted(directory)} --join '<link>'`, 2);
}

export function need<Key extends string>(answer: ControlAnswer, key: Key): Extract<ControlAnswer, Record<Key, unknown>> {
  if (!(key in answer)) throw new CliError('OTHER_VERSION', 'The running Blockwire is of another version.', 'Stop it and start it again.');
  return answer as Extract<ControlAnswer, Record<Key, unknown>>;
}

const STATES: Readonly<Record<FolderReport['blocks'][number]['state'], string>> = {
  'here-only': 'here only',
  'on-relay': 'on the relay',
  'same-everywhere': 'same everywhere',
  held: 'held, asks',
  inactive: 'inactive',
  inbox: 'in the inbox',
  elsewhere: 'elsewhere',
};

/** Who had it when, where not all have it now. */
function sameAsOf({ state, same }: FolderReport['blocks'][number]): string {
  if (state === 'same-everywhere' || same.length === 0) return '';
  return `  (same ${same.map(({ name, at }) => `on ${name} as of ${new Date(at).toISOString()}`).join(', ')})`;
}

function describe(report: FolderReport): string {
  const connection = report.running ? `${report.connection}${report.transport ? ` (${report.transport})` : ''}${report.problem ? ` — ${report.problem}` : ''}` : `not running; start it with: blockwire folder ${quoted(report.folder)}`;
  const lines = [`Folder      ${report.folder}`, `Connection  ${connection}`];
  if (report.unacknowledged > 0) lines.push(`Waiting     ${report.unacknowledged} ${report.unacknowledged === 1 ? 'edit' : 'edits'} to be sent`);
  lines.push(`Devices     ${report.devices.map((device) => `${device.name}${device.self ? ' (this one)' : device.connected && report.running ? ' (connected)' : ''}`).join(', ')}`);
  lines.push(report.blocks.length === 0 ? 'Blocks      none yet: tag a bullet with #live' : `Blocks      ${report.blocks.length}`);
  for (const block of report.blocks) lines.push(`  ${STATES[block.state].padEnd(15)} ${block.path ?? '(no note here)'}  ${block.title}${sameAsOf(block)}`);
  if (!report.running) lines.push('Files       what is on its way is known only while it runs');
  else if (report.files.length > 0) lines.push(`Files       ${report.files.length}${report.filesProblem ? ` — ${report.filesProblem}` : ''}`);
  for (const file of report.running ? report.files : []) lines.push(`  ${file.state.padEnd(15)} ${file.note}  ${file.target}: ${fileText(file)}`.replace(/\p{Cc}/gu, ' '));
  if (report.pending.length > 0) lines.push(`Pending     ${report.pending.length}: blockwire pending ${quoted(report.folder)}`);
  return `${lines.join('\n')}\n`;
}

function describeDeleted(deleted: readonly TrashedBlock[], directory: string): string {
  if (deleted.length === 0) return 'Nothing was deleted in the last 30 days.\n';
  const list = deleted.map((block, i) => {
    const lines = block.text.split('\n').length;
    return `${i + 1}. ${firstLine(block)}${lines > 1 ? ` (${lines} lines)` : ''}\n   ${new Date(block.deletedAt).toISOString()}, on ${block.deletedOn}, from ${block.home.day ?? block.home.path}`;
  });
  return `${list.join('\n')}\n\nTo bring one back, on every device: blockwire restore-block ${quoted(directory)} <number>\n`;
}

function firstLine(block: TrashedBlock): string {
  return block.text.split('\n', 1)[0] ?? '';
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('A number, as the list shows it.');
  return Number(text);
}
