/**
 * The device store in Node, for the folder peer: one SQLite file, held by one process. Imported by path and not through index.ts,
 * so that no bundle for browsers holds it.
 */
import Database from 'better-sqlite3';
import { StoreError, TABLES, type DeviceStore, type Durability, type StoreRow, type StoreWrite, type Table } from '../sync';

const SCHEMA = 2;

interface Statements {
  readonly read: Database.Statement<[string]>;
  readonly scan: Database.Statement<[string, string]>;
  readonly put: Database.Statement<[string, Uint8Array]>;
  readonly remove: Database.Statement<[string]>;
}

/** @param file created if it does not exist; its folder must @throws StoreError */
export function openSqliteStore(file: string): DeviceStore {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: 0 });
    prepare(database);
    return new SqliteStore(file, database);
  } catch (error) {
    database?.close();
    throw storeErrorOf(error);
  }
}

function prepare(database: Database.Database): void {
  // An exclusive lock, taken with the first write below and kept: a second process gets SQLITE_BUSY at once.
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > SCHEMA) throw new StoreError('newer-schema', 'This folder was used by a newer Blockwire. Update this one to go on; nothing was changed.');
  database.transaction(() => {
    for (const table of TABLES) database.exec(`CREATE TABLE IF NOT EXISTS "${table}" (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID`);
    database.pragma(`user_version = ${SCHEMA}`);
  })();
}

class SqliteStore implements DeviceStore {
  readonly description: string;
  private readonly statements: ReadonlyMap<Table, Statements>;
  private synchronous: 'NORMAL' | 'FULL' | null = null;
  private readonly all: Database.Transaction<(writes: readonly StoreWrite[]) => void>;

  constructor(
    file: string,
    private readonly database: Database.Database,
  ) {
    this.description = `SQLite ${file}`;
    this.statements = new Map(
      TABLES.map((table) => [
        table,
        {
          read: database.prepare<[string]>(`SELECT value FROM "${table}" WHERE key = ?`),
          scan: database.prepare<[string, string]>(`SELECT key, value FROM "${table}" WHERE key >= ? AND key < ? ORDER BY key`),
          put: database.prepare<[string, Uint8Array]>(`INSERT INTO "${table}" (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`),
          remove: database.prepare<[string]>(`DELETE FROM "${table}" WHERE key = ?`),
        },
      ]),
    );
    this.all = database.transaction((writes: readonly StoreWrite[]) => {
      for (const { table, key, value } of writes) {
        const { put, remove } = this.of(table);
        if (value === null) remove.run(key);
        else put.run(key, value);
      }
    });
  }

  async read(table: Table, key: string): Promise<Uint8Array | undefined> {
    return this.guarded(() => {
      const row = this.of(table).read.get(key) as { value: Buffer } | undefined;
      return row && plain(row.value);
    });
  }

  async scan(table: Table, prefix: string): Promise<StoreRow[]> {
    return this.guarded(() => {
      // SQLite compares UTF-8 bytes; keys in use are ASCII, for which that is the order of UTF-16 code units.
      const rows = this.of(table).scan.all(prefix, `${prefix}\u{10ffff}`) as { key: string; value: Buffer }[];
      return rows.map(({ key, value }) => ({ key, value: plain(value) })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    });
  }

  async write(writes: readonly StoreWrite[], durability: Durability): Promise<void> {
    if (writes.length === 0) return;
    this.guarded(() => {
      this.synchronise(durability === 'strict' ? 'FULL' : 'NORMAL');
      this.all(writes);
    });
  }

  async close(): Promise<void> {
    if (this.database.open) this.database.close();
  }

  /** In WAL mode NORMAL leaves the last commits to the system's cache; a FULL commit syncs the log with all before it. */
  private synchronise(mode: 'NORMAL' | 'FULL'): void {
    if (this.synchronous === mode) return;
    this.database.pragma(`synchronous = ${mode}`);
    this.synchronous = mode;
  }

  private of(table: Table): Statements {
    const statements = this.statements.get(table);
    if (statements === undefined) throw new StoreError('failed', `There is no table ${table}.`);
    return statements;
  }

  private guarded<Result>(run: () => Result): Result {
    if (!this.database.open) throw new StoreError('closed', 'The local store of Blockwire is closed.');
    try {
      return run();
    } catch (error) {
      throw storeErrorOf(error);
    }
  }
}

function plain(value: Buffer): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  // Not by class: the native part knows that of the first copy of the module in a process only.
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StoreError('in-use', 'Another Blockwire process has this folder open. Stop one of the two; nothing was changed.');
  }
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR_WRITE')) {
    return new StoreError('full', 'The disk has no room left for Blockwire. Free some space; your notes are untouched.');
  }
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return new StoreError('corrupt', 'The local store of Blockwire is damaged. The text in your notes is not touched.');
  }
  return new StoreError('failed', `The local store of Blockwire failed (${error instanceof Error ? error.message : String(error)}).`);
}
