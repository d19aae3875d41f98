/** Errors of SQLite and of the system, about a relay's file, in words. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LogError } from '../log-error';

const IS_FORBIDDEN = /^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_PERM)/;
const IS_FULL = /^(ENOSPC|EDQUOT|SQLITE_FULL)/;

/** Not by class: the native module knows one class of errors a process, whichever copy of its wrapper was loaded first. */
export function codeOfError(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether SQLite or the system said it; other errors are mistakes in a program. */
export function isOfDisk(error: unknown): boolean {
  return /^SQLITE_|^E[A-Z]+$/.test(codeOfError(error));
}

/** @param file that was opened, read or written */
export function asLogError(error: unknown, file: string): LogError {
  if (error instanceof LogError) return error;
  const code = codeOfError(error);
  const cause = { cause: error };
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return new LogError('in-use', `Another relay is using ${file}.`, cause);
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) return damaged(file, wordsOf(error), cause);
  if (code === 'SQLITE_READONLY_DBMOVED') return goneFrom(file, cause);
  if (IS_FULL.test(code)) return new LogError('disk-full', `There is no room left for ${file} (${wordsOf(error)}).`, cause);
  if (isDirectory(file)) return new LogError('failed', `${file} is a directory.`, { ...cause, hint: 'It was left as it is. Move it away, or choose another directory with --data.' });
  // A write that fails because the disk is mounted for reading only is told by SQLite as any other failed write.
  if (IS_FORBIDDEN.test(code) || !isWritable(file)) return readOnly(file, wordsOf(error), cause);
  return new LogError('failed', `The relay's data ${file} can't be used: ${wordsOf(error)}.`, cause);
}

export function damaged(file: string, how: string, options: ErrorOptions = {}): LogError {
  return new LogError('corrupt', `${file} is damaged (${how}).`, options);
}

export function goneFrom(file: string, options: ErrorOptions = {}): LogError {
  const how = existsSync(file) ? 'replaced by another file' : 'deleted or moved away';
  return new LogError('gone', `${file}, or what stands beside it, was ${how} while the relay ran.`, options);
}

export function readOnly(file: string, how: string, options: ErrorOptions = {}): LogError {
  return new LogError('read-only', `The relay may not write to ${file} (${how}).`, options);
}

/** Whether this process may write to a file and to its directory, where SQLite keeps its log beside it. */
export function isWritable(file: string): boolean {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    accessSync(dirname(file), constants.W_OK);
    return true;
  } catch (error) {
    // What is not there is no question of permission.
    return codeOfError(error) === 'ENOENT';
  }
}

function isDirectory(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
