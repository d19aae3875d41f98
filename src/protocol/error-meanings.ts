/**
 * What each code means for the device that gets it: whether trying again can help, and the sentence for its user.
 * PROTOCOL.md [P40] repeats this table, and a test holds the two together.
 */
import { ERROR_CODES, type ErrorCode } from './errors';

export interface ErrorMeaning {
  /**
   * `yes`: the same again, later, by itself. `session`: after a fresh session. `correct`: after a correction the device makes by itself
   * (its clock; smaller parts). `no`: not before someone does something.
   */
  readonly retry: 'yes' | 'session' | 'correct' | 'no';
  /** What happened. */
  readonly sentence: string;
  /** What is safe, and what to do; '' where there is nothing to do. */
  readonly hint: string;
}

const SAFE = 'Your notes are untouched and your edits are kept on this device.';

export const ERROR_MEANINGS: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  BAD_FRAME: {
    retry: 'no',
    sentence: 'The relay did not understand this device.',
    hint: `${SAFE} Update Blockwire here and on the relay; if it stays, report it.`,
  },
  TOO_LARGE: {
    retry: 'correct',
    sentence: 'Something was too large to send in one piece.',
    hint: `${SAFE} If it stays, a block is too large: split it.`,
  },
  UNAUTHORIZED: {
    retry: 'no',
    sentence: 'The relay does not know this device.',
    hint: `${SAFE} Add this device again from one that works.`,
  },
  SESSION_EXPIRED: { retry: 'session', sentence: 'The session with the relay ended.', hint: 'Blockwire asks for a new one by itself.' },
  UNKNOWN_SPACE: {
    retry: 'no',
    sentence: 'The relay does not know this space.',
    hint: `${SAFE} Check that the relay runs with its old data, or set it up anew with a set-up link.`,
  },
  BAD_TICKET: {
    retry: 'no',
    sentence: 'This set-up link was used already, or belongs to another relay.',
    hint: 'Copy the link that the relay shows now.',
  },
  BAD_SIGNATURE: {
    retry: 'no',
    sentence: 'The relay could not confirm that this request came from this device.',
    hint: `${SAFE} Add this device again from one that works.`,
  },
  CLOCK_SKEW: {
    retry: 'correct',
    sentence: "This device's clock differs from the relay's by more than five minutes.",
    hint: 'Blockwire allows for it by itself; setting the clock right is still a good idea.',
  },
  VERSION: {
    retry: 'no',
    sentence: 'The relay and this device speak different versions.',
    hint: `${SAFE} Update Blockwire here and on the relay.`,
  },
  ORIGIN: {
    retry: 'no',
    sentence: 'The relay does not accept connections from this app or page.',
    hint: `${SAFE} Allow its origin in the relay's settings.`,
  },
  RATE_LIMITED: { retry: 'yes', sentence: 'This device asked the relay too often.', hint: 'Blockwire waits and tries again by itself.' },
  SLOW_CONSUMER: { retry: 'yes', sentence: 'This device could not keep up with what the relay sent.', hint: 'Blockwire reconnects and catches up by itself.' },
  SPACE_FULL: {
    retry: 'no',
    sentence: 'This space has used up its room on the relay.',
    hint: `${SAFE} Make more room on the relay, or stop syncing large blocks.`,
  },
  DISK_FULL: {
    retry: 'yes',
    sentence: "The relay's disk is full.",
    hint: `${SAFE} Free some room on the relay's disk; Blockwire goes on by itself.`,
  },
  SHUTTING_DOWN: { retry: 'yes', sentence: 'The relay is restarting.', hint: 'Blockwire reconnects by itself.' },
  INTERNAL: {
    retry: 'yes',
    sentence: 'The relay ran into an error of its own.',
    hint: `${SAFE} Blockwire tries again by itself; the relay's log says more.`,
  },
  DATA_READ_ONLY: { retry: 'yes', sentence: 'The relay may not write its data.', hint: `${SAFE} Let it write there, and start it again.` },
  DATA_CORRUPT: { retry: 'yes', sentence: "The relay's data is damaged.", hint: `${SAFE} Restore a backup of the relay; its log says how.` },
  DATA_GONE: { retry: 'yes', sentence: "The relay's data was taken away while it ran.", hint: `${SAFE} Put it back; the relay's log says how.` },
  DISK_FAILED: { retry: 'yes', sentence: "The relay's disk failed.", hint: `${SAFE} Check that disk, and start the relay again.` },
  NOT_ADMITTED: { retry: 'no', sentence: "The relay's owner does not let this device in at the moment.", hint: `${SAFE} Ask whoever runs the relay; Blockwire tries again every quarter of an hour.` },
};

/** WebSocket close codes for errors: this plus the code's place in ERROR_CODES. */
const CLOSE_BASE = 4000;

/** @returns the WebSocket close code that a relay uses for an error, 4000 and up */
export function closeCodeOf(code: ErrorCode): number {
  return CLOSE_BASE + ERROR_CODES.indexOf(code);
}

/** @returns the error of a WebSocket close code, or null where it is none of Blockwire's (1001, 1006, ...) */
export function errorOfCloseCode(closeCode: number): ErrorCode | null {
  return ERROR_CODES[closeCode - CLOSE_BASE] ?? null;
}
