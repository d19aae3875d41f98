/** The ladder: which way is taken, what is remembered, and how a better one is found again. */
import { bytesByFetch, createTransport, longPollWay, streamByFetch, streamWay, systemClock, webSocketWay, type LadderKeeper, type TransportOptions, type Way } from '.';
import { Faults, type Tampering } from '../cli/doctor/testing/faults';
import { Harness } from '../relay/testing/harness';
import type { TestDevice } from '../relay/testing/device';
import type { Clock } from '../sync';
import { optionsOf, TestLines, watchedWay } from './testing/test-line';
import { NodeWebSocket } from './ws-node';

const harness = new Harness();
const faults = new Faults();
const lines = new TestLines();

/** Runs faster than the world: a minute is a second. */
const fast: Clock = { now: systemClock.now, after: (ms, run) => systemClock.after(ms / 60, run) };

/** Long waits run when the test says so; `now` moves with it. */
class Patience implements Clock {
  private offset = 0;
  private readonly waits = new Set<() => void>();

  now(): number {
    return systemClock.now() + this.offset;
  }

  after(ms: number, run: () => void): () => void {
    if (ms < 50_000) return systemClock.after(ms, run);
    this.waits.add(run);
    return () => this.waits.delete(run);
  }

  get isWaitedFor(): boolean {
    return this.waits.size > 0;
  }

  pass(ms: number): void {
    this.offset += ms;
    const due = [...this.waits];
    this.waits.clear();
    for (const run of due) run();
  }
}

class Notebook implements LadderKeeper {
  text: string | null = null;
  load(): string | null {
    return this.text;
  }
  save(text: string): void {
    this.text = text;
  }
}

interface Scene {
  readonly device: TestDevice;
  readonly tampering: { -readonly [Key in keyof Tampering]: Tampering[Key] };
  /** Names of the ways tried. */
  readonly tried: string[];
  readonly options: TransportOptions;
}

async function scene(tampering: Tampering, more: Partial<TransportOptions> = {}): Promise<Scene> {
  const device = await harness.found(await harness.start());
  const clock = more.clock ?? systemClock;
  const tried: string[] = [];
  const watched = (way: Way): Way => watchedWay(way, () => tried.push(way.name));
  const ways = [watched(webSocketWay({ WebSocket: NodeWebSocket, clock })), watched(longPollWay({ post: bytesByFetch(), clock }))];
  return { device, tampering, tried, options: optionsOf(device, ways, { relays: [await faults.proxy(device.relay, tampering)], ...more }) };
}

test('a WebSocket where one opens, and nothing else is tried', async () => {
  const { options, tried } = await scene({});
  const line = lines.open(options);
  await line.welcome();
  expect(line.way).toBe('websocket');
  expect(tried).toEqual(['websocket']);
});

test.each([
  ['refuses it', { upgrades: 'refuse' }],
  ['takes the Upgrade header away', { upgrades: 'lose' }],
  ['never answers it', { upgrades: 'hang' }],
] as [string, Tampering][])('long polls where a proxy %s', async (_name, tampering) => {
  const { options } = await scene(tampering, { clock: fast });
  const line = lines.open(options);
  await line.welcome();
  expect(line.way).toBe('long-poll');
});

test.each([
  ['nothing', {}, 'websocket'],
  ['WebSockets', { upgrades: 'refuse' }, 'stream'],
  ['WebSockets and streams', { upgrades: 'refuse', buffers: true }, 'long-poll'],
] as [string, Tampering, string][])('of three ways the best one where a proxy breaks %s', async (_name, tampering, expected) => {
  const { options } = await scene(tampering, { clock: fast });
  const [first, last] = options.ways;
  const between = streamWay({ post: bytesByFetch(), stream: streamByFetch(), clock: fast });
  const line = lines.open({ ...options, ways: [first, between, last].filter((way) => way !== undefined) });
  await line.welcome();
  expect(line.way).toBe(expected);
});

test('a session that is only kept and has ended does not look like a refused WebSocket', async () => {
  const { options, tried } = await scene({});
  const keeper = { load: async () => ({ token: 'A'.repeat(43), validUntil: Date.now() + 1e6 }), save: () => undefined };
  const line = lines.open({ ...options, keeper });
  await line.welcome();
  expect(line.way).toBe('websocket');
  expect(tried).toEqual(['websocket', 'long-poll', 'websocket']);
});

test('the way that worked is tried first the next time, also after a restart, and the better one again after a while', async () => {
  const clock = new Patience();
  const ladder = new Notebook();
  const { options, tried, tampering } = await scene({ upgrades: 'refuse' }, { clock, ladder });
  for (const expected of [['websocket', 'long-poll'], ['long-poll']]) {
    const line = lines.open(options);
    await line.welcome();
    line.connection.close();
    expect(tried.splice(0)).toEqual(expected);
  }
  clock.pass(61_000);
  tampering.upgrades = 'pass';
  const line = lines.open(options);
  await line.welcome();
  expect(tried).toEqual(['websocket']);
  expect(line.way).toBe('websocket');
});

test('what is known of one network and relay says nothing of another', async () => {
  let network = 'wifi';
  const { options, tried } = await scene({ upgrades: 'refuse' }, { network: () => network });
  const transport = createTransport(options);
  await lines.over(transport).welcome();
  network = 'cellular';
  tried.length = 0;
  await lines.over(transport).welcome();
  expect(tried.splice(0)).toEqual(['websocket', 'long-poll']);
  network = 'wifi';
  await lines.over(transport).welcome();
  expect(tried).toEqual(['long-poll']);
});

test('a note that can’t be read is as none', async () => {
  const { options } = await scene({});
  for (const text of ['', '{', '[[1,2]]', '[["x",{"rung":"a"}]]', 'null']) {
    const ladder = new Notebook();
    ladder.text = text;
    await lines.open({ ...options, ladder }).welcome();
  }
});

test('a better way is looked for while a lower one works: less and less often, and taken when it opens', async () => {
  const clock = new Patience();
  const { options, tried, tampering } = await scene({ upgrades: 'refuse' }, { clock });
  const transport = createTransport(options);
  const line = lines.over(transport);
  await line.welcome();
  for (const wait of [60_000, 120_000]) {
    tried.length = 0;
    await passed(clock, wait);
    await until(() => clock.isWaitedFor);
    expect(tried).toEqual(['websocket']);
  }
  expect(line.closes).toBe(0);
  tampering.upgrades = 'pass';
  tried.length = 0;
  await passed(clock, 240_000);
  expect(await line.closed).toMatchObject({ code: 'SWITCHING', retry: true });
  const next = lines.over(transport);
  await next.welcome();
  expect(next.way).toBe('websocket');
  expect(tried).toEqual(['websocket']); // opened once, and handed over
});

test('connections that break early, twice in a row, lead one rung down', async () => {
  const { options } = await scene({ cutAfter: 250 });
  const transport = createTransport(options);
  const ways: string[] = [];
  for (let i = 0; i < 3; i++) {
    const line = lines.over(transport);
    await line.opened;
    ways.push(line.way);
    line.send({ type: 'open', cursors: [], visible: true });
    if (line.way === 'long-poll') {
      await line.next('welcome');
      break;
    }
    for (let n = 0; n < 20; n++) line.send({ type: 'lease', alias: String(n).padStart(32, '0') as never });
    expect(await line.closed).toMatchObject({ code: 'LOST', retry: true });
  }
  expect(ways).toEqual(['websocket', 'websocket', 'long-poll']);
});

test('a WebSocket on which nothing arrives is given up, and long polls come next', async () => {
  const { options } = await scene({ holdsFrames: true }, { clock: fast });
  const transport = createTransport(options);
  const line = lines.over(transport);
  expect(await line.opened).toBe('open');
  expect(line.way).toBe('websocket');
  line.send({ type: 'open', cursors: [], visible: true });
  expect(await line.closed).toMatchObject({ code: 'LOST', retry: true });
  const next = lines.over(transport);
  await next.welcome();
  expect(next.way).toBe('long-poll');
});

test('requests that something cuts while they wait are made to wait less, and nothing is lost', async () => {
  let requests = 0;
  const { options, device } = await scene({ upgrades: 'refuse', patience: 2_500, answer: () => ++requests < 0 });
  const other = await harness.join(device);
  const socket = harness.kept(await other.open());
  const line = lines.open(options);
  await line.welcome();
  // A session, begin, up, down, one that is cut, and the next.
  await until(() => requests >= 6);
  expect(line.closes).toBe(0);
  socket.append([other.entry()]);
  expect((await line.next('entries')).entries).toHaveLength(1);
});

test('a relay that knows no long polls is as one that can’t be reached by them', async () => {
  const { options } = await scene({ upgrades: 'refuse', answer: ({ url }, response) => url?.endsWith('/poll') === true && response.writeHead(404).end(JSON.stringify({ code: 'BAD_FRAME', message: 'There is nothing at this address.', now: Date.now() })) !== null });
  expect(await lines.open(options).closed).toMatchObject({ code: 'NO_WEBSOCKET', retry: true });
});

test('a relay with too many connections says so on the lower way', async () => {
  const relay = await harness.start({ limits: { connections: 0 } });
  const device = await harness.found(relay);
  const ways = [webSocketWay({ WebSocket: NodeWebSocket, clock: systemClock }), longPollWay({ post: bytesByFetch(), clock: systemClock })];
  expect(await lines.open(optionsOf(device, ways)).closed).toMatchObject({ code: 'RATE_LIMITED', retry: true });
});

/** Lets the time pass once somebody waits for it. */
async function passed(clock: Patience, ms: number): Promise<void> {
  await until(() => clock.isWaitedFor);
  clock.pass(ms);
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It did not come about.');
}
