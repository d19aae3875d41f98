/** Copies of a relay's file: made while it runs, checked, and put in the place of another. */
import { existsSync, fsyncSync, openSync, closeSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LogError } from '../log-error';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema';
import type { RelayDatabase } from './database';
import { asLogError, codeOfError, wordsOf } from './sqlite-error';

/** Pages copied at a time, 4 KiB each; between two slices the relay does its work. */
const SLICE = 256;
/**
 * Sequence numbers that a restored relay leaves out, at least: those that were given out after the backup are never given out again. No relay reaches so many
 * between two backups, and numbers are exact up to two million such steps.
 */
const LEFT_OUT = 2 ** 32;
/** Files that SQLite keeps beside a database. */
const BESIDE = ['-wal', '-shm'];

const UNCHANGED = "The relay's data is as it was.";
const NOTHING_CHANGED = 'Nothing was changed.';
const ANOTHER_BACKUP = `${NOTHING_CHANGED} Give another backup.`;

/** What is in a relay's file. */
export interface CopyFacts {
  readonly spaces: number;
  readonly entries: number;
  /** That blocks refer to, whole or in part. */
  readonly files: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Copies a relay's data as of one moment, while it is written to. What is committed during the copying is in the copy, too: on one connection SQLite
 * brings copied pages up to date. The copy appears under its name when it is whole, checked, and on the disk.
 * @param file must not exist
 * @throws LogError when the copy can't be written, or is damaged as the relay's data then is
 */
export async function backUp(database: RelayDatabase, file: string): Promise<CopyFacts> {
  const partial = `${file}.partial`;
  try {
    if (existsSync(file)) throw new LogError('failed', `${file} exists already.`, { hint: `${NOTHING_CHANGED} Give a name that is free.` });
    removeAll(partial);
    await database.connection.backup(partial, { progress: () => SLICE });
    const facts = settleCopy(partial);
    renameSync(partial, file);
    syncDirectory(file);
    return facts;
  } catch (error) {
    removeAll(partial);
    if (error instanceof LogError && error.reason === 'corrupt') throw new LogError('corrupt', `The relay's data is damaged, and so would its backup be.`, { cause: error });
    throw inWords(error, partial, `The backup could not be written to ${file}`, `${UNCHANGED} Name a place that this user may write to and that has room.`, `${UNCHANGED} Try again on another disk.`);
  }
}

/**
 * Copies what a relay has open, after its file was deleted or replaced under it, to beside the place where that was.
 * @param stamp ends the name of the copy
 * @returns path of the copy
 * @throws LogError when it can't be written
 */
export async function rescue(database: RelayDatabase, file: string, stamp: string): Promise<string> {
  const copy = `${file}.rescued-${stamp}`;
  // The directory may be gone, too. A failure to make it is told by the copying.
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => undefined);
  await backUp(database, copy);
  return copy;
}

/** @throws LogError unless a file is a whole relay's data that this version can read */
export function checkCopy(file: string): CopyFacts {
  let connection: Sqlite.Database;
  try {
    connection = new Sqlite(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw new LogError('failed', `${file} can't be opened: ${wordsOf(error)}.`, { cause: error, hint: `${NOTHING_CHANGED} Give the path of a file that "blockwire relay backup" wrote, and that this user may read.` });
  }
  try {
    return factsOf(connection, file);
  } catch (error) {
    throw error instanceof LogError ? error : new LogError('corrupt', `${file} is no whole backup of a relay (${wordsOf(error)}).`, { cause: error, hint: ANOTHER_BACKUP });
  } finally {
    connection.close();
  }
}

/**
 * Puts a backup in the place of a relay's data. What was there is kept beside it.
 * @param file `relay.db` of a relay that is not running
 * @param stamp ends the name under which the replaced file is kept
 * @returns where the replaced data is now; null if there was none
 * @throws LogError when the backup is damaged, or a relay is using the data; nothing is changed then
 */
export async function putInPlace(backup: string, file: string, stamp: string): Promise<{ readonly kept: string | null; readonly facts: CopyFacts }> {
  checkCopy(backup);
  const unlock = existsSync(file) ? lock(file) : null;
  const fresh = `${file}.restoring`;
  try {
    removeAll(fresh);
    const source = new Sqlite(backup, { readonly: true, fileMustExist: true });
    try {
      await source.backup(fresh);
    } finally {
      source.close();
    }
    leaveSequencesOut(fresh);
    const facts = settleCopy(fresh);
    const kept = unlock ? `${file}.replaced-${stamp}` : null;
    // The log beside the file was written into it when it was unlocked.
    unlock?.();
    if (kept !== null) renameSync(file, kept);
    removeAll(file);
    renameSync(fresh, file);
    syncDirectory(file);
    return { kept, facts };
  } catch (error) {
    removeAll(fresh);
    throw inWords(error, fresh, `The backup could not be put in the place of ${file}`, 'The data that was there is as it was. Let this user write to that directory, and see that it has room.', 'The data that was there is in that directory, under its own name or as "relay.db.replaced-…". Check the disk and try again.');
  }
}

function leaveSequencesOut(file: string): void {
  const connection = new Sqlite(file);
  try {
    connection.prepare('UPDATE spaces SET reserved = reserved + ?').run(LEFT_OUT);
  } finally {
    connection.close();
  }
}

/** Takes the lock that a running relay holds. @returns what gives it back, with all data in the one file */
function lock(file: string): () => void {
  const connection = new Sqlite(file, { timeout: 0 });
  try {
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.exec('BEGIN EXCLUSIVE; COMMIT');
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    connection.close();
    const code = codeOfError(error);
    // A damaged file is what a backup is put in the place of.
    if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) return () => undefined;
    if (!code.startsWith('SQLITE_BUSY')) throw asLogError(error, file);
    throw new LogError('in-use', `A relay is using ${file}.`, { cause: error, hint: `${NOTHING_CHANGED} Stop that relay first.` });
  }
  return () => connection.close();
}

/** Makes a copy one file without a log beside it, on the disk. */
function settleCopy(file: string): CopyFacts {
  const connection = new Sqlite(file);
  try {
    connection.pragma('journal_mode = DELETE');
    return factsOf(connection, file);
  } finally {
    connection.close();
    const handle = openSync(file, 'r+');
    fsyncSync(handle);
    closeSync(handle);
  }
}

function factsOf(connection: Sqlite.Database, file: string): CopyFacts {
  const number = (sql: string): number => connection.prepare(sql).pluck().get() as number;
  if (connection.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new LogError('foreign', `${file} is not a Blockwire relay's database.`, { hint: ANOTHER_BACKUP });
  const version = connection.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION) throw new LogError('newer-schema', `${file} was written by a newer Blockwire (schema ${version}, this one knows ${SCHEMA_VERSION}).`, { hint: `${NOTHING_CHANGED} Update Blockwire first.` });
  const verdict = connection.pragma('integrity_check(1)', { simple: true });
  if (verdict !== 'ok') throw new LogError('corrupt', `${file} is damaged (${String(verdict)}).`, { hint: ANOTHER_BACKUP });
  return {
    spaces: number('SELECT count(*) FROM spaces'),
    entries: number('SELECT count(*) FROM entries'),
    // A copy of before there were files has no table of them.
    files: number("SELECT count(*) FROM sqlite_schema WHERE name = 'files'") === 0 ? 0 : number('SELECT count(file) FROM files'),
    bytes: number('SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()'),
  };
}

function removeAll(file: string): void {
  for (const end of ['', ...BESIDE, '-journal']) rmSync(`${file}${end}`, { force: true });
}

function syncDirectory(file: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(dirname(file), 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** @param full what helps where there is no room or no permission, @param other where something else went wrong */
function inWords(error: unknown, file: string, what: string, full: string, other: string): LogError {
  if (error instanceof LogError) return error;
  const { reason } = asLogError(error, file);
  const isOfPlace = reason === 'disk-full' || reason === 'read-only' || /^SQLITE_CANTOPEN|directory does not exist/.test(`${codeOfError(error)} ${wordsOf(error)}`);
  return new LogError(reason === 'disk-full' || reason === 'read-only' ? reason : 'failed', `${what}: ${wordsOf(error)}.`, { cause: error, hint: isOfPlace ? full : other });
}
