/** `blockwire doctor <link, address or folder>`: walks the way to a relay hop by hop, and names the first that fails. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { verdictOf, type HopResult } from '../doctor';
import { FolderState, PeerError, readLink } from '../folder';
import type { Link } from '../protocol';
import { parseRelayUrl, ProtocolError } from '../protocol';
import { CliError } from './cli-error';
import { defaultDataDirectory } from './data-directory';
import { walk, type Patient } from './doctor/walk';
import { dataOf, folderOf, inWords, quoted } from './folder';
import type { Terminal } from './terminal';

interface Flags {
  readonly json?: boolean;
  readonly idle: number;
  readonly data?: string;
}

/** Longer than the time-outs of most proxies and routers, s. */
const IDLE = 35;
const LONGEST_IDLE = 3_600;

export function defineDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor <target>')
    .summary('check the way to a relay, hop by hop')
    .description('Check the way to a relay hop by hop, and name the first that fails, what that means and the cure. Nothing is changed anywhere.')
    .option('--json', 'as JSON')
    .option('--idle <seconds>', `how long the live connection is left silent, to find what cuts it; 0 leaves that out`, secondsOf, IDLE)
    .option('--data <directory>', `where folders' keys are (default: ${defaultDataDirectory(terminal.environment)})`)
    .addHelpText(
      'after',
      `
<target> is one of
  https://…      a relay's address: all hops up to the session
  obsidian://…   a set-up or pairing link: for a pairing link also whether the
                 relay has its space. It is not used up, and nobody joins.
  -              a link from standard input. It holds a secret, and the shell
                 keeps what is typed as an argument in its history.
  a directory    that is a device ("blockwire folder"): the live connection, too

Exit status: 0 it works (there may be warnings); 1 a hop fails; 2 the command line is wrong.
`,
    )
    .action((target: string, flags: Flags) => runDoctor(target, flags, terminal));
}

async function runDoctor(target: string, flags: Flags, terminal: Terminal): Promise<void> {
  const patient = await patientOf(target === '-' ? ((await terminal.nextLine()) ?? '') : target, flags, terminal);
  const results: HopResult[] = [];
  for await (const result of walk(patient, { idle: flags.idle * 1_000 })) {
    results.push(result);
    if (flags.json === true) continue;
    terminal.out(describe(result));
    if (result.hop === 'live' && result.state === 'ok' && flags.idle > 0) terminal.out(`${INDENT}Now it is left silent for ${flags.idle} s, to find what cuts it (--idle 0 leaves that out) ...\n`);
  }
  const verdict = verdictOf(results);
  const failed = verdict?.state === 'failed' ? verdict : null;
  if (flags.json === true) {
    terminal.out(`${JSON.stringify({ ok: failed === null, verdict: verdict?.code ?? 'OK', hop: verdict?.hop ?? null, hops: results }, null, 2)}\n`);
  } else if (failed === null) {
    terminal.out(verdict === null ? '\nEverything that was tried works.\n' : `\nIt works, with a warning: ${verdict.code}.\n`);
  }
  if (failed !== null) throw new CliError(failed.code, `The first hop that fails: ${failed.name}.`, flags.json === true ? '' : failed.cure);
}

async function patientOf(target: string, flags: Flags, terminal: Terminal): Promise<Patient> {
  const text = target.trim();
  if (/^["'`<([]*\s*obsidian:/i.test(text)) {
    const link = linkIn(text);
    if (link.type === 'setup') return { relay: link.relay, kind: 'set-up', credentials: null };
    const { secret, epoch, epochSecret, relays } = link;
    // A device that no relay knows: made for this check alone.
    return { relay: relays[0] ?? '', kind: 'link', credentials: { secret, epoch, epochSecret, relays, seed: randomBytes(32) } };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    try {
      return { relay: parseRelayUrl(text), kind: 'address', credentials: null };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new CliError('BAD_ADDRESS', error.message, 'Example: blockwire doctor https://relay.example.org', 2);
    }
  }
  if (!existsSync(text)) {
    // Not repeated: it may be part of a link, which holds a key.
    throw new CliError('BAD_ADDRESS', 'What was given is no link, no address with https:// before it, and no directory.', 'Example: blockwire doctor https://relay.example.org', 2);
  }
  const root = folderOf(text);
  const credentials = await inWords(() => FolderState.of(root, dataOf(flags.data, terminal)).credentials());
  if (credentials === null) throw new CliError('NOT_JOINED', `${root} belongs to no space.`, `Join one first: blockwire folder ${quoted(text)} --join '<link>'`, 2);
  return { relay: credentials.relays[0] ?? '', kind: 'device', credentials };
}

function linkIn(text: string): Link {
  try {
    return readLink(text);
  } catch (error) {
    if (error instanceof PeerError) throw new CliError(error.code, error.message, 'Nothing was tried.', 2);
    throw error;
  }
}

const MARKS: Readonly<Record<HopResult['state'], string>> = { ok: 'ok', warning: 'WARNING', failed: 'FAILS', skipped: 'not tried' };
const INDENT = ' '.repeat(11);

function describe({ name, state, code, text, cure }: HopResult): string {
  const codes = state === 'warning' || state === 'failed' ? ` (${code})` : '';
  return `${MARKS[state].padEnd(INDENT.length)}${name}: ${text}${codes}\n${state === 'warning' ? `${INDENT}${cure}\n` : ''}`;
}

/** @throws InvalidArgumentError */
function secondsOf(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (!(seconds <= LONGEST_IDLE)) throw new InvalidArgumentError(`A number of seconds from 0 to ${LONGEST_IDLE}.`);
  return seconds;
}
