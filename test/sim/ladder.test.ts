/** Whole engines over a real relay and proxies: what is typed while the way changes arrives once, whatever breaks. */
import type { Clock } from '../../src/sync';
import { Faults, type Tampering } from '../../src/cli/doctor/testing/faults';
import { Harness } from '../../src/relay/testing/harness';
import type { TestDevice } from '../../src/relay/testing/device';
import { bytesByFetch, createTransport, httpByFetch, longPollWay, streamByFetch, streamWay, systemClock, systemRandom, webSocketWay } from '../../src/transport';
import { NodeWebSocket } from '../../src/transport/ws-node';
import { DOCUMENT, typist, until, type Typist } from './typist';

const harness = new Harness();
const faults = new Faults();
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});
/** @param address of the relay, or of a proxy before it */
async function typistAt(device: TestDevice, address: string, clock: Clock = systemClock): Promise<Typist> {
  const one = await typist(device, createTransport({
    relays: [address],
    ways: [webSocketWay({ WebSocket: NodeWebSocket, clock }), streamWay({ post: bytesByFetch(), stream: streamByFetch(), clock }), longPollWay({ post: bytesByFetch(), clock })],
    space: device.space.id,
    device: device.id,
    sign: async (bytes) => device.keys.sign(bytes),
    http: httpByFetch(),
    clock,
    random: systemRandom,
  }));
  ended.push(one.end);
  return one;
}

/** Long waits for a better way end when the test says so. */
class Patience implements Clock {
  readonly now = systemClock.now;
  private readonly waits = new Set<() => void>();
  after(ms: number, run: () => void): () => void {
    if (ms < 50_000) return systemClock.after(ms, run);
    this.waits.add(run);
    return () => this.waits.delete(run);
  }
  get isWaitedFor(): boolean {
    return this.waits.size > 0;
  }
  pass(): void {
    for (const run of [...this.waits]) run();
    this.waits.clear();
  }
}

interface Pair {
  readonly a: Typist;
  readonly b: Typist;
  /** Both say `count` words, a few a turn. */
  type(count: number, during?: () => void): Promise<void>;
  /** Nothing is lost, nothing doubled. */
  same(): Promise<void>;
}

async function pair(tampering: Tampering, clock?: Clock): Promise<Pair> {
  const relay = await harness.start();
  const laptop = await harness.found(relay);
  const phone = await harness.join(laptop);
  const a = await typistAt(laptop, await faults.proxy(relay.url, tampering), clock);
  const b = await typistAt(phone, relay.url);
  await until(() => a.engine.status.phase === 'live' && b.engine.status.phase === 'live', 'both live');
  let said = 0;
  return {
    a,
    b,
    async type(count, during) {
      for (let i = 0; i < count; i++) {
        a.say(`a${said}`);
        b.say(`b${said}`);
        said++;
        if (i === count >> 1) during?.();
        if (i % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    async same() {
      const words = Array.from({ length: said }, (_, i) => [`a${i}`, `b${i}`]).flat().sort();
      const of = ({ documents }: Typist): string[] => [...(documents.words.get(DOCUMENT) ?? [])].sort();
      await until(() => of(a).length >= words.length && of(b).length >= words.length, 'all there');
      await Promise.all([a.engine.settled(10_000), b.engine.settled(10_000)]);
      expect(of(a)).toEqual(words);
      expect(of(b)).toEqual(words);
      // The relay holds as many updates as were sent: none was stored twice.
      const sequences = new Set<number>();
      const reader = harness.kept(await phone.open());
      reader.send({ type: 'read', request: 1, after: 0, compact: false, aliases: null });
      const counters = (await reader.pages(1)).flatMap(({ entries }) => entries).map(({ sequence, bytes }) => {
        sequences.add(sequence);
        return Buffer.from(bytes).subarray(0, 91).toString('hex'); // the header: device, lane, counter
      });
      expect(new Set(counters).size).toBe(counters.length);
      expect(sequences.size).toBe(counters.length);
    },
  };
}

test.each([
  ['stream', { upgrades: 'refuse' }],
  ['long-poll', { upgrades: 'refuse', buffers: true }],
] as [string, Tampering][])('typed by %s against a WebSocket: the same on both', async (way, tampering) => {
  const { a, b, type, same } = await pair(tampering);
  expect([a.engine.status.transport, b.engine.status.transport]).toEqual([way, 'websocket']);
  await type(150);
  await same();
  expect(a.engine.status.latency).not.toBeNull();
}, 20_000);

test('a WebSocket that keeps breaking in mid-stream gives way to a stream', async () => {
  const { a, type, same } = await pair({ cutAfter: 6_000 });
  expect(a.engine.status.transport).toBe('websocket');
  await type(120);
  // Backed off by the engine's pauses.
  await until(() => {
    a.engine.notify('online');
    return a.engine.status.transport === 'stream';
  }, 'the lower way');
  await type(60);
  await same();
}, 40_000);

test('the climb back to a WebSocket in the middle of typing', async () => {
  const clock = new Patience();
  const tampering: { -readonly [Key in keyof Tampering]: Tampering[Key] } = { upgrades: 'refuse' };
  const { a, type, same } = await pair(tampering, clock);
  expect(a.engine.status.transport).toBe('stream');
  const phases = new Set<string>();
  await until(() => clock.isWaitedFor, 'the wait for a better way');
  await type(100, () => {
    tampering.upgrades = 'pass';
    clock.pass();
  });
  await until(() => {
    phases.add(a.engine.status.phase);
    expect(a.engine.status.problem).toBeNull();
    return a.engine.status.transport === 'websocket';
  }, 'the climb');
  expect(phases).not.toContain('offline');
  await type(50);
  await same();
}, 20_000);

test('answers that get lost on the way are given again', async () => {
  const found = { isLossy: false, requests: 0, lost: 0 };
  // Every third request reaches the relay, and its answer nobody.
  const answerLost = (): boolean => {
    const isLost = found.isLossy && ++found.requests % 3 === 0;
    if (isLost) found.lost++;
    return isLost;
  };
  const { a, type, same } = await pair({ upgrades: 'refuse', buffers: true, answerLost });
  expect(a.engine.status.transport).toBe('long-poll');
  found.isLossy = true;
  while (found.lost < 4) await type(20);
  found.isLossy = false;
  await same();
  expect(a.engine.status.transport).toBe('long-poll');
}, 30_000);
