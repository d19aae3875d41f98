/** A relay of its own process, backed up while devices write, and restored: what the backup lacks comes again. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { checkCopy } from '../../src/relay';
import { bundle, Program } from '../../src/relay/testing/built';
import { TestFolder, until } from './folder-world';

let program: string;
let directory: string;
const relays: Program[] = [];
const folders: TestFolder[] = [];
beforeAll(() => {
  program = bundle('src/cli/main.ts', 'blockwire');
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-backup-'));
});
afterEach(async () => {
  await Promise.allSettled(folders.splice(0).map((folder) => folder.stop()));
  await Promise.all(relays.splice(0).map((relay) => relay.end('SIGKILL')));
  rmSync(directory, { recursive: true, force: true });
});

const data = (): string => join(directory, 'data');
const backup = (): string => join(directory, 'backup.db');

async function startRelay(port: string): Promise<{ relay: Program; port: string; link: string | null }> {
  const relay = Program.start(program, ['relay', '--port', port, '--data', data(), '--quiet']);
  relays.push(relay);
  const [, own = ''] = await relay.printed(/http:\/\/127\.0\.0\.1:(\d+)/, 20_000);
  await relay.printed(/obsidian:\/\/\S+|space/i, 20_000);
  return { relay, port: own, link: /obsidian:\/\/\S+/.exec(relay.out)?.[0] ?? null };
}

function run(...args: string[]): Promise<{ status: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'relay', ...args, '--data', data()], { timeout: 30_000 }, (failure, out, error) => resolve({ status: typeof failure?.code === 'number' ? failure.code : failure ? -1 : 0, out, error }));
  });
}

function folder(name: string): TestFolder {
  const one = new TestFolder(join(directory, name), join(directory, `${name}-data`), { daily: 'YYYY-MM-DD', tag: '#live', name, indent: '\t' });
  mkdirSync(one.root, { recursive: true });
  folders.push(one);
  return one;
}

function sequences(file: string): number[] {
  const connection = new Sqlite(file, { readonly: true });
  try {
    return connection.prepare('SELECT sequence FROM entries ORDER BY sequence').pluck().all() as number[];
  } finally {
    connection.close();
  }
}

it('a backup under load is whole; after its restore nothing that was acknowledged is lost, and no sequence number comes twice', async () => {
  const first = await startRelay('0');
  const laptop = folder('laptop');
  laptop.write('plan.md', '- plan #live\n');
  await laptop.join(first.link ?? '');
  await laptop.peer.peer.answer(laptop.peer.report().pending[0]?.id ?? '', 'make-live');
  await laptop.waitFor('plan.md', '^bw-');

  let lines = 0;
  const write = (): void => laptop.write('plan.md', `${laptop.read('plan.md').trimEnd()}\n\t- step ${(lines += 1)}.\n`);
  let copied: Awaited<ReturnType<typeof run>> | null = null;
  const copying = run('backup', backup()).then((done) => (copied = done));
  for (let round = 0; round < 400 && (copied === null || lines < 30); round += 1) {
    write();
    await until('the line is taken', () => laptop.peer.report().blocks[0]?.bullets === lines + 1);
  }
  expect(await copying).toMatchObject({ status: 0, out: expect.stringMatching(/^Backed up 1 space, \d+ entr/) });
  const during = lines;
  expect(checkCopy(backup()).spaces).toBe(1);
  for (let round = 0; round < 10; round += 1) {
    write();
    await until('the line is taken', () => laptop.peer.report().blocks[0]?.bullets === lines + 1);
  }
  expect(lines).toBe(during + 10);
  await until('all is acknowledged', () => laptop.peer.report().unacknowledged === 0);

  expect(await run('backup', backup())).toMatchObject({ status: 1, error: expect.stringContaining('exists already') });
  expect(await run('restore', backup())).toMatchObject({ status: 1, error: expect.stringContaining('DATA_IN_USE') });

  expect(await first.relay.end('SIGTERM')).toBe(0);
  expect(await run('restore', backup())).toMatchObject({ status: 0, out: expect.stringContaining('Restored 1 space') });
  const kept = readdirSync(data()).find((name) => name.startsWith('relay.db.replaced-'));
  const before = sequences(join(data(), kept ?? ''));
  const copiedSequences = sequences(backup());
  expect(before.length).toBeGreaterThan(copiedSequences.length);

  const again = await startRelay(first.port);
  await until('the laptop is back', () => laptop.isLive, 40);
  const phone = folder('phone');
  phone.write('plan.md', '');
  await phone.join(laptop.peer.peer.pairingLink());
  await phone.waitFor('plan.md', `step ${lines}.`);
  await until('both are the same', () => phone.digest !== null && phone.digest === laptop.digest);
  for (let step = 1; step <= lines; step += 1) expect(phone.read('plan.md')).toContain(`- step ${step}.\n`.trimEnd());

  await phone.stop();
  await laptop.stop();
  expect(await again.relay.end('SIGTERM')).toBe(0);
  const known = new Set(copiedSequences);
  const fresh = sequences(join(data(), 'relay.db')).filter((sequence) => !known.has(sequence));
  expect(fresh.length).toBeGreaterThan(0);
  expect(Math.min(...fresh)).toBeGreaterThan(Math.max(...before));
}, 120_000);

it('what is no whole backup is refused and changes nothing; a relay that is stopped can be backed up, too', async () => {
  const { relay } = await startRelay('0');
  await relay.end('SIGTERM');
  expect(await run('backup', backup())).toMatchObject({ status: 0, out: expect.stringMatching(/0 spaces, 0 entries/) });
  const broken = join(directory, 'broken.db');
  writeFileSync(broken, 'no database');
  expect(await run('restore', broken)).toMatchObject({ status: 1, error: expect.stringMatching(/DATA_CORRUPT/) });
  expect(await run('restore', join(directory, 'none.db'))).toMatchObject({ status: 2, error: expect.stringContaining('NO_BACKUP') });
  expect(readdirSync(data()).some((name) => name.includes('replaced') || name.includes('restoring'))).toBe(false);
  expect(existsSync(join(data(), 'relay.db'))).toBe(true);
}, 60_000);
