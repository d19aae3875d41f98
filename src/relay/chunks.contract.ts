/** What every engine behind the port of files does. Run by `memory/memory-chunks.test.ts` and `sqlite/sqlite-chunks.test.ts`. */
import { LIMITS, type FileId } from '../protocol';
import type { ChunkStore, ChunkStoreOptions, NewChunk } from './chunks';
import { OTHER_SPACE, SPACE } from './testing/entries';

export const PHOTO = 'f1'.repeat(16) as FileId;
const VOICE = 'f2'.repeat(16) as FileId;

/** A chunk that can be told from others. */
export function chunk(index: number, count: number, mark = index): NewChunk {
  return { index, count, bytes: new Uint8Array(LIMITS.fileChunk).fill(mark % 256) };
}

export async function putAll(store: ChunkStore, file: FileId, count: number, mark?: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => store.put(SPACE, file, chunk(index, count, mark))));
}

export async function pruneAll(store: ChunkStore): Promise<number> {
  for (let slices = 1; slices < 1_000; slices++) if (!(await store.prune())) return slices;
  throw new Error('Pruning never ends.');
}

/** @param open a fresh, empty store */
export function describeChunks(name: string, open: (options: ChunkStoreOptions) => Promise<ChunkStore>): void {
  describe(`${name}: the contract of files`, () => {
    let store: ChunkStore;
    let now = 1_000;
    beforeEach(async () => {
      now = 1_000;
      store = await open({ spaceBytes: 6 * LIMITS.fileChunk, now: () => now });
    });

    test('[P91] knows how much of a file is there, of each space apart', async () => {
      expect(await store.next(SPACE, PHOTO)).toBe(0);
      await putAll(store, PHOTO, 3);
      expect([await store.next(SPACE, PHOTO), await store.next(SPACE, VOICE), await store.next(OTHER_SPACE, PHOTO)]).toEqual([3, 0, 0]);
    });

    test('[P92] takes the next chunk, keeps the one that is there, and takes none out of its turn', async () => {
      expect(await store.put(SPACE, PHOTO, chunk(1, 3))).toBe('later');
      expect(await store.put(SPACE, PHOTO, chunk(0, 3, 7))).toBe('stored');
      expect(await store.put(SPACE, PHOTO, chunk(0, 3, 8))).toBe('stored');
      expect(await store.put(SPACE, PHOTO, chunk(2, 3))).toBe('later');
      expect(await store.put(SPACE, PHOTO, chunk(1, 4))).toBe('other-count');
      expect((await store.get(SPACE, PHOTO, 0))?.[0]).toBe(7);
      expect(await store.next(SPACE, PHOTO)).toBe(1);
    });

    test('[P92] takes chunks that come together in their order', async () => {
      const outcomes = await Promise.all([0, 1, 2, 0, 3].map((index) => store.put(SPACE, PHOTO, chunk(index, 5))));
      expect(outcomes).toEqual(['stored', 'stored', 'stored', 'stored', 'stored']);
      expect(await store.next(SPACE, PHOTO)).toBe(4);
    });

    test('[P94] gives chunks back byte for byte, and none that it has not', async () => {
      await putAll(store, PHOTO, 2);
      expect(Buffer.compare((await store.get(SPACE, PHOTO, 1)) ?? new Uint8Array(), chunk(1, 2).bytes)).toBe(0);
      expect(await store.get(SPACE, PHOTO, 2)).toBeNull();
      expect(await store.get(OTHER_SPACE, PHOTO, 0)).toBeNull();
    });

    test('[P93] refuses what is beyond the room of a space, and nothing else', async () => {
      await putAll(store, PHOTO, 5);
      await putAll(store, VOICE, 1);
      await expect(store.put(SPACE, 'f3'.repeat(16) as FileId, chunk(0, 1))).rejects.toMatchObject({ reason: 'space-full' });
      expect(await store.put(SPACE, PHOTO, chunk(4, 5))).toBe('stored');
      expect(await store.put(OTHER_SPACE, PHOTO, chunk(0, 1))).toBe('stored');
      expect(await store.size(SPACE)).toBe(6 * LIMITS.fileChunk);
      expect(store.totals()).toEqual({ files: 3, bytes: 7 * LIMITS.fileChunk });
    });

    test('[P95] forgets a dropped file at once, gives its room back by pruning, and takes it anew', async () => {
      await putAll(store, PHOTO, 5, 1);
      await store.drop(SPACE, PHOTO);
      await store.drop(SPACE, VOICE);
      expect([await store.next(SPACE, PHOTO), await store.get(SPACE, PHOTO, 0)]).toEqual([0, null]);
      expect(store.totals().files).toBe(0);
      expect(await store.put(SPACE, PHOTO, chunk(0, 2, 9))).toBe('stored');
      await pruneAll(store);
      expect(await store.size(SPACE)).toBe(LIMITS.fileChunk);
      expect((await store.get(SPACE, PHOTO, 0))?.[0]).toBe(9);
    });

    test('[P96] forgets what was begun, and left, before a time; not what is whole', async () => {
      await store.put(SPACE, PHOTO, chunk(0, 2));
      await putAll(store, VOICE, 2);
      now = 2_000;
      await store.put(OTHER_SPACE, PHOTO, chunk(0, 2));
      await store.expire(1_500);
      expect([await store.next(SPACE, PHOTO), await store.next(SPACE, VOICE), await store.next(OTHER_SPACE, PHOTO)]).toEqual([0, 2, 1]);
    });
  });
}
