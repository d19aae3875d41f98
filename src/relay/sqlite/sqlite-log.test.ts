import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogError } from '../log';
import { describeLog } from '../log.contract';
import { entry, LAPTOP, OLD, OTHER_SPACE, PHONE, SPACE, TODAY, updates } from '../testing/entries';
import { RelayDatabase, type DatabaseOptions } from './database';
import { EntryReader } from './entry-reader';
import { SqliteLog, type SqliteLogOptions } from './sqlite-log';

let directory: string;
const opened: RelayDatabase[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-log-'));
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(name: string, options: SqliteLogOptions & Partial<DatabaseOptions> = {}): { database: RelayDatabase; log: SqliteLog } {
  const database = new RelayDatabase({ file: join(directory, name), reserveBytes: 65_536, ...options });
  opened.push(database);
  return { database, log: new SqliteLog(database, options) };
}

let files = 0;
describeLog('SQLite', async (options) => open(`contract-${files++}.db`, options).log);

describe('SQLite', () => {
  const all = { after: 0, compact: false, aliases: null, maxEntries: 4096, maxBytes: 1_000_000 };

  test('[P63] does not search the log for each entry that is sent again, pruned or not, nor for each that conflicts', async () => {
    const { log } = open('a.db');
    const mine = updates(1, 200);
    for (let i = 0; i < 200; i += 10) {
      await log.append(SPACE, LAPTOP, mine.slice(i, i + 10));
      await log.append(SPACE, PHONE, updates(1 + 10 * i, 100, { device: PHONE, alias: OLD }));
    }
    const snapshot = entry({ device: PHONE, lane: 'bulk', kind: 'snapshot', counter: 1, covers: 1_000 });
    const [stored] = await log.append(SPACE, PHONE, [snapshot]);
    if (stored?.status !== 'stored') throw new Error('The snapshot was not stored.');
    await log.confirm(SPACE, TODAY, stored.sequence);
    while (await log.prune());
    const search = jest.spyOn(EntryReader.prototype, 'find');
    const again = await log.append(SPACE, LAPTOP, mine);
    expect(again.map(({ status }) => status)).toEqual(Array(200).fill('duplicate'));
    const clone = await log.append(SPACE, LAPTOP, Array.from({ length: 200 }, () => entry({ counter: 5 })));
    expect(clone.map(({ status }) => status)).toEqual(Array(200).fill('conflict'));
    expect(search.mock.calls.length).toBeLessThanOrEqual(4);
    search.mockRestore();
  });

  test('writes with synchronous=FULL after the first write', async () => {
    const { database, log } = open('a.db');
    await log.append(SPACE, LAPTOP, updates(1, 1));
    expect(database.connection.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.connection.pragma('journal_mode', { simple: true })).toBe('wal');
  });

  test('finds everything again after an orderly end, and goes on with the next number', async () => {
    const first = open('a.db');
    const entries = updates(1, 5);
    await first.log.append(SPACE, LAPTOP, entries);
    const heads = await first.log.heads(SPACE, LAPTOP);
    await first.log.close();
    first.database.close();
    const second = open('a.db');
    expect(await second.log.heads(SPACE, LAPTOP)).toEqual(heads);
    expect((await second.log.read(SPACE, all)).entries.map(({ bytes }) => bytes)).toEqual(entries.map(({ bytes }) => bytes));
    expect(await second.log.append(SPACE, LAPTOP, updates(6, 1))).toEqual([{ status: 'stored', lane: 'live', counter: 6, sequence: 6 }]);
  });

  test('[P65] never gives a sequence twice, also when the end was not orderly', async () => {
    const told: number[] = [];
    for (let run = 0; run < 4; run++) {
      const { database, log } = open('a.db');
      const before = (await log.heads(SPACE, LAPTOP)).lanes[0].counter;
      log.subscribe(SPACE, (batch) => told.push(...batch.map(({ sequence }) => sequence)));
      for (let turn = 0; turn < 3; turn++) await log.append(SPACE, LAPTOP, updates(before + 1 + turn * 400, 400));
      database.close();
    }
    expect(told).toHaveLength(4_800);
    expect(told.every((sequence, i) => i === 0 || sequence > (told[i - 1] ?? 0))).toBe(true);
  });

  test('tells no subscriber of a sequence whose block is not reserved on the disk', async () => {
    const { database, log } = open('a.db');
    log.subscribe(SPACE, (batch) => {
      const reserved = database.connection.prepare('SELECT reserved FROM spaces').pluck().get() as number;
      if (!database.connection.inTransaction) expect(batch.at(-1)?.sequence).toBeLessThanOrEqual(reserved);
    });
    let counter = 1;
    for (const count of [1, 2_000, 5, 1_500, 1]) {
      await log.append(SPACE, LAPTOP, updates(counter, count));
      counter += count;
    }
    expect.assertions(5);
  });

  test('a space that no one listens to leaves the memory, and comes back as it was', async () => {
    const { log } = open('a.db');
    const told: number[] = [];
    for (let round = 0; round < 5; round++) {
      const leave = log.subscribe(SPACE, (batch) => told.push(...batch.map(({ sequence }) => sequence)));
      expect((await log.heads(SPACE, LAPTOP)).lanes[0].counter).toBe(round * 3);
      await log.append(SPACE, LAPTOP, updates(round * 3 + 1, 3));
      leave();
      // Ends the turn in which it leaves.
      await log.append(OTHER_SPACE, LAPTOP, updates(round + 1, 1));
    }
    expect(told).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect((await log.read(SPACE, all)).entries).toHaveLength(15);
  });

  test('one process at a time', () => {
    open('a.db');
    expect(() => open('a.db')).toThrow(/Another relay is using .*a\.db/);
  });

  test('refuses a file of a newer schema in words, and leaves it alone', () => {
    const { database } = open('a.db');
    database.connection.pragma('user_version = 99');
    database.close();
    expect(() => open('a.db')).toThrow(expect.objectContaining({ reason: 'newer-schema', message: expect.stringContaining('newer Blockwire') as string, hint: expect.stringContaining('Nothing was changed') as string }) as Error);
  });

  test("refuses another program's database", () => {
    const { database } = open('a.db');
    database.connection.pragma('application_id = 7');
    database.close();
    expect(() => open('a.db')).toThrow(expect.objectContaining({ reason: 'foreign', message: expect.stringContaining('not a Blockwire relay') as string }) as Error);
  });

  test('a full disk refuses appends, gives up the reserve for pruning, and takes it back', async () => {
    let free = 10_000_000;
    let now = 0;
    const { log } = open('a.db', { freeBytes: () => free, now: () => now });
    await log.append(SPACE, LAPTOP, updates(1, 1));
    free = 100;
    now += 2_000;
    await expect(log.append(SPACE, LAPTOP, updates(2, 1))).rejects.toMatchObject({ reason: 'disk-full' });
    expect((await log.read(SPACE, all)).entries).toHaveLength(1);
    await expect(log.prune()).resolves.toBe(false);
    free = 10_000_000;
    now += 2_000;
    expect((await log.append(SPACE, LAPTOP, updates(2, 1)))[0]?.status).toBe('stored');
  });

  test('after a failed write it takes nothing more, and says so once', async () => {
    const failures: LogError[] = [];
    const { database, log } = open('a.db', { onFailure: (error) => failures.push(error) });
    await log.append(SPACE, LAPTOP, updates(1, 1));
    database.connection.exec("CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
    const both = await Promise.allSettled([log.append(SPACE, LAPTOP, updates(2, 1)), log.append(SPACE, LAPTOP, updates(3, 1))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(log.append(SPACE, LAPTOP, updates(2, 1))).rejects.toMatchObject({ reason: 'failed' });
    expect(failures).toHaveLength(1);
  });
});
