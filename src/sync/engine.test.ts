/** The engine with simulated time, network, disk and relay: what only shows when the parts work together. */
import { aliasNamed, SimDevice } from '../../test/sim/device';
import { SimClock } from '../../test/sim/clock';
import { SimNetwork } from '../../test/sim/network';
import { SimRandom } from '../../test/sim/random';
import { SimRelay } from '../../test/sim/relay';
import { WordSets } from '../../test/sim/documents';
import { MemoryDisk } from '../store';
import { decodeRelayFrame, encodeFrame, encodeHeader, HEADER_BYTES, readEntryHeader, type Alias } from '../protocol';
import { cursorRow } from './rows';

const [NOTE, LIST] = [aliasNamed('note'), aliasNamed('list')];

class Space {
  readonly clock = new SimClock();
  readonly random = new SimRandom(7);
  readonly relay = new SimRelay(this.clock, this.random);
  readonly network = new SimNetwork(this.clock, this.random, this.relay);
  private readonly devices: SimDevice[] = [];

  async device(name: string, wanted: readonly Alias[] = [], copyOf: MemoryDisk | null = null): Promise<SimDevice> {
    const device = new SimDevice(name, this.clock, this.random, this.network, () => undefined);
    for (const [table, rows] of copyOf?.rows ?? []) device.disk.take([...rows].map(([key, value]) => ({ table, key, value })), 'strict');
    device.wanted = wanted;
    this.devices.push(device);
    await device.start();
    return device;
  }

  async quiet(): Promise<void> {
    const isQuiet = (): boolean => this.devices.every((device) => !device.isUp || (device.engine.status.phase === 'live' && device.engine.status.unacknowledged === 0));
    if (!(await this.clock.until(isQuiet, 200_000))) throw new Error(`Not quiet: ${this.devices.map(({ engine }) => JSON.stringify(engine.status)).join(' ')}`);
    await this.clock.advance(2_000);
  }

  async end(): Promise<void> {
    for (const device of this.devices) if (device.isUp) await device.stop();
  }
}

let space: Space;
beforeEach(() => {
  space = new Space();
});
afterEach(() => space.end());

const size = (device: SimDevice, alias: Alias = NOTE): number => device.documents.words.get(alias)?.size ?? 0;

async function say(device: SimDevice, count: number, alias: Alias = NOTE, pause = 120): Promise<void> {
  for (let i = 0; i < count; i++) {
    device.say(alias, [`${device.name} ${i} ${space.clock.now()}`]);
    await space.clock.advance(pause);
  }
}

describe('durability', () => {
  test('[S10] what was written before a kill is sent after the restart', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    space.network.unreachable.add(a.id);
    space.network.cut(a.id);
    await say(a, 5);
    await space.clock.advance(1_500);
    a.crash(0);
    space.network.unreachable.clear();
    await a.start();
    await space.quiet();
    expect(size(b)).toBe(5);
  });

  test('[S8] hidden makes everything safe at once', async () => {
    const a = await space.device('a');
    await space.quiet();
    a.say(NOTE, ['x']);
    a.engine.notify('hidden');
    await space.clock.advance(200);
    a.crash(0);
    await a.start();
    expect(size(a)).toBe(1);
  });

  test('[S8] an idle engine writes nothing and sends nothing', async () => {
    const a = await space.device('a');
    await space.quiet();
    await space.clock.advance(5_000);
    const write = jest.spyOn(MemoryDisk.prototype, 'take');
    await space.clock.advance(40_000);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
    expect(a.engine.status.phase).toBe('live');
  });

  test('[S10] a store of a newer version is refused and not changed', async () => {
    const a = await space.device('a');
    await space.quiet();
    await a.stop();
    a.disk.take([{ table: 'meta', key: 'sync/schema', value: Uint8Array.of(99) }], 'strict');
    await expect(a.start()).rejects.toMatchObject({ reason: 'newer-schema' });
  });
});

describe('a copied device', () => {
  /** A phone restored from the backup of one that goes on: the same identity twice, and both have heard the same so far. */
  async function twins(): Promise<{ first: SimDevice; second: SimDevice; other: SimDevice }> {
    const first = await space.device('a');
    const other = await space.device('b');
    await say(first, 3);
    await space.quiet();
    await first.stop();
    const second = await space.device('a', [], first.disk);
    await first.start();
    await space.quiet();
    // The relay sends a device nothing of its own, so the second's cursor passes what the first writes.
    await say(first, 3);
    await say(other, 3);
    await space.quiet();
    expect(size(first)).toBe(9);
    expect(size(second)).toBe(6);
    return { first, second, other };
  }

  test('[S14] reads what the other one wrote when it starts again', async () => {
    const { first, second } = await twins();
    await first.stop();
    await second.stop();
    await second.start();
    await space.quiet();
    expect(size(second)).toBe(9);
  });

  test.each(['types', 'connects again'])('[S13] [S16] that %s takes a new identity and has everything', async (what) => {
    const { first, second, other } = await twins();
    if (what === 'types') second.say(NOTE, ['of the second']);
    else space.network.cut(second.id);
    await space.clock.until(() => first.reborn || second.reborn, 20_000);
    for (const one of [first, second]) if (one.reborn) await one.takeNewIdentity();
    await space.quiet();
    const words = what === 'types' ? 10 : 9;
    expect([first, second, other].map((one) => size(one))).toEqual([words, words, words]);
  });
});

describe('catching up', () => {
  test('[S21] a device that was away gets what it missed, and not what it has', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await say(a, 20);
    await space.quiet();
    space.network.unreachable.add(b.id);
    space.network.cut(b.id);
    await say(a, 5);
    await space.clock.until(() => a.engine.status.unacknowledged === 0, 20_000);
    const before = b.documents.applied;
    space.network.unreachable.clear();
    b.engine.notify('online');
    await space.quiet();
    expect(size(b)).toBe(25);
    expect(b.documents.applied - before).toBeLessThanOrEqual(6);
  });

  test('[S21] a device does not read its own entries back', async () => {
    const a = await space.device('a');
    await say(a, 10, NOTE, 1_500);
    await space.quiet();
    const before = space.relay.paged;
    space.network.cut(a.id);
    await space.quiet();
    expect(space.relay.paged).toBe(before);
  });

  test('[S23] what is wanted comes first', async () => {
    const a = await space.device('a');
    await space.device('eye'); // somebody who looks, so that each update is an entry
    await say(a, 100, LIST, 90);
    await say(a, 3, NOTE, 90);
    await space.quiet();
    const c = await space.device('c', [NOTE]);
    await space.quiet();
    expect(c.documents.order).toEqual([NOTE, LIST]);
    expect([size(c), size(c, LIST)]).toEqual([3, 100]);
  });

  test('[S27] what is read is applied in bounded runs, each after the last one is stored', async () => {
    const a = await space.device('a');
    await space.device('eye');
    // As many documents, so that no snapshot stands for what is in them.
    const notes = Array.from({ length: 15 }, (_, i) => aliasNamed(`note ${i}`));
    for (let round = 0; round < 20; round++) {
      for (const alias of notes) a.say(alias, [`${round}`]);
      await space.clock.advance(150);
    }
    await space.quiet();
    const apply = jest.spyOn(WordSets.prototype, 'apply');
    const c = await space.device('c');
    await space.quiet();
    const runs = apply.mock.calls.map(([entries]) => entries.length);
    apply.mockRestore();
    expect(runs.reduce((sum, length) => sum + length)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...runs)).toBeLessThanOrEqual(256);
    expect(notes.map((alias) => size(c, alias))).toEqual(notes.map(() => 20));
  });

  test('[S22] a relay that forgot what it had passed on gets it from those who read it', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await say(a, 10);
    await space.quiet();
    space.relay.backup();
    await say(a, 10);
    await space.quiet();
    // The author is gone for good; only the reader has the second ten.
    await a.stop();
    space.relay.restore();
    space.relay.restart();
    await space.clock.until(() => b.engine.status.phase === 'live', 60_000);
    await space.clock.advance(20_000);
    const c = await space.device('c');
    await space.clock.until(() => size(c) === 20, 60_000);
    expect(size(c)).toBe(20);
  });

  test('[S12] a relay restored from a backup gets the author’s entries again, byte for byte', async () => {
    const a = await space.device('a');
    await space.device('eye');
    await say(a, 10);
    await space.quiet();
    space.relay.backup();
    await say(a, 10);
    await space.quiet();
    const before = space.relay.log.filter(({ header }) => header.device === a.id && header.lane === 'live').map(({ digest }) => digest);
    space.relay.restore();
    space.relay.restart();
    await space.quiet();
    expect(space.relay.log.filter(({ header }) => header.device === a.id && header.lane === 'live').map(({ digest }) => digest)).toEqual(before);
    expect(a.clones).toBe(0);
  });

  test('[S25] an entry that can’t be opened is set aside, reported, and in no one’s way', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await say(a, 1);
    await space.quiet();
    b.corrupt = 1;
    await say(a, 1);
    await say(a, 3);
    await space.quiet();
    expect(b.documents.aside).toHaveLength(1);
    expect(size(b)).toBe(4);
    expect(b.disk.rows.get('aside')?.size).toBe(1);
    // It is whole in the table, and is tried again at the next start.
    await b.stop();
    await b.start();
    await space.quiet();
    expect(size(b)).toBe(5);
    expect(b.disk.rows.get('aside')?.size).toBe(0);
  });

  test('[S25] all that came of a device before the roster named it is applied when it does, without a restart', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    b.strangers.add(a.id);
    await say(a, 100);
    await space.quiet();
    expect(size(b)).toBe(0);
    expect(b.disk.rows.get('aside')?.size).toBeGreaterThan(64);
    b.strangers.clear();
    await say(a, 1, LIST);
    await space.quiet();
    expect(size(b)).toBe(100);
    expect(b.disk.rows.get('aside')?.size).toBe(0);
  });

  test('[S26] parts survive a restart between them', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    a.say(NOTE, ['x'.repeat(400_000)]);
    await space.clock.until(() => [...(b.disk.rows.get('meta')?.keys() ?? [])].some((key) => key.startsWith('sync/part/')), 20_000);
    await b.stop();
    expect(size(a)).toBe(1);
    await b.start();
    await space.quiet();
    expect(size(b)).toBe(1);
    expect(b.documents.aside).toEqual([]);
  });
  test('[S25] [S26] parts that were set aside are a whole when they can be opened after all', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    b.corrupt = 1;
    a.say(NOTE, ['x'.repeat(200_000)]);
    await space.quiet();
    expect(size(b)).toBe(0);
    await b.stop();
    await b.start();
    await space.quiet();
    expect(size(b)).toBe(1);
    expect(b.disk.rows.get('aside')?.size).toBe(0);
  });

  test('[S26] a large body that is shown again changes nothing, also after a later one', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    for (const letter of ['x', 'y']) {
      a.say(NOTE, [letter.repeat(200_000)]);
      await space.quiet();
    }
    const [, , , last] = space.relay.log.filter(({ header }) => header.lane === 'bulk');
    if (last === undefined) throw new Error('No parts.');
    space.network.cut(b.id);
    await b.stop();
    // The check points after the middle of the first body are gone: it is read again from there.
    const middle = space.relay.log[1];
    if (middle === undefined) throw new Error('No parts.');
    b.disk.take([cursorRow([{ sequence: middle.sequence, digest: middle.digest }])], 'strict');
    await b.start();
    await space.quiet();
    expect(b.documents.aside).toEqual([]);
    expect(size(b)).toBe(2);
  });
});

describe('a relay that keeps entries back', () => {
  /** The relay shows `to` nothing of these counters of the other device's live lane. */
  function keepBack(to: SimDevice, from: SimDevice, counters: readonly number[], change = (bytes: Uint8Array): Uint8Array => bytes): void {
    const attach = space.relay.attach.bind(space.relay);
    jest.spyOn(space.relay, 'attach').mockImplementation((socket) =>
      attach({
        ...socket,
        send: (bytes) => {
          const frame = decodeRelayFrame(bytes);
          if (socket.device !== to.id || (frame.type !== 'entries' && frame.type !== 'page')) return socket.send(bytes);
          const entries = frame.entries.filter((entry) => {
            const { device, lane, counter } = readEntryHeader(entry.bytes);
            return device !== from.id || lane !== 'live' || !counters.includes(counter);
          });
          socket.send(encodeFrame({ ...frame, entries: entries.map((entry) => ({ ...entry, bytes: change(entry.bytes) })) }));
        },
      }),
    );
    space.network.cut(to.id);
  }

  test('[S28] is found out while live, once, and everything else goes on', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await say(a, 3);
    keepBack(b, a, [5, 6]);
    await space.quiet();
    await say(a, 6);
    await space.quiet();
    expect(b.documents.withheld).toEqual([expect.stringContaining('5 to 6')]);
    expect(size(b)).toBe(7);
    expect(b.engine.status).toMatchObject({ phase: 'live', problem: null });
    await b.stop();
    await b.start();
    await space.quiet();
    expect(b.documents.withheld).toEqual([]);
  });

  test('[S28] is found out when the device was away, also after a restart', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.device('eye');
    await say(a, 3);
    await space.quiet();
    await b.stop();
    await say(a, 6);
    keepBack(b, a, [5]);
    await b.start();
    await space.quiet();
    expect(b.documents.withheld).toEqual([expect.stringContaining(', 5)')]);
  });

  test('[S28] is found out, too, when the relay says that a snapshot covers them which nobody made', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    const eye = await space.device('eye');
    await say(a, 3);
    await space.quiet();
    await b.stop();
    await say(a, 3);
    await say(eye, 1, LIST);
    await say(a, 3);
    keepBack(b, a, [5], (bytes) => {
      const header = readEntryHeader(bytes);
      return header.device === eye.id ? Uint8Array.from([...encodeHeader({ ...header, kind: 'snapshot', covers: 1e9 }), ...bytes.subarray(HEADER_BYTES)]) : bytes;
    });
    await b.start();
    await space.quiet();
    expect(b.documents.aside).toHaveLength(1);
    expect(b.documents.withheld).toEqual([expect.stringContaining(', 5)')]);
  });

  test('[S28] what was pruned or left out because a snapshot has it is not missing', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.device('eye');
    await say(a, 3, LIST);
    await space.quiet();
    await b.stop();
    await say(a, 230);
    await say(a, 3, LIST);
    await space.quiet();
    const updates = space.relay.log.filter(({ header }) => header.kind === 'update');
    expect(updates.length).toBeLessThan(100);
    await b.start();
    const c = await space.device('c');
    await say(a, 3);
    await space.quiet();
    expect([b.documents.withheld, c.documents.withheld]).toEqual([[], []]);
    expect([size(b), size(c)]).toEqual([233, 233]);
  });

  test.each(['goes on', 'goes on after a restart here'])('[S28] nor is the pruned end of what a device wrote, when it %s', async (when) => {
    const a = await space.device('a');
    const b = await space.device('b');
    const eye = await space.device('eye');
    await say(a, 3);
    await space.quiet();
    await b.stop();
    await say(a, 100);
    await space.clock.advance(200_000);
    await say(eye, 3, LIST);
    await space.quiet();
    expect(space.relay.log.filter(({ header }) => header.device === a.id && header.kind === 'update')).toEqual([]);
    await b.start();
    await space.quiet();
    if (when !== 'goes on') {
      await b.stop();
      await b.start();
      await space.quiet();
    }
    await say(a, 3);
    await space.quiet();
    expect(b.documents.withheld).toEqual([]);
    expect(size(b)).toBe(106);
  });
});

describe('snapshots', () => {
  test('[S31] a snapshot does not take the place of the first parts of a body whose last is still to come', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.device('eye');
    await say(b, 60, NOTE, 100);
    await space.quiet();
    a.say(NOTE, ['x'.repeat(400_000)]);
    await space.clock.until(() => [...(b.disk.rows.get('meta')?.keys() ?? [])].some((key) => key.startsWith('sync/part/')), 20_000);
    space.network.unreachable.add(a.id);
    space.network.cut(a.id);
    await say(b, 200, NOTE, 100);
    await space.clock.advance(100_000);
    const snapshots = space.relay.log.filter(({ header }) => header.kind === 'snapshot');
    expect(snapshots.length).toBeGreaterThan(0);
    space.network.unreachable.clear();
    a.engine.notify('online');
    await space.quiet();
    const c = await space.device('c');
    await space.quiet();
    expect(c.documents.aside).toEqual([]);
    expect(size(c)).toBe(261);
    // Nothing after the first part was taken to be covered.
    const first = space.relay.log.find(({ header }) => header.parts > 1 && header.kind === 'update')?.sequence ?? 0;
    for (const { header } of snapshots) expect(header.covers).toBeLessThan(first);
  });

  test('[S30] [S31] [S33] after 200 entries one is posted, confirmed by another device, and a new device gets it instead of them', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await say(a, 230);
    await space.quiet();
    const snapshots = space.relay.log.filter(({ header }) => header.kind === 'snapshot');
    expect(snapshots).toHaveLength(1);
    expect(space.relay.log.length).toBeLessThan(60);
    const c = await space.device('c');
    await space.quiet();
    expect(size(c)).toBe(230);
    expect(c.documents.applied).toBeLessThan(60);
    expect(size(b)).toBe(230);
  });

  test('[S30] documents left alone get theirs after 40, one after the other', async () => {
    const a = await space.device('a');
    await space.device('eye');
    await say(a, 50, NOTE, 100);
    await say(a, 50, LIST, 100);
    await space.quiet();
    expect(space.relay.log.filter(({ header }) => header.kind === 'snapshot')).toHaveLength(0);
    await space.clock.advance(100_000);
    expect(space.relay.log.filter(({ header }) => header.kind === 'snapshot').map(({ header }) => header.alias).sort()).toEqual([NOTE, LIST].sort());
    const c = await space.device('c');
    await space.quiet();
    expect([size(c), size(c, LIST)]).toEqual([50, 50]);
    expect(c.documents.applied).toBeLessThan(10);
  });

  test('[S32] nobody summarises a document of which an entry is aside', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    b.corrupt = 1;
    await say(a, 1);
    const posted = jest.fn();
    await say(a, 250);
    await space.quiet();
    for (const { header } of space.relay.log) if (header.kind === 'snapshot') posted(header.device);
    expect(posted).not.toHaveBeenCalledWith(b.id);
    // Only b could confirm, and it does not: nothing was dropped.
    expect(space.relay.log.filter(({ header }) => header.kind === 'update').length).toBeGreaterThan(200);
  });
});

describe('[S6] a large value', () => {
  /** A value of so many bytes goes out while somebody types in another block. */
  async function outgoing(uplink: number, bytes: number): Promise<{ waits: number[]; took: number }> {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    space.network.uplink = uplink;
    const since = space.clock.now();
    a.say(NOTE, ['x'.repeat(bytes)]);
    const waits: number[] = [];
    for (let i = 0; size(b) === 0 && i < 5_000; i++) {
      const at = space.clock.now();
      a.say(LIST, [`key ${i}`]);
      await space.clock.until(() => b.documents.words.get(LIST)?.has(`key ${i}`) ?? false, 20_000);
      waits.push(space.clock.now() - at);
      await space.clock.advance(30);
    }
    const took = space.clock.now() - since;
    await space.quiet();
    return { waits: waits.sort((x, y) => x - y), took };
  }

  test.each([
    // 20 Mbit/s, whose ways differ by tens of ms here, so that the window stays on the safe side; a bad mobile line at 1 Mbit/s.
    [2_500, 4_000_000, 250, 0.25],
    [125, 600_000, 500, 0.6],
  ])('at %d bytes a ms never holds up a keystroke, and still uses the line', async (uplink, bytes, longest, share) => {
    const { waits, took } = await outgoing(uplink, bytes);
    expect(waits.length).toBeGreaterThan(10);
    expect(waits[Math.floor(waits.length * 0.95)]).toBeLessThan(longest);
    expect(bytes / uplink / took).toBeGreaterThan(share);
  });
});

describe('[S34] a device that is alone', () => {
  const DAY = 24 * 60 * 60 * 1000;
  const updates = (): number => space.relay.log.filter(({ header }) => header.kind === 'update').length;

  async function snapshotted(): Promise<SimDevice> {
    const a = await space.device('a');
    await say(a, 210, NOTE, 1_100);
    await space.clock.advance(100_000);
    expect(space.relay.log.some(({ header }) => header.kind === 'snapshot')).toBe(true);
    await say(a, 5, NOTE, 1_100);
    await space.quiet();
    return a;
  }

  test('confirms its own snapshot after a week, in a later connection', async () => {
    const a = await snapshotted();
    const before = updates();
    await space.clock.sleep(6 * DAY);
    await a.stop();
    await a.start();
    await space.clock.advance(100_000);
    expect(updates()).toBe(before);
    await space.clock.sleep(2 * DAY);
    await space.clock.advance(100_000);
    expect(updates()).toBeLessThan(before / 4);
    // What is left is all of it.
    const b = await space.device('b');
    await space.quiet();
    expect(size(b)).toBe(215);
  });

  test('does not while another was there within the week, nor in the connection that posted it', async () => {
    const a = await snapshotted();
    const before = updates();
    await space.clock.sleep(8 * DAY);
    await space.clock.advance(100_000);
    expect(updates()).toBe(before);
    const b = await space.device('b');
    await space.quiet();
    await b.stop();
    await a.stop();
    await a.start();
    await space.clock.sleep(DAY);
    await space.clock.advance(100_000);
    expect(updates()).toBe(before);
  });

  test('does not when the relay’s copy does not open', async () => {
    const a = await snapshotted();
    const before = updates();
    await space.clock.sleep(8 * DAY);
    await a.stop();
    await a.start();
    a.corrupt = 1;
    await space.clock.advance(100_000);
    expect(a.corrupt).toBe(0);
    expect(updates()).toBe(before);
    expect(a.engine.status).toMatchObject({ phase: 'live', problem: null });
  });
});

describe('status and presence', () => {
  test('[S50] says what waits and since when, and not more often than every 16 ms', async () => {
    const a = await space.device('a');
    await space.quiet();
    expect(a.engine.status).toMatchObject({ phase: 'live', unacknowledged: 0, waitingSince: null, behind: 0 });
    space.network.unreachable.add(a.id);
    space.network.cut(a.id);
    await space.clock.advance(100);
    const since = space.clock.now();
    await say(a, 3, NOTE, 10);
    const { status } = a.engine;
    expect(status).toMatchObject({ phase: 'offline', unacknowledged: 3, waitingSince: since, problem: { retry: true } });
    expect([...status.waiting]).toEqual([NOTE]);
    a.statuses.length = 0;
    for (let i = 0; i < 100; i++) a.say(LIST, [`${i}`]);
    await space.clock.advance(15);
    expect(a.statuses.length).toBeLessThanOrEqual(1);
    space.network.unreachable.clear();
    a.engine.notify('online');
    await space.quiet();
    expect(a.engine.status.latency).toBeGreaterThan(0);
    expect(a.statuses.at(-1)).toMatchObject({ phase: 'live', unacknowledged: 0 });
  });

  test('[S50] settled waits, and gives up', async () => {
    const a = await space.device('a');
    await space.quiet();
    a.say(NOTE, ['x']);
    let outcome = '';
    void a.engine.settled(20_000).then(() => (outcome = 'settled'));
    await space.clock.advance(5_000);
    expect(outcome).toBe('settled');
    a.engine.setPaused(true);
    a.say(NOTE, ['y']);
    void a.engine.settled(1_000).catch(() => (outcome = 'gave up'));
    await space.clock.advance(2_000);
    expect(outcome).toBe('gave up');
    a.engine.setPaused(false);
    await space.quiet();
  });

  test('[S60] presence: the newest only, at most every 50 ms, again for who comes later', async () => {
    const a = await space.device('a');
    const b = await space.device('b');
    await space.quiet();
    for (let i = 0; i < 100; i++) {
      a.engine.presence(Uint8Array.of(i));
      await space.clock.advance(10);
    }
    await space.clock.advance(200);
    expect(b.presences.length).toBeLessThanOrEqual(22);
    expect(b.presences.length).toBeGreaterThan(10);
    expect(b.presences.at(-1)).toBe('99');
    const c = await space.device('c');
    await space.quiet();
    expect(c.presences).toEqual(['99']);
  });
});
