/** Sealed chunks of files as a port, beside the log. Every engine runs `chunks.contract.ts`. PROTOCOL.md [P91]-[P96]. */
import type { FileId, SpaceId } from '../protocol';

export interface ChunkStore {
  /** The first chunk of a file that is not there; all before it are on the disk when this resolves. */
  next(space: SpaceId, file: FileId): Promise<number>;
  /**
   * Takes the next chunk. Resolves once all that it says is on the disk; `later`: one before it is missing; `other-count`: nothing was done.
   * The bytes are kept: the caller must not change them afterwards.
   * @throws LogError `space-full` or `disk-full`: nothing was stored
   */
  put(space: SpaceId, file: FileId, chunk: NewChunk): Promise<'stored' | 'later' | 'other-count'>;
  /** Null where that chunk is not there. */
  get(space: SpaceId, file: FileId, index: number): Promise<Uint8Array | null>;
  /** Forgets a file; its room comes back by `prune`. Resolves once the disk has it. */
  drop(space: SpaceId, file: FileId): Promise<void>;
  /** Forgets files of which not all came, and nothing after `before`, ms since 1970. */
  expire(before: number): Promise<void>;
  /** Frees some of what was forgotten, for a few milliseconds at most. Resolves to whether more is left. */
  prune(): Promise<boolean>;
  /** Bytes of chunks that a space takes up, forgotten ones included. */
  size(space: SpaceId): Promise<number>;
  /** Whether the disk has room for more, beside what entries need; without it `put` rejects with disk-full. */
  hasRoom(): boolean;
  /** Of all spaces. */
  totals(): { readonly files: number; readonly bytes: number };
}

export interface NewChunk {
  /** From 0. */
  readonly index: number;
  /** Of the whole file. */
  readonly count: number;
  /** `LIMITS.fileChunk` of them. */
  readonly bytes: Uint8Array;
}

export interface ChunkStoreOptions {
  /** Bytes of chunks that one space may hold. */
  readonly spaceBytes?: number;
  readonly now?: () => number;
}
