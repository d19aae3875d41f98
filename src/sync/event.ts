/** What can happen to the engine, and what it can ask for. Times are in the events, so that a step needs no clock. */
import type { Alias, ClientFrame, Cursor, Digest, EntryHeader, RelayFrame, StoredEntry } from '../protocol';
import type { CloseReason, StoreWrite } from './ports';
import type { LocalRows } from './rows';

/** What opening and applying a run of log entries did to one document. */
export interface Touched {
  readonly alias: Alias;
  readonly sequence: number;
  readonly updates: number;
  /** A whole snapshot was among them. */
  readonly snapshot: boolean;
  /** Sequences of entries set aside. */
  readonly aside: readonly number[];
  /** Sequences of entries that could be opened after all. */
  readonly recovered: readonly number[];
  /** Bodies in parts that began, at the sequence of their first part, or were completed (0), by where they come from. In order. */
  readonly bodies: readonly { readonly source: string; readonly sequence: number }[];
  /** Digest of the last entry, if it was this device's own. */
  readonly own: Digest | null;
  /** Updates in this device's own entries: they are on the relay, whatever the store says. */
  readonly returned: readonly Uint8Array[];
}

/** An entry of another device as it was read. */
export interface ReadMark {
  /** Device and lane. */
  readonly source: string;
  readonly counter: number;
  readonly sequence: number;
  /** False: its header was not proven, because it could not be opened. */
  readonly isOpen: boolean;
  /** Of the last part of a snapshot; else 0. */
  readonly covers: number;
}

/** Why a run of entries was ingested: what follows when it is durable. */
export type IngestPurpose = 'live' | 'wanted' | 'rest' | 'finish' | 'aside';

export type Event =
  | { readonly type: 'loaded'; readonly now: number; readonly local: LocalRows }
  | { readonly type: 'queued'; readonly now: number; readonly alias: Alias; readonly update: Uint8Array; readonly digest: string; readonly writes: readonly StoreWrite[] }
  | { readonly type: 'gather'; readonly now: number }
  | { readonly type: 'sealed'; readonly now: number; readonly bytes: Uint8Array; readonly digest: Digest }
  | { readonly type: 'sealFailed'; readonly now: number; readonly message: string }
  /** Outbox rows are durable. */
  | { readonly type: 'stored'; readonly now: number; readonly lane: 'live' | 'bulk'; readonly counter: number }
  | { readonly type: 'opened'; readonly now: number; readonly way?: string | undefined }
  | { readonly type: 'closed'; readonly now: number; readonly reason: CloseReason; readonly unit: number }
  | { readonly type: 'frame'; readonly now: number; readonly frame: Exclude<RelayFrame, { type: 'presence' }> }
  | { readonly type: 'wanted'; readonly now: number; readonly aliases: readonly Alias[] }
  /** Entries were opened and applied in memory; `writes` make that durable. */
  | { readonly type: 'ingested'; readonly now: number; readonly touched: readonly Touched[]; readonly marks: readonly ReadMark[]; readonly cursor: Cursor | null; readonly writes: readonly StoreWrite[]; readonly purpose: IngestPurpose }
  | { readonly type: 'applied'; readonly now: number; readonly purpose: IngestPurpose }
  | { readonly type: 'snapshotReady'; readonly now: number; readonly alias: Alias; readonly covers: number; readonly state: { readonly update: Uint8Array; readonly digest: string } | null }
  | { readonly type: 'matched'; readonly now: number; readonly alias: Alias; readonly sequence: number }
  | { readonly type: 'timer'; readonly now: number; readonly name: TimerName; readonly unit: number }
  | Told<'online'>
  | Told<'offline'>
  | Told<'visible'>
  | Told<'hidden'>
  | Told<'pause'>
  | Told<'resume'>
  | Told<'stop'>;

/** Something that the platform or the user says. */
interface Told<T extends string> {
  readonly type: T;
  readonly now: number;
}

export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/** `retry`: connect again. `handshake`: the relay took too long. `gather`: a window ends. `watch`: is the connection still there? `full`: has the relay room again? `rest`: leave, being hidden. */
export type TimerName = 'retry' | 'handshake' | 'gather' | 'watch' | 'full' | 'rest';

export type Effect =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  | { readonly type: 'send'; readonly frame: ClientFrame }
  /** Replaces the timer of that name; null cancels it. Milliseconds from now. */
  | { readonly type: 'timer'; readonly name: TimerName; readonly after: number | null }
  /** `soon`: at once, else with the next batch or flush. Batches keep the order of these effects. */
  | { readonly type: 'write'; readonly writes: readonly StoreWrite[]; readonly soon: boolean; readonly then: Event | null }
  | { readonly type: 'flush' }
  /** Ask for a `gather` event once what is happening now has ended. */
  | { readonly type: 'gatherSoon' }
  | { readonly type: 'seal'; readonly header: EntryHeader; readonly body: Uint8Array }
  /** Open and apply, in order. `cursor`: where the log has been read to after them; 'last' = at the last of them. */
  | { readonly type: 'ingest'; readonly entries: readonly StoredEntry[]; readonly cursor: Cursor | 'last' | null; readonly purpose: IngestPurpose; readonly confirm: boolean }
  | { readonly type: 'askWanted' }
  | { readonly type: 'makeSnapshot'; readonly alias: Alias }
  /** Compare our own snapshot, as the relay has it, and what followed it with what is here; `matched` if it is the same. */
  | { readonly type: 'vouch'; readonly alias: Alias; readonly sequence: number; readonly covers: number; readonly entries: readonly StoredEntry[] }
  /** Counters of another device's lane that the relay did not show, before the entry at `sequence`. */
  | { readonly type: 'withheld'; readonly source: string; readonly from: number; readonly to: number; readonly sequence: number }
  | { readonly type: 'linked' }
  | { readonly type: 'cloned' };
