/** Files between real devices by a real relay; what goes wrong on the line is made to. */
import { createHash, randomBytes } from 'node:crypto';
import { deriveSpace, FILE_PIECE } from '../crypto';
import { MemoryChunks } from '../relay/memory/memory-chunks';
import { MemoryLog } from '../relay/memory/memory-log';
import { MemoryRegistry } from '../relay/memory/memory-registry';
import { Harness } from '../relay/testing/harness';
import type { TestDevice } from '../relay/testing/device';
import type { RunningRelay, StartOptions } from '../relay/start';
import { decodeClientFrame, decodeRelayFrame, encodeFrame, FILES_ALIAS, LIMITS, type Alias, type RelayFrame } from '../protocol';
import { MemoryDisk, openMemoryStore } from '../store';
import type { Clock, Connection, Transport } from '../sync';
import { bytesByFetch, createTransport, longPollWay, streamByFetch, streamWay, systemClock, systemRandom, webSocketWay, type Way } from '../transport';
import { NodeWebSocket } from '../transport/ws-node';
import { optionsOf } from '../transport/testing/test-line';
import type { FileRef, TransferOptions } from './api';
import { lending } from './lending';
import { Transfers, withFiles } from './transfers';

// Disks and sockets of a busy machine take their time.
jest.setTimeout(30_000);

const harness = new Harness();
const KEYS = deriveSpace(new Uint8Array(32).fill(5));
const WS = webSocketWay({ WebSocket: NodeWebSocket, clock: systemClock });
const WAYS: readonly Way[] = [WS, streamWay({ post: bytesByFetch(), stream: streamByFetch(), clock: systemClock }), longPollWay({ post: bytesByFetch(), clock: systemClock })];
const engines: Transfers[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

/** Pauses are short here, so that a test of many tries is. */
const hasty: Clock = { now: () => Date.now(), after: (ms, run) => systemClock.after(ms / 5, run) };

interface Made {
  readonly engine: Transfers;
  readonly disk: MemoryDisk;
}

function engineOf(device: TestDevice, more: { disk?: MemoryDisk; ways?: readonly Way[]; own?: Transport; shared?: Transport; clock?: Clock } = {}): Made {
  const disk = more.disk ?? new MemoryDisk();
  const own = more.own ?? createTransport(optionsOf(device, more.ways ?? [WS]));
  const engine = new Transfers({ clock: more.clock ?? hasty, random: systemRandom, store: openMemoryStore(disk), keys: KEYS, own, shared: more.shared ?? null });
  engine.follow('connected');
  engines.push(engine);
  return { engine, disk };
}

function fileOf(content: Uint8Array): FileRef {
  return { hash: createHash('sha256').update(content).digest('hex'), size: content.length };
}

const reading = (content: Uint8Array) => async (from: number, to: number): Promise<Uint8Array> => content.subarray(from, to);

function options(more: Partial<TransferOptions> = {}): TransferOptions {
  return { signal: new AbortController().signal, progress: () => undefined, urgent: false, ...more };
}

/** @param start without `data` the relay has it in memory: no disk holds a test up */
async function two(start: Partial<StartOptions> = {}): Promise<{ relay: RunningRelay; laptop: TestDevice; phone: TestDevice }> {
  const data = { log: new MemoryLog(), registry: new MemoryRegistry(), chunks: new MemoryChunks({ spaceBytes: start.limits?.filesBytes }) };
  const relay = await harness.start({ data, ...start });
  const laptop = await harness.found(relay);
  return { relay, laptop, phone: await harness.join(laptop) };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds(); await new Promise((resolve) => setImmediate(resolve))) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
  }
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

describe.each(WAYS.map((way) => [way.name, way] as const))('over %s', (_name, way) => {
  test('[F3] [F6] what one device sends, another gets, whatever its size', async () => {
    const { laptop, phone } = await two();
    const [a, b] = [engineOf(laptop, { ways: [way] }), engineOf(phone, { ways: [way] })];
    for (const size of [0, 1, FILE_PIECE, 20 * FILE_PIECE + 5]) {
      const content = randomBytes(size);
      const sent: number[] = [];
      await a.engine.upload(fileOf(content), reading(content), options({ progress: (bytes) => sent.push(bytes) }));
      expect(sent.at(-1)).toBe(size);
      expect(same(await b.engine.download(fileOf(content), options()), content)).toBe(true);
    }
  });
});

test('[F1] the line is there while there is something to move, waits for the device’s own, and goes afterwards', async () => {
  const { relay, laptop } = await two();
  const { engine } = engineOf(laptop);
  engine.follow('unconnected');
  const content = randomBytes(100);
  const sending = engine.upload(fileOf(content), reading(content), options());
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(relay.relay.statistics.connections).toBe(0);
  engine.follow('connected');
  await sending;
  expect(relay.relay.statistics.connections).toBe(1);
  await until(() => relay.relay.statistics.connections === 0, 'the end of the line');
});

test('[F1] files wait for the device’s own connection, and end when that is closed', async () => {
  const { relay, laptop } = await two();
  const real = createTransport(optionsOf(laptop, [WS]));
  const { transport, files } = withFiles({ transport: real, own: real.beside(), clock: hasty, random: systemRandom, store: openMemoryStore(new MemoryDisk()), keys: KEYS });
  const content = randomBytes(40 * FILE_PIECE);
  let sent = 0;
  const sending = files.upload(fileOf(content), reading(content), options({ progress: (bytes) => (sent = bytes) }));
  sending.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(relay.relay.statistics.connections).toBe(0);
  const connection = transport.connect({ onOpen: () => connection.send(encodeFrame({ type: 'open', cursors: [], visible: true })), onFrame: () => undefined, onClose: () => undefined });
  await until(() => sent > 5 * FILE_PIECE, 'some chunks');
  connection.close();
  await until(() => relay.relay.statistics.connections === 0, 'the end of both');
  await files.stop();
  await expect(sending).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('[F3] content that is there already is not read again', async () => {
  const { laptop, phone } = await two();
  const content = randomBytes(3 * FILE_PIECE);
  await engineOf(laptop).engine.upload(fileOf(content), reading(content), options());
  const read = jest.fn(reading(content));
  await engineOf(phone).engine.upload(fileOf(content), read, options());
  expect(read).not.toHaveBeenCalled();
});

test('[F3] a file that is dropped while it is sent is sent again from its beginning', async () => {
  const { laptop, phone } = await two();
  const [a, b] = [engineOf(laptop), engineOf(phone)];
  const content = randomBytes(80 * FILE_PIECE);
  let sent = 0;
  const sending = a.engine.upload(fileOf(content), reading(content), options({ progress: (bytes) => (sent = bytes) }));
  await until(() => sent > 20 * FILE_PIECE, 'a quarter');
  await b.engine.drop(fileOf(content));
  await sending;
  expect(same(await b.engine.download(fileOf(content), options()), content)).toBe(true);
});

test('[F4] a file that changes while it is sent is damaged, and nothing of it stays at the relay', async () => {
  const { relay, laptop } = await two();
  const { engine } = engineOf(laptop);
  const content = randomBytes(60 * FILE_PIECE);
  const read = async (from: number, to: number): Promise<Uint8Array> => (from === 0 ? content.subarray(from, to) : randomBytes(to - from));
  await expect(engine.upload(fileOf(content), read, options())).rejects.toMatchObject({ code: 'DAMAGED' });
  const short = async (): Promise<Uint8Array> => content.subarray(0, 10);
  await expect(engine.upload(fileOf(content.subarray(0, 20)), short, options())).rejects.toMatchObject({ code: 'DAMAGED' });
  for (let tries = 0; tries < 500 && !/^blockwire_files 0$/m.test(await relay.relay.metrics()); tries++) await new Promise((resolve) => setImmediate(resolve));
  expect(await relay.relay.metrics()).toMatch(/^blockwire_files 0$/m);
  await engine.upload(fileOf(content), reading(content), options());
});

test('[F5] a space without room refuses a file with its code, and takes another that fits', async () => {
  const { laptop } = await two({ limits: { filesBytes: 4 * LIMITS.fileChunk } });
  const { engine } = engineOf(laptop);
  const large = randomBytes(10 * FILE_PIECE);
  const small = randomBytes(10);
  await expect(engine.upload(fileOf(large), reading(large), options())).rejects.toMatchObject({ code: 'SPACE_FULL' });
  await engine.drop(fileOf(large));
  for (let tries = 0; ; tries++) {
    try {
      await engine.upload(fileOf(small), reading(small), options());
      break;
    } catch (error) {
      if (tries === 50) throw error;
    }
  }
});

test('a file beyond what the protocol carries is refused before anything is read', async () => {
  const { laptop } = await two();
  await expect(engineOf(laptop).engine.upload({ hash: '0'.repeat(64), size: 2 ** 31 }, () => Promise.reject(new Error('read')), options())).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

test('[F6] what the relay has not, or not all of, is missing; what is not what was named is damaged', async () => {
  const { laptop } = await two();
  const { engine } = engineOf(laptop);
  const content = randomBytes(2 * FILE_PIECE);
  await expect(engine.download(fileOf(content), options())).rejects.toMatchObject({ code: 'MISSING' });
  await engine.upload(fileOf(content), reading(content), options());
  // Another count of chunks: not what was sealed.
  await expect(engine.download({ ...fileOf(content), size: FILE_PIECE }, options())).rejects.toMatchObject({ code: 'DAMAGED' });
  await engine.drop(fileOf(content));
  await expect(engine.download(fileOf(content), options())).rejects.toMatchObject({ code: 'MISSING' });
});

test('[F7] a device that is started again has what came before', async () => {
  const { laptop, phone } = await two();
  const content = randomBytes(100 * FILE_PIECE);
  await engineOf(laptop).engine.upload(fileOf(content), reading(content), options());
  const first = engineOf(phone);
  let came = 0;
  const getting = first.engine.download(fileOf(content), options({ progress: (bytes) => (came = bytes) }));
  getting.catch(() => undefined);
  await until(() => came > 70 * FILE_PIECE, 'the first megabyte');
  await first.engine.stop();
  await expect(getting).rejects.toMatchObject({ code: 'CANCELLED' });
  first.disk.crash(first.disk.atRisk);
  const second = engineOf(phone, { disk: first.disk });
  const steps: number[] = [];
  const found = await second.engine.download(fileOf(content), options({ progress: (bytes) => steps.push(bytes) }));
  expect(same(found, content)).toBe(true);
  expect(steps[0]).toBe(64 * FILE_PIECE);
  await second.engine.stop();
  expect([...(first.disk.rows.get('files')?.keys() ?? [])]).toEqual([]);
});

test('[F8] transfers go on when the line is lost again and again, and when the relay was restarted', async () => {
  const { relay, laptop, phone } = await two({ data: harness.directory });
  const content = randomBytes(150 * FILE_PIECE);
  const [a, b] = [engineOf(laptop), engineOf(phone)];
  let sent = 0;
  const sending = a.engine.upload(fileOf(content), reading(content), options({ progress: (bytes) => (sent = bytes) }));
  for (const at of [10, 40]) {
    await until(() => sent > at * FILE_PIECE, `${at} chunks`);
    relay.relay.disconnect(laptop.space.id, laptop.id);
  }
  await until(() => sent > 80 * FILE_PIECE, 'half of it');
  await relay.stop();
  const again = await harness.start({ port: relay.port });
  await sending;
  let came = 0;
  const getting = b.engine.download(fileOf(content), options({ progress: (bytes) => (came = bytes) }));
  await until(() => came > 50 * FILE_PIECE, 'a third');
  again.relay.disconnect(phone.space.id, phone.id);
  expect(same(await getting, content)).toBe(true);
});

test('[F10] what is shown goes before what was asked for earlier', async () => {
  const { laptop } = await two();
  const { engine } = engineOf(laptop);
  engine.follow('unconnected');
  const ended: string[] = [];
  const send = (name: string, size: number, urgent: boolean): Promise<void> => {
    const content = randomBytes(size);
    return engine.upload(fileOf(content), reading(content), options({ urgent })).then(() => void ended.push(name));
  };
  const all = [...['a', 'b', 'c', 'd'].map((name) => send(name, 15 * FILE_PIECE, false)), send('shown', 10 * FILE_PIECE, true)];
  await new Promise((resolve) => setImmediate(resolve));
  engine.follow('connected');
  await Promise.all(all);
  expect(ended[0]).toBe('shown');
});

test('[F10] two who want one file both get it', async () => {
  const { laptop } = await two();
  const { engine } = engineOf(laptop);
  const content = randomBytes(5 * FILE_PIECE);
  await Promise.all([1, 2].map(() => engine.upload(fileOf(content), reading(content), options())));
  const found = await Promise.all([1, 2].map(() => engine.download(fileOf(content), options())));
  expect(found.every((one) => same(one, content))).toBe(true);
});

test('[F11] a relay that keeps no files is told of in words, and refuses', async () => {
  const { laptop } = await two({ limits: { filesBytes: 0 } });
  const { engine } = engineOf(laptop);
  const content = randomBytes(10);
  expect(engine.problem).toBeNull();
  await expect(engine.upload(fileOf(content), reading(content), options())).rejects.toMatchObject({ code: 'FILES_OFF' });
  expect(engine.problem?.code).toBe('FILES_OFF');
});

test('[F11] to an older relay a transfer waits; it goes on when the device connects to a newer one', async () => {
  const { laptop } = await two();
  const real = createTransport(optionsOf(laptop, [WS]));
  let isOld = true;
  let asked = 0;
  // As an older relay does: it does not know the first frame.
  const own: Transport = {
    connect: (events) => {
      asked++;
      return real.connect({ ...events, onFrame: (bytes) => events.onFrame(bytes), onOpen: () => (isOld ? connection().send(Uint8Array.of(0x7f)) : events.onOpen()) });
      function connection(): ReturnType<Transport['connect']> {
        return last;
      }
    },
  };
  let last = null as unknown as ReturnType<Transport['connect']>;
  const keeping: Transport = { connect: (events) => (last = own.connect(events)) };
  const { engine } = engineOf(laptop, { own: keeping });
  const content = randomBytes(10);
  const sending = engine.upload(fileOf(content), reading(content), options());
  await until(() => engine.problem?.code === 'RELAY_OLD', 'the problem');
  expect(asked).toBe(1);
  isOld = false;
  engine.follow('unconnected');
  engine.follow('connected');
  await sending;
  expect(engine.problem).toBeNull();
});

test('[F12] a transfer that is given up ends at once, and goes on from there the next time', async () => {
  const { laptop } = await two();
  const { engine } = engineOf(laptop);
  const content = randomBytes(80 * FILE_PIECE);
  const giving = new AbortController();
  let sent = 0;
  const sending = engine.upload(fileOf(content), reading(content), options({ signal: giving.signal, progress: (bytes) => (sent = bytes) }));
  sending.catch(() => undefined);
  await until(() => sent > 20 * FILE_PIECE, 'a quarter');
  giving.abort();
  await expect(sending).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(engine.upload(fileOf(content), reading(content), options({ signal: giving.signal }))).rejects.toMatchObject({ code: 'CANCELLED' });
  const steps: number[] = [];
  await engine.upload(fileOf(content), reading(content), options({ progress: (bytes) => steps.push(bytes) }));
  expect(steps[0]).toBeGreaterThanOrEqual(20 * FILE_PIECE);
});

describe('where no second line comes about', () => {
  const refused: Transport = {
    connect: (events) => {
      queueMicrotask(() => events.onClose({ code: 'RATE_LIMITED', message: 'One connection at most.', retry: true }));
      return { send: () => undefined, buffered: () => 0, close: () => undefined };
    },
  };

  /** The device's own connection, welcomed, with the frames that came to its owner. */
  async function connected(device: TestDevice, shared: ReturnType<typeof lending>, ended?: () => void): Promise<{ frames: RelayFrame[]; connection: Connection }> {
    const frames: RelayFrame[] = [];
    const connection = shared.owner.connect({
      onOpen: () => connection.send(encodeFrame({ type: 'open', cursors: [], visible: true })),
      onFrame: (bytes) => void frames.push(decodeRelayFrame(bytes)),
      onClose: () => ended?.(),
    });
    await until(() => frames.some(({ type }) => type === 'welcome'), 'the welcome');
    return { frames, connection };
  }

  test('[F2] files go over the device’s own connection, and its owner hears nothing of them', async () => {
    const { relay, laptop } = await two();
    const shared = lending(createTransport(optionsOf(laptop, [WS])), () => undefined);
    const { frames, connection } = await connected(laptop, shared);
    const { engine } = engineOf(laptop, { own: refused, shared: shared.borrower });
    const content = randomBytes(5 * FILE_PIECE);
    await engine.upload(fileOf(content), reading(content), options());
    expect(same(await engine.download(fileOf(content), options()), content)).toBe(true);
    expect(relay.relay.statistics.connections).toBe(1);
    expect(frames.map(({ type }) => type)).toEqual(['welcome']);
    await engine.stop();
    connection.send(encodeFrame({ type: 'lease', alias: 'a1'.repeat(16) as Alias }));
    await until(() => frames.at(-1)?.type === 'leased', 'an answer to its owner');
    connection.close();
  });

  test('[F2] [F11] an older relay is asked there by what does not end the connection', async () => {
    const { laptop } = await two();
    const real = createTransport(optionsOf(laptop, [WS]));
    let ends = 0;
    // An older relay gives leave for any document.
    const older: Transport = {
      connect: (events) => {
        const line = real.connect(events);
        return { ...line, buffered: () => 0, close: () => line.close(), send: (frame) => (frame[0] === 0x04 ? queueMicrotask(() => events.onFrame(encodeFrame({ type: 'leased', alias: FILES_ALIAS, granted: true }))) : line.send(frame)) };
      },
    };
    const shared = lending(older, () => undefined);
    const { connection } = await connected(laptop, shared, () => ends++);
    const { engine } = engineOf(laptop, { own: refused, shared: shared.borrower });
    const content = randomBytes(10);
    engine.upload(fileOf(content), reading(content), options()).catch(() => undefined);
    await until(() => engine.problem?.code === 'RELAY_OLD', 'the problem');
    expect(ends).toBe(0);
    connection.close();
  });
});

test('[F9] of a line of which nothing is known one chunk is on its way, up as well as down', async () => {
  const { laptop } = await two();
  const real = createTransport(optionsOf(laptop, [WS]));
  const alone = { put: 0, get: 0, isAnswered: false };
  const watched: Transport = {
    connect: (events) => {
      const line = real.connect({ ...events, onOpen: () => events.onOpen(), onClose: (reason) => events.onClose(reason), onFrame: (bytes) => {
        alone.isAnswered ||= ['stored', 'chunk'].includes(decodeRelayFrame(bytes).type);
        events.onFrame(bytes);
      } });
      return { buffered: () => line.buffered(), close: () => line.close(), send: (frame) => {
        const { type } = decodeClientFrame(frame);
        if (!alone.isAnswered && (type === 'put' || type === 'get')) alone[type]++;
        line.send(frame);
      } };
    },
  };
  const content = randomBytes(20 * FILE_PIECE);
  await engineOf(laptop, { own: watched }).engine.upload(fileOf(content), reading(content), options());
  alone.isAnswered = false;
  await engineOf(laptop, { own: watched }).engine.download(fileOf(content), options());
  expect(alone).toMatchObject({ put: 1, get: 1 });
});
