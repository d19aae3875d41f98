/**
 * Everything the sync engine knows, apart from bytes on their way through ports. `step` owns a state that it is given: it changes
 * it in place and gives it back, because copying maps of thousands of documents at each keystroke would cost more than the step.
 */
import { newFlow, type Alias, type Cursor, type Digest, type EntryKind, type Flow, type Lane, type Peers, type StoredEntry } from '../protocol';
import type { SyncEngineOptions, SyncStatus } from './api';
import type { CursorLadder } from './cursor-ladder';
import type { AuthorLane } from './withheld';

export type Phase = SyncStatus['phase'];
export type Problem = NonNullable<SyncStatus['problem']>;

export const NO_DIGEST = '0'.repeat(32) as Digest;

/** A local update that is in no entry yet. `key` names its row in the table `pending`. */
export interface PendingUpdate {
  readonly key: string;
  readonly update: Uint8Array;
  readonly digest: string;
  readonly time: number;
}

export interface DocumentState {
  readonly alias: Alias;
  pending: PendingUpdate[];
  pendingBytes: number;
  /** Live entries sealed and not acknowledged: while there are several, more updates wait and go together. [S2] */
  inFlight: number;
  /** The same in the bulk lane (updates too large for the live one). */
  heavy: number;
  /** Digest of this device's previous entry of the document. */
  previous: Digest;
  /** Highest sequence of the document that this device has. */
  last: number;
  /** Entries since its newest snapshot, as far as this device has seen. */
  since: number;
  /** When its last entry was made or read here; 0 in an earlier run. */
  touchedAt: number;
  /** Its whole state must be posted, because the relay lost entries of it. */
  owed: boolean;
  /** Sequences of entries of it that could not be opened; while there are any it must not be summarised. */
  readonly aside: Set<number>;
  /** Bodies of others of which some parts have come, by device and lane: sequence of the first part, and when it came. */
  bodies: Map<string, OpenBody>;
  /** This device's own snapshot, if it is the newest known and nobody has confirmed it as far as is known here. */
  own: OwnSnapshot | null;
}

export interface OwnSnapshot {
  /** Of its last part. */
  readonly sequence: number;
  readonly covers: number;
  /** That posted it; 0 in an earlier run. */
  readonly connection: number;
}

export interface OpenBody {
  readonly sequence: number;
  readonly since: number;
}

export interface OutboxEntry {
  readonly lane: Lane;
  readonly counter: number;
  readonly alias: Alias;
  readonly kind: EntryKind;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** When the oldest update in it was made, and how many there are. */
  readonly time: number;
  readonly updates: number;
  durable: boolean;
  acknowledged: boolean;
  sentAt: number;
}

export interface LaneState {
  readonly lane: Lane;
  /** Of the newest sealed entry, and its digest. */
  counter: number;
  digest: Digest;
  /** Entries up to this counter are on the relay's disk. */
  acknowledged: number;
  /** Own entries up to this counter are in the documents here; less than `counter` only after a lost store tail. */
  known: number;
  /** Not acknowledged, and the newest acknowledged ones in case the relay loses them. By counter. */
  readonly entries: Map<number, OutboxEntry>;
  /** Entries in it that are not acknowledged. */
  open: number;
  /** The next to be sent over this connection. */
  next: number;
}

/** Bytes being cut into entries. Its parts have consecutive counters of one lane. */
export interface SealJob {
  readonly alias: Alias;
  readonly lane: Lane;
  readonly kind: EntryKind;
  readonly covers: number;
  readonly parts: readonly Uint8Array[];
  next: number;
  /** Pending updates that it holds; their rows go when its last part is in the outbox. */
  readonly pending: readonly PendingUpdate[];
  readonly time: number;
  readonly updates: number;
  readonly restates: boolean;
}

export interface CatchUp {
  /** Where reading started, and the head of the log then. */
  readonly from: number;
  readonly head: number;
  readonly compact: boolean;
  request: number;
  reading: 'nothing' | 'wanted' | 'rest' | 'finished';
  asked: readonly Alias[];
  rounds: number;
  /** Documents that are read up to this sequence: what is newer of them can be applied at once. */
  readonly caught: Map<Alias, number>;
  /** Live entries of documents that are not caught up. */
  held: StoredEntry[];
  heldBytes: number;
  /** Some were dropped: read on from the log instead. */
  overflowed: boolean;
}

export interface State {
  phase: Phase;
  /** Of the open connection, where its transport tells. */
  transport: string | null;
  problem: Problem | null;
  readonly identity: SyncEngineOptions['identity'];
  /** Leaves the relay while it is hidden: a phone. */
  readonly rests: boolean;
  /** As the relay was told. */
  visible: boolean;
  hidden: boolean;
  hiddenSince: number;
  /** Something on the way cuts a line on which nothing passes for a while. */
  isCutWhenIdle: boolean;
  paused: boolean;
  /** Rises with every connection; what comes from an older one is not heard. */
  connection: number;
  attempt: number;
  liveSince: number | null;
  /** Why the relay said it would close, told before the close. */
  announced: { readonly code: string; readonly message: string; readonly retry: boolean } | null;
  lastHeard: number;
  probing: boolean;
  peers: Peers;
  ladder: CursorLadder;
  readonly lanes: Readonly<Record<Lane, LaneState>>;
  readonly documents: Map<Alias, DocumentState>;
  /** Documents with pending updates. */
  readonly dirty: Set<Alias>;
  /** Documents whose whole state must be posted. */
  readonly owed: Set<Alias>;
  /** Other devices' lanes as far as they have been read, by device and lane. */
  readonly authors: Map<string, AuthorLane>;
  /** What is known of the present connection's line. */
  flow: Flow;
  /** Highest sequence that a snapshot of the present reading covers. */
  covered: number;
  pendingUpdates: number;
  nextPending: number;
  sealing: SealJob | null;
  sealBlockedUntil: number;
  readonly jobs: SealJob[];
  catchUp: CatchUp | null;
  nextRequest: number;
  rewinds: number;
  /** A relay has answered `open` in this run. */
  hasLinked: boolean;
  /** The relay has no room: nothing is sent until the timer `full`. */
  isFull: boolean;
  /** The document whose snapshot is being asked for, made or sealed. */
  snapshotting: { readonly alias: Alias; readonly restates: boolean; readonly since: number } | null;
  /** When another device was last connected or heard of, ms since the epoch; exact to the hour over restarts. */
  othersHeard: number;
  /** Our own snapshot that is being read back, to see whether the relay's copy is what we have. */
  vouching: { readonly alias: Alias; readonly request: number; readonly entries: StoredEntry[] } | null;
  latencies: number[];
}

export function initialState(identity: SyncEngineOptions['identity'], rests = false): State {
  return {
    phase: 'starting',
    transport: null,
    problem: null,
    identity,
    rests,
    visible: true,
    hidden: false,
    hiddenSince: 0,
    isCutWhenIdle: false,
    paused: false,
    connection: 0,
    attempt: 0,
    liveSince: null,
    announced: null,
    lastHeard: 0,
    probing: false,
    peers: { connected: [], visible: [] },
    ladder: [],
    lanes: { live: emptyLane('live'), bulk: emptyLane('bulk') },
    documents: new Map(),
    dirty: new Set(),
    owed: new Set(),
    authors: new Map(),
    flow: newFlow(),
    covered: 0,
    pendingUpdates: 0,
    nextPending: 1,
    sealing: null,
    sealBlockedUntil: 0,
    jobs: [],
    catchUp: null,
    nextRequest: 1,
    rewinds: 0,
    hasLinked: false,
    isFull: false,
    snapshotting: null,
    othersHeard: 0,
    vouching: null,
    latencies: [],
  };
}

export function documentOf(state: State, alias: Alias): DocumentState {
  let document = state.documents.get(alias);
  if (document === undefined) {
    document = { alias, pending: [], pendingBytes: 0, inFlight: 0, heavy: 0, previous: NO_DIGEST, last: 0, since: 0, touchedAt: 0, owed: false, aside: new Set(), bodies: new Map(), own: null };
    state.documents.set(alias, document);
  }
  return document;
}

/** Whether the relay has answered `open` on the present connection. */
export function isLinked(state: State): boolean {
  return state.phase === 'live' || state.phase === 'catching-up';
}

function emptyLane(lane: Lane): LaneState {
  return { lane, counter: 0, digest: NO_DIGEST, acknowledged: 0, known: 0, entries: new Map(), open: 0, next: 1 };
}

export type { Cursor };
