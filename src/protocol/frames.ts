/**
 * Every message that crosses a Blockwire socket, in one union. The byte form is in `codec.ts`, the rules in PROTOCOL.md.
 *
 * All byte strings are opaque to this folder. Sequence numbers and counters are safe integers (< 2^53).
 */
import type { Alias, DeviceId, Digest } from './ids';
import type { ErrorCode } from './errors';
import type { FileAnswer, FileRequest } from './file-frames';

/** `live` carries keystrokes, `bulk` snapshots and large values; counters run per (device, lane), so bulk never makes a keystroke wait. */
export type Lane = 'live' | 'bulk';

/** A place in a space's log: the last sequence that was read without a gap, and the digest of the entry there. */
export interface Cursor {
  readonly sequence: number;
  readonly digest: Digest;
}

/** An entry as the relay stores it. `bytes` is the sealed entry, see entry.ts. */
export interface StoredEntry {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** The relay's last counter of one lane of one device, and the digest of the entry that carried it. Counter 0 = none yet. */
export interface LaneHead {
  readonly lane: Lane;
  readonly counter: number;
  readonly digest: Digest;
}

/**
 * What became of an appended entry.
 * `duplicate`: the same bytes were there already, under `sequence`. `conflict`: another entry holds this counter (a cloned
 * device). `gap`: an earlier counter is missing; `expected` is the one to send next.
 */
export type AppendResult =
  | { readonly status: 'stored' | 'duplicate'; readonly lane: Lane; readonly counter: number; readonly sequence: number }
  | { readonly status: 'conflict'; readonly lane: Lane; readonly counter: number }
  | { readonly status: 'gap'; readonly lane: Lane; readonly counter: number; readonly expected: number };

/** From a device to the relay. `open` comes first and once, or `files` does where a connection is for files alone. */
export type ClientFrame =
  /** Cursors newest first (at most 8): the current one and older check points. Empty: a device that has read nothing. */
  | { readonly type: 'open'; readonly cursors: readonly Cursor[]; readonly visible: boolean }
  | { readonly type: 'append'; readonly entries: readonly Uint8Array[] }
  /**
   * Asks for log entries with a sequence above `after`, ascending, as pages. `compact`: leave out what the newest snapshot of
   * its document covers. `aliases`: only these documents (at most 64), else all.
   */
  | { readonly type: 'read'; readonly request: number; readonly after: number; readonly compact: boolean; readonly aliases: readonly Alias[] | null }
  /** Asks to be the one that posts the next snapshot of a document. */
  | { readonly type: 'lease'; readonly alias: Alias }
  /** This device opened the snapshot at `sequence` and found it equal to its own state: the relay may drop what it covers. */
  | { readonly type: 'confirm'; readonly alias: Alias; readonly sequence: number }
  /** Sealed presence, passed on and never stored. */
  | { readonly type: 'presence'; readonly bytes: Uint8Array }
  /** Whether a person can see this device now; decides how eagerly the others send. */
  | { readonly type: 'visible'; readonly visible: boolean }
  | FileRequest;

/** From the relay to a device. `welcome` answers `open` and comes first. */
export type RelayFrame =
  | {
      readonly type: 'welcome';
      /** Highest sequence in the log, 0 if it is empty. */
      readonly head: number;
      /** The sequence of the first of the offered cursors that the log holds with the same digest; 0 if none. */
      readonly match: number;
      /** What the relay has of this device, per lane; both lanes always named. */
      readonly lanes: readonly LaneHead[];
      readonly peers: Peers;
    }
  | { readonly type: 'appended'; readonly results: readonly AppendResult[] }
  /** New entries of other devices, in log order. */
  | { readonly type: 'entries'; readonly entries: readonly StoredEntry[] }
  /** Part of the answer to `read`. `through`: all asked-for entries up to this sequence have now been sent. `done`: the last page. */
  | { readonly type: 'page'; readonly request: number; readonly entries: readonly StoredEntry[]; readonly through: Cursor | null; readonly done: boolean }
  | { readonly type: 'leased'; readonly alias: Alias; readonly granted: boolean }
  | { readonly type: 'presence'; readonly device: DeviceId; readonly bytes: Uint8Array }
  | { readonly type: 'peers'; readonly peers: Peers }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string }
  | FileAnswer;

/** The other devices of the space that are connected now (this one not counted). */
export interface Peers {
  readonly connected: readonly DeviceId[];
  readonly visible: readonly DeviceId[];
}

export type Frame = ClientFrame | RelayFrame;
