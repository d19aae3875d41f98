/** What a full disk does to the peer's own rows: nothing is lost, nothing waits, nothing old comes back over what is newer. */
import { MemoryDisk, openMemoryStore } from '../store';
import { testStoreContract } from '../store/contract';
import { StoreError, type DeviceStore, type StoreWrite } from '../sync';
import { ManualClock } from '../../test/peers/manual-clock';
import { PatientStore } from './patient-store';

const row = (key: string, value: number | null): StoreWrite => ({ table: 'meta', key, value: value === null ? null : Uint8Array.of(value) });

/** A store whose disk has room or not; `held` keeps refusals back until they are let go. */
function disk(): { store: DeviceStore; rows: () => Record<string, number>; full: boolean; hold: boolean; letGo: () => void; reason: StoreError['reason'] } {
  const memory = new MemoryDisk();
  const inner = openMemoryStore(memory);
  const held: (() => void)[] = [];
  const one = {
    full: false,
    hold: false,
    reason: 'full' as StoreError['reason'],
    letGo: () => held.splice(0).forEach((go) => go()),
    rows: () => Object.fromEntries([...(memory.rows.get('meta') ?? [])].map(([key, value]) => [key, value[0] ?? -1])),
    store: {
      ...inner,
      description: inner.description,
      read: (table, key) => inner.read(table, key),
      scan: (table, prefix) => inner.scan(table, prefix),
      close: () => inner.close(),
      write: async (writes, durability) => {
        const refused = one.full;
        if (one.hold) await new Promise<void>((resolve) => held.push(resolve));
        if (refused) throw new StoreError(one.reason, 'No room.');
        await inner.write(writes, durability);
      },
    } satisfies DeviceStore as DeviceStore,
  };
  return one;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

testStoreContract('patient', () => {
  const memory = new MemoryDisk();
  return { open: async () => new PatientStore(openMemoryStore(memory), new ManualClock()) };
});

describe('a patient store', () => {
  test('keeps what a full disk refuses, shows it to readers, and writes it in order when there is room', async () => {
    const under = disk();
    const clock = new ManualClock();
    const store = new PatientStore(under.store, clock);
    await store.write([row('a', 1), row('b', 1)], 'strict');
    under.full = true;
    await store.write([row('a', 2)], 'strict');
    await store.write([row('a', 3), row('b', null), row('c', 3)], 'relaxed');
    expect(under.rows()).toEqual({ a: 1, b: 1 });
    expect((await store.read('meta', 'a'))?.[0]).toBe(3);
    expect(await store.read('meta', 'b')).toBeUndefined();
    expect((await store.scan('meta', '')).map(({ key }) => key)).toEqual(['a', 'c']);
    clock.advance(60_000);
    await turn();
    expect(under.rows()).toEqual({ a: 1, b: 1 });
    under.full = false;
    clock.advance(60_000);
    await turn();
    expect(under.rows()).toEqual({ a: 3, c: 3 });
  });

  test('a write that is refused late does not come back over a newer one', async () => {
    const under = disk();
    const clock = new ManualClock();
    const store = new PatientStore(under.store, clock);
    under.full = true;
    under.hold = true;
    const late = store.write([row('a', 1), row('b', 1)], 'relaxed');
    under.full = false;
    under.hold = false;
    await store.write([row('a', 2)], 'relaxed');
    under.letGo();
    await late;
    clock.advance(60_000);
    await turn();
    expect(under.rows()).toEqual({ a: 2, b: 1 });
  });

  test('ends without waiting for room, and tells what no waiting can mend', async () => {
    const under = disk();
    const store = new PatientStore(under.store, new ManualClock());
    under.full = true;
    await store.write([row('a', 1)], 'strict');
    await store.finish();
    expect(under.rows()).toEqual({});
    under.reason = 'corrupt';
    await expect(store.write([row('a', 1)], 'strict')).rejects.toMatchObject({ reason: 'corrupt' });
  });

  test('writes nothing while what its rows speak of could not be stored', async () => {
    const under = disk();
    const clock = new ManualClock();
    let isBlocked = true;
    const store = new PatientStore(under.store, clock, () => isBlocked);
    await store.write([row('a', 1)], 'strict');
    clock.advance(60_000);
    await turn();
    expect(under.rows()).toEqual({});
    isBlocked = false;
    clock.advance(60_000);
    await turn();
    expect(under.rows()).toEqual({ a: 1 });
  });
});
