/** The relay's error codes as reasons for a closed connection, in words for people. */
import { ERROR_MEANINGS, type ErrorCode } from '../protocol';
import type { CloseReason } from './ports';

/** `retry` is false only where nothing but a person can help. */
export function refusalOf(code: ErrorCode): CloseReason {
  const { retry, sentence, hint } = ERROR_MEANINGS[code];
  return { code, message: `${sentence} ${hint}`.trim(), retry: retry !== 'no' };
}
