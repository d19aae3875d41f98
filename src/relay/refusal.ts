/** What a device is told of an error: a code, and words that name nothing. */
import { ERROR_MEANINGS, ProtocolError, type ErrorCode } from '../protocol';
import { codeOf, LogError } from './log-error';

export function refusalFor(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof ProtocolError) return { code: error.code, message: error.message };
  // The words of a LogError may name files.
  const code = error instanceof LogError ? codeOf(error.reason) : 'INTERNAL';
  return { code, message: ERROR_MEANINGS[code].sentence };
}
