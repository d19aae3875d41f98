/** What a device is told of an error: a code, and words that name nothing. */
import { ERROR_MEANINGS, ProtocolError, type ErrorCode } from '../protocol';
import { codeOf, LogError } from './log-error';

/** Too many want in at once: this device is to come again. */
export class Busy extends ProtocolError {
  /** @param after seconds */
  constructor(readonly after: number) {
    super('SHUTTING_DOWN', 'Too many devices come back at once.');
  }
}

/** @returns what is said, and `headers` of an answer that says it by HTTP */
export function refusalFor(error: unknown): { readonly code: ErrorCode; readonly message: string; readonly headers?: { readonly 'Retry-After': string } } {
  if (error instanceof Busy) return { code: error.code, message: error.message, headers: { 'Retry-After': String(error.after) } };
  if (error instanceof ProtocolError) return { code: error.code, message: error.message };
  // The words of a LogError may name files.
  const code = error instanceof LogError ? codeOf(error.reason) : 'INTERNAL';
  return { code, message: ERROR_MEANINGS[code].sentence };
}
