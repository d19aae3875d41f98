/** The relay with a process beside it that ends QUIC, and a client that is another one. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { decodeOffer, OFFERS, socketUrl, SUBPROTOCOL, TOKEN_PREFIX, webTransportUrl, type Offer } from '../../protocol';
import { DENO, describeWithDeno, QuicClient } from '../../transport/testing/node-web-transport';
import { attachRelay } from '../attach';
import type { Journal } from '../journal';
import type { RelayOptions } from '../relay-options';
import type { RunningRelay, StartOptions } from '../start';
import { bundle, Program } from '../testing/built';
import type { TestDevice } from '../testing/device';
import { Harness } from '../testing/harness';
import { TestStream } from '../testing/test-stream';
import type { CertificateClock } from './certificates';
import { openWebTransport } from './web-transport';

const DAY = 24 * 60 * 60 * 1000;
const harness = new Harness();
const client = new QuicClient();

interface Event {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A journal that can be waited for. */
class Told {
  readonly events: Event[] = [];
  private waiting: (() => void)[] = [];

  readonly journal: Journal = (event, fields = {}) => {
    this.events.push({ event, fields });
    for (const each of this.waiting.splice(0)) each();
  };

  /** Takes the first of that name. */
  async next(event: string): Promise<Event> {
    for (;;) {
      const found = this.events.find((each) => each.event === event);
      if (found !== undefined) return this.events.splice(this.events.indexOf(found), 1)[0] ?? found;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

async function started(more: Partial<NonNullable<StartOptions['webTransport']>> = {}, options: Partial<StartOptions> = {}): Promise<{ relay: RunningRelay; told: Told; device: TestDevice }> {
  const told = new Told();
  const relay = await harness.start({ ...options, journal: told.journal, webTransport: { deno: DENO ?? '', port: 0, pauses: { first: 10, most: 20 }, ...more } });
  const device = await harness.found(relay);
  await device.session();
  return { relay, told, device };
}

async function streamTo(relay: RunningRelay, offer: Offer): Promise<TestStream> {
  const session = new (client.classFor())(webTransportUrl(relay.url, offer.port), { serverCertificateHashes: offer.hashes.map((value) => ({ algorithm: 'sha-256', value: new Uint8Array(value) })) });
  await session.ready;
  const pair = (await session.createBidirectionalStream()) as Parameters<typeof Duplex.fromWeb>[0];
  return new TestStream(Duplex.fromWeb(pair) as unknown as Socket);
}

async function welcomed(stream: TestStream, device: TestDevice): Promise<void> {
  stream.begin(device.token);
  expect(await stream.next('code')).toEqual({ type: 'code', code: 0 });
  stream.send({ type: 'open', cursors: [], visible: true });
  expect(await stream.next('frame')).toMatchObject({ frame: { type: 'welcome' } });
}

const healthOf = async (relay: RunningRelay): Promise<unknown> => (await fetch(`${relay.url}/health`)).json();

const offerOf = (relay: RunningRelay): Offer => {
  const { current } = relay.relay.offers;
  if (!current) throw new Error('There is no offer.');
  return current;
};

describeWithDeno('with Deno', () => {
  test('[P100] who asks for it is told of it, nobody else', async () => {
    const { relay, told, device } = await started();
    const asking = new WebSocket(socketUrl(relay.url), [SUBPROTOCOL, OFFERS, TOKEN_PREFIX + device.token]);
    const heard: Offer[] = [];
    const isTold = new Promise<void>((resolve) => {
      asking.on('message', (frame: Buffer) => {
        const offer = decodeOffer(new Uint8Array(frame));
        if (offer !== null) heard.push(offer);
        if (offer?.port !== 0) resolve();
      });
    });
    await once(asking, 'open');
    expect(asking.protocol).toBe(SUBPROTOCOL);
    const other = harness.kept(await device.open());
    await told.next('webtransport.listening');
    await isTold;
    asking.terminate();
    expect(heard[0]).toEqual({ port: 0, hashes: [] });
    expect(heard.at(-1)).toEqual({ port: offerOf(relay).port, hashes: offerOf(relay).hashes.map((hash) => new Uint8Array(hash)) });
    other.send({ type: 'lease', alias: 'a'.repeat(32) as never });
    await other.next('leased');
    expect(other.frames).toEqual([]);
  });

  test('[P102] [P104] a stream for what is typed and one for files go through one session, and the relay knows its address', async () => {
    const addresses = new Set<unknown>();
    const authorize: StartOptions['authorize'] = ({ headers }, { kind }) => {
      if (kind === 'connect') addresses.add(headers['x-forwarded-for']);
      return true;
    };
    const { relay, told, device } = await started({}, { authorize });
    await told.next('webtransport.listening');
    const session = new (client.classFor())(webTransportUrl(relay.url, offerOf(relay).port), { serverCertificateHashes: [{ algorithm: 'sha-256', value: new Uint8Array(offerOf(relay).hashes[0] ?? []) }] });
    await session.ready;
    const open = async (): Promise<TestStream> => new TestStream(Duplex.fromWeb((await session.createBidirectionalStream()) as Parameters<typeof Duplex.fromWeb>[0]) as unknown as Socket);
    const [live, files] = [await open(), await open()];
    await welcomed(live, device);
    files.begin(device.token);
    await files.next('code');
    files.send({ type: 'files' });
    expect(await files.next('frame')).toMatchObject({ frame: { type: 'filing' } });
    live.send({ type: 'append', entries: [device.entry({}, 200_000).bytes] });
    expect(await live.next('frame')).toMatchObject({ frame: { type: 'appended' } });
    expect((await told.next('device.connected')).fields).toMatchObject({ transport: 'webtransport' });
    expect([...addresses]).toEqual(['127.0.0.1']);
    session.close();
    await told.next('device.left');
    await told.next('device.left');
  });

  test('[P102] 32 streams have room in one session, one after the other', async () => {
    const { relay, told, device } = await started();
    await told.next('webtransport.listening');
    const session = new (client.classFor())(webTransportUrl(relay.url, offerOf(relay).port), { serverCertificateHashes: [{ algorithm: 'sha-256', value: new Uint8Array(offerOf(relay).hashes[0] ?? []) }] });
    await session.ready;
    for (let i = 0; i < 32; i++) {
      const stream = new TestStream(Duplex.fromWeb((await session.createBidirectionalStream()) as Parameters<typeof Duplex.fromWeb>[0]) as unknown as Socket);
      await welcomed(stream, device);
      stream.socket.write(Uint8Array.of(1, 0));
      await told.next('device.left');
    }
    session.close();
  });

  test('[P101] [P100] the next certificate is met under a hash that was told before, by sessions that are new; those that are open stay', async () => {
    let offset = 0;
    const runs: (() => void)[] = [];
    const clock: CertificateClock = {
      now: () => Date.now() + offset,
      after: (_ms, run) => {
        runs.push(run);
        return () => undefined;
      },
    };
    const { relay, told, device } = await started({ clock });
    await told.next('webtransport.listening');
    const first = offerOf(relay);
    const before = await streamTo(relay, first);
    await welcomed(before, device);
    await before.next('offer');
    offset = 6 * DAY;
    for (const run of runs.splice(0)) run();
    await told.next('webtransport.certificate');
    const { offer } = await before.next('offer');
    expect(offer.hashes[0]).toEqual(new Uint8Array(first.hashes[1] ?? []));
    before.send({ type: 'append', entries: [device.entry().bytes] });
    expect(await before.next('frame')).toMatchObject({ frame: { type: 'appended' } });
    // What was told before the change still holds.
    await welcomed(await streamTo(relay, first), device);
    const only = (hash: Uint8Array | undefined): Promise<TestStream> => streamTo(relay, { port: first.port, hashes: hash === undefined ? [] : [hash] });
    let renewed: TestStream | null = null;
    for (let i = 0; renewed === null && i < 50; i++) renewed = await only(offer.hashes[0]).catch(() => null);
    if (renewed === null) throw new Error('The process goes on with the old certificate.');
    await welcomed(renewed, device);
    await expect(only(first.hashes[0])).rejects.toThrow(/certificate/);
  });

  test('[P75] [P107] a process that ends is started again, and the relay goes on', async () => {
    const { relay, told, device } = await started();
    await told.next('webtransport.listening');
    const first = relay.webTransport?.pid ?? 0;
    const socket = harness.kept(await device.open());
    process.kill(first, 'SIGKILL');
    expect((await told.next('webtransport.ended')).fields).toEqual({ why: 'SIGKILL', again: 10 });
    expect(await healthOf(relay)).toMatchObject({ ok: true, webtransport: null });
    await told.next('webtransport.listening');
    expect(await healthOf(relay)).toMatchObject({ ok: true, webtransport: offerOf(relay).port });
    expect(relay.webTransport?.pid).not.toBe(first);
    await welcomed(await streamTo(relay, offerOf(relay)), device);
    socket.append([device.entry()]);
    await socket.results(1);
  });

  test('[P107] one that hangs is ended and started again', async () => {
    const { relay, told, device } = await started({ askEvery: 50 });
    await told.next('webtransport.listening');
    process.kill(relay.webTransport?.pid ?? 0, 'SIGSTOP');
    expect((await told.next('webtransport.ended')).fields).toEqual({ why: 'it does not answer', again: 10 });
    expect(relay.relay.offers.current).toBeNull();
    await told.next('webtransport.listening');
    await welcomed(await streamTo(relay, offerOf(relay)), device);
  });

  test('[P101] a relay that is started again has the same certificates', async () => {
    const { relay, told } = await started();
    await told.next('webtransport.listening');
    const { hashes } = offerOf(relay);
    await relay.stop();
    const again = await started();
    await again.told.next('webtransport.listening');
    expect(offerOf(again.relay).hashes).toEqual(hashes);
  });

  test('a relay beside one’s own routes offers it, too, once the server listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const deno = DENO ?? '';
    expect(() => attachRelay(server, { data: harness.directory, webTransport: { deno } } as RelayOptions)).toThrow(/openWebTransport/);
    const { relay, detach } = attachRelay(server, { data: harness.directory });
    const told = new Told();
    const end = await openWebTransport(relay, { deno, hostname: '127.0.0.1', port, directory: harness.directory }, told.journal);
    try {
      expect((await told.next('webtransport.listening')).fields).toEqual({ port });
      expect(await (await fetch(`http://127.0.0.1:${port}/blockwire/health`)).json()).toMatchObject({ webtransport: port });
      expect(relay.offers.current?.hashes).toHaveLength(2);
    } finally {
      await detach();
      await end?.stop();
      server.close();
    }
  });

  test('it ends with a relay that is killed', async () => {
    const file = bundle('src/cli/main.ts', 'blockwire-webtransport');
    copyFileSync(join(__dirname, 'quic-end.mjs'), join(dirname(file), 'quic-end.mjs'));
    const program = Program.start(file, ['relay', '--port', '0', '--data', harness.directory, '--webtransport', 'localhost:0', '--log', 'json']);
    const line = async (pattern: RegExp): Promise<void> => {
      for (const deadline = Date.now() + 10_000; !pattern.test(program.error); ) {
        if (Date.now() > deadline) throw new Error(`Never logged ${pattern}: ${program.out}${program.error}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await line(/webtransport\.listening/);
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(program.child.pid)]).toString().trim().split(/\s+/).map(Number);
    expect(children).toHaveLength(1);
    const [pid = 0] = children;
    process.kill(pid, 0);
    await program.end('SIGKILL');
    const isThere = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (const deadline = Date.now() + 10_000; isThere(); ) {
      if (Date.now() > deadline) throw new Error('It outlived the relay.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  test('it ends with the relay', async () => {
    const { relay, told } = await started();
    await told.next('webtransport.listening');
    const pid = relay.webTransport?.pid ?? 0;
    process.kill(pid, 0);
    await relay.stop();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(told.events.map(({ event }) => event)).not.toContain('webtransport.ended');
  });

  test('a port that is taken is told, tried again with growing pauses, and no device hears of it', async () => {
    const taken = createSocket('udp4');
    taken.unref().bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const { relay, told } = await started({ port });
    expect((await told.next('webtransport.ended')).fields).toMatchObject({ again: 10, why: expect.stringMatching(/in use/i) });
    expect((await told.next('webtransport.ended')).fields).toMatchObject({ again: 20 });
    expect(relay.relay.offers.current).toBeNull();
    taken.close();
    await told.next('webtransport.listening');
    expect(offerOf(relay).port).toBe(port);
  });
});

test('a program that can’t be started is told, and the relay goes on', async () => {
  const { relay, told, device } = await started({ deno: '/nowhere/deno' });
  expect((await told.next('webtransport.ended')).fields).toMatchObject({ why: expect.stringContaining('ENOENT') });
  harness.kept(await device.open());
  expect(relay.relay.offers.current).toBeNull();
});
