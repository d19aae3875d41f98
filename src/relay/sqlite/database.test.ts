import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DeviceId, SpaceId } from '../../protocol';
import type { LogError } from '../log';
import { LAPTOP, SPACE, updates } from '../testing/entries';
import { backUp, putInPlace } from './copying';
import { RelayDatabase, type DatabaseOptions } from './database';
import { SqliteLog } from './sqlite-log';
import { SqliteRegistry } from './sqlite-registry';

const ALL = { after: 0, compact: false, aliases: null, maxEntries: 4096, maxBytes: 1_000_000 };
let directory: string;
const opened: RelayDatabase[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-data-'));
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (): string => join(directory, 'relay.db');

function open(options: Partial<DatabaseOptions> = {}): RelayDatabase {
  const database = new RelayDatabase({ file: file(), reserveBytes: 65_536, ...options });
  opened.push(database);
  return database;
}

/** A closed file with 500 entries. */
async function filled(): Promise<void> {
  const database = open();
  const log = new SqliteLog(database);
  await log.append(SPACE, LAPTOP, updates(1, 500));
  await log.close();
  database.close();
}

/** Overwrites the page with the first rows of a table. */
function damage(table: string): void {
  const connection = new Sqlite(file());
  const page = connection.prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT 1").pluck().get(table) as number;
  connection.close();
  const handle = openSync(file(), 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
}

describe('damaged pages', () => {
  test.each(['entries', 'lanes'])('of %s are found when the file is opened, and it is left as it is', async (table) => {
    await filled();
    damage(table);
    const before = readFileSync(file());
    expect(() => open()).toThrow(expect.objectContaining({ reason: 'corrupt', hint: expect.stringContaining('blockwire relay restore') as string }) as Error);
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  test('of a large file: those of small tables when it is opened, those of entries when they are read; then nothing is taken any more', async () => {
    await filled();
    damage('entries');
    const failures: LogError[] = [];
    const log = new SqliteLog(open({ checkedWhole: 0 }), { onFailure: (error) => failures.push(error) });
    await expect(log.read(SPACE, ALL)).rejects.toMatchObject({ reason: 'corrupt' });
    await expect(log.append(SPACE, LAPTOP, updates(501, 1))).rejects.toMatchObject({ reason: 'corrupt' });
    expect(failures).toHaveLength(1);
    opened.splice(0).forEach((database) => database.close());
    damage('lanes');
    expect(() => open({ checkedWhole: 0 })).toThrow(expect.objectContaining({ reason: 'corrupt' }) as Error);
  });
});

test('a directory in the place of the file is told as what it is', () => {
  mkdirSync(file());
  expect(() => open()).toThrow(expect.objectContaining({ reason: 'failed', message: `${file()} is a directory.` }) as Error);
});

test('on a full disk it gives up what it held back before it opens', async () => {
  await filled();
  expect(existsSync(`${file()}.reserve`)).toBe(true);
  const database = open({ freeBytes: () => 0 });
  expect(existsSync(`${file()}.reserve`)).toBe(false);
  expect(database.hasRoom()).toBe(false);
});

test('a write of the registry that the disk refuses ends the log’s work, too', async () => {
  const database = open();
  const failures: LogError[] = [];
  const log = new SqliteLog(database, { onFailure: (error) => failures.push(error) });
  const registry = new SqliteRegistry(database);
  database.connection.exec("CREATE TRIGGER broken BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
  await expect(registry.openSession(new Uint8Array(32), SPACE, LAPTOP, 2, 1)).rejects.toMatchObject({ reason: 'failed' });
  await expect(log.append(SPACE, LAPTOP, updates(1, 1))).rejects.toMatchObject({ reason: 'failed' });
  expect(failures).toHaveLength(1);
});

test('nothing is acknowledged into a file that was taken away', async () => {
  const database = open();
  const log = new SqliteLog(database);
  await log.append(SPACE, LAPTOP, updates(1, 1));
  rmSync(file());
  await expect(log.append(SPACE, LAPTOP, updates(2, 1))).rejects.toMatchObject({ reason: 'gone' });
  await expect(new SqliteRegistry(database).admit('11'.repeat(16) as SpaceId, '22'.repeat(16) as DeviceId, new Uint8Array(32), 1, 9)).rejects.toMatchObject({ reason: 'gone' });
});

describe('copies', () => {
  test('what can’t be written or put in place says what is safe and what to do', async () => {
    await filled();
    const database = open();
    writeFileSync(join(directory, 'taken'), '');
    for (const place of ['taken', 'no/such/directory/copy.db']) {
      await expect(backUp(database, join(directory, place))).rejects.toMatchObject({ hint: expect.stringMatching(/(is as it was|Nothing was changed)\. (Name|Give) a/) as string });
    }
    await backUp(database, join(directory, 'copy.db'));
    await expect(putInPlace(join(directory, 'copy.db'), file(), 'now')).rejects.toMatchObject({ reason: 'in-use', hint: 'Nothing was changed. Stop that relay first.' });
    await expect(putInPlace(join(directory, 'taken'), file(), 'now')).rejects.toMatchObject({ hint: 'Nothing was changed. Give another backup.' });
  });

  test('of damaged data are not made, and say so', async () => {
    await filled();
    damage('entries');
    const database = open({ checkedWhole: 0 });
    await expect(backUp(database, join(directory, 'copy.db'))).rejects.toMatchObject({ reason: 'corrupt', message: expect.stringContaining('relay\'s data is damaged') as string });
    expect(existsSync(join(directory, 'copy.db.partial'))).toBe(false);
  });
});
