/** What can happen to a relay's data: one clear error, devices that keep their edits, and a documented step after which nothing that was acknowledged is missing. */
import { execFile } from 'node:child_process';
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLink } from '../../src/protocol';
import { bundle } from '../../src/relay/testing/built';
import { TestDevice, TestSpace } from '../../src/relay/testing/device';
import { auditLog } from './audit';
import { until } from './patience';
import { RelayProcess } from './relay-process';
import { FireSpace } from './space';
import type { Writer } from './writer';

const DOCUMENT = 'plan';
const PAGE = 4096;
/** Root may write to what is read-only, unless it gives that right up. */
const AS_A_USER = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all'] : [];

let program: string;
let directory: string;
let relay: RelayProcess;
let space: FireSpace;
let a: Writer;
let b: Writer;
beforeAll(() => {
  program = bundle('src/cli/main.ts', 'blockwire');
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-disk-'));
  relay = await RelayProcess.start(program, join(directory, 'data'));
  space = await FireSpace.found(await relay.link(), 3, [DOCUMENT]);
  a = await space.writer(null);
  b = await space.writer(null);
});
afterEach(async () => {
  await space.stop();
  await relay.end('SIGKILL');
  if (existsSync(relay.data)) chmodSync(relay.data, 0o700);
  rmSync(directory, { recursive: true, force: true });
});

const file = (): string => join(relay.data, 'relay.db');

async function write(count: number, padding = 0): Promise<void> {
  for (let i = 0; i < count; i++) for (const writer of [a, b]) writer.write(DOCUMENT, padding);
  await until('all is acknowledged', () => a.isSettled && b.isSettled, 40);
}

/** What devices write while no relay takes it. */
function writeOffline(): void {
  for (const writer of [a, b]) for (let i = 0; i < 5; i++) writer.write(DOCUMENT);
}

function command(...args: string[]): Promise<{ status: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'relay', ...args, '--data', relay.data], { timeout: 30_000 }, (failure, out, error) => resolve({ status: typeof failure?.code === 'number' ? failure.code : failure ? -1 : 0, out, error }));
  });
}

/** Overwrites whole pages, as a failing disk or another program does. */
function damage(from: number, to: number): void {
  const handle = openSync(file(), 'r+');
  const first = Math.floor((statSync(file()).size * from) / PAGE);
  const last = Math.floor((statSync(file()).size * to) / PAGE);
  for (let page = first; page <= last; page++) writeSync(handle, Buffer.alloc(PAGE, 0xff), 0, PAGE, page * PAGE);
  fsyncSync(handle);
  closeSync(handle);
}

/** The relay stays and tells everyone what is wrong; its devices keep what they write. */
async function tellsAndKeeps(code: string): Promise<void> {
  await until('health says why', async () => (await relay.health())?.body.code === code);
  expect(await relay.health()).toMatchObject({ status: 503, body: { ok: false, code } });
  for (const writer of [a, b]) writer.engine.notify('online');
  await until('the devices say why', () => [a, b].every((writer) => writer.engine.status.problem?.code === code));
  writeOffline();
  await until('the relay says why', () => new RegExp(`blockwire: ${code}: .+\\n {2}.+`).test(relay.log));
  await relay.end('SIGTERM');
  expect(relay.last.code).toBe(1);
}

/** Started again: the devices send what they kept, one that starts from empty reads all, and the log holds what was acknowledged. */
async function nothingIsLost(from: 'the data' | 'an older backup' = 'the data'): Promise<void> {
  await relay.start();
  for (const writer of [a, b]) writer.engine.notify('online');
  await until('all is acknowledged', () => a.isSettled && b.isSettled, 40);
  const reader = await space.writer(null);
  await until('an empty device has read all', () => reader.isLive && reader.digest(DOCUMENT) === a.digest(DOCUMENT) && a.digest(DOCUMENT) === b.digest(DOCUMENT), 40);
  expect(space.faults(from === 'the data')).toEqual([]);
  await space.stop();
  await relay.end('SIGTERM');
  if (from === 'the data') expect(auditLog(relay.data, space.writers).faults).toEqual([]);
}

test('a damaged page is found at the start; a backup put in its place and the devices give everything back', async () => {
  await write(40, 300);
  expect(await command('backup', join(directory, 'backup.db'))).toMatchObject({ status: 0 });
  await write(20, 300);
  await relay.end('SIGTERM');
  damage(0.5, 0.5);
  const before = statSync(file());
  const { code, error } = await relay.tryStart();
  expect(code).toBe(1);
  expect(error).toMatch(/^blockwire: DATA_CORRUPT: .*relay\.db is damaged \(.+\)\.\n {2}It was left as it is.*relay restore/m);
  expect(statSync(file())).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
  writeOffline();
  expect(await command('restore', join(directory, 'backup.db'))).toMatchObject({ status: 0 });
  await nothingIsLost('an older backup');
}, 60_000);

test('pages that are damaged under a running relay are found when they are read', async () => {
  await relay.end('SIGTERM');
  await relay.start(['--new-space']);
  const link = parseLink(await relay.link());
  const other = new TestDevice(relay.url, new TestSpace());
  expect(await other.found(link.type === 'setup' ? link.ticket : '')).toMatchObject({ status: 200 });
  // More than SQLite keeps in memory, 16 MB: the rest is read from the file.
  const entries = Array.from({ length: 110 }, () => other.entry({}, 200_000));
  const socket = await other.open();
  for (const each of entries) {
    socket.append([each]);
    await socket.results(1);
  }
  for (const writer of [a, b]) writer.engine.notify('online');
  await write(5);
  expect(await command('backup', join(directory, 'backup.db'))).toMatchObject({ status: 0 });
  await write(5);
  await relay.end('SIGTERM');
  await relay.start();
  for (const writer of [a, b]) writer.engine.notify('online');
  await until('both are back', () => a.isSettled && b.isSettled);
  damage(0.05, 0.6);
  // Whichever page is read first, of the space as it is loaded or of its entries.
  const reader = await other.socket();
  reader.send({ type: 'open', cursors: [], visible: true });
  reader.send({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
  expect(await reader.end()).toEqual({ code: 4017, reason: 'DATA_CORRUPT' });
  await tellsAndKeeps('DATA_CORRUPT');
  expect(await command('restore', join(directory, 'backup.db'))).toMatchObject({ status: 0 });
  await nothingIsLost('an older backup');
}, 60_000);

test.each(['deleted', 'replaced', 'deleted with its directory', 'without its log'])('a file that is %s under a running relay: what it held is copied in time, and restored', async (how) => {
  await write(20);
  if (how === 'deleted') rmSync(file());
  else if (how === 'without its log') rmSync(`${file()}-wal`);
  else if (how === 'replaced') {
    writeFileSync(join(directory, 'other'), 'not what is open');
    renameSync(join(directory, 'other'), file());
  } else rmSync(relay.data, { recursive: true });
  writeOffline();
  await tellsAndKeeps('DATA_GONE');
  const [rescued] = readdirSync(relay.data).filter((name) => name.startsWith('relay.db.rescued-') && !name.endsWith('.partial'));
  expect(relay.last.error).toContain(`All that was acknowledged is in ${join(relay.data, rescued ?? '?')}`);
  expect(await command('restore', join(relay.data, rescued ?? ''))).toMatchObject({ status: 0 });
  await nothingIsLost();
}, 60_000);

test('data that this user may not write: said at the start, nothing is changed, and it goes on when it may', async () => {
  await write(10);
  await relay.end('SIGTERM');
  chmodSync(file(), 0o444);
  chmodSync(relay.data, 0o555);
  relay.through = AS_A_USER;
  writeOffline();
  const { code, error } = await relay.tryStart();
  expect(code).toBe(1);
  expect(error).toMatch(/blockwire: DATA_READ_ONLY: The relay may not write to .*relay\.db .*\n {2}Nothing in it was changed/);
  expect(readdirSync(relay.data).filter((name) => !name.includes('reserve'))).toEqual(['relay.db']);
  chmodSync(relay.data, 0o700);
  chmodSync(file(), 0o600);
  await nothingIsLost();
}, 60_000);

test('data that may not be written any more under a running relay', async () => {
  await relay.end('SIGTERM');
  relay.through = AS_A_USER;
  await relay.start();
  for (const writer of [a, b]) writer.engine.notify('online');
  await write(10);
  chmodSync(relay.data, 0o555);
  await tellsAndKeeps('DATA_READ_ONLY');
  chmodSync(relay.data, 0o700);
  await nothingIsLost();
}, 60_000);

test('a write that the disk refuses ends the relay with words; a new start finds what was acknowledged', async () => {
  await write(5);
  await relay.end('SIGTERM');
  // Files may grow to this size and no further: a write beyond it fails as on a broken disk. In units of 512 bytes.
  rmSync(join(relay.data, 'relay.db.reserve'), { force: true });
  mkdirSync(join(relay.data, 'relay.db.reserve'), { recursive: true });
  relay.through = ['sh', '-c', `ulimit -f ${Math.ceil(statSync(file()).size / 512) + 256}; exec "$0" "$@"`];
  await relay.start();
  for (const writer of [a, b]) writer.engine.notify('online');
  for (let i = 0; i < 40; i++) a.write(DOCUMENT, 20_000);
  const { code, error } = await relay.ended();
  expect(code).toBe(1);
  expect(error).toMatch(/blockwire: DISK_FAILED: .*\n {2}What was acknowledged is on the disk/);
  relay.through = [];
  rmSync(join(relay.data, 'relay.db.reserve'), { recursive: true });
  await nothingIsLost();
}, 60_000);
