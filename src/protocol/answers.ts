/** What a relay answers to the requests of `requests.ts`. PROTOCOL.md [P26]-[P27]. */
import { ERROR_CODES, ProtocolError, type ErrorCode } from './errors';
import { JsonObject } from './json-object';

export const TOKEN_BYTES = 32;

/** 200 to found and join. */
export interface Accepted {
  /** Relay's clock, milliseconds since the epoch. */
  readonly now: number;
}
/** 200 to session. */
export interface SessionAnswer {
  /** 32 random bytes as base64url. Never logged, never in a URL. */
  readonly token: string;
  /** Milliseconds until it ends unless it is used. */
  readonly expiresIn: number;
  readonly now: number;
}
/** Any other status, also to a WebSocket upgrade. */
export interface ErrorAnswer {
  readonly code: ErrorCode;
  /** For logs and the curious; devices make their own sentence from the code. */
  readonly message: string;
  /** With CLOCK_SKEW, what the device corrects its clock by. */
  readonly now: number;
}

/** The HTTP status that goes with a code. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_FRAME: 400,
  TOO_LARGE: 413,
  UNAUTHORIZED: 401,
  SESSION_EXPIRED: 401,
  UNKNOWN_SPACE: 404,
  BAD_TICKET: 403,
  BAD_SIGNATURE: 403,
  CLOCK_SKEW: 409,
  VERSION: 426,
  ORIGIN: 403,
  RATE_LIMITED: 429,
  SLOW_CONSUMER: 503,
  SPACE_FULL: 507,
  DISK_FULL: 507,
  SHUTTING_DOWN: 503,
  INTERNAL: 500,
  DATA_READ_ONLY: 503,
  DATA_CORRUPT: 503,
  DATA_GONE: 503,
  DISK_FAILED: 503,
  NOT_ADMITTED: 403,
};

/** @returns the JSON body */
export function encodeAnswer(answer: Accepted | SessionAnswer | ErrorAnswer): string {
  return JSON.stringify(answer);
}

/** @throws ProtocolError BAD_FRAME or TOO_LARGE */
export function decodeAccepted(body: string): Accepted {
  return { now: new JsonObject(body, ['now']).integer('now') };
}

/** @throws ProtocolError BAD_FRAME or TOO_LARGE */
export function decodeSessionAnswer(body: string): SessionAnswer {
  const object = new JsonObject(body, ['token', 'expiresIn', 'now']);
  return { token: object.encoded('token', TOKEN_BYTES), expiresIn: object.integer('expiresIn'), now: object.integer('now') };
}

/**
 * @throws ProtocolError when it is not the answer of a Blockwire relay (a proxy's error page, a captive portal), which the caller
 *   should then call by its HTTP status
 */
export function decodeErrorAnswer(body: string): ErrorAnswer {
  const object = new JsonObject(body, ['code', 'message', 'now']);
  const code = object.string('code');
  if (!isErrorCode(code)) throw new ProtocolError('BAD_FRAME', 'An error code that is not in the list.');
  return { code, message: object.string('message'), now: object.integer('now') };
}

function isErrorCode(code: string): code is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(code);
}
