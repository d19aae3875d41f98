/** What the SQLite log keeps in memory of one space while it is in use: heads, documents, sequence numbers. */
import type { Alias, DeviceId, Digest } from '../../protocol';
import { toHex } from '../../protocol';
import { digestBytes } from '../digest';
import type { LoggedEntry } from '../log';

/** The last entry of one lane of one author. Its digest is made when asked for, not for every entry that passes. */
export class LaneRow {
  private unhashed: Uint8Array | null = null;

  constructor(
    public counter: number,
    public sequence: number,
    private known: Uint8Array,
  ) {}

  /** This entry is now the last one. */
  advance(counter: number, sequence: number, bytes: Uint8Array): void {
    this.counter = counter;
    this.sequence = sequence;
    this.unhashed = bytes;
  }

  get digestBytes(): Uint8Array {
    if (this.unhashed !== null) this.known = digestBytes(this.unhashed);
    this.unhashed = null;
    return this.known;
  }

  get digest(): Digest {
    return toHex(this.digestBytes) as Digest;
  }
}

export interface AuthorState {
  readonly id: number;
  readonly device: DeviceId;
  readonly live: LaneRow;
  readonly bulk: LaneRow;
}

/** `sequence` 0: no complete snapshot yet. */
export interface DocumentState {
  readonly id: number;
  first: number;
  sequence: number;
  covers: number;
  author: number;
  confirmed: boolean;
}

/** Durably reserved at a time; what is left of a block is skipped after a crash. */
export const SEQUENCE_BLOCK = 1024;

export class SpaceState {
  /** Highest sequence in the log, staged rows included. */
  head = 0;
  /** Of sealed entries, staged rows included. */
  bytes = 0;
  /** Sequences up to here are reserved on the disk; `reserving` after the next commit. */
  reserved = 0;
  reserving = 0;
  next = 1;
  readonly authors = new Map<DeviceId, AuthorState>();
  readonly documents = new Map<Alias, DocumentState>();
  readonly listeners = new Set<(batch: readonly LoggedEntry[]) => void>();
  /** Not yet told to the listeners. */
  fresh: LoggedEntry[] = [];

  constructor(readonly id: number) {}

  /** Takes the next number, and reserves further ones early enough that a turn seldom has to wait for the disk. */
  takeSequence(): number {
    const sequence = this.next++;
    if (this.next + SEQUENCE_BLOCK / 2 > this.reserving) this.reserving = this.next + SEQUENCE_BLOCK;
    this.head = sequence;
    return sequence;
  }
}
