/** One relay's SQLite file: opened by one process at a time, checked for durability and damage, with a schema version and a disk reserve. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LogError } from '../log-error';
import { OpenFile } from './open-file';
import { Reserve } from './reserve';
import { APPLICATION_ID, LOG_TABLES, SCHEMA, SCHEMA_VERSION } from './schema';
import { asLogError, damaged, goneFrom, isOfDisk, isWritable, readOnly, wordsOf } from './sqlite-error';

export interface DatabaseOptions {
  /** Path of the file, made with its directories if missing; ':memory:' is for tests of queries only. */
  readonly file: string;
  /** Bytes kept free for removal and pruning once the disk is full. */
  readonly reserveBytes?: number;
  /** Free bytes on the disk of `file`; asked at most once a second. */
  readonly freeBytes?: () => number;
  readonly now?: () => number;
  /** Bytes up to which the file is checked whole for damaged pages; a larger one in its small tables only. */
  readonly checkedWhole?: number;
}

const DEFAULT_RESERVE = 16 * 1024 * 1024;
const LOOK_EVERY = 1_000;
/** A third of a second from memory, three from a card. */
const CHECKED_WHOLE = 128 * 1024 * 1024;

export class RelayDatabase {
  readonly connection: Sqlite.Database;
  readonly description: string;
  private readonly file: string;
  /** Ends a transaction that the log has open, so that another can begin. */
  beforeTransaction: (() => void) | null = null;
  /** Writes what waits, before the file is closed. */
  beforeClose: (() => void) | null = null;
  /** Hears once of the fault after which nothing is taken any more. */
  onFailure: ((error: LogError) => void) | null = null;
  private readonly reserve: Reserve;
  private readonly now: () => number;
  /** Null for a database in memory. */
  private openFile: OpenFile | null = null;
  private lookedAt = -Infinity;
  private failure: LogError | null = null;

  /** @throws LogError in-use, newer-schema, not-durable, foreign, read-only, corrupt, disk-full or failed */
  constructor(options: DatabaseOptions) {
    const { file } = options;
    this.file = file;
    this.now = options.now ?? Date.now;
    this.reserve = new Reserve(`${file}.reserve`, { bytes: options.reserveBytes ?? DEFAULT_RESERVE, freeBytes: options.freeBytes });
    try {
      if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // On a full disk only what was held back lets it be opened.
      this.reserve.look(false);
      this.connection = new Sqlite(file, { timeout: 0 });
    } catch (error) {
      throw asLogError(error, file);
    }
    try {
      this.prepare(options);
    } catch (error) {
      this.connection.close();
      throw asLogError(error, file);
    }
    const version = this.connection.prepare('SELECT sqlite_version()').pluck().get() as string;
    this.description = `SQLite ${version}, ${file}`;
    this.reserve.look(!this.connection.memory);
    if (!this.connection.memory) this.openFile = new OpenFile(file);
  }

  /** Bytes of its files now. */
  size(): number {
    return [this.file, `${this.file}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  /** Whether the disk has room for new entries. Looks after the file at most once a second; a fault is told to `onFailure`. */
  hasRoom(): boolean {
    if (this.failure === null && this.now() - this.lookedAt >= LOOK_EVERY) {
      this.lookedAt = this.now();
      try {
        this.guarded(() => this.look());
      } catch {
        // Told.
      }
    }
    return !this.reserve.isFull;
  }

  /** Whether it has room for what is large and can wait, too: so that files never use up what entries need. */
  hasPlentyOfRoom(): boolean {
    return this.hasRoom() && this.reserve.hasPlenty;
  }

  /**
   * Runs what writes. After any error nothing is taken any more: what the disk holds is known only to a process that opens it anew.
   * @throws LogError
   */
  guarded<T>(work: () => T): T {
    if (this.failure !== null) throw this.failure;
    try {
      return work();
    } catch (error) {
      throw this.fail(asLogError(error, this.file));
    }
  }

  /** Runs what only reads. An error of the disk is treated as `guarded` does, any other is passed on. */
  reading<T>(work: () => T): T {
    if (this.failure !== null) throw this.failure;
    try {
      return work();
    } catch (error) {
      if (!isOfDisk(error)) throw error;
      throw this.fail(asLogError(error, this.file));
    }
  }

  /** Runs `work` in one transaction that is on the disk when this returns. @throws LogError, as `guarded` */
  transact(work: () => void): void {
    this.beforeTransaction?.();
    this.guarded(() => {
      this.connection.exec('BEGIN IMMEDIATE');
      work();
      this.connection.exec('COMMIT');
      this.assertInPlace();
    });
  }

  /** What was just written may be acknowledged only if it will be found again. @throws LogError gone */
  assertInPlace(): void {
    if (this.openFile !== null && !this.openFile.isInPlace()) throw goneFrom(this.file);
  }

  close(): void {
    if (!this.connection.open) return;
    this.beforeClose?.();
    this.connection.close();
  }

  private look(): void {
    this.assertInPlace();
    if (this.openFile !== null && !isWritable(this.file)) throw readOnly(this.file, 'its permissions, or a disk for reading only');
    this.reserve.look(this.openFile !== null);
  }

  private fail(error: LogError): LogError {
    if (this.failure !== null) return this.failure;
    this.failure = error;
    try {
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
    } catch {
      // What the failed transaction leaves behind, the next process rolls back.
    }
    this.onFailure?.(error);
    return error;
  }

  private prepare(options: DatabaseOptions): void {
    const { connection, file } = this;
    // Held until close or death: the kernel frees the lock of a killed process, so no stale lock file can stop a restart.
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('wal_autocheckpoint = 2000');
    connection.pragma('foreign_keys = OFF');
    const application = connection.pragma('application_id', { simple: true }) as number;
    const version = connection.pragma('user_version', { simple: true }) as number;
    if (application !== 0 && application !== APPLICATION_ID) throw new LogError('foreign', `${file} is not a Blockwire relay's database.`);
    if (version > SCHEMA_VERSION) throw new LogError('newer-schema', `${file} was written by a newer Blockwire (schema ${version}, this one knows ${SCHEMA_VERSION}).`);
    if (file !== ':memory:') this.checkPages(file, options.checkedWhole ?? CHECKED_WHOLE);
    this.transact(() => {
      connection.exec(SCHEMA);
      connection.pragma(`application_id = ${APPLICATION_ID}`);
      connection.pragma(`user_version = ${SCHEMA_VERSION}`);
      connection.prepare("INSERT INTO meta (key, value) VALUES ('started', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value").run(String(this.now()));
    });
    // SQLite may fall back to NORMAL with the first write in WAL mode, and NORMAL acknowledges what a power cut takes back.
    const synchronous = connection.pragma('synchronous', { simple: true }) as number;
    const journal = connection.pragma('journal_mode', { simple: true }) as string;
    if (synchronous !== 2 || (journal !== 'wal' && file !== ':memory:')) {
      throw new LogError('not-durable', `SQLite doesn't write ${file} durably (synchronous ${synchronous}, journal ${journal}).`);
    }
  }

  /**
   * Looks for damaged pages before anything is written. A large file would hold the start up, so of that only the small tables are checked, which every
   * answer needs; a damaged page of its entries is found when it is read.
   */
  private checkPages(file: string, most: number): void {
    const isWhole = statSync(file).size <= most;
    const tables = this.connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
    const checks = isWhole ? ['quick_check(1)'] : tables.filter((name) => !LOG_TABLES.includes(name)).map((name) => `quick_check('${name.replace(/'/g, "''")}')`);
    for (const check of checks) {
      const verdict = this.connection.pragma(check, { simple: true });
      if (verdict !== 'ok') throw damaged(file, typeof verdict === 'string' ? verdict.replace(/\s+/g, ' ').slice(0, 200) : wordsOf(verdict));
    }
  }
}
