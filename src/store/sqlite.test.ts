import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { testStoreContract } from './contract';
import { openSqliteStore } from './sqlite';

const folder = mkdtempSync(join(tmpdir(), 'blockwire-store-'));
let files = 0;
const newFile = (): string => join(folder, `${files++}.db`);
function errorOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
afterAll(() => rmSync(folder, { recursive: true }));

testStoreContract('SQLite', () => {
  const file = newFile();
  return { open: async () => openSqliteStore(file) };
});

test('a file of a newer Blockwire is refused', () => {
  const file = newFile();
  const database = new Database(file);
  database.pragma('user_version = 9');
  database.close();
  expect(errorOf(() => openSqliteStore(file))).toMatchObject({ reason: 'newer-schema' });
});

test('a file of a version without a table opens with its rows, and has the table', async () => {
  const file = newFile();
  const before = openSqliteStore(file);
  await before.write([{ table: 'meta', key: 'a', value: Uint8Array.of(7) }], 'strict');
  await before.close();
  const database = new Database(file);
  database.exec('DROP TABLE files');
  database.pragma('user_version = 1');
  database.close();
  const store = openSqliteStore(file);
  await store.write([{ table: 'files', key: 'a', value: Uint8Array.of(8) }], 'strict');
  expect([await store.read('meta', 'a'), await store.read('files', 'a')].map((value) => value?.[0])).toEqual([7, 8]);
  await store.close();
});

test('a file that is no database is called damaged', () => {
  const file = newFile();
  writeFileSync(file, 'Not a database at all, but long enough to be taken for one. '.repeat(40));
  expect(errorOf(() => openSqliteStore(file))).toMatchObject({ reason: 'corrupt' });
});

test('a folder that is not there is an error in words', () => {
  expect(errorOf(() => openSqliteStore(join(folder, 'nowhere', 'x.db')))).toMatchObject({ name: 'StoreError' });
});

test('a strict batch is synced, with all before it; a relaxed one is left to the system', async () => {
  const store = openSqliteStore(newFile());
  const modes: string[] = [];
  const { pragma } = Database.prototype;
  const spy = jest.spyOn(Database.prototype, 'pragma').mockImplementation(function (this: Database.Database, source: string, options?: Database.PragmaOptions) {
    modes.push(source);
    return pragma.call(this, source, options);
  });
  const value = new Uint8Array(1);
  await store.write([{ table: 'meta', key: 'a', value }], 'relaxed');
  await store.write([{ table: 'meta', key: 'b', value }], 'strict');
  await store.write([{ table: 'meta', key: 'c', value }], 'relaxed');
  spy.mockRestore();
  await store.close();
  expect(modes).toEqual(['synchronous = NORMAL', 'synchronous = FULL', 'synchronous = NORMAL']);
});
