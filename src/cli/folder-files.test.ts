/** What the command line says of files that live blocks link, and the options for them: a folder, a relay and a proxy as they are, in this process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatLink, parseLink } from '../protocol';
import { Faults, type Tampering } from './doctor/testing/faults';
import { runCommandLine } from './program';
import { runToEnd, TestTerminal, type Outcome } from './testing/test-terminal';

const TODAY = '2026-11-22.md';
const MEGABYTE = 1_000_000;
/** Of a file, so much arrives and no more. */
const SLOW: Tampering = { takes: 600_000 };

const faults = new Faults();
let directory: string;
let data: string;
let notes: string;
let stops: (() => Promise<unknown>)[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-cli-files-'));
  data = join(directory, 'data');
  notes = join(directory, 'notes');
  mkdirSync(notes);
  writeFileSync(join(notes, TODAY), '');
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(directory, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<Outcome> => runToEnd(data, args);

/** Runs a command until the test ends or `stop` is called. */
function begin(...args: readonly string[]): { readonly terminal: TestTerminal; readonly stop: () => Promise<number> } {
  const terminal = new TestTerminal(data);
  const ended = runCommandLine(args, terminal);
  const stop = (): Promise<number> => {
    terminal.interrupt();
    return ended;
  };
  stops.push(stop);
  return { terminal, stop };
}

/** A folder that is live at a relay with these options, behind a proxy. @returns what stops the folder */
async function live({ relay = [], folder = [], tampering = {} }: { relay?: readonly string[]; folder?: readonly string[]; tampering?: Tampering }): Promise<() => Promise<number>> {
  const { terminal: relayTerminal } = begin('relay', '--port', '0', '--data', join(directory, 'relay'), ...relay);
  const [shown] = await relayTerminal.printed(/obsidian:\/\/\S+/);
  const link = parseLink(shown);
  if (link.type !== 'setup') throw new Error('Not a set-up link.');
  const behind = formatLink({ ...link, relay: await faults.proxy(link.relay, tampering) });
  const { terminal, stop } = begin('folder', notes, '--yes', '--join', behind, ...folder);
  await terminal.printed(/connection live/);
  return stop;
}

/** Puts a file beside a live block that links it. */
function linkFile(name: string, bytes: number): void {
  writeFileSync(join(notes, name), Buffer.alloc(bytes, name));
  writeFileSync(join(notes, TODAY), `- plan #live ![[${name}]]\n`);
}

/** What `blockwire status` prints, as soon as it fits. */
async function status(fits: RegExp): Promise<string> {
  let text = '';
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 10))) {
    ({ text } = await run('status', notes));
    if (fits.test(text)) return text;
  }
  throw new Error(`status never said ${fits}:\n${text}`);
}

describe('files, on the command line', () => {
  it('status says how much of a file is sent while it is', async () => {
    await live({ tampering: SLOW });
    linkFile('voice.m4a', 3 * MEGABYTE);
    const text = await status(/\n {2}moving {10}2026-11-22\.md {2}voice\.m4a: [1-9]\d? % of 3 MB sent\n/);
    expect(text).toContain('\nBlocks      1\n');
    expect(text).toContain('\nFiles       1\n');
  });

  it('--files-limit keeps larger ones out, which status says, and is remembered until another is given', async () => {
    const stop = await live({ folder: ['--files-limit', '1'], tampering: SLOW });
    linkFile('film.mp4', 2 * MEGABYTE);
    await status(/failed {10}2026-11-22\.md {2}film\.mp4: It is larger than the settings of this device allow\./);
    await stop();
    const again = begin('folder', notes);
    await again.terminal.printed(/connection live/);
    await status(/film\.mp4: It is larger/);
    await again.stop();
    const wider = begin('folder', notes, '--files-limit', '3');
    await wider.terminal.printed(/connection live/);
    await status(/film\.mp4: [1-9]\d? % of 2 MB sent/);
  });

  it.each(['lots', '-1', '1.5', '1M', '10000000'])('--files-limit %s is a usage error that helps', async (limit) => {
    const { status: exit, errors, text } = await run('folder', notes, '--files-limit', limit);
    expect({ exit, text }).toEqual({ exit: 2, text: '' });
    expect(errors).toMatch(/^blockwire: [A-Z_]+: .*A number of megabytes, 0 for none\./);
  });

  it('a relay with --files-quota 0 keeps none: status says so', async () => {
    await live({ relay: ['--files-quota', '0'] });
    linkFile('voice.m4a', MEGABYTE);
    await status(/\nFiles {7}1 — The relay is set up to keep no files\..*\n {2}failed {10}2026-11-22\.md {2}voice\.m4a: The relay keeps no files\. .* --files-quota\.\n/);
  });

  it('a folder that is not running knows nothing of files under way: status says so, and how to see them', async () => {
    const stop = await live({ tampering: SLOW });
    linkFile('voice.m4a', 3 * MEGABYTE);
    await status(/voice\.m4a: [1-9]\d? % of 3 MB sent/);
    await stop();
    const text = await status(/Connection {2}not running/);
    expect(text).toContain('\nFiles       what is on its way is known only while it runs\n');
    expect(text).not.toContain('voice.m4a: ');
  });

  it('a relay with --files-quota 1M has no room for a larger one, which status says', async () => {
    await live({ relay: ['--files-quota', '1M'] });
    linkFile('film.mp4', 2 * MEGABYTE);
    await status(/failed {10}2026-11-22\.md {2}film\.mp4: The relay has no room left for files of this space\./);
  });
});
