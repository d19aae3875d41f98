/** `blockwire inspect`: the frames of a running relay as they pass, without their contents. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { watchFrames, type WatchedFrame } from '../relay';
import { CliError } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import type { Terminal } from './terminal';

const FILTERS = ['direction', 'kind', 'document', 'device', 'space', 'lane', 'transport', 'code'] as const;
type Filter = Partial<Record<(typeof FILTERS)[number], readonly string[]>>;

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
  readonly only?: Filter;
  readonly count?: number;
}

export function defineInspect(program: Command, terminal: Terminal): void {
  program
    .command('inspect')
    .summary('watch the frames of a relay on this computer')
    .description('Show each frame that passes through the relay on this computer, without what is in it, until Ctrl-C. Only the user that the relay runs as can.')
    .option('--data <directory>', `where the relay keeps its data (default: ${defaultDataDirectory(terminal.environment)})`)
    .option('--json', 'one JSON object a line')
    .option('--only <name=value...>', `frames with these alone: ${FILTERS.join(', ')}; several values of one name: any of them`, filterOf)
    .option('--count <number>', 'end after so many frames', countOf)
    .action((flags: Flags) => runInspect(flags, terminal));
}

async function runInspect(flags: Flags, terminal: Terminal): Promise<void> {
  const data = resolve(flags.data ?? defaultDataDirectory(terminal.environment));
  let left = flags.count ?? Infinity;
  if (flags.json !== true) terminal.out(HEADER);
  let outcome: 'done' | 'gone' | null;
  try {
    outcome = await watchFrames(
      data,
      (line) => {
        if ('dropped' in line) terminal.out(flags.json === true ? `${JSON.stringify(line)}\n` : `(${line.dropped} frames more, too many to show)\n`);
        else if (matches(line, flags.only ?? {})) {
          terminal.out(flags.json === true ? `${JSON.stringify(line)}\n` : rowOf(line));
          left--;
        }
        return left > 0;
      },
      terminal.interrupted,
    );
  } catch (error) {
    throw new CliError('INSPECT', error instanceof Error ? error.message : String(error), 'Run it as the user that the relay runs as, and end those that look on already.', 1, { cause: error });
  }
  if (outcome === null) throw new CliError('NO_RELAY', `No relay runs with its data in ${data}.`, 'Name its directory with --data.', 1);
  if (outcome === 'gone') throw new CliError('RELAY_GONE', 'The relay has ended.', 'Start it, then look on again.', 1);
}

function matches(frame: WatchedFrame, only: Filter): boolean {
  // Identifiers are cut, so a longer one that begins like it is meant.
  return FILTERS.every((name) => only[name]?.some((value) => frame[name] === value || (frame[name] !== null && isId(name) && value.startsWith(String(frame[name])))) ?? true);
}

function isId(name: (typeof FILTERS)[number]): boolean {
  return name === 'document' || name === 'device' || name === 'space';
}

const WIDTHS = [12, 3, 8, 8, 13, 7, 9, 9, 4, 9, 0] as const;
const HEADER = columns(['time', '', 'kind', 'device', 'document', 'entries', 'size', 'ack', 'lane', 'transport', '']);

function rowOf({ time, direction, kind, device, document, documents, entries, size, acknowledgedAfter, lane, transport, code }: WatchedFrame): string {
  return columns([
    new Date(time).toISOString().slice(11, 23),
    direction,
    kind,
    device,
    document === null ? '' : documents > 1 ? `${document} +${documents - 1}` : document,
    entries === 0 ? '' : String(entries),
    `${size} B`,
    acknowledgedAfter === null ? '' : `${acknowledgedAfter} ms`,
    lane ?? '',
    transport,
    code ?? '',
  ]);
}

function columns(cells: readonly string[]): string {
  return `${cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0)).join('  ').trimEnd()}\n`;
}

function filterOf(text: string, before: Filter | undefined): Filter {
  const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  const known = FILTERS.find((each) => each === name);
  if (known === undefined) throw new InvalidArgumentError(`It is name=value, with one of these names: ${FILTERS.join(', ')}.`);
  return { ...before, [known]: [...(before?.[known] ?? []), value] };
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A count is a number from 1.');
  return Number(text);
}
