import { SimClock } from '../../test/sim/clock';
import { MemoryDisk, openMemoryStore } from '../store';
import { StoreError, type DeviceStore, type Durability, type StoreWrite } from './ports';
import { StoreWriter } from './store-writer';

interface Batch {
  readonly keys: string[];
  readonly durability: Durability;
}

function setUp(): { clock: SimClock; writer: StoreWriter; batches: Batch[]; problems: (StoreError | null)[]; fail: (error: StoreError | null) => void; disk: MemoryDisk } {
  const clock = new SimClock();
  const disk = new MemoryDisk();
  const inner = openMemoryStore(disk);
  const batches: Batch[] = [];
  const problems: (StoreError | null)[] = [];
  let failure: StoreError | null = null;
  const store: DeviceStore = {
    ...inner,
    description: 'test',
    read: (table, key) => inner.read(table, key),
    scan: (table, prefix) => inner.scan(table, prefix),
    close: () => inner.close(),
    write: (writes, durability) =>
      new Promise((resolve, reject) => {
        clock.after(5, () => {
          if (failure !== null) return reject(failure);
          batches.push({ keys: writes.map(({ key }) => key), durability });
          inner.write(writes, durability).then(resolve, reject);
        });
      }),
  };
  const writer = new StoreWriter({ store, clock, onProblem: (error) => problems.push(error) });
  return { clock, writer, batches, problems, disk, fail: (error) => (failure = error) };
}

const row = (key: string): StoreWrite => ({ table: 'meta', key, value: new Uint8Array(1) });

test('[S8] one batch at a time, in order, and what waits goes together', async () => {
  const { clock, writer, batches } = setUp();
  const order: number[] = [];
  writer.add([row('a')], true, () => order.push(1));
  writer.add([row('b')], true, () => order.push(2));
  writer.add([row('c')], false, () => order.push(3));
  await clock.advance(20);
  expect(batches.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c']]);
  expect(order).toEqual([1, 2, 3]);
});

test('[S8] what is in no hurry goes with the next batch, or within a second', async () => {
  const { clock, writer, batches } = setUp();
  writer.add([row('later')], false);
  await clock.advance(500);
  expect(batches).toEqual([]);
  await clock.advance(600);
  expect(batches).toMatchObject([{ keys: ['later', 'sync/flushed'], durability: 'strict' }]);
});

test('[S8] a strict batch follows within a second, and then nothing is written', async () => {
  const { clock, writer, batches, disk } = setUp();
  writer.add([row('a')], true);
  await clock.advance(1_100);
  expect(batches.map(({ durability }) => durability)).toEqual(['relaxed', 'strict']);
  expect(disk.atRisk).toBe(0);
  await clock.advance(100_000);
  expect(batches).toHaveLength(2);
});

test('[S8] only the last write of a row is written', async () => {
  const { clock, writer, batches, disk } = setUp();
  writer.add([row('a'), row('b')], false);
  writer.add([{ table: 'meta', key: 'a', value: null }], true);
  await clock.advance(20);
  expect(batches.map(({ keys }) => keys)).toEqual([['b', 'a']]);
  expect([...(disk.rows.get('meta')?.keys() ?? [])]).toEqual(['b']);
});

test('[S9] a store that refuses is tried again, in order, and told of once', async () => {
  const { clock, writer, batches, problems, fail } = setUp();
  const done: string[] = [];
  fail(new StoreError('full', 'Full.'));
  writer.add([row('a')], true, () => done.push('a'));
  await clock.advance(100);
  writer.add([row('b')], true, () => done.push('b'));
  await clock.advance(10_000);
  expect(done).toEqual([]);
  expect(problems.every((problem) => problem?.reason === 'full')).toBe(true);
  fail(null);
  await clock.advance(30_000);
  expect(done).toEqual(['a', 'b']);
  expect(batches[0]?.keys.slice(0, 2)).toEqual(['a', 'b']);
  expect(problems.at(-1)).toBeNull();
});

test('[S8] a strict flush waits for what was asked for, and does not hang on a store that refuses', async () => {
  const { clock, writer, disk, fail } = setUp();
  writer.add([row('a')], false);
  let flushed = false;
  void writer.flushStrictly().then(() => (flushed = true));
  await clock.advance(20);
  expect(flushed).toBe(true);
  expect(disk.atRisk).toBe(0);
  fail(new StoreError('full', 'Full.'));
  writer.add([row('b')], false);
  flushed = false;
  void writer.flushStrictly().then(() => (flushed = true));
  await clock.advance(20);
  expect(flushed).toBe(true);
});

test('[S9] a strict flush tries at once what a full disk refused before: its program may end', async () => {
  const { clock, writer, batches, fail } = setUp();
  fail(new StoreError('full', 'no room'));
  writer.add([row('a')], true);
  await clock.advance(20_000);
  fail(null);
  let done = false;
  void writer.flushStrictly().then(() => (done = true));
  await clock.advance(20);
  expect(done).toBe(true);
  expect(batches).toMatchObject([{ keys: ['a', 'sync/flushed'], durability: 'strict' }]);
});
