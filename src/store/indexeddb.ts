/**
 * The device store in a browser or in Obsidian: one IndexedDB database per vault, an object store per table, held by one instance
 * at a time.
 */
import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import { StoreError, TABLES, type DeviceStore, type Durability, type StoreRow, type StoreWrite, type Table } from '../sync';

/** Raised when the tables change; an older program refuses a newer database in words. */
const SCHEMA = 2;
const PREFIX = 'blockwire-';

export interface IndexedDbStoreOptions {
  /** Names the vault among others of the same app, e.g. Obsidian's appId. */
  readonly vault: string;
  /** Defaults to the platform's. Where there are no locks (tests, old WebViews), one instance at a time is up to the caller. */
  readonly locks?: LockManager | null;
}

/** @throws StoreError 'in-use' (another window has it), 'newer-schema', 'full', 'failed' */
export async function openIndexedDbStore({ vault, locks = globalThis.navigator?.locks ?? null }: IndexedDbStoreOptions): Promise<DeviceStore> {
  const name = PREFIX + vault;
  const release = await lock(name, locks);
  let store: IndexedDbStore | null = null;
  try {
    const database = await openDB(name, SCHEMA, {
      upgrade: (db) => {
        for (const table of TABLES) if (!db.objectStoreNames.contains(table)) db.createObjectStore(table);
      },
      // Another version wants to upgrade or delete the database: let go, or it would wait for ever.
      blocking: () => void store?.close(),
      terminated: () => void store?.close(),
    });
    store = new IndexedDbStore(name, database, release);
    return store;
  } catch (error) {
    await release();
    throw storeErrorOf(error);
  }
}

/** Removes every row for good. @throws StoreError 'in-use' while an instance has it open */
export async function deleteIndexedDbStore({ vault, locks = globalThis.navigator?.locks ?? null }: IndexedDbStoreOptions): Promise<void> {
  const release = await lock(PREFIX + vault, locks);
  try {
    await deleteDB(PREFIX + vault);
  } catch (error) {
    throw storeErrorOf(error);
  } finally {
    await release();
  }
}

class IndexedDbStore implements DeviceStore {
  readonly description: string;
  private closed = false;

  constructor(
    name: string,
    private readonly database: IDBPDatabase,
    private readonly release: () => Promise<void>,
  ) {
    this.description = `IndexedDB ${name}`;
  }

  async read(table: Table, key: string): Promise<Uint8Array | undefined> {
    this.check();
    return guarded(async () => bytesOf(await this.database.get(table, key)));
  }

  async scan(table: Table, prefix: string): Promise<StoreRow[]> {
    this.check();
    return guarded(async () => {
      const range = prefix === '' ? null : IDBKeyRange.bound(prefix, after(prefix), false, true);
      const store = this.database.transaction(table).store;
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return keys.map((key, at) => ({ key: typeof key === 'string' ? key : '', value: bytesOf(values[at]) ?? new Uint8Array() }));
    });
  }

  async write(writes: readonly StoreWrite[], durability: Durability): Promise<void> {
    this.check();
    if (writes.length === 0) return;
    const tables = [...new Set(writes.map(({ table }) => table))];
    await guarded(async () => {
      const transaction = this.database.transaction(tables, 'readwrite', { durability });
      // Only the end of the transaction says whether all of it is there; a failed request fails that too.
      try {
        for (const { table, key, value } of writes) {
          const store = transaction.objectStore(table);
          (value === null ? store.delete(key) : store.put(value, key)).catch(() => undefined);
        }
      } catch (error) {
        transaction.abort(); // or what came before it would be committed alone
        await transaction.done.catch(() => undefined);
        throw error;
      }
      await transaction.done;
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.database.close();
    await this.release();
  }

  private check(): void {
    if (this.closed) throw new StoreError('closed', 'The local store of Blockwire is closed.');
  }
}

/** Holds a Web Lock until the returned function is called, which resolves when another can have it: browsers take a moment for that. */
function lock(name: string, locks: LockManager | null): Promise<() => Promise<void>> {
  if (locks === null) return Promise.resolve(() => Promise.resolve());
  return new Promise((resolve, reject) => {
    const released = locks
      .request(name, { ifAvailable: true }, (held) => {
        if (held === null) {
          reject(new StoreError('in-use', 'Another window of this vault runs Blockwire. Close one of the two; nothing was changed.'));
          return undefined;
        }
        return new Promise<void>((release) =>
          resolve(() => {
            release();
            return released;
          }),
        );
      })
      .then(
        () => undefined,
        (error: unknown) => reject(storeErrorOf(error)),
      );
  });
}

async function guarded<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw storeErrorOf(error);
  }
}

function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  // Not `instanceof DOMException`: in another realm (a popped-out window) that is another class.
  const { name, message } = error instanceof Error || (typeof error === 'object' && error !== null) ? (error as { name?: string; message?: string }) : {};
  switch (name) {
    case 'QuotaExceededError':
      return new StoreError('full', 'This device has no room left for Blockwire. Free some space; your notes are untouched.');
    case 'VersionError':
      return new StoreError('newer-schema', 'This vault was used by a newer Blockwire. Update this one to go on; nothing was changed.');
    case 'InvalidStateError':
      return new StoreError('closed', 'The local store of Blockwire is closed.');
    case 'UnknownError':
    case 'DataError':
    case 'NotReadableError':
      return new StoreError('corrupt', `The local store of Blockwire can't be read (${message ?? name}). The text in your notes is not touched.`);
    default:
      return new StoreError('failed', `The local store of Blockwire failed (${message ?? String(error)}).`);
  }
}

/** Values come back as they went in, but perhaps of another realm. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new StoreError('corrupt', 'The local store of Blockwire holds something unexpected. The text in your notes is not touched.');
}

/** The first key after all keys with this prefix. Keys are compared by UTF-16 code unit, as ours and IndexedDB's are. */
function after(prefix: string): string {
  return prefix + '\uffff';
}
