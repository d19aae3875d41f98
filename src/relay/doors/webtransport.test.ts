/** Streams as the side process brings them, without that process. */
import type { Socket } from 'node:net';
import { closeCodeOf, encodeByteString, encodeFrame, LIMITS, type ErrorCode, IS_THERE, THERE } from '../../protocol';
import { Admission } from '../admission';
import { MemoryRegistry } from '../memory/memory-registry';
import { Meter } from '../meter';
import type { TestDevice } from '../testing/device';
import { Harness } from '../testing/harness';
import { TestStream } from '../testing/test-stream';
import { OfferBoard } from '../webtransport/offer-board';
import { SideDoor } from '../webtransport/side-door';
import { RequestRate } from './request-rate';
import { WebTransportDoor } from './webtransport';
import type { RunningRelay } from '../start';
import type { RelayOptions } from '../relay-options';

const harness = new Harness();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Scene {
  readonly relay: RunningRelay;
  readonly device: TestDevice;
  stream(address?: string, secret?: string): TestStream;
}

async function scene(options: Partial<RelayOptions> = {}): Promise<Scene> {
  const relay = await harness.start(options);
  const door = new SideDoor((socket, address) => relay.relay.streams.take(socket, address));
  const port = await door.open();
  ends.push(() => door.close());
  const device = await harness.found(relay);
  await device.session();
  return {
    relay,
    device,
    stream(address = '203.0.113.9', secret = door.secret) {
      const stream = TestStream.through(port, secret, address);
      ends.push(() => stream.socket.destroy());
      return stream;
    },
  };
}

async function opened({ device, stream }: Scene): Promise<TestStream> {
  const one = stream();
  one.begin(device.token);
  expect(await one.next('code')).toEqual({ type: 'code', code: 0 });
  one.send({ type: 'open', cursors: [], visible: true });
  expect(await one.next('frame')).toMatchObject({ frame: { type: 'welcome' } });
  return one;
}

test('[P102] [P103] a stream carries a connection', async () => {
  const all = await scene();
  const one = await opened(all);
  one.send({ type: 'append', entries: [all.device.entry().bytes] });
  expect(await one.next('frame')).toMatchObject({ frame: { type: 'appended', results: [{ status: 'stored' }] } });
  expect(all.relay.relay.statistics).toEqual({ connections: 1, devices: 1 });
  expect(await all.relay.relay.metrics()).toContain('blockwire_connections{transport="webtransport"} 1');
});

test('[P102] the device’s end ends it', async () => {
  const one = await opened(await scene());
  one.socket.write(Uint8Array.of(1, 0));
  expect(await one.end()).toBeNull();
});

test('[P102] however its bytes come', async () => {
  const { device, stream } = await scene();
  const one = stream();
  one.socket.setNoDelay(true);
  one.begin(device.token);
  const bytes = encodeByteString(encodeFrame({ type: 'open', cursors: [], visible: true }), LIMITS.frame);
  for (const byte of bytes) await new Promise<void>((resolve) => one.socket.write(Uint8Array.of(byte), () => resolve()));
  expect(await one.next('frame')).toMatchObject({ frame: { type: 'welcome' } });
});

const BEGIN_AGAIN = encodeByteString(new Uint8Array(33), LIMITS.frame);
test.each<[string, Uint8Array, ErrorCode]>([
  ['a length beyond the limit', Uint8Array.of(0x81, 0x80, 0x14), 'BAD_FRAME'],
  ['a length without end', Uint8Array.of(0xff, 0xff, 0xff, 0xff), 'BAD_FRAME'],
  ['a length that is not in its shortest form', Uint8Array.of(0x81, 0x00), 'BAD_FRAME'],
  ['a frame that is none', Uint8Array.of(2, 0x7f, 0x7f), 'BAD_FRAME'],
  ['a relay’s frame', encodeByteString(encodeFrame({ type: 'peers', peers: { connected: [], visible: [] } }), LIMITS.frame), 'BAD_FRAME'],
  ['an answer to no question', Uint8Array.of(0), 'BAD_FRAME'],
  ['a second begin', BEGIN_AGAIN, 'BAD_FRAME'],
  ['a control of another length', Uint8Array.of(3, 0, 1, 1), 'BAD_FRAME'],
])('[P102] [P103] %s ends an open stream with a code', async (_name, bytes, code) => {
  const all = await scene();
  const one = await opened(all);
  one.socket.write(bytes);
  expect(await one.end()).toBe(closeCodeOf(code));
  expect(one.heard).toContainEqual({ type: 'frame', frame: expect.objectContaining({ type: 'error', code }) });
  expect(all.relay.relay.statistics.connections).toBe(0);
});

test.each<[string, Uint8Array]>([
  ['a frame', encodeByteString(encodeFrame({ type: 'open', cursors: [], visible: true }), LIMITS.frame)],
  ['nothing', Uint8Array.of(0)],
  ['a token that is too short', encodeByteString(new Uint8Array(32), LIMITS.frame)],
  ['what is no byte string', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
])('[P103] a stream that begins with %s is ended with BAD_FRAME', async (_name, bytes) => {
  const { stream } = await scene();
  const one = stream();
  one.socket.write(bytes);
  expect(await one.end()).toBe(closeCodeOf('BAD_FRAME'));
});

test('[P103] a session that is none is refused, as are more connections than a device may have', async () => {
  const all = await scene({ limits: { connectionsOfDevice: 1 } });
  const one = all.stream();
  one.begin('A'.repeat(43));
  expect(await one.end()).toBe(closeCodeOf('SESSION_EXPIRED'));
  await opened(all);
  const other = all.stream();
  other.begin(all.device.token);
  expect(await other.end()).toBe(closeCodeOf('RATE_LIMITED'));
});

test('[P104] streams are counted by the address of their device', async () => {
  // Founding and the session took two.
  const { device, stream } = await scene({ limits: { requests: { perSecond: 0, burst: 2 } } });
  const codes: (number | null)[] = [];
  for (const address of ['203.0.113.9', '203.0.113.9', '203.0.113.9', '2001:db8::1']) {
    const one = stream(address);
    one.begin(device.token);
    const { code } = await one.next('code');
    codes.push(code);
    one.socket.destroy();
  }
  expect(codes).toEqual([0, 0, closeCodeOf('RATE_LIMITED'), 0]);
});

test('[P104] who does not show the secret, or names no address, is not let in', async () => {
  const all = await scene();
  for (const one of [all.stream('203.0.113.9', 'f'.repeat(64)), all.stream('203.0.113.9', ''), all.stream('relay.example.org'), all.stream('203.0.113.9 203.0.113.10'), all.stream('1'.repeat(200))]) {
    one.begin(all.device.token);
    expect(await one.end()).toBeNull();
  }
  await opened(all);
});

test('[P103] who is silent is asked, and is gone without an answer; who answers stays', async () => {
  const all = await scene({ pingEvery: 250 });
  const [quiet, alive] = [await opened(all), await opened(all)];
  for (let i = 0; i < 3; i++) {
    await alive.next('beat');
    alive.socket.write(Uint8Array.of(0));
  }
  await quiet.next('beat');
  await quiet.end();
  expect(alive.isClosed).toBe(false);
});

test('[P106] who asks whether somebody is there is answered', async () => {
  const all = await scene();
  const stream = await opened(all);
  stream.socket.write(THERE);
  expect(await stream.next('code')).toEqual({ type: 'code', code: IS_THERE });
  expect(stream.isClosed).toBe(false);
});

test('[P99] [P102] pages wait until those before them have come', async () => {
  const all = await scene();
  const writer = await opened(all);
  writer.send({ type: 'append', entries: Array.from({ length: 4 }, () => all.device.entry({}, 60_000).bytes) });
  await writer.next('frame');
  writer.send({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
  let pages = 0;
  let beats = 0;
  for (let done = false; !done; ) {
    const { frame } = await writer.next('frame');
    if (frame.type !== 'page') continue;
    pages++;
    done = frame.done;
    if (done) break;
    await writer.next('beat');
    beats++;
    writer.socket.write(Uint8Array.of(0));
  }
  expect([pages, beats]).toEqual([4, 3]);
});

test('streams without a session are bounded, and one that has a session, or has left, makes room', async () => {
  const taken: Socket[] = [];
  const unused = (): never => {
    throw new Error('Nobody begins.');
  };
  const door = new WebTransportDoor({
    admission: new Admission(new MemoryRegistry()),
    ask: unused,
    rate: new RequestRate({ perSecond: 0, burst: 0 }, Date.now),
    journal: () => undefined,
    meter: new Meter(),
    offers: new OfferBoard(Date.now),
    checkRoom: unused,
    onConnection: unused,
    pingEvery: 25_000,
    waiting: 2,
  });
  const side = new SideDoor((socket, address) => {
    taken.push(socket);
    door.take(socket, address);
  });
  const port = await side.open();
  ends.push(() => side.close());
  const open = (): TestStream => {
    const stream = TestStream.through(port, side.secret, '203.0.113.9');
    ends.push(() => stream.socket.destroy());
    return stream;
  };
  const [first, second] = [open(), open()];
  while (taken.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(await open().end()).toBeNull();
  expect([first.isClosed, second.isClosed]).toEqual([false, false]);
  first.begin('A'.repeat(43));
  expect(await first.end()).toBe(closeCodeOf('RATE_LIMITED'));
  const next = open();
  next.begin('A'.repeat(43));
  expect(await next.end()).toBe(closeCodeOf('RATE_LIMITED'));
  second.socket.destroy();
  await door.close();
});

test('[P103] a relay that stops says so', async () => {
  const all = await scene();
  const one = await opened(all);
  await all.relay.stop();
  expect(await one.end()).toBe(1001);
  expect(one.heard).toContainEqual({ type: 'frame', frame: expect.objectContaining({ type: 'error', code: 'SHUTTING_DOWN' }) });
});

test('[P105] what `authorize` is shown names the address, and has no origin', async () => {
  const seen: unknown[] = [];
  const all = await scene({
    authorize: (request, { kind }) => {
      if (kind === 'connect') seen.push([request.method, request.url, request.headers]);
      return true;
    },
  });
  await opened(all);
  expect(seen).toEqual([['CONNECT', '/v1/webtransport', { 'x-forwarded-for': '203.0.113.9' }]]);
});
