import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LIMITS } from '../../protocol';
import type { ChunkStoreOptions } from '../chunks';
import { chunk, describeChunks, PHOTO, pruneAll, putAll } from '../chunks.contract';
import { LAPTOP, SPACE, updates } from '../testing/entries';
import { backUp, checkCopy, putInPlace } from './copying';
import { RelayDatabase, type DatabaseOptions } from './database';
import { SqliteChunks } from './sqlite-chunks';
import { SqliteLog } from './sqlite-log';

let directory: string;
const opened: RelayDatabase[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-files-'));
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (): string => join(directory, 'relay.db');

function open(options: ChunkStoreOptions & Partial<DatabaseOptions> = {}): { database: RelayDatabase; log: SqliteLog; chunks: SqliteChunks } {
  const database = new RelayDatabase({ file: file(), reserveBytes: 65_536, ...options });
  opened.push(database);
  const log = new SqliteLog(database);
  return { database, log, chunks: new SqliteChunks(database, log, options) };
}

async function shut({ database, log }: ReturnType<typeof open>): Promise<void> {
  await log.close();
  database.close();
}

describeChunks('SQLite', async (options) => open(options).chunks);

test('[P92] chunks are found again after an end that was not orderly, and shared commits keep entries and chunks', async () => {
  const first = open();
  const [results] = await Promise.all([first.log.append(SPACE, LAPTOP, updates(1, 2)), putAll(first.chunks, PHOTO, 3)]);
  expect(results.map(({ status }) => status)).toEqual(['stored', 'stored']);
  first.database.close();
  const second = open();
  expect(await second.chunks.next(SPACE, PHOTO)).toBe(3);
  expect((await second.log.heads(SPACE, LAPTOP)).lanes[0].counter).toBe(2);
});

test('a file of before there were files opens with all that is in it, and is written on', async () => {
  const before = open();
  await before.log.append(SPACE, LAPTOP, updates(1, 3));
  await shut(before);
  const old = new Sqlite(file());
  old.exec('DROP TABLE files; DROP TABLE chunks');
  old.close();
  expect(checkCopy(file())).toMatchObject({ entries: 3, files: 0 });
  const now = open();
  await putAll(now.chunks, PHOTO, 2);
  expect((await now.log.heads(SPACE, LAPTOP)).head).toBe(3);
  expect(await now.chunks.next(SPACE, PHOTO)).toBe(2);
});

test('a backup holds the files, and a restored one goes on with them', async () => {
  const running = open();
  await putAll(running.chunks, PHOTO, 4);
  const facts = await backUp(running.database, join(directory, 'copy.db'));
  expect(facts.files).toBe(1);
  await running.chunks.drop(SPACE, PHOTO);
  await shut(running);
  expect((await putInPlace(join(directory, 'copy.db'), file(), 'now')).facts.files).toBe(1);
  const restored = open();
  expect(Buffer.compare((await restored.chunks.get(SPACE, PHOTO, 3)) ?? new Uint8Array(), chunk(3, 4).bytes)).toBe(0);
});

test('[P95] a large file goes in slices, also when the relay is started again in between', async () => {
  const first = open();
  await putAll(first.chunks, PHOTO, 200);
  await first.chunks.drop(SPACE, PHOTO);
  await first.chunks.prune();
  await shut(first);
  const { chunks, database } = open();
  await pruneAll(chunks);
  expect(await chunks.size(SPACE)).toBe(0);
  expect(database.connection.prepare('SELECT count(*) FROM chunks').pluck().get()).toBe(0);
});

test('[P93] files leave a disk the room that entries need', async () => {
  let free = 10_000_000;
  let now = 0;
  const { log, chunks } = open({ freeBytes: () => free, now: () => now });
  await chunks.put(SPACE, PHOTO, chunk(0, 3));
  free = 3 * 65_536;
  now += 2_000;
  await expect(chunks.put(SPACE, PHOTO, chunk(1, 3))).rejects.toMatchObject({ reason: 'disk-full' });
  expect((await log.append(SPACE, LAPTOP, updates(1, 1)))[0]?.status).toBe('stored');
  expect((await chunks.get(SPACE, PHOTO, 0))?.length).toBe(LIMITS.fileChunk);
  free = 10_000_000;
  now += 2_000;
  expect(await chunks.put(SPACE, PHOTO, chunk(1, 3))).toBe('stored');
});
