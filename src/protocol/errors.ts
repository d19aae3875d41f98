/** The closed list of what a relay can answer. Texts for people are made from these by the device; see PROTOCOL.md. */
export const ERROR_CODES = [
  'BAD_FRAME',
  'TOO_LARGE',
  'UNAUTHORIZED',
  'SESSION_EXPIRED',
  'UNKNOWN_SPACE',
  'BAD_TICKET',
  'BAD_SIGNATURE',
  'CLOCK_SKEW',
  'VERSION',
  'ORIGIN',
  'RATE_LIMITED',
  'SLOW_CONSUMER',
  'SPACE_FULL',
  'DISK_FULL',
  'SHUTTING_DOWN',
  'INTERNAL',
  'DATA_READ_ONLY',
  'DATA_CORRUPT',
  'DATA_GONE',
  'DISK_FAILED',
  'NOT_ADMITTED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A frame, link, entry or request that breaks a rule of PROTOCOL.md. Thrown by every decoder of this folder, and nothing else is. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}
