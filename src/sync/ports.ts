/** What the sync engine needs from outside. Adapters live in transport/, store/, peer/ and in the tests. */
import type { Alias, Digest, DeviceId, EntryHeader } from '../protocol';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

export interface Random {
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1). For jitter, never for keys. */
  unit(): number;
}

/** Seals and opens entries. Sealing happens once per entry; a re-send is byte-identical. */
export interface Cipher {
  seal(header: EntryHeader, body: Uint8Array): Promise<Uint8Array>;
  /** @throws CipherError when the entry is damaged, forged, of an unknown device or under an unknown key. */
  open(entry: Uint8Array): Promise<{ header: EntryHeader; body: Uint8Array }>;
  /** Presence is sealed and signed, not counted and not stored. */
  sealPresence(body: Uint8Array): Promise<Uint8Array>;
  openPresence(device: DeviceId, bytes: Uint8Array): Promise<Uint8Array>;
  /** First 16 bytes of SHA-256, as hex. */
  digest(bytes: Uint8Array): Digest;
}

export class CipherError extends Error {
  override readonly name = 'CipherError';
  constructor(
    readonly reason: 'damaged' | 'forged' | 'unknown-device' | 'unknown-epoch' | 'other-space' | 'withheld',
    message: string,
  ) {
    super(message);
  }
}

/** Opens one session-bound duplex channel of frames. Reconnecting is the engine's business, not the transport's. */
export interface Transport {
  /** Starts to connect; exactly one `onClose` follows in the end, also when the connection never opened. */
  connect(events: TransportEvents): Connection;
}
export interface TransportEvents {
  /** @param way by which frames travel, e.g. 'websocket', where there are several */
  onOpen(way?: string): void;
  onFrame(bytes: Uint8Array): void;
  onClose(reason: CloseReason): void;
}
export interface Connection {
  send(frame: Uint8Array): void;
  /** Bytes handed over and not yet taken by the network. */
  buffered(): number;
  close(): void;
}
/** `retry: false` means that trying again cannot help until the user does something. */
export interface CloseReason {
  readonly code: string;
  readonly message: string;
  readonly retry: boolean;
  /** The relay said to come again after so long, ms. */
  readonly after?: number;
}

/**
 * A device's durable store: ordered string keys to bytes, in named tables, with atomic batches. One instance per store.
 * Keys compare as UTF-16 code units. Every adapter runs `store/contract.ts`.
 */
export interface DeviceStore {
  /** Named in reports and benchmarks, e.g. "IndexedDB blockwire-3f2a". */
  readonly description: string;
  read(table: Table, key: string): Promise<Uint8Array | undefined>;
  /** All rows whose key starts with `prefix`, ascending. */
  scan(table: Table, prefix: string): Promise<StoreRow[]>;
  /** All or nothing. `relaxed` may be lost by a power cut, never reordered against a later write. */
  write(writes: readonly StoreWrite[], durability: Durability): Promise<void>;
  close(): Promise<void>;
}
export const TABLES = ['meta', 'pending', 'outbox', 'aside', 'bases', 'updates', 'notes', 'versions', 'inbox', 'held', 'files'] as const;
export type Table = (typeof TABLES)[number];
export type Durability = 'relaxed' | 'strict';
export interface StoreRow {
  readonly key: string;
  readonly value: Uint8Array;
}
export interface StoreWrite {
  readonly table: Table;
  readonly key: string;
  /** null deletes the row. */
  readonly value: Uint8Array | null;
}
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly reason: 'full' | 'corrupt' | 'newer-schema' | 'in-use' | 'closed' | 'failed',
    message: string,
  ) {
    super(message);
  }
}

/** What the engine needs from the documents. It moves their bytes and never looks inside. */
export interface Documents {
  /**
   * Applies opened entries, in this order, and returns the writes that make the result durable; the engine commits them in one
   * batch with the cursor that they prove. Must be idempotent: the same entry may come again.
   */
  apply(entries: readonly OpenedEntry[]): Promise<StoreWrite[]>;
  /** The whole state of a document and its digest, or null if this device does not have it. */
  snapshot(alias: Alias): Promise<{ update: Uint8Array; digest: string } | null>;
  /**
   * Whether a snapshot, opened, together with the entries after `covers` is the same state as this device has. False when that
   * can't be proved now, e.g. because this device has edits under way. `later`: updates that the log holds beside the snapshot; this
   * device's own are known only from there.
   */
  matches(alias: Alias, update: Uint8Array, covers: number, later?: readonly Uint8Array[]): Promise<boolean>;
  /**
   * Called when an entry could not be opened; it has been put in the `aside` table. With the reason `withheld`: entries of another
   * device are missing before the one at `sequence`; nothing was put aside, and nothing waits for them.
   */
  setAside(sequence: number, error: CipherError): void;
}

/** An entry after checking and opening. `updates` are Yjs updates to be applied in order. */
export interface OpenedEntry {
  readonly sequence: number;
  readonly alias: Alias;
  readonly device: DeviceId;
  readonly kind: 'update' | 'snapshot';
  /** Author's clock, milliseconds since the epoch. */
  readonly time: number;
  /** Digest of the author's block after this entry, as the document computes it; '' if not given. */
  readonly digest: string;
  readonly updates: readonly Uint8Array[];
}
