/**
 * An error for whoever typed the command: what happened and what to do. The exit status is 2 when the command line is at fault, and 3 when
 * all went well but something waits for a decision.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    /** Upper case, stable, e.g. PORT_IN_USE. */
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly status: 1 | 2 | 3 = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The `code` of an error of Node or of the system, e.g. EADDRINUSE; '' if it has none. */
export function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
