import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelay } from '../relay';
import type { RunningRelay } from '../relay';
import { Faults, type Tampering } from './doctor/testing/faults';
import { runCommandLine } from './program';
import { runToEnd, TestTerminal } from './testing/test-terminal';
import type { Outcome } from './testing/test-terminal';

const TODAY = '2026-11-22.md';

const faults = new Faults();
let directory: string;
let data: string;
let notes: string;
let relay: RunningRelay | null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-cli-folder-'));
  data = join(directory, 'data');
  notes = join(directory, 'notes');
  mkdirSync(notes);
  writeFileSync(join(notes, TODAY), '');
  relay = null;
});
afterEach(async () => {
  await relay?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function setUpLink(): Promise<string> {
  relay ??= await startRelay({ port: 0, data: join(directory, 'relay') });
  return (await relay.relay.setupLink(relay.url)) ?? '';
}

const run = (args: readonly string[], lines: readonly string[] = []): Promise<Outcome> => runToEnd(data, args, lines);

/** Runs the folder until `during` is done. */
async function running(args: readonly string[], during: (terminal: TestTerminal) => Promise<void>, lines: readonly string[] = []): Promise<Outcome> {
  const terminal = new TestTerminal(data, [...lines]);
  const ended = runCommandLine(['folder', ...args], terminal);
  try {
    await Promise.race([during(terminal), ended.then(() => Promise.reject(new Error(`It ended:\n${terminal.text}${terminal.errors}`)))]);
  } finally {
    terminal.interrupt();
  }
  return { status: await ended, text: terminal.text, errors: terminal.errors };
}

/** Waits until the bullet in today's note is live. */
async function hasId(): Promise<void> {
  for (const deadline = Date.now() + 10_000; !readFileSync(join(notes, TODAY), 'utf8').includes('^bw-'); ) {
    if (Date.now() > deadline) throw new Error('The bullet did not become live');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function allSent(): Promise<void> {
  for (const deadline = Date.now() + 10_000; (await run(['status', notes])).text.includes('to be sent'); ) {
    if (Date.now() > deadline) throw new Error('Not everything was sent');
  }
}

const watching = (terminal: TestTerminal): Promise<unknown> => terminal.printed(/Watching/).then(() => terminal.printed(/connection live/));

async function joinOnce(): Promise<void> {
  await running([notes, '--yes', '--join', await setUpLink()], async (terminal) => void (await watching(terminal)));
}

describe('blockwire folder, before anything is sent', () => {
  it.each([
    [['--join', 'nonsense', '--yes'], 'It starts with obsidian://blockwire'],
    [['--join', 'obsidian://blockwire?v=1', '--dry-run'], 'BAD_LINK'],
    [['--join', 'obsidian://blockwire?v=1'], "Put it in quotes, as in --join '<link>'"],
    [['--join', '-'], 'There is no link yet'],
  ])('a bad link (%j) is refused before anything else is told', async (args, words) => {
    const outcome = await run(['folder', notes, ...args]);
    expect(outcome).toMatchObject({ status: 2, text: '', errors: expect.stringContaining(words) });
  });

  it.each([
    [['folder'], "missing required argument 'directory'", 2],
    [['folder', 'NOTES', '--jion', 'x'], 'Did you mean --join', 2],
    [['folder', 'NOTES', 'more'], 'too many arguments', 2],
    [['folder', 'NOTES/missing'], 'NO_FOLDER', 2],
    [['folder', `NOTES/${TODAY}`], 'is a file', 2],
    [['folder', 'NOTES'], 'NOT_JOINED', 2],
    [['folder', 'NOTES', '--join', 'nonsense', '--yes'], 'BAD_LINK', 2],
    [['folder', 'NOTES', '--join', 'https://example.org', '--yes'], 'BAD_LINK', 2],
    [['folder', 'NOTES', '--join', '-'], 'BAD_LINK', 2],
    [['folder', 'NOTES', '--tag', 'live'], 'TAG', 2],
    [['folder', 'NOTES', '--daily', 'nothing'], 'DAILY', 2],
    [['folder', 'NOTES', '--data', 'NOTES/.data'], 'DATA_INSIDE', 2],
    [['folder', 'NOTES', '--data', `/tmp/${'long/'.repeat(30)}`], 'DATA_PATH', 1],
    [['status', 'NOTES'], 'NOT_JOINED', 2],
    [['pending', 'NOTES'], 'NOT_JOINED', 2],
    [['pair', 'NOTES'], 'NOT_JOINED', 2],
    [['leave', 'NOTES', '--yes'], 'NOT_JOINED', 2],
    [['accept', 'NOTES', 'one'], 'A number', 2],
    [['restore', 'NOTES/missing'], 'NO_FOLDER', 2],
    [['deleted', 'NOTES'], 'NOT_JOINED', 2],
    [['restore-block', 'NOTES', '1'], 'NOT_JOINED', 2],
    [['restore-block', 'NOTES'], "missing required argument 'number'", 2],
    [['restore-block', 'NOTES', '0'], 'A number', 2],
    [['status'], "missing required argument 'directory'", 2],
  ])('%j says what is wrong', async (args, words, status) => {
    const outcome = await run(args.map((arg) => arg.replace('NOTES', notes)));
    expect(outcome.errors).toMatch(/^blockwire: [A-Z_]+: /);
    expect(outcome).toMatchObject({ status, errors: expect.stringContaining(words) });
    expect(existsSync(data)).toBe(false);
    expect(readdirSync(notes)).toEqual([TODAY]);
  });

  it.each(['folder', 'status', 'pending', 'accept', 'restore', 'deleted', 'restore-block', 'pair', 'leave'])('%s --help explains it', async (command) => {
    const { status, text } = await run([command, '--help']);
    expect(status).toBe(0);
    expect(text).toContain('--data');
  });

  it('a data directory that a link leads into the folder is refused, too', async () => {
    mkdirSync(join(notes, 'inside'));
    symlinkSync(join(notes, 'inside'), join(directory, 'looks-outside'));
    expect(await run(['folder', notes, '--data', join(directory, 'looks-outside', 'new')])).toMatchObject({ status: 2, errors: expect.stringContaining('DATA_INSIDE') });
  });

  it('--dry-run shows what it would watch, and changes nothing', async () => {
    writeFileSync(join(notes, '2026-11-21.md'), '- one #live\n- two\n');
    const { status, text } = await run(['folder', notes, '--dry-run', '--join', await setUpLink()]);
    expect(status).toBe(0);
    expect(text).toContain('Watches  2 Markdown notes');
    expect(text).toContain('2 found, the newest is 2026-11-22');
    expect(text).toContain('1 bullet bears #live already');
    expect(text).toContain('2026-11-21.md: one #live');
    expect(text).toContain('Nothing was changed or sent');
    expect(existsSync(data)).toBe(false);
    expect(await setUpLink()).not.toBe('');
  });

  it('sees that a folder is a Logseq graph, and says so when no note fits the format', async () => {
    mkdirSync(join(notes, 'journals'));
    writeFileSync(join(notes, 'journals', '2024_05_02.md'), '- a\n');
    expect((await run(['folder', notes, '--dry-run'])).text).toContain('journals/YYYY_MM_DD.md: 1 found, the newest is 2024-05-02');
    expect((await run(['folder', notes, '--dry-run', '--daily', 'YYYY/MM/DD'])).text).toContain('no note fits this yet');
  });

  it.each([
    ['n', 0, 'Nothing was changed or sent'],
    ['', 0, 'Nothing was changed or sent'],
    [null, 2, 'NOT_CONFIRMED'],
  ])('without a yes (%p) it joins nothing', async (line, status, words) => {
    const outcome = await run(['folder', notes, '--join', await setUpLink()], line === null ? [] : [line]);
    expect(outcome.status).toBe(status);
    expect(outcome.text + outcome.errors).toContain(words);
    expect(existsSync(data)).toBe(false);
    expect(await setUpLink()).not.toBe('');
  });

  it('a link that was used, and a relay that does not answer, are told in words and change nothing', async () => {
    const used = await setUpLink();
    await joinOnce();
    const other = join(directory, 'other');
    mkdirSync(other);
    expect(await run(['folder', other, '--yes', '--join', used])).toMatchObject({ status: 1, errors: expect.stringContaining('BAD_TICKET') });
    await relay?.stop();
    relay = null;
    expect(await run(['folder', other, '--yes', '--join', used])).toMatchObject({ status: 1, errors: expect.stringContaining('UNREACHABLE') });
    expect(await run(['status', other])).toMatchObject({ status: 2 });
  });
});

describe('blockwire folder', () => {
  it('joins after a yes with a link from standard input, and ends well', async () => {
    const { status, text } = await running([notes, '--join', '-'], async (terminal) => void (await watching(terminal)), [await setUpLink(), 'y']);
    expect(status).toBe(0);
    expect(text).toContain('This founds a new space');
    expect(text).toContain('Everything was sent.');
  });

  it('needs the link once; a second one is not used, and it says so', async () => {
    await joinOnce();
    const again = await running([notes], async (terminal) => void (await watching(terminal)));
    expect(again.status).toBe(0);
    const linked = await running([notes, '--yes', '--join', 'obsidian://blockwire?x'], async (terminal) => void (await watching(terminal)));
    expect(linked.text).toContain('the link was not used');
  });

  it('starts while the relay is away, and says so', async () => {
    await joinOnce();
    await relay?.stop();
    relay = null;
    const { status, errors } = await running([notes], async (terminal) => void (await terminal.printed(/connection offline/)));
    expect(status).toBe(0);
    expect(errors).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z connection /m);
  });

  it.each([['stream', { upgrades: 'refuse' }], ['long-poll', { upgrades: 'refuse', buffers: true }]] as [string, Tampering][])('is live by %s behind a proxy that breaks what is better, says so, and is gone at once when it ends', async (transport, tampering) => {
    await setUpLink();
    const link = await relay?.relay.setupLink(await faults.proxy(relay.url, tampering));
    await running([notes, '--yes', '--name', 'Server', '--join', link ?? ''], async (terminal) => {
      await watching(terminal);
      writeFileSync(join(notes, TODAY), '- plan #live\n');
      await hasId();
      await allSent();
      expect(JSON.parse((await run(['status', notes, '--json'])).text)).toMatchObject({ connection: 'live', transport, problem: null });
    });
    // Long before its link would be given up.
    for (let i = 0; i < 1_000 && relay?.relay.statistics.connections !== 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(relay?.relay.statistics.connections).toBe(0);
  });

  it('answers status, pending and pair while it runs; a second one on the same folder is refused in words', async () => {
    await running([notes, '--yes', '--name', 'Server', '--join', await setUpLink()], async (terminal) => {
      await watching(terminal);
      writeFileSync(join(notes, TODAY), '- plan #live\n');
      await hasId();
      await terminal.printed(/connection live/);
      await allSent();
      const { text } = await run(['status', notes, '--json']);
      const report = JSON.parse(text) as { blocks: { path: string; digest: string }[] };
      expect(report).toMatchObject({ folder: notes, running: true, connection: 'live', transport: 'websocket', problem: null, devices: [{ name: 'Server', self: true }], pending: [] });
      expect(report.blocks).toMatchObject([{ path: TODAY, title: 'plan #live', digest: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
      expect((await run(['status', notes])).text).toMatch(/Connection {2}live \(websocket\)\nDevices {5}Server \(this one\)\nBlocks {6}1\n {2}on the relay {4}2026-11-22\.md {2}plan #live\n/);
      expect(await run(['pending', notes])).toMatchObject({ status: 0, text: 'Nothing is waiting.\n' });
      expect(await run(['accept', notes])).toMatchObject({ status: 0, text: 'Nothing is waiting.\n' });
      expect(await run(['accept', notes, '3'])).toMatchObject({ status: 2, errors: expect.stringContaining('There is no number 3') });
      expect(await run(['folder', notes])).toMatchObject({ status: 1, errors: expect.stringContaining('IN_USE') });
      expect(await run(['leave', notes, '--yes'])).toMatchObject({ status: 1, errors: expect.stringContaining('IN_USE') });
      const pair = await run(['pair', notes]);
      expect(pair.text).toMatch(/^obsidian:\/\/blockwire\?\S+\n$/);
      expect(pair.text.length).toBeLessThan(300);
      expect(pair.errors).toContain('key');
    });
  });

  it('lists what it will not do unasked, in its log, in pending and in its exit status; accept does it, running or not', async () => {
    writeFileSync(join(notes, '2026-11-21.md'), '- one #live\n');
    const first = await running([notes, '--yes', '--join', await setUpLink()], async (terminal) => {
      await watching(terminal);
      await terminal.printed(/pending 1 waiting/);
    });
    expect(first).toMatchObject({ status: 3, errors: expect.stringContaining('PENDING') });
    const pending = await run(['pending', notes]);
    expect(pending).toMatchObject({ status: 3, text: expect.stringContaining('1. One bullet bears the tag already') });
    expect(JSON.parse((await run(['pending', notes, '--json'])).text)).toMatchObject([{ kind: 'old-tags' }]);
    expect((await run(['status', notes])).text).toContain('not running');
    expect(JSON.parse((await run(['status', notes, '--json'])).text)).toMatchObject({ running: false, connection: 'stopped' });
    expect(await run(['accept', notes, '1'])).toMatchObject({ status: 0, text: 'Make them live\n' });
    expect(readFileSync(join(notes, '2026-11-21.md'), 'utf8')).toMatch(/^- one #live \^bw-/);
    expect(await run(['pending', notes])).toMatchObject({ status: 0 });
  });

  it('leaves: tags and ids go, the text stays, and nothing of the keys is left', async () => {
    await running([notes, '--yes', '--join', await setUpLink()], async (terminal) => {
      await watching(terminal);
      writeFileSync(join(notes, TODAY), '- plan #live\n\t- child\n');
      await hasId();
    });
    expect(await run(['leave', notes], ['n'])).toMatchObject({ status: 0, text: expect.stringContaining('Nothing was changed') });
    expect(await run(['leave', notes], ['y'])).toMatchObject({ status: 0, text: expect.stringContaining('has left its space') });
    expect(readFileSync(join(notes, TODAY), 'utf8')).toBe('- plan\n\t- child\n');
    expect(readdirSync(join(data, 'blockwire', 'folders'))).toEqual([]);
  });

  it('keeps keys where only the user can read them, and damaged ones are told in words', async () => {
    await joinOnce();
    const folders = join(data, 'blockwire', 'folders');
    const state = join(folders, readdirSync(folders)[0] ?? '');
    expect(statSync(state).mode & 0o777).toBe(0o700);
    expect(statSync(join(state, 'keys')).mode & 0o777).toBe(0o600);
    writeFileSync(join(state, 'settings.json'), '{');
    expect(await run(['status', notes])).toMatchObject({ status: 1, errors: expect.stringContaining('DAMAGED_SETTINGS') });
    rmSync(join(state, 'settings.json'));
    writeFileSync(join(state, 'keys'), 'x');
    expect(await run(['folder', notes])).toMatchObject({ status: 1, errors: expect.stringContaining('DAMAGED_KEYS') });
    expect(await run(['leave', notes, '--yes'])).toMatchObject({ status: 0, text: expect.stringContaining('could not be read') });
    expect(readdirSync(folders)).toEqual([]);
  });

  it('a damaged store is told in words, and the folder can leave and join again', async () => {
    await joinOnce();
    const folders = join(data, 'blockwire', 'folders');
    const state = join(folders, readdirSync(folders)[0] ?? '');
    for (const name of readdirSync(state)) if (name.startsWith('device.sqlite')) rmSync(join(state, name));
    writeFileSync(join(state, 'device.sqlite'), 'not a database, and long enough to be taken for one. '.repeat(40));
    expect(await run(['folder', notes])).toMatchObject({ status: 1, errors: expect.stringContaining('STORE_CORRUPT') });
    expect(await run(['leave', notes, '--yes'])).toMatchObject({ status: 0 });
    expect(await run(['status', notes])).toMatchObject({ status: 2 });
  });

  it('says which file it may not read', async () => {
    if (process.getuid?.() === 0) return; // root may read everything
    mkdirSync(join(notes, 'secret'), { mode: 0 });
    const { status, errors } = await run(['folder', notes, '--dry-run']);
    chmodSync(join(notes, 'secret'), 0o700);
    expect(status).toBe(1);
    expect(errors).toContain('NO_PERMISSION');
  });
});
