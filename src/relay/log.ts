/**
 * The relay's log as a port: one append-only sequence of sealed entries per space. Everything that the relay must not forget
 * about entries is behind it. Every engine runs `log.contract.ts`.
 */
import type { Alias, AppendResult, Cursor, DeviceId, Digest, LaneHead, RoutingHeader, SpaceId, StoredEntry } from '../protocol';

export { LogError, type LogFault } from './log-error';

export interface EntryLog {
  /** Named in log lines and benchmarks, e.g. "SQLite 3.53.2, /data/relay.db". */
  readonly description: string;
  /**
   * Takes entries of one device, in this order. Resolves once all that the results promise is on the disk; subscribers may
   * hear of the entries before that. The bytes are kept: the caller must not change them afterwards.
   * @throws LogError `space-full` or `disk-full`: nothing of it was stored
   */
  append(space: SpaceId, device: DeviceId, entries: readonly NewEntry[]): Promise<readonly AppendResult[]>;
  /** One page of entries, ascending. An unknown space reads as empty. */
  read(space: SpaceId, query: ReadQuery): Promise<LogPage>;
  /** What the log holds, durably, of a space and of one of its devices. */
  heads(space: SpaceId, device: DeviceId): Promise<LogHeads>;
  /** The sequence of the first of these cursors whose entry is, or was before pruning, in the log with the same digest; else 0. */
  match(space: SpaceId, cursors: readonly Cursor[]): Promise<number>;
  /** The newest complete snapshot of a document, or null. */
  snapshot(space: SpaceId, alias: Alias): Promise<Snapshot | null>;
  /**
   * Allows `prune` to drop what the snapshot at `sequence` covers; who may allow it is the caller's business.
   * @returns false when that is not the document's newest complete snapshot
   */
  confirm(space: SpaceId, alias: Alias, sequence: number): Promise<boolean>;
  /** Drops some of what confirmed snapshots cover, for a few milliseconds at most. Resolves to whether more is left. */
  prune(): Promise<boolean>;
  /** Calls back with new entries in log order, at most once an event-loop tick. The returned function ends it. */
  subscribe(space: SpaceId, listener: (batch: readonly LoggedEntry[]) => void): () => void;
  /** Bytes of sealed entries that a space holds now. */
  size(space: SpaceId): Promise<number>;
  /** Whether the disk has room for new entries now; without it, `append` rejects with disk-full. Looks after the data, too: a fault is told as one of a write is. */
  hasRoom(): boolean;
  /** Makes everything durable and closes. Safe to call twice. */
  close(): Promise<void>;
}

/** An entry on its way in; `header` is what `readEntryHeader(bytes)` gave. */
export interface NewEntry {
  readonly header: RoutingHeader;
  readonly bytes: Uint8Array;
}

export interface LoggedEntry extends StoredEntry {
  readonly device: DeviceId;
}

export interface ReadQuery {
  /** Only entries with a higher sequence. */
  readonly after: number;
  /** Leave out what the newest complete snapshot of each document covers. */
  readonly compact: boolean;
  /** Only these documents; null = all. */
  readonly aliases: readonly Alias[] | null;
  /** At most this many entries and, after the first, this many of their bytes. */
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export interface LogPage {
  readonly entries: readonly StoredEntry[];
  /** Every asked-for entry up to here has been given, on this page or before; null when the log has nothing above `after`. */
  readonly through: Cursor | null;
  readonly done: boolean;
}

export interface LogHeads {
  /** Highest sequence in the log, 0 if it is empty. */
  readonly head: number;
  /** Both lanes of the device, live first. */
  readonly lanes: readonly [LaneHead, LaneHead];
}

export interface Snapshot {
  /** Sequence of the first and of the last part. */
  readonly first: number;
  readonly sequence: number;
  readonly covers: number;
  readonly device: DeviceId;
  readonly confirmed: boolean;
}

export const NO_DIGEST = '0'.repeat(32) as Digest;

/** What a device's next append is judged by. */
export interface LaneState {
  counter: number;
  digest: Digest;
}

/**
 * Whether a document's newest complete snapshot makes a row of the log superfluous. Nothing above its `covers` is, an older snapshot neither:
 * a reader takes a counter that is missing there for one that was kept back.
 */
export function isCovered(row: { readonly sequence: number }, snapshot: { readonly first: number; readonly covers: number }): boolean {
  return row.sequence < snapshot.first && row.sequence <= snapshot.covers;
}
