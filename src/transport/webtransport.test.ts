/** WebTransport as a device uses it: against a real relay with a process beside it, through a client in another process. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createTransport, Offers, systemClock, webSocketWay, webTransportWay, type LadderKeeper, type Way } from '.';
import { ByteStrings, decodeClientFrame, decodeOffer, encodeByteString, encodeCode, encodeFrame, encodeOffer, LIMITS, type RelayFrame } from '../protocol';
import type { RunningRelay } from '../relay';
import { HandClock } from '../relay/testing/hand-clock';
import { Harness } from '../relay/testing/harness';
import type { Clock } from '../sync';
import { DENO, describeWithDeno, QuicClient } from './testing/node-web-transport';
import { optionsOf, TestLines, watchedWay } from './testing/test-line';
import { transportContract } from './testing/transport.contract';
import { NodeWebSocket } from './ws-node';

const harness = new Harness();
const lines = new TestLines();
const client = new QuicClient();

/** A relay that offers it already. */
async function offering(by: Harness, hostname?: string): Promise<RunningRelay> {
  const relay = await by.start({ webTransport: { deno: DENO ?? '', port: 0, ...(hostname !== undefined && { hostname }) } });
  await new Promise<void>((resolve) => {
    const untell = relay.relay.offers.tell((frame) => {
      if (decodeOffer(frame)?.port === 0) return;
      queueMicrotask(() => untell());
      resolve();
    });
  });
  return relay;
}

function both(clock: Clock = systemClock, see?: (url: string) => void, isWanted = (): boolean => true): { socket: Way; quic: Way; offers: Offers } {
  const offers = new Offers(isWanted);
  class Watched extends NodeWebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      see?.(String(url));
    }
  }
  return { offers, socket: webSocketWay({ WebSocket: Watched, clock, offers }), quic: webTransportWay({ WebTransport: client.classFor(see), offers, clock }) };
}

/** Asks for the offer by a WebSocket, and goes by WebTransport alone. */
function offeredFirst(see?: (url: string) => void): Way {
  const { socket, quic, offers } = both(systemClock, see);
  return {
    name: 'webtransport',
    async open(relay, token, events, signal) {
      if (offers.of(relay) === null) {
        let heard = (): void => undefined;
        const offered = new Promise<void>((resolve) => (heard = resolve));
        const channel = await socket.open(relay, token, { onFrame: () => undefined, onEnd: heard, onOffer: () => offers.of(relay) !== null && heard() }, signal);
        if (channel === null) return null;
        await offered;
        channel.close();
      }
      return quic.open(relay, token, events, signal);
    },
  };
}

describeWithDeno('over WebTransport', () => {
  transportContract(offeredFirst, (by) => offering(by));
});

/** Runs faster than the world: a minute is three seconds. */
const fast: Clock = { now: systemClock.now, after: (ms, run) => systemClock.after(ms / 20, run) };

describeWithDeno('on the ladder', () => {
  test('[P100] it is taken once the WebSocket has told of it, and first by the next connection of that run; files get a stream of the same session', async () => {
    const device = await harness.found(await offering(harness));
    const opened: string[] = [];
    const { socket, quic } = both(systemClock, (url) => opened.push(new URL(url).protocol));
    const transport = createTransport(optionsOf(device, [quic, socket]));
    const first = lines.over(transport);
    await first.welcome();
    expect(first.way).toBe('websocket');
    expect(await first.closed).toMatchObject({ code: 'SWITCHING' });
    const next = lines.over(transport);
    await next.welcome();
    expect(next.way).toBe('webtransport');
    const files = lines.over(transport.beside());
    expect(await files.opened).toBe('open');
    expect(files.way).toBe('webtransport');
    files.send({ type: 'files' });
    await files.next('filing');
    files.connection.close();
    next.send({ type: 'append', entries: [device.entry().bytes] });
    await next.next('appended');
    expect(opened).toEqual(['ws:', 'https:']);
    next.connection.close();
    const again = lines.over(transport);
    await again.welcome();
    expect(again.way).toBe('webtransport');
    expect(opened).toEqual(['ws:', 'https:', 'https:']);
  });

  test('who does not want it is told nothing, and who does is told nothing by a relay that has none', async () => {
    const frames: RelayFrame[] = [];
    for (const [relay, isWanted] of [[await offering(harness), false], [await harness.start({ data: `${harness.directory}/other` }), true]] as const) {
      const device = await harness.found(relay);
      const { socket, quic, offers } = both(fast, undefined, () => isWanted);
      const line = lines.open(optionsOf(device, [quic, socket], { clock: fast }));
      await line.welcome();
      line.send({ type: 'lease', alias: 'a'.repeat(32) as never });
      await line.next('leased');
      expect(offers.of(device.relay)).toBeNull();
      expect([line.way, line.closes]).toEqual(['websocket', 0]);
      frames.push(...line.frames);
    }
    expect(frames.map(({ type }) => type)).toEqual(['welcome', 'leased', 'welcome', 'leased']);
  });
});

/** Waits until it holds. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error('Waited in vain.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Takes packets and answers none, as a firewall does. */
async function silence(): Promise<Socket> {
  const socket = createSocket('udp4').unref();
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

describeWithDeno('where UDP is blocked', () => {
  test('the WebSocket goes on, that is remembered for the network, and a connection that begins with it falls back within the ladder’s time', async () => {
    const relay = await harness.start();
    const blocked = await silence();
    relay.relay.offers.post({ port: blocked.address().port, hashes: [new Uint8Array(32)] });
    const device = await harness.found(relay);
    let text: string | null = null;
    const ladder: LadderKeeper = { load: () => text, save: (saved) => void (text = saved) };
    const tried: string[] = [];
    const { socket, quic } = both(fast);
    const watched: Way = {
      ...quic,
      open(...all) {
        tried.push('webtransport');
        return quic.open(...all);
      },
    };
    const ways = [watched, watchedWay(socket, () => tried.push('websocket'))];
    let network = 'wifi';
    const transport = createTransport(optionsOf(device, ways, { clock: fast, ladder, network: () => network }));
    const line = lines.over(transport);
    await line.welcome();
    // It is tried beside the connection, which goes on.
    await until(() => text !== null);
    expect([line.way, line.closes]).toEqual(['websocket', 0]);
    expect(tried.splice(0)).toEqual(['websocket', 'webtransport']);
    expect(text).toContain(`wifi ${device.relay}`);
    line.connection.close();
    // Remembered here: the WebSocket comes first. In another network WebTransport does, and the WebSocket joins in.
    const again = lines.over(transport);
    await again.welcome();
    expect(tried.splice(0)).toEqual(['websocket']);
    again.connection.close();
    network = 'cellular';
    const elsewhere = lines.over(transport);
    await elsewhere.welcome();
    expect(elsewhere.way).toBe('websocket');
    expect(tried.slice(0, 2)).toEqual(['webtransport', 'websocket']);
    expect(text).toContain(`cellular ${device.relay}`);
    blocked.close();
  });
});

/** A session whose streams are answered by the test. */
function scripted(answer: (bytes: Uint8Array, write: (bytes: Uint8Array) => void) => void, born = (): void => undefined): typeof WebTransport {
  class ScriptedTransport {
    constructor() {
      born();
    }
    readonly ready = Promise.resolve();
    readonly closed = new Promise<void>(() => undefined);
    close(): void {
      return undefined;
    }
    async createBidirectionalStream(): Promise<unknown> {
      let controller!: ReadableStreamDefaultController<Uint8Array>; // set by `start`, at once
      const readable = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
      const strings = new ByteStrings(LIMITS.frame);
      const writable = new WritableStream<Uint8Array>({
        write: (chunk) => {
          for (const bytes of strings.take(chunk)) answer(bytes, (out) => controller.enqueue(out));
        },
      });
      return { readable, writable };
    }
  }
  return ScriptedTransport as unknown as typeof WebTransport;
}

test.each<[string, Uint8Array, string]>([
  ['a byte string beyond the limit', Uint8Array.of(0x81, 0x80, 0x14), 'BAD_FRAME'],
  ['a length without end', Uint8Array.of(0xff, 0xff, 0xff), 'BAD_FRAME'],
  ['a control that holds no number', Uint8Array.of(2, 0, 0x80), 'BAD_FRAME'],
  ['a second begun', encodeCode(0), 'LOST'],
  ['the code of a relay that stops', encodeCode(1001), 'SHUTTING_DOWN'],
  ['the code of an error', encodeCode(4003), 'SESSION_EXPIRED'],
])('[P102] %s ends the connection', async (_name, bytes, code) => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const offers = new Offers(() => true);
  offers.take(device.relay, encodeOffer({ port: 1, hashes: [new Uint8Array(32)] }));
  const answered = scripted((message, write) => {
    if (message[0] === 0) {
      write(encodeCode(0));
      return;
    }
    expect(decodeClientFrame(message)).toMatchObject({ type: 'open' });
    write(bytes);
  });
  const line = lines.open(optionsOf(device, [webTransportWay({ WebTransport: answered, offers, clock: systemClock })]));
  expect(await line.opened).toBe('open');
  line.send({ type: 'open', cursors: [], visible: true });
  expect(await line.closed).toMatchObject({ code });
});

test('[P103] a refusal is told, and a session that was only kept is renewed once', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const offers = new Offers(() => true);
  offers.take(device.relay, encodeOffer({ port: 1, hashes: [new Uint8Array(32)] }));
  let begins = 0;
  const answered = scripted((message, write) => {
    if (message.length !== 33) return;
    begins++;
    write(encodeCode(begins === 1 ? 4003 : 4020));
  });
  const keeper = { load: async () => ({ token: 'A'.repeat(43), validUntil: Date.now() + 1e6 }), save: () => undefined };
  const line = lines.open(optionsOf(device, [webTransportWay({ WebTransport: answered, offers, clock: systemClock })], { keeper }));
  expect(await line.closed).toMatchObject({ code: 'NOT_ADMITTED' });
  expect(begins).toBe(2);
});

test('[P102] questions of the relay are answered, and what is handed over counts until the stream took it', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const offers = new Offers(() => true);
  offers.take(device.relay, encodeOffer({ port: 1, hashes: [new Uint8Array(32)] }));
  const heard: Uint8Array[] = [];
  let answers = 0;
  let told = (): void => undefined;
  const answer = new Promise<void>((resolve) => (told = resolve));
  const answered = scripted((message, write) => {
    if (message.length === 0 && ++answers === 2) told();
    else if (message[0] === 0) write(encodeCode(0));
    else if (message.length > 0) {
      heard.push(message.slice());
      write(Uint8Array.of(0, 0, ...encodeByteString(encodeFrame({ type: 'peers', peers: { connected: [], visible: [] } }), LIMITS.frame)));
    }
  });
  const line = lines.open(optionsOf(device, [webTransportWay({ WebTransport: answered, offers, clock: systemClock })]));
  await line.opened;
  line.send({ type: 'open', cursors: [], visible: true });
  expect(line.connection.buffered()).toBeGreaterThan(0);
  await answer;
  await line.next('peers');
  expect(heard).toHaveLength(1);
  await until(() => line.connection.buffered() === 0);
});

test('[P102] after 32 streams another session is opened, and the one before stays for those that are open', async () => {
  const relay = 'https://relay.example.org';
  const offers = new Offers(() => true);
  offers.take(relay, encodeOffer({ port: 1, hashes: [new Uint8Array(32)] }));
  let sessions = 0;
  const answered = scripted(
    (message, write) => {
      if (message.length === 33) write(encodeCode(0));
    },
    () => sessions++,
  );
  const way = webTransportWay({ WebTransport: answered, offers, clock: systemClock });
  const open = () => way.open(relay, 'A'.repeat(43), { onFrame: () => undefined, onEnd: () => undefined }, new AbortController().signal);
  const live = await open();
  for (let i = 1; i < 32; i++) (await open())?.close();
  expect(sessions).toBe(1);
  const next = await open();
  expect(sessions).toBe(2);
  live?.close();
  (await open())?.close();
  next?.close();
  expect(sessions).toBe(2);
});

test('[P106] who sends and hears nothing asks whether somebody is there, and without an answer leaves the session for good', async () => {
  const relay = 'https://relay.example.org';
  const offers = new Offers(() => true);
  offers.take(relay, encodeOffer({ port: 1, hashes: [new Uint8Array(32)] }));
  const clock = new HandClock();
  let isThere = true;
  let asked = 0;
  let sessions = 0;
  const answered = scripted(
    (message, write) => {
      if (message.length === 33) write(encodeCode(0));
      else if (Buffer.from(message).equals(Buffer.from([0, 1]))) {
        asked++;
        if (isThere) write(encodeCode(1));
      }
    },
    () => sessions++,
  );
  const way = webTransportWay({ WebTransport: answered, offers, clock });
  const ends: string[] = [];
  const open = () => way.open(relay, 'A'.repeat(43), { onFrame: () => undefined, onEnd: ({ code }) => ends.push(code) }, new AbortController().signal);
  const [live, files] = [await open(), await open()];
  // At rest nothing is asked.
  await clock.pass(60_000);
  expect(asked).toBe(0);
  live?.send(new Uint8Array(500).fill(1));
  await clock.pass(2_000);
  // One that types on is not put off by it.
  live?.send(new Uint8Array(5_000).fill(1));
  await clock.pass(1_099);
  expect(asked).toBe(0);
  await clock.pass(1);
  expect(asked).toBe(1);
  await clock.pass(60_000);
  expect([asked, ends]).toEqual([1, []]);
  isThere = false;
  live?.send(new Uint8Array(500).fill(1));
  await clock.pass(3_100);
  live?.send(new Uint8Array(500).fill(1));
  await clock.pass(3_099);
  expect([asked, ends]).toEqual([2, []]);
  await clock.pass(1);
  expect(ends).toEqual(['LOST']);
  // What is left of that session is no place for another stream.
  (await open())?.close();
  expect(sessions).toBe(2);
  files?.close();
});

describeWithDeno('a relay whose process ends', () => {
  test('[P100] [P107] takes its offer back: the WebSocket goes on, and what was remembered of the way does not count once it is there again', async () => {
    const relay = await offering(harness);
    const device = await harness.found(relay);
    let text: string | null = null;
    const ladder: LadderKeeper = { load: () => text, save: (saved) => void (text = saved) };
    const { socket, quic } = both();
    const transport = createTransport(optionsOf(device, [quic, socket], { ladder }));
    const first = lines.over(transport);
    await first.welcome();
    expect(await first.closed).toMatchObject({ code: 'SWITCHING' });
    const second = lines.over(transport);
    await second.welcome();
    expect(second.way).toBe('webtransport');
    process.kill(relay.webTransport?.pid ?? 0, 'SIGSTOP');
    second.send({ type: 'append', entries: [device.entry().bytes] });
    expect(await second.closed).toMatchObject({ code: 'LOST' });
    const third = lines.over(transport);
    await third.welcome();
    expect(third.way).toBe('websocket');
    expect(text).toContain('"rung":1');
    expect(await third.closed).toMatchObject({ code: 'SWITCHING' });
    const last = lines.over(transport);
    await last.welcome();
    expect(last.way).toBe('webtransport');
  }, 30_000);
});
