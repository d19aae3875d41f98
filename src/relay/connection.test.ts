import { WebSocket } from 'ws';
import { ERROR_MEANINGS, LIMITS, type Alias } from '../protocol';
import { CONNECTION_LIMITS } from './connection-context';
import { digestOf } from './digest';
import { OLD, TODAY } from './testing/entries';
import { TestSpace, type TestDevice, type TestSocket } from './testing/device';
import { Harness } from './testing/harness';
import { SqliteRegistry } from './sqlite/sqlite-registry';

const harness = new Harness();
const READ = { type: 'read', request: 1, after: 0, compact: false, aliases: null } as const;

/** Jest takes seconds to compare large buffers. */
const digest = ({ bytes }: { bytes: Uint8Array }): string => digestOf(bytes);

/** Waits until everything sent before has been handled: the answer to a read comes after it. */
async function settled(socket: TestSocket): Promise<void> {
  socket.send({ ...READ, request: 77, after: Number.MAX_SAFE_INTEGER });
  await socket.pages(77);
}

describe('[P56] open comes first, once', () => {
  test.each(['append', 'visible', 'presence'] as const)('%s before it ends the connection', async (type) => {
    const device = await harness.found(await harness.start());
    await device.session();
    const socket = harness.kept(await device.socket());
    if (type === 'append') socket.append([device.entry()]);
    else if (type === 'visible') socket.send({ type, visible: true });
    else socket.send({ type, bytes: new Uint8Array(3) });
    expect(await socket.next('error')).toMatchObject({ code: 'BAD_FRAME' });
    expect(await socket.end()).toEqual({ code: 4000, reason: 'BAD_FRAME' });
  });

  test('twice ends it', async () => {
    const device = await harness.found(await harness.start());
    const socket = harness.kept(await device.open());
    socket.send({ type: 'open', cursors: [], visible: true });
    expect(await socket.end()).toMatchObject({ code: 4000 });
  });

  test.each([
    ['an unknown type', Buffer.from([0x7f])],
    ['nothing', Buffer.alloc(0)],
    ['a relay frame', Buffer.from([0x48, 0, 0])],
    ['text', 'hello'],
  ])('%s ends it', async (_, message) => {
    const device = await harness.found(await harness.start());
    const socket = harness.kept(await device.open());
    socket.webSocket.send(message);
    expect(await socket.end()).toEqual({ code: 4000, reason: 'BAD_FRAME' });
  });

  test('a frame over the limit ends it as too large', async () => {
    const device = await harness.found(await harness.start());
    const socket = harness.kept(await device.open());
    socket.webSocket.send(Buffer.alloc(LIMITS.frame + 1, 1));
    expect(await socket.end()).toEqual({ code: 4001, reason: 'TOO_LARGE' });
  });

  test('[P9] a message of more than twice the limit is cut off unread', async () => {
    const device = await harness.found(await harness.start());
    const socket = harness.kept(await device.open());
    socket.webSocket.send(Buffer.alloc(2 * LIMITS.frame + 1, 1));
    expect(await socket.end()).toMatchObject({ code: 1009 });
    const again = harness.kept(await device.open());
    again.append([device.entry()]);
    expect(await again.results(1)).toMatchObject([{ status: 'stored' }]);
  });

  test('silence ends it as too slow, which a device takes for a reason to try again', async () => {
    const device = await harness.found(await harness.start({ limits: { connection: { ...CONNECTION_LIMITS, opening: 200 } } }));
    await device.session();
    const since = Date.now();
    const socket = harness.kept(await device.socket());
    expect(await socket.end()).toEqual({ code: 4011, reason: 'SLOW_CONSUMER' });
    expect(Date.now() - since).toBeGreaterThan(150);
    expect(ERROR_MEANINGS.SLOW_CONSUMER.retry).toBe('yes');
  });
});

describe('[P57] welcome', () => {
  test('tells head, match, lanes and peers', async () => {
    const { laptop, phone, a } = await harness.pair();
    expect(a.welcome).toEqual({
      type: 'welcome',
      head: 0,
      match: 0,
      lanes: [
        { lane: 'live', counter: 0, digest: '0'.repeat(32) },
        { lane: 'bulk', counter: 0, digest: '0'.repeat(32) },
      ],
      peers: { connected: [], visible: [] },
    });
    const entries = laptop.entries(3);
    a.append(entries);
    const results = await a.results(3);
    const sequences = results.map((result) => ('sequence' in result ? result.sequence : 0));
    const cursors = entries.map(({ bytes }, i) => ({ sequence: sequences[i] ?? 0, digest: digestOf(bytes) }));
    await a.close();
    const again = harness.kept(await laptop.open({ cursors: [{ sequence: 999_999, digest: digestOf(Buffer.alloc(1)) }, ...cursors.slice(1, 2), ...cursors.slice(0, 1)] }));
    expect(again.welcome).toMatchObject({
      head: sequences[2],
      match: sequences[1],
      lanes: [{ lane: 'live', counter: 3, digest: cursors[2]?.digest }, { counter: 0 }],
      peers: { connected: [phone.id], visible: [phone.id] },
    });
  });

  test('counts entries sent just before it, in the same turn', async () => {
    const { laptop, phone, a } = await harness.pair();
    const third = await harness.join(phone);
    await third.session();
    const socket = harness.kept(await third.socket());
    socket.send({ type: 'open', cursors: [], visible: false });
    a.append(laptop.entries(5));
    const { head } = await socket.next('welcome');
    await a.results(5);
    socket.send(READ);
    const [page] = await socket.pages(1);
    const read = page?.entries.map(({ sequence }) => sequence) ?? [];
    const told = socket.frames.flatMap((frame) => (frame.type === 'entries' ? frame.entries.map(({ sequence }) => sequence) : []));
    expect(new Set([...read, ...told]).size).toBe(5);
    expect(told.every((sequence) => sequence > head)).toBe(true);
  });
});

describe('[P58] new entries', () => {
  test('of other devices come in log order, byte for byte, and none of one’s own', async () => {
    const { laptop, phone, a, b } = await harness.pair();
    const mine = laptop.entries(40);
    const theirs = phone.entries(40);
    for (let i = 0; i < 40; i += 10) {
      a.append(mine.slice(i, i + 10));
      b.append(theirs.slice(i, i + 10));
    }
    const [atB, atA] = await Promise.all([b.entries(40), a.entries(40)]);
    expect(atB.map(digest)).toEqual(mine.map(digest));
    expect(atA.map(digest)).toEqual(theirs.map(digest));
    const all = [...atA, ...atB].map(({ sequence }) => sequence);
    expect(new Set(all).size).toBe(80);
    await Promise.all([a.results(40), b.results(40)]);
    await Promise.all([settled(a), settled(b)]);
    expect([...a.frames, ...b.frames].filter(({ type }) => type === 'entries')).toEqual([]);
  });

  test('larger than one frame come in several', async () => {
    const { laptop, a, b } = await harness.pair();
    const large = Array.from({ length: 6 }, () => laptop.entry({ lane: 'bulk' }, 100_000));
    for (const each of large) a.append([each]);
    expect((await b.entries(6)).map(digest)).toEqual(large.map(digest));
  });

  test('stay in their space', async () => {
    const { relay, laptop, a } = await harness.pair();
    const stranger = harness.kept(await (await harness.found(relay)).open());
    a.append(laptop.entries(3));
    await a.results(3);
    await settled(stranger);
    expect(stranger.frames).toEqual([]);
  });
});

test('[P59] presence is passed on with its sender, newest of a turn, and never stored', async () => {
  const { relay, laptop, a, b } = await harness.pair();
  a.send({ type: 'presence', bytes: Buffer.from('here') });
  expect(await b.next('presence')).toEqual({ type: 'presence', device: laptop.id, bytes: Buffer.from('here') });
  for (let i = 0; i < 50; i++) a.send({ type: 'presence', bytes: Buffer.from(`at ${i}`) });
  const last = Buffer.from('at 49');
  await b.until('the newest presence', () => b.frames.find((frame) => frame.type === 'presence' && Buffer.compare(frame.bytes, last) === 0));
  await settled(a);
  expect(a.frames.filter(({ type }) => type === 'presence')).toEqual([]);
  expect(await relay.relay.inspect(laptop.space.id)).toEqual([]);
});

test('[P60] peers tell who is there and who can be seen; a device counts once', async () => {
  const { laptop, phone, a, b } = await harness.pair();
  const peersAtA = async (): Promise<unknown> => (await a.next('peers')).peers;
  b.send({ type: 'visible', visible: false });
  expect(await peersAtA()).toEqual({ connected: [phone.id], visible: [] });
  const second = await phone.open();
  expect(await peersAtA()).toEqual({ connected: [phone.id], visible: [phone.id] });
  expect(second.welcome?.peers).toEqual({ connected: [laptop.id], visible: [laptop.id] });
  await second.close();
  expect(await peersAtA()).toEqual({ connected: [phone.id], visible: [] });
  await b.close();
  expect(await peersAtA()).toEqual({ connected: [], visible: [] });
});

describe('appends', () => {
  test('[P61] an entry of another space or device ends the connection, and nothing of its frame is stored', async () => {
    const { relay, laptop, phone, a, b } = await harness.pair();
    a.append([laptop.entry(), phone.entry()]);
    expect(await a.next('error')).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await a.end()).toMatchObject({ code: 4002 });
    b.append([phone.entry({ space: new TestSpace().id, counter: 1 })]);
    expect(await b.end()).toMatchObject({ code: 4002 });
    expect(await relay.relay.inspect(laptop.space.id)).toEqual([]);
  });

  test('[P62] [P63] results come in order, and say what became of each', async () => {
    const { laptop, a } = await harness.pair();
    const entries = laptop.entries(4);
    const [one, two, three, four] = entries;
    if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error('no entries');
    const bulk = laptop.entry({ lane: 'bulk' });
    a.append([one, two, two, four, bulk]);
    a.append([laptop.entry({ counter: 1 }), three, four]);
    const results = await a.results(8);
    expect(results.map(({ status, lane, counter }) => `${status} ${lane} ${counter}`)).toEqual([
      'stored live 1',
      'stored live 2',
      'duplicate live 2',
      'gap live 4',
      'stored bulk 1',
      'conflict live 1',
      'stored live 3',
      'stored live 4',
    ]);
    expect(results[3]).toMatchObject({ expected: 3 });
  });

  test('[P62] an answer comes after all entries of others with lower sequences', async () => {
    const { laptop, phone, a, b } = await harness.pair();
    const rounds = 40;
    for (let i = 0; i < rounds; i++) {
      // In one turn of the relay or in two, across the ends of reserved blocks too.
      b.append(phone.entries(60));
      a.append([laptop.entry()]);
      if (i % 3 === 0) await settled(a);
    }
    await a.until('all answers', () => (a.frames.flatMap((frame) => (frame.type === 'appended' ? frame.results : [])).length === rounds ? true : null));
    let sent = 0;
    const late: number[] = [];
    const before: number[] = [];
    for (const frame of a.frames) {
      if (frame.type === 'entries') {
        for (const { sequence } of frame.entries) {
          if (sequence < sent) late.push(sequence);
          before.push(sequence);
        }
      } else if (frame.type === 'appended') for (const result of frame.results) sent = Math.max(sent, 'sequence' in result ? result.sequence : 0);
    }
    expect(before.length).toBeGreaterThan(1000);
    expect(late).toEqual([]);
  });

  test('an entry that is not one ends the connection', async () => {
    const { a } = await harness.pair();
    a.send({ type: 'append', entries: [Buffer.alloc(300, 1)] });
    expect(await a.end()).toMatchObject({ code: 4000 });
  });

  test('[P71] a full space refuses them, stores nothing of them, and still reads', async () => {
    const { laptop, a, b } = await harness.pair({ limits: { spaceBytes: 2_000 } });
    a.append(laptop.entries(4));
    await a.results(4);
    a.append(laptop.entries(10));
    expect(await a.next('error')).toMatchObject({ code: 'SPACE_FULL' });
    a.send(READ);
    expect((await a.pages(1)).flatMap(({ entries }) => entries)).toHaveLength(4);
    expect(a.closed).toBeNull();
    expect(await b.entries(4)).toHaveLength(4);
  });

  test('[P70] more than 256 unacknowledged entries are taken all the same, only more slowly', async () => {
    const { laptop, a, b } = await harness.pair();
    const entries = laptop.entries(2_000);
    for (let i = 0; i < entries.length; i += 100) a.append(entries.slice(i, i + 100));
    expect((await a.results(2_000)).every(({ status }) => status === 'stored')).toBe(true);
    expect(await b.entries(2_000)).toHaveLength(2_000);
  });

  test('frames without end are read more slowly, and none is lost', async () => {
    const { laptop, a } = await harness.pair({ limits: { connection: { buffered: 1e7, framesPerSecond: 1_000, frameBurst: 10 } } });
    for (const entry of laptop.entries(60)) a.append([entry]);
    expect(await a.results(60)).toHaveLength(60);
  });
});

test('a clock that is set back does not slow a device down', async () => {
  let now = Date.now();
  const relay = await harness.start({ now: () => now });
  const laptop = await harness.found(relay);
  const a = harness.kept(await laptop.open());
  now -= 60_000;
  const since = Date.now();
  for (let i = 0; i < 30; i++) await settled(a);
  // Throttled, each would wait a tenth of a second.
  expect(Date.now() - since).toBeLessThan(2_000);
});

test('[P70] a device that does not take what it is sent is closed, and the others go on', async () => {
  const { relay, laptop, phone, a, b } = await harness.pair({ limits: { connection: { buffered: 500_000, framesPerSecond: 1e6, frameBurst: 1e6 } } });
  const third = harness.kept(await (await harness.join(laptop)).open());
  b.webSocket.pause();
  const large = Array.from({ length: 80 }, () => laptop.entry({}, 200_000));
  for (const each of large) {
    a.append([each]);
    await a.results(1);
    if (relay.relay.statistics.devices === 2) break;
  }
  expect(relay.relay.statistics.devices).toBe(2);
  await a.until('news that it left', () => a.frames.find((frame) => frame.type === 'peers' && !frame.peers.connected.includes(phone.id)));
  expect((await third.entries(1)).length).toBeGreaterThan(0);
}, 20_000);

describe('[P66] read', () => {
  test('is answered by pages, in order, through the log', async () => {
    const { laptop, a, b } = await harness.pair();
    const entries = Array.from({ length: 30 }, (_, i) => laptop.entry({ alias: i % 2 === 0 ? TODAY : OLD }, 40_000));
    for (let i = 0; i < 30; i += 5) a.append(entries.slice(i, i + 5));
    await a.results(30);
    b.send(READ);
    const pages = await b.pages(1);
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flatMap((page) => page.entries).map(digest)).toEqual(entries.map(digest));
    for (const page of pages) {
      expect(page.through?.sequence).toBe(page.entries.at(-1)?.sequence);
      expect(page.done).toBe(page === pages.at(-1));
    }
    b.send({ ...READ, request: 2, aliases: [OLD], after: pages[3]?.through?.sequence ?? 0 });
    const old = (await b.pages(2)).flatMap((page) => page.entries);
    expect(old.length).toBeLessThan(15);
    expect(old.every(({ bytes }) => entries.some((each) => each.header.alias === OLD && Buffer.compare(each.bytes, bytes) === 0))).toBe(true);
  });

  test('several wait their turn; too many at once are refused', async () => {
    const { a, b } = await harness.pair();
    for (let request = 1; request <= 5; request++) a.send({ ...READ, request });
    for (let request = 1; request <= 5; request++) expect(await a.pages(request)).toHaveLength(1);
    for (let request = 1; request <= 500; request++) b.webSocket.send(Buffer.from([3, 1, 0, 0, 0]));
    await b.until('an answer to all or the end', () => (b.closed !== null || b.frames.length >= 500 ? true : null));
  });
});

describe('snapshots', () => {
  /** A log of ten updates and a snapshot of them by the laptop; resolves to the snapshot's sequence. */
  async function snapshot(laptop: TestDevice, a: TestSocket): Promise<number> {
    a.append(laptop.entries(10));
    const results = await a.results(10);
    const last = results.at(-1);
    const covers = last !== undefined && 'sequence' in last ? last.sequence : 0;
    a.append([laptop.entry({ kind: 'snapshot', lane: 'bulk', covers })]);
    const [result] = await a.results(1);
    return result !== undefined && 'sequence' in result ? result.sequence : 0;
  }
  async function held(socket: TestSocket): Promise<number> {
    socket.send({ ...READ, request: 5 });
    return (await socket.pages(5)).flatMap(({ entries }) => entries).length;
  }
  /** Reads until the log holds this many entries. */
  async function shrunk(socket: TestSocket, count: number): Promise<void> {
    for (let i = 0; i < 500; i++) if ((await held(socket)) === count) return;
    throw new Error('The log did not shrink.');
  }

  test('[P67] one device at a time has leave to post one, until it has or leaves', async () => {
    const { laptop, phone, a, b } = await harness.pair();
    const lease = async (socket: TestSocket, alias = TODAY): Promise<boolean> => {
      socket.send({ type: 'lease', alias });
      return (await socket.next('leased')).granted;
    };
    expect(await lease(a)).toBe(true);
    expect(await lease(b)).toBe(false);
    expect(await lease(b, OLD)).toBe(true);
    expect(await lease(a)).toBe(true);
    await snapshot(laptop, a);
    expect(await lease(b)).toBe(true);
    expect(await lease(a)).toBe(false);
    await b.close();
    await a.until('news that it left', () => a.frames.find((frame) => frame.type === 'peers' && !frame.peers.connected.includes(phone.id)));
    expect(await lease(a)).toBe(true);
  });

  test('[P67] one connection holds a few leaves at most', async () => {
    const { a } = await harness.pair();
    for (let i = 0; i < 40; i++) a.send({ type: 'lease', alias: i.toString(16).padStart(32, '0') as Alias });
    await settled(a);
    const granted = a.frames.flatMap((frame) => (frame.type === 'leased' && frame.granted ? [frame.alias] : []));
    expect(granted).toHaveLength(16);
  });

  test('[P67] a leave ends after a minute', async () => {
    let now = Date.now();
    const { a, b } = await harness.pair({ now: () => now });
    a.send({ type: 'lease', alias: TODAY });
    await a.next('leased');
    now += 60_001;
    b.send({ type: 'lease', alias: TODAY });
    expect((await b.next('leased')).granted).toBe(true);
  });

  test('[P68] [P69] what another device confirmed is dropped', async () => {
    const { laptop, a, b } = await harness.pair();
    const sequence = await snapshot(laptop, a);
    b.send({ type: 'confirm', alias: TODAY, sequence: sequence - 1 });
    b.send({ type: 'confirm', alias: OLD, sequence });
    await settled(b);
    expect(await held(b)).toBe(11);
    b.send({ type: 'confirm', alias: TODAY, sequence });
    await shrunk(b, 1);
    b.send({ ...READ, request: 9, compact: true });
    expect((await b.pages(9)).flatMap(({ entries }) => entries).map((entry) => entry.sequence)).toEqual([sequence]);
  });

  test('[P68] its author confirms it only in a later connection, after a week without another device', async () => {
    let now = Date.now();
    const relay = await harness.start({ now: () => now });
    const laptop = await harness.found(relay);
    await laptop.session({ time: now });
    let a = harness.kept(await laptop.open());
    const sequence = await snapshot(laptop, a);
    const confirm = async (): Promise<number> => {
      a.send({ type: 'confirm', alias: TODAY, sequence });
      await settled(a);
      return held(a);
    };
    now += 8 * 24 * 60 * 60 * 1000;
    expect(await confirm()).toBe(11);
    await a.close();
    await laptop.session({ time: now });
    a = harness.kept(await laptop.open());
    now -= 2 * 24 * 60 * 60 * 1000;
    expect(await confirm()).toBe(11);
    now += 2 * 24 * 60 * 60 * 1000;
    await confirm();
    await shrunk(a, 1);
  });

  test('[P64] a device that sends again what was dropped long ago doubles nothing', async () => {
    const { laptop, a, b } = await harness.pair();
    const entries = laptop.entries(5);
    a.append(entries);
    const covers = (await a.results(5)).map((result) => ('sequence' in result ? result.sequence : 0)).at(-1) ?? 0;
    a.append([laptop.entry({ kind: 'snapshot', lane: 'bulk', covers })]);
    const [result] = await a.results(1);
    b.send({ type: 'confirm', alias: TODAY, sequence: result !== undefined && 'sequence' in result ? result.sequence : 0 });
    await shrunk(b, 1);
    a.append(entries);
    expect((await a.results(5)).map(({ status }) => status)).toEqual(Array(5).fill('duplicate'));
    expect(await held(b)).toBe(1);
  });

  test('[P69] pruning goes on after a restart', async () => {
    const { relay, laptop, a, b } = await harness.pair();
    const sequence = await snapshot(laptop, a);
    b.send({ type: 'confirm', alias: TODAY, sequence });
    await settled(b);
    await relay.stop();
    await harness.start({ port: relay.port });
    const again = harness.kept(await laptop.open());
    await shrunk(again, 1);
  });
});

test('a device that asks by itself is not pinged', async () => {
  const { b, a } = await harness.pair({ pingEvery: 40 });
  const pings = { a: 0, b: 0 };
  a.webSocket.on('ping', () => pings.a++);
  b.webSocket.on('ping', () => pings.b++);
  const asking = setInterval(() => b.send({ type: 'visible', visible: true }), 15);
  await new Promise<void>((resolve) => {
    a.webSocket.on('ping', () => pings.a >= 4 && resolve());
  });
  clearInterval(asking);
  expect(pings.b).toBeLessThan(2);
});

test('a device that answers no ping is dropped', async () => {
  const { relay, b } = await harness.pair({ pingEvery: 30 });
  // What can't be read can't be answered.
  b.webSocket.pause();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (relay.relay.statistics.devices > 1) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
  expect(relay.relay.statistics.devices).toBe(1);
});

test('the pings of many devices go out one after the other, and each device gets one in each round', async () => {
  const relay = await harness.start({ pingEvery: 500 });
  const device = await harness.found(relay);
  await device.session();
  const pings: { at: number; of: WebSocket }[] = [];
  const { ping } = WebSocket.prototype;
  const each = new Promise<void>((resolve) => {
    jest.spyOn(WebSocket.prototype, 'ping').mockImplementation(function (this: WebSocket) {
      pings.push({ at: performance.now(), of: this });
      ping.call(this);
      if (new Set(pings.map(({ of }) => of)).size === 5) resolve();
    });
  });
  for (let i = 0; i < 5; i++) harness.kept(await device.socket());
  await each;
  jest.restoreAllMocks();
  // A part of the round is 20 ms long.
  pings.slice(1).forEach(({ at }, i) => expect(at - (pings[i]?.at ?? 0)).toBeGreaterThan(10));
});

test('[P54] a device that asks by itself, and so is never pinged, keeps its session', async () => {
  const hour = 60 * 60 * 1000;
  let now = Date.now();
  const relay = await harness.start({ pingEvery: 100, now: () => now });
  const device = await harness.found(relay);
  const socket = harness.kept(await device.open());
  const { extendSession } = SqliteRegistry.prototype;
  const heard = jest.spyOn(SqliteRegistry.prototype, 'heard');
  const extended = new Promise<void>((resolve) => {
    jest.spyOn(SqliteRegistry.prototype, 'extendSession').mockImplementation(async function (this: SqliteRegistry, ...asked) {
      await extendSession.apply(this, asked);
      resolve();
    });
  });
  now += 2 * hour;
  await settled(socket);
  await extended;
  expect(heard.mock.calls.at(-1)?.[2]).toBe(now);
  jest.restoreAllMocks();
  now += 23 * hour;
  await harness.kept(await device.socket()).close();
});
