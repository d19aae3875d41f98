/** One relay's SQLite file: opened by one process at a time, checked for durability, with a schema version and a disk reserve. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LogError } from '../log';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema';

export interface DatabaseOptions {
  /** Path of the file, made with its directories if missing; ':memory:' is for tests of queries only. */
  readonly file: string;
  /** Bytes kept free for removal and pruning once the disk is full. */
  readonly reserveBytes?: number;
  /** Free bytes on the disk of `file`; asked at most once a second. */
  readonly freeBytes?: () => number;
  readonly now?: () => number;
}

const DEFAULT_RESERVE = 16 * 1024 * 1024;
const ASK_EVERY = 1_000;

export class RelayDatabase {
  readonly connection: Sqlite.Database;
  readonly description: string;
  /** Ends a transaction that the log has open, so that another can begin. */
  beforeTransaction: (() => void) | null = null;
  private readonly reserveFile: string;
  private readonly reserveBytes: number;
  private readonly freeBytes: () => number;
  private readonly now: () => number;
  private askedAt = -Infinity;
  private full = false;

  /** @throws LogError in-use, newer-schema, not-durable, corrupt or failed, in words for people */
  constructor(options: DatabaseOptions) {
    const { file } = options;
    this.reserveFile = `${file}.reserve`;
    this.reserveBytes = options.reserveBytes ?? DEFAULT_RESERVE;
    this.freeBytes = options.freeBytes ?? (() => freeOn(dirname(file)));
    this.now = options.now ?? Date.now;
    try {
      if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.connection = new Sqlite(file, { timeout: 0 });
    } catch (error) {
      throw new LogError('failed', `The relay's database ${file} can't be opened: ${text(error)}.`, { cause: error });
    }
    try {
      this.prepare(file);
    } catch (error) {
      this.connection.close();
      throw asLogError(error, file);
    }
    const version = this.connection.prepare('SELECT sqlite_version()').pluck().get() as string;
    this.description = `SQLite ${version}, ${file}`;
    this.checkSpace();
  }

  /** Whether the disk has room for new entries. When it has not, the reserve is given up so that pruning can still write. */
  hasRoom(): boolean {
    if (this.now() - this.askedAt >= ASK_EVERY) this.checkSpace();
    return !this.full;
  }

  /** Runs `work` in one transaction that is on the disk when this returns. */
  transact(work: () => void): void {
    this.beforeTransaction?.();
    this.connection.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.connection.exec('COMMIT');
    } catch (error) {
      if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (this.connection.open) this.connection.close();
  }

  private prepare(file: string): void {
    const { connection } = this;
    // Held until close or death: the kernel frees the lock of a killed process, so no stale lock file can stop a restart.
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('wal_autocheckpoint = 2000');
    connection.pragma('foreign_keys = OFF');
    const application = connection.pragma('application_id', { simple: true }) as number;
    const version = connection.pragma('user_version', { simple: true }) as number;
    if (application !== 0 && application !== APPLICATION_ID) {
      throw new LogError('corrupt', `${file} is not a Blockwire relay's database. Choose another --data directory.`);
    }
    if (version > SCHEMA_VERSION) {
      throw new LogError(
        'newer-schema',
        `${file} was written by a newer Blockwire (schema ${version}, this one knows ${SCHEMA_VERSION}). Nothing was changed. Update Blockwire and start again.`,
      );
    }
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
      throw new LogError(
        'not-durable',
        `SQLite doesn't write ${file} durably (synchronous ${synchronous}, journal ${journal}). Put --data on a local disk and start again.`,
      );
    }
  }

  private checkSpace(): void {
    this.askedAt = this.now();
    const free = this.freeBytes();
    const held = existsSync(this.reserveFile);
    if (free < this.reserveBytes / 4) {
      this.full = true;
      if (held) rmSync(this.reserveFile, { force: true });
    } else if (held || free > 2 * this.reserveBytes) {
      this.full = false;
      if (!held && !this.connection.memory) this.fillReserve();
    }
  }

  /** Real bytes, not a sparse file: only those are ours when others fill the disk. */
  private fillReserve(): void {
    const zeros = Buffer.alloc(64 * 1024);
    try {
      const file = openSync(this.reserveFile, 'w', 0o600);
      try {
        for (let written = 0; written < this.reserveBytes; written += zeros.length) writeSync(file, zeros);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      rmSync(this.reserveFile, { force: true });
    }
  }
}

function freeOn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory === '' ? '.' : directory);
  return bavail * bsize;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function asLogError(error: unknown, file: string): LogError {
  if (error instanceof LogError) return error;
  // Not by class: the native module knows one class of errors a process, whichever copy of its wrapper was loaded first.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new LogError('in-use', `Another relay is using ${file}. Stop that one, or start this one with another --data directory.`, { cause: error });
  }
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return new LogError(
      'corrupt',
      `${file} is damaged (${text(error)}). It was left as it is. Move it away and restore a backup, or start with an empty --data directory: devices that hold the blocks post them again.`,
      { cause: error },
    );
  }
  return new LogError('failed', `The relay's database ${file} can't be used: ${text(error)}.`, { cause: error });
}
