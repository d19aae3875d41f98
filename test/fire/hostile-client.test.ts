/** A device with a valid session that attacks: each time it is refused by a code or slowed down, and every other device, of its space and of another, goes on. */
import { createConnection } from 'node:net';
import { randomBytes } from 'node:crypto';
import { encodeFrame, LIMITS, readEntryHeader, type Alias, type DeviceId, type Digest, type SpaceId } from '../../src/protocol';
import { CONNECTION_LIMITS } from '../../src/relay/connection-context';
import { Refused, type TestDevice, type TestSocket } from '../../src/relay/testing/device';
import { entry, TODAY } from '../../src/relay/testing/entries';
import { Harness } from '../../src/relay/testing/harness';

const harness = new Harness();
const NONE = '0'.repeat(32) as Digest;
const FUTURE = Number.MAX_SAFE_INTEGER;

interface Scene {
  readonly attacker: TestDevice;
  /** Opens a connection of the attacker. */
  readonly connect: () => Promise<TestSocket>;
  readonly relay: string;
  readonly sibling: TestDevice;
  readonly stranger: TestDevice;
}

/** A device that goes on with its work: one entry after the other, each acknowledged. */
class Bystander {
  acknowledged = 0;
  private running = true;
  private readonly work: Promise<void>;

  constructor(
    readonly device: TestDevice,
    private readonly socket: TestSocket,
  ) {
    this.work = this.run();
    // What goes wrong is told by `end`.
    this.work.catch(() => undefined);
  }

  /** Some more entries, from now on. */
  async goesOn(): Promise<void> {
    const goal = this.acknowledged + 5;
    await this.socket.until('further acknowledgements', () => (this.acknowledged >= goal || this.socket.closed !== null ? true : null));
    expect(this.acknowledged).toBeGreaterThanOrEqual(goal);
  }

  async end(): Promise<void> {
    this.running = false;
    await this.work;
    expect(this.socket.closed).toBeNull();
    // Every word of it, once, in its own order.
    this.socket.send({ type: 'read', request: 1, after: 0, compact: false, aliases: [ofBystanders(this.device)] });
    const held = (await this.socket.pages(1)).flatMap(({ entries }) => entries).filter(({ bytes }) => readEntryHeader(bytes).device === this.device.id);
    expect(held).toHaveLength(this.acknowledged);
  }

  private async run(): Promise<void> {
    while (this.running) {
      this.socket.append([this.device.entry({ alias: ofBystanders(this.device) })]);
      const [result] = await this.socket.results(1);
      expect(result?.status).toBe('stored');
      this.acknowledged++;
      // What others send is not kept, as by a device that reads along.
      this.socket.frames.length = 0;
    }
  }
}

function ofBystanders(device: TestDevice): Alias {
  return device.id as string as Alias;
}

/** Sends it and tells how the connection ended. */
async function endOf({ connect }: Scene, ...messages: (Uint8Array | string)[]): Promise<string> {
  const socket = await connect();
  for (const message of messages) socket.webSocket.send(message);
  const { code, reason } = await socket.end();
  return reason === '' ? String(code) : reason;
}

const append = (...entries: readonly Uint8Array[]): Uint8Array => encodeFrame({ type: 'append', entries });

/** Resolves once everything sent before was handled. */
async function handled(socket: TestSocket): Promise<number> {
  socket.send({ type: 'read', request: 99, after: FUTURE, compact: false, aliases: null });
  return (await socket.pages(99)).flatMap(({ entries }) => entries).length;
}

type Campaign = readonly [what: string, answer: string, run: (scene: Scene) => Promise<string>];

/** The connection ends, with this code. */
const REFUSED: readonly Campaign[] = [
  ['a frame over the limit', 'TOO_LARGE', (scene) => endOf(scene, Buffer.alloc(LIMITS.frame + 1, 2))],
  ['a message over twice the limit, three times', '1009', async (scene) => {
    let end = '';
    for (let i = 0; i < 3; i++) end = await endOf(scene, Buffer.alloc(2 * LIMITS.frame + 1, 2));
    return end;
  }],
  ['an entry over the limit', 'TOO_LARGE', (scene) => endOf(scene, rawAppend([Buffer.concat([scene.attacker.entry().bytes, Buffer.alloc(LIMITS.entry)])]))],
  ['a list that claims 4,000 million entries', 'TOO_LARGE', (scene) => endOf(scene, Buffer.from([2, 0xff, 0xff, 0xff, 0xff, 0x0f]))],
  ['a byte string that claims more than there is', 'BAD_FRAME', (scene) => endOf(scene, Buffer.from([2, 1, 0xff, 0xff, 0x07, 1, 2, 3]))],
  ['noise, five times', 'BAD_FRAME', async (scene) => {
    for (let i = 0; i < 5; i++) expect(await endOf(scene, Buffer.concat([Buffer.from([0x7f]), randomBytes(300)]))).toBe('BAD_FRAME');
    return 'BAD_FRAME';
  }],
  ['an entry that is cut off', 'BAD_FRAME', (scene) => endOf(scene, rawAppend([scene.attacker.entry().bytes.subarray(0, 100)]))],
  ['an entry of an unknown suite', 'VERSION', (scene) => endOf(scene, rawAppend([Buffer.alloc(300, 9)]))],
  ['the relay’s own frames', 'BAD_FRAME', (scene) => endOf(scene, encodeFrame({ type: 'appended', results: [] }))],
  ['entries of a foreign space', 'UNAUTHORIZED', (scene) => endOf(scene, append(scene.attacker.entry().bytes, entry({ space: scene.stranger.space.id, device: scene.attacker.id, counter: 2 }).bytes))],
  ['entries in the name of another device', 'UNAUTHORIZED', (scene) => endOf(scene, append(scene.attacker.entry().bytes, entry({ space: scene.attacker.space.id, device: scene.sibling.id, counter: 1 }).bytes))],
  ['entries of a space that nobody founded', 'UNAUTHORIZED', (scene) => endOf(scene, append(entry({ space: 'ab'.repeat(16) as SpaceId, device: 'cd'.repeat(16) as DeviceId, counter: 1 }).bytes))],
];

/** What comes of it. */
const CAMPAIGNS: readonly Campaign[] = [
  ['counters from the future', 'gap', async ({ attacker, connect }) => {
    const socket = await connect();
    socket.append([2, 1_000_000, FUTURE].map((counter) => entry({ space: attacker.space.id, device: attacker.id, counter })));
    const results = await socket.results(3);
    expect(results.every((result) => result.status === 'gap' && result.expected === 1)).toBe(true);
    return 'gap';
  }],
  ['cursors, pages and snapshots from the future', 'nothing', async ({ attacker, connect, sibling }) => {
    const first = await connect();
    await first.close();
    const socket = harness.kept(await attacker.open({ cursors: Array.from({ length: 8 }, (_, i) => ({ sequence: FUTURE - i, digest: NONE })) }));
    expect(socket.welcome?.match).toBe(0);
    expect(await handled(socket)).toBe(0);
    // A snapshot that claims to cover everything to come, confirmed by its author and of its own document and of another's.
    socket.append([attacker.entry({ kind: 'snapshot', lane: 'bulk', covers: FUTURE, alias: ofBystanders(sibling) })]);
    const [result] = await socket.results(1);
    const sequence = result !== undefined && 'sequence' in result ? result.sequence : 0;
    for (const at of [sequence, FUTURE]) socket.send({ type: 'confirm', alias: ofBystanders(sibling), sequence: at });
    expect(await handled(socket)).toBe(0);
    return 'nothing';
  }],
  ['documents of another space, read, leased and confirmed', 'nothing', async ({ connect, stranger }) => {
    const alias = ofBystanders(stranger);
    const socket = await connect();
    socket.send({ type: 'read', request: 1, after: 0, compact: false, aliases: [alias] });
    expect((await socket.pages(1)).flatMap(({ entries }) => entries)).toEqual([]);
    socket.send({ type: 'lease', alias });
    await socket.next('leased');
    const victim = harness.kept(await stranger.open());
    victim.send({ type: 'lease', alias });
    expect((await victim.next('leased')).granted).toBe(true);
    for (let sequence = 1; sequence < 50; sequence++) socket.send({ type: 'confirm', alias, sequence });
    await handled(socket);
    await victim.close();
    return 'nothing';
  }],
  ['more reads at once than fit', 'RATE_LIMITED', async (scene) => {
    const socket = await scene.connect();
    const large = Array.from({ length: 20 }, () => scene.attacker.entry({}, 200_000));
    for (const each of large) socket.append([each]);
    await socket.results(20);
    socket.frames.length = 0;
    for (let request = 1; request <= 200; request++) socket.send({ type: 'read', request, after: 0, compact: false, aliases: null });
    return (await socket.end()).reason;
  }],
  ['40,000 frames of presence as fast as they go', 'slowed', async ({ connect }) => {
    const socket = await connect();
    const frame = encodeFrame({ type: 'presence', bytes: randomBytes(500) });
    for (let i = 0; i < 40_000; i++) socket.webSocket.send(frame);
    socket.send({ type: 'read', request: 1, after: FUTURE, compact: false, aliases: null });
    // Who asks elsewhere is answered first: of the flood the relay takes a part at a time.
    await handled(await connect());
    return socket.frames.some(({ type }) => type === 'page') ? 'taken' : 'slowed';
  }],
  ['a thousand times visible and hidden', 'nothing', async ({ connect }) => {
    const socket = await connect();
    for (let i = 0; i < 2_000; i++) socket.send({ type: 'visible', visible: i % 2 === 0 });
    await handled(socket);
    return 'nothing';
  }],
  ['10,000 valid entries in frames of one', 'slowed', async ({ attacker, connect }) => {
    const socket = await connect();
    for (const each of attacker.entries(10_000, { alias: TODAY })) socket.append([each]);
    await handled(await connect());
    const results = socket.frames.flatMap((frame) => (frame.type === 'appended' ? frame.results : []));
    return results.length < 10_000 ? 'slowed' : 'taken';
  }],
  ['the same entries again and again', 'duplicate', async ({ attacker, connect }) => {
    const socket = await connect();
    const entries = attacker.entries(200, { alias: TODAY });
    socket.append(entries);
    await socket.results(200);
    for (let i = 0; i < 20; i++) socket.append(entries);
    const results = await socket.results(4_000);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['duplicate']));
    return 'duplicate';
  }],
  ['another body under a counter that was used', 'conflict', async ({ attacker, connect }) => {
    const socket = await connect();
    socket.append(attacker.entries(50));
    await socket.results(50);
    socket.append(Array.from({ length: 50 }, (_, i) => entry({ space: attacker.space.id, device: attacker.id, counter: i + 1 })));
    expect(new Set((await socket.results(50)).map(({ status }) => status))).toEqual(new Set(['conflict']));
    return 'conflict';
  }],
  ['upgraded and silent, eight at once', 'SLOW_CONSUMER', async ({ attacker }) => {
    if (attacker.token === '') await attacker.session();
    const sockets = await Promise.all(Array.from({ length: 8 }, () => attacker.socket()));
    for (const socket of sockets) harness.kept(socket);
    const ends = await Promise.all(sockets.map((socket) => socket.end()));
    return [...new Set(ends.map(({ reason }) => reason))].join();
  }],
  ['more connections than a device may have', '429 RATE_LIMITED', async ({ attacker, connect }) => {
    for (let i = 0; i < 8; i++) await connect();
    const refused: unknown = await attacker.socket().catch((error: unknown) => error);
    return refused instanceof Refused ? `${refused.status} ${String(refused.code)}` : 'taken';
  }],
  ['two hundred half-done handshakes', 'nothing', async ({ relay }) => {
    const { hostname, port } = new URL(relay);
    const lines = ['', 'GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgra', 'POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{"spa', 'GET /v1/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n'];
    const sockets = Array.from({ length: 200 }, (_, i) => {
      const socket = createConnection({ host: hostname, port: Number(port) });
      socket.on('error', () => undefined).on('connect', () => socket.write(lines[i % lines.length] ?? ''));
      return socket;
    });
    expect((await fetch(`${relay}/health`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    return 'nothing';
  }],
  ['requests without end from one address', '429', async ({ relay }) => {
    const ask = (): Promise<number> => fetch(`${relay}/v1/session`, { method: 'POST', body: '{}', headers: { 'x-forwarded-for': '192.0.2.7' } }).then(async (answer) => {
      await answer.text();
      return answer.status;
    });
    const statuses = await Promise.all(Array.from({ length: 120 }, ask));
    expect(statuses[0]).toBe(400);
    return String(statuses.at(-1));
  }],
];

const options = { behindProxy: true, limits: { requests: { perSecond: 1, burst: 100 }, connection: { ...CONNECTION_LIMITS, opening: 400 } } };

describe('the others go on while one tries', () => {
  let scene: Omit<Scene, 'attacker' | 'connect'> & { readonly others: readonly Bystander[] };
  beforeEach(async () => {
    const relay = await harness.start(options);
    const sibling = await harness.join(await harness.found(relay));
    const stranger = await harness.found(relay);
    const others = [new Bystander(sibling, harness.kept(await sibling.open())), new Bystander(stranger, harness.kept(await stranger.open()))];
    scene = { relay: relay.url, sibling, stranger, others };
  });

  async function tryIt([, answer, run]: Campaign): Promise<void> {
    const attacker = await harness.join(scene.sibling);
    const connect = async (): Promise<TestSocket> => harness.kept(await attacker.open());
    for (const other of scene.others) await other.goesOn();
    expect(await run({ ...scene, attacker, connect })).toBe(answer);
    for (const other of scene.others) await other.goesOn();
  }

  test('what is no frame of Blockwire, too large, or not its own: refused by a code', async () => {
    for (const campaign of REFUSED) {
      try {
        await tryIt(campaign);
      } catch (error) {
        throw new Error(`At ${campaign[0]}.`, { cause: error });
      }
    }
    await Promise.all(scene.others.map((other) => other.end()));
  }, 60_000);

  test.each(CAMPAIGNS)('%s: %s', async (...campaign) => {
    await tryIt(campaign);
    await Promise.all(scene.others.map((other) => other.end()));
  }, 30_000);
});

/** An append whose entries the encoder would not take. */
function rawAppend(entries: readonly Uint8Array[]): Uint8Array {
  const number = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 128, ...number(Math.floor(value / 128))]);
  return Buffer.concat([Buffer.from([2, ...number(entries.length)]), ...entries.flatMap((bytes) => [Buffer.from(number(bytes.length)), Buffer.from(bytes)])]);
}
