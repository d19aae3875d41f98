/** Chunks of files in memory, in their plainest form. */
import { LIMITS, type FileId, type SpaceId } from '../../protocol';
import type { ChunkStore, ChunkStoreOptions, NewChunk } from '../chunks';
import { LogError } from '../log-error';

interface File {
  readonly count: number;
  readonly chunks: Uint8Array[];
  touched: number;
}

export class MemoryChunks implements ChunkStore {
  private readonly spaces = new Map<SpaceId, Map<FileId, File>>();

  constructor(private readonly options: ChunkStoreOptions = {}) {}

  async next(space: SpaceId, file: FileId): Promise<number> {
    return this.spaces.get(space)?.get(file)?.chunks.length ?? 0;
  }

  async put(space: SpaceId, file: FileId, { index, count, bytes }: NewChunk): Promise<'stored' | 'later' | 'other-count'> {
    const files = this.spaces.get(space) ?? new Map<FileId, File>();
    const found = files.get(file) ?? { count, chunks: [], touched: 0 };
    if (found.count !== count) return 'other-count';
    if (index < found.chunks.length) return 'stored';
    if (index > found.chunks.length) return 'later';
    if (bytesOf(files.values()) + LIMITS.fileChunk > (this.options.spaceBytes ?? Infinity)) throw new LogError('space-full', 'This space has used up its room for files.');
    found.chunks.push(bytes);
    found.touched = (this.options.now ?? Date.now)();
    this.spaces.set(space, files.set(file, found));
    return 'stored';
  }

  async get(space: SpaceId, file: FileId, index: number): Promise<Uint8Array | null> {
    return this.spaces.get(space)?.get(file)?.chunks[index] ?? null;
  }

  async drop(space: SpaceId, file: FileId): Promise<void> {
    this.spaces.get(space)?.delete(file);
  }

  async expire(before: number): Promise<void> {
    for (const files of this.spaces.values()) {
      for (const [file, { chunks, count, touched }] of files) if (chunks.length < count && touched < before) files.delete(file);
    }
  }

  async prune(): Promise<boolean> {
    return false;
  }

  async size(space: SpaceId): Promise<number> {
    return bytesOf(this.spaces.get(space)?.values() ?? []);
  }

  hasRoom(): boolean {
    return true;
  }

  totals(): { files: number; bytes: number } {
    const all = [...this.spaces.values()].flatMap((files) => [...files.values()]);
    return { files: all.length, bytes: bytesOf(all) };
  }
}

function bytesOf(files: Iterable<File>): number {
  let chunks = 0;
  for (const file of files) chunks += file.chunks.length;
  return chunks * LIMITS.fileChunk;
}
