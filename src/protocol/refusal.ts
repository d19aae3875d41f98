/** The relay's error codes as reasons for a closed connection, in words for people. */
import { ERROR_MEANINGS } from './error-meanings';
import type { ErrorCode } from './errors';

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** False only where nothing but a person can help. */
  readonly retry: boolean;
}

export function refusalOf(code: ErrorCode): Refusal {
  const { retry, sentence, hint } = ERROR_MEANINGS[code];
  return { code, message: `${sentence} ${hint}`.trim(), retry: retry !== 'no' };
}
