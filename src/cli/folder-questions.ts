/** `blockwire status`, `pending`, `accept`, `restore` and `pair`: what a folder's peer has to say, whether it is running or not. */
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { askRunning, FolderPeer, FolderState } from '../folder';
import type { ControlAnswer, ControlRequest, FolderReport, Question } from '../folder';
import { CliError } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import { folderOf, inWords, quoted } from './folder';
import type { Terminal } from './terminal';

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
}

/** Exit status of `pending` when something waits, so that scripts can tell. */
const WAITING = 'PENDING';

export function defineFolderQuestions(program: Command, terminal: Terminal): void {
  const command = (name: string, summary: string): Command =>
    program
      .command(`${name} <directory>`)
      .summary(summary)
      .option('--data <directory>', `where the folder's keys and store are (default: ${defaultDataDirectory(terminal.environment)})`);

  command('status', 'show how a folder is doing')
    .option('--json', 'as JSON')
    .action(async (directory: string, flags: Flags) => {
      const { report } = need(await ask(directory, flags, terminal, { type: 'status' }), 'report');
      terminal.out(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
    });
  command('pending', 'show what a folder’s peer will not do unasked')
    .option('--json', 'as JSON')
    .action(async (directory: string, flags: Flags) => {
      const { questions } = need(await ask(directory, flags, terminal, { type: 'pending' }), 'questions');
      terminal.out(flags.json === true ? `${JSON.stringify(questions, null, 2)}\n` : describeQuestions(questions, directory));
      if (questions.length > 0) throw new CliError(WAITING, `${questions.length} waiting.`, '');
    });
  for (const [name, summary, index] of [
    ['accept', 'let a held change happen', -1],
    ['restore', 'undo a held change', 0],
  ] as const) {
    command(name, summary)
      .argument('[number]', 'which, as "pending" numbers them; all if left out', numberOf)
      .action(async (directory: string, number: number | undefined, flags: Flags) => decide(directory, number, flags, terminal, index));
  }
  command('pair', 'show the link that adds another device to a folder’s space').action(async (directory: string, flags: Flags) => {
    const { link } = need(await ask(directory, flags, terminal, { type: 'pair' }), 'link');
    terminal.out(`${link}\n`);
    terminal.error(`${terminal.isTty ? `\n${renderUnicodeCompact(link)}\n` : ''}\nThis link holds your space’s key. Paste it into Set up on the other device, or scan it; send it to nobody.\n`);
  });
}

/** @param index of the answer to give: the safe one is first, the change itself last */
async function decide(directory: string, number: number | undefined, flags: Flags, terminal: Terminal, index: 0 | -1): Promise<void> {
  const { questions } = need(await ask(directory, flags, terminal, { type: 'pending' }), 'questions');
  if (questions.length === 0) {
    terminal.out('Nothing is waiting.\n');
    return;
  }
  const chosen = number === undefined ? questions : questions.slice(number - 1, number);
  if (chosen.length === 0) throw new CliError('NO_QUESTION', `There is no number ${number}.`, `See: blockwire pending ${quoted(directory)}`, 2);
  for (const question of chosen) {
    const answer = question.answers.at(index);
    if (!answer) continue;
    need(await ask(directory, flags, terminal, { type: 'answer', question: question.id, answer: answer.id }), 'ok');
    terminal.out(`${question.path}: ${answer.label}\n`);
  }
}

/** Asks the running peer; if none runs, opens the folder's store for this one question. */
async function ask(directory: string, flags: Flags, terminal: Terminal, request: ControlRequest): Promise<ControlAnswer> {
  const root = folderOf(directory);
  const state = await FolderState.of(root, resolve(flags.data ?? defaultDataDirectory(terminal.environment)));
  const running = await askRunning(state.control, request);
  if (running) return running;
  const credentials = await inWords(() => state.credentials());
  const settings = await state.settings();
  if (!credentials || !settings) throw new CliError('NOT_JOINED', `${root} belongs to no space.`, `blockwire folder ${quoted(directory)} --join <link>`, 2);
  return inWords(async () => {
    const once = await FolderPeer.start(state, settings, credentials, { log: () => undefined }, false);
    try {
      return await once.answer(request);
    } finally {
      await once.stop();
    }
  });
}

function need<Key extends string>(answer: ControlAnswer, key: Key): Extract<ControlAnswer, Record<Key, unknown>> {
  if (!answer.ok) throw new CliError(answer.code, answer.message, '');
  if (!(key in answer)) throw new CliError('OTHER_VERSION', 'The running Blockwire is of another version.', 'Stop it and start it again.');
  return answer as Extract<ControlAnswer, Record<Key, unknown>>;
}

function describe(report: FolderReport): string {
  const lines = [`Folder      ${report.folder}`, `Connection  ${report.connection}${report.problem ? ` — ${report.problem}` : ''}`];
  if (report.unacknowledged > 0) lines.push(`Waiting     ${report.unacknowledged} edits to be sent`);
  lines.push(`Devices     ${report.devices.map((device) => `${device.name}${device.self ? ' (this one)' : device.connected ? ' (connected)' : ''}`).join(', ')}`);
  lines.push(report.blocks.length === 0 ? 'Blocks      none yet: tag a bullet with #live' : `Blocks      ${report.blocks.length}`);
  for (const block of report.blocks) lines.push(`  ${block.state.padEnd(15)} ${block.path ?? '(no note here)'}  ${block.title}`);
  if (report.pending.length > 0) lines.push(`Pending     ${report.pending.length}: blockwire pending ${quoted(report.folder)}`);
  return `${lines.join('\n')}\n`;
}

function describeQuestions(questions: readonly Question[], directory: string): string {
  if (questions.length === 0) return 'Nothing is waiting.\n';
  const list = questions.map((question, i) => `${i + 1}. ${question.message}\n   ${new Date(question.since).toISOString()}\n   accept = ${question.answers.at(-1)?.label ?? ''}, restore = ${question.answers[0]?.label ?? ''}`);
  return `${list.join('\n')}\n\nblockwire accept ${quoted(directory)} [number]    blockwire restore ${quoted(directory)} [number]\n`;
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('A number from "blockwire pending".');
  return Number(text);
}
