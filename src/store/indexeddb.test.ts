import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { TABLES } from '../sync';
import { testStoreContract } from './contract';
import { deleteIndexedDbStore, openIndexedDbStore } from './indexeddb';

/** Web Locks as browsers have them, for one name at a time and `ifAvailable`, which is all that is used. */
class Locks {
  private readonly held = new Set<string>();

  async request(name: string, _options: { ifAvailable: boolean }, run: (lock: object | null) => Promise<void> | undefined): Promise<void> {
    if (this.held.has(name)) {
      await run(null);
      return;
    }
    this.held.add(name);
    try {
      await run({ name });
    } finally {
      // Another process keeps the books.
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.held.delete(name);
    }
  }
}

const locks = new Locks() as unknown as LockManager;
let vaults = 0;

testStoreContract('IndexedDB', () => {
  const vault = `test-${vaults++}`;
  return { open: () => openIndexedDbStore({ vault, locks }) };
});

test('a database of a newer Blockwire is refused and left alone', async () => {
  const vault = `test-${vaults++}`;
  (await openDB(`blockwire-${vault}`, 7)).close();
  await expect(openIndexedDbStore({ vault, locks })).rejects.toMatchObject({ reason: 'newer-schema' });
  const database = await openDB(`blockwire-${vault}`);
  expect(database.version).toBe(7);
  database.close();
});

test('a database of a version without a table opens with its rows, and has the table', async () => {
  const vault = `test-${vaults++}`;
  const before = await openDB(`blockwire-${vault}`, 1, { upgrade: (db) => TABLES.filter((table) => table !== 'files').forEach((table) => db.createObjectStore(table)) });
  await before.put('meta', Uint8Array.of(7), 'a');
  before.close();
  const store = await openIndexedDbStore({ vault, locks });
  await store.write([{ table: 'files', key: 'a', value: Uint8Array.of(8) }], 'strict');
  expect([await store.read('meta', 'a'), await store.read('files', 'a')].map((value) => value?.[0])).toEqual([7, 8]);
  await store.close();
});

test('vaults do not share rows, and a deleted one is empty', async () => {
  const [one, two] = [`test-${vaults++}`, `test-${vaults++}`];
  const first = await openIndexedDbStore({ vault: one, locks });
  await first.write([{ table: 'meta', key: 'a', value: new Uint8Array(1) }], 'strict');
  const second = await openIndexedDbStore({ vault: two, locks });
  expect(await second.read('meta', 'a')).toBeUndefined();
  await expect(deleteIndexedDbStore({ vault: one, locks })).rejects.toMatchObject({ reason: 'in-use' });
  await first.close();
  await second.close();
  await deleteIndexedDbStore({ vault: one, locks });
  const again = await openIndexedDbStore({ vault: one, locks });
  expect(await again.read('meta', 'a')).toBeUndefined();
  await again.close();
});

test('a full disk is said to be full, and none of the batch is kept', async () => {
  const store = await openIndexedDbStore({ vault: `test-${vaults++}`, locks });
  const put = IDBObjectStore.prototype.put;
  const spy = jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (key === 'b') throw new DOMException('No room.', 'QuotaExceededError');
    return put.call(this, value, key);
  });
  const value = new Uint8Array(1);
  await expect(store.write([{ table: 'meta', key: 'a', value }, { table: 'meta', key: 'b', value }], 'relaxed')).rejects.toMatchObject({ reason: 'full' });
  spy.mockRestore();
  expect(await store.scan('meta', '')).toEqual([]);
  await store.close();
});

test('a strict batch asks the browser for a strict transaction, a relaxed one for a relaxed', async () => {
  const store = await openIndexedDbStore({ vault: 'durability', locks: new Locks() as never });
  const asked: (string | undefined)[] = [];
  const { transaction } = IDBDatabase.prototype;
  const spy = jest.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, names, mode, options) {
    asked.push(options?.durability);
    return transaction.call(this, names, mode, options);
  });
  const value = new Uint8Array(1);
  await store.write([{ table: 'meta', key: 'a', value }], 'relaxed');
  await store.write([{ table: 'meta', key: 'b', value }], 'strict');
  spy.mockRestore();
  await store.close();
  expect(asked).toEqual(['relaxed', 'strict']);
});
