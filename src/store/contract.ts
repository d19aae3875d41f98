/** What every device store must do; each adapter's test runs it. Uses Jest's globals. */
import { StoreError, TABLES, type DeviceStore } from '../sync';

export interface StoreUnderTest {
  /** Opens the store anew, over what an earlier one of the same test left. */
  open(): Promise<DeviceStore>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** @param create a new, empty place for each test */
export function testStoreContract(name: string, create: () => StoreUnderTest): void {
  describe(`${name}, as a device store`, () => {
    let place: StoreUnderTest;
    let store: DeviceStore;
    beforeEach(async () => {
      place = create();
      store = await place.open();
    });
    afterEach(() => store.close());

    test('has a description', () => expect(store.description).not.toBe(''));

    test('reads what was written, and nothing where nothing was', async () => {
      await store.write([{ table: 'meta', key: 'a', value: bytes(1, 2) }], 'relaxed');
      expect([...((await store.read('meta', 'a')) ?? [])]).toEqual([1, 2]);
      expect(await store.read('meta', 'b')).toBeUndefined();
      expect(await store.read('notes', 'a')).toBeUndefined();
    });

    test('keeps empty values apart from missing ones', async () => {
      await store.write([{ table: 'meta', key: 'a', value: bytes() }], 'relaxed');
      expect((await store.read('meta', 'a'))?.length).toBe(0);
    });

    test('has every table', async () => {
      await store.write(
        TABLES.map((table, at) => ({ table, key: 'k', value: bytes(at) })),
        'relaxed',
      );
      for (const [at, table] of TABLES.entries()) expect([...((await store.read(table, 'k')) ?? [])]).toEqual([at]);
    });

    test('replaces and deletes rows', async () => {
      await store.write([{ table: 'meta', key: 'a', value: bytes(1) }], 'relaxed');
      await store.write([{ table: 'meta', key: 'a', value: bytes(2) }], 'relaxed');
      expect([...((await store.read('meta', 'a')) ?? [])]).toEqual([2]);
      await store.write([{ table: 'meta', key: 'a', value: null }, { table: 'meta', key: 'not there', value: null }], 'strict');
      expect(await store.read('meta', 'a')).toBeUndefined();
    });

    test('applies the writes of a batch in their order', async () => {
      await store.write([{ table: 'meta', key: 'a', value: bytes(1) }, { table: 'meta', key: 'a', value: null }, { table: 'meta', key: 'a', value: bytes(3) }], 'relaxed');
      expect([...((await store.read('meta', 'a')) ?? [])]).toEqual([3]);
    });

    test('scans a prefix, ascending by UTF-16 code unit', async () => {
      const keys = ['b/1', 'a/2', 'a/10', 'a/1', 'a', 'a/~', 'a0', 'A/1', 'b'];
      await store.write(
        keys.map((key) => ({ table: 'updates', key, value: bytes(keys.indexOf(key)) })),
        'relaxed',
      );
      expect((await store.scan('updates', 'a/')).map(({ key }) => key)).toEqual(['a/1', 'a/10', 'a/2', 'a/~']);
      expect((await store.scan('updates', '')).map(({ key }) => key)).toEqual([...keys].sort());
      expect(await store.scan('updates', 'c')).toEqual([]);
    });

    test('gives each row its own value', async () => {
      await store.write([{ table: 'updates', key: 'a', value: bytes(1) }, { table: 'updates', key: 'b', value: bytes(2, 2) }], 'relaxed');
      expect((await store.scan('updates', '')).map(({ key, value }) => [key, [...value]])).toEqual([['a', [1]], ['b', [2, 2]]]);
    });

    test('keeps a copy: bytes changed after the write are not changed in the store', async () => {
      const value = bytes(1, 2, 3);
      await store.write([{ table: 'meta', key: 'a', value }], 'relaxed');
      value[0] = 9;
      expect([...((await store.read('meta', 'a')) ?? [])]).toEqual([1, 2, 3]);
    });

    test('stores a view, not the buffer that it looks into', async () => {
      await store.write([{ table: 'meta', key: 'a', value: bytes(0, 1, 2, 3).subarray(1, 3) }], 'relaxed');
      expect([...((await store.read('meta', 'a')) ?? [])]).toEqual([1, 2]);
    });

    test('keeps batches in order when they are not awaited', async () => {
      await Promise.all([1, 2, 3, 4, 5].map((value) => store.write([{ table: 'meta', key: 'a', value: bytes(value) }], value % 2 ? 'relaxed' : 'strict')));
      expect([...((await store.read('meta', 'a')) ?? [])]).toEqual([5]);
    });

    test('is still there after it was closed and opened again', async () => {
      await store.write([{ table: 'outbox', key: 'live/1', value: bytes(7) }], 'relaxed');
      await store.close();
      store = await place.open();
      expect((await store.scan('outbox', 'live/')).map(({ key }) => key)).toEqual(['live/1']);
    });

    test('is open once at a time', async () => {
      await expect(place.open()).rejects.toMatchObject({ name: 'StoreError', reason: 'in-use' });
    });

    test('says so when it is closed', async () => {
      await store.close();
      await store.close();
      const error = await store.read('meta', 'a').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ reason: 'closed' });
      await expect(store.write([{ table: 'meta', key: 'a', value: bytes(1) }], 'strict')).rejects.toMatchObject({ reason: 'closed' });
      await expect(store.scan('meta', '')).rejects.toMatchObject({ reason: 'closed' });
    });

    test('takes 500 rows of one batch, and all of them or none', async () => {
      const rows = Array.from({ length: 500 }, (_, at) => ({ table: 'versions' as const, key: String(at).padStart(4, '0'), value: new Uint8Array(2000).fill(at) }));
      await store.write(rows, 'strict');
      const found = await store.scan('versions', '');
      expect(found.map(({ key }) => key)).toEqual(rows.map(({ key }) => key));
      expect(found[499]?.value[1999]).toBe(499 % 256);
    });
  });
}
