import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { encodePollRequest, LIMITS, parseLink, pollUrl, SUBPROTOCOL, TOKEN_PREFIX } from '../../protocol';
import { RELAY_LIMITS } from '../relay-options';
import { checkCopy } from '../sqlite/copying';
import { startRelay, type RunningRelay, type StartOptions } from '../start';
import { bundle, Program } from '../testing/built';
import { Refused, TestDevice, TestSpace, type TestSocket } from '../testing/device';
import { Harness } from '../testing/harness';
import { inProcesses } from '../testing/processes';

const harness = new Harness();
const hex = (entries: readonly { readonly bytes: Uint8Array }[]): string[] => entries.map(({ bytes }) => Buffer.from(bytes).toString('hex'));

/** Two devices of a space, one in each of two processes: a WebSocket goes to the one that has the fewest. */
async function apart(options: Partial<StartOptions> = {}): Promise<{ relay: RunningRelay; laptop: TestDevice; phone: TestDevice; a: TestSocket; b: TestSocket }> {
  return harness.pair({ ...inProcesses(), ...options });
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @param of what their command line holds */
function childrenOf(pid: number, of = ''): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid), '-f', of], { encoding: 'utf8' }).trim().split('\n').map(Number);
  } catch {
    return []; // pgrep found none
  }
}

/** The process that holds this device's WebSocket: while it is stopped no pong comes. */
async function processOf({ webSocket }: TestSocket, pids: readonly number[]): Promise<number> {
  for (const pid of pids) {
    process.kill(pid, 'SIGSTOP');
    const pong = once(webSocket, 'pong').then(() => true);
    webSocket.ping();
    const answered = await Promise.race([pong, new Promise<false>((resolve) => setTimeout(() => resolve(false), 300))]);
    process.kill(pid, 'SIGCONT');
    await pong;
    if (!answered) return pid;
  }
  throw new Error('None of them holds it.');
}

describe('[P110] WebSockets in two processes', () => {
  test('hear of each other: entries in order, presence, and who is there', async () => {
    const { laptop, phone, a, b } = await apart();
    const [one, two] = [laptop.entries(300), phone.entries(300)];
    for (let i = 0; i < 300; i += 20) {
      a.append(one.slice(i, i + 20));
      b.append(two.slice(i, i + 20));
    }
    expect((await a.results(300)).every(({ status }) => status === 'stored')).toBe(true);
    expect((await b.results(300)).every(({ status }) => status === 'stored')).toBe(true);
    expect(hex(await b.entries(300))).toEqual(hex(one));
    expect(hex(await a.entries(300))).toEqual(hex(two));
    a.send({ type: 'presence', bytes: new Uint8Array([1, 2, 3]) });
    expect(await b.next('presence')).toMatchObject({ device: laptop.id, bytes: new Uint8Array([1, 2, 3]) });
    await b.close();
    expect((await a.next('peers')).peers.connected).toEqual([]);
  });

  test('an entry that is sent again by the other process is stored once', async () => {
    const { laptop, a, b } = await apart();
    const entries = laptop.entries(3);
    a.append(entries);
    await a.results(3);
    await b.entries(3);
    const again = harness.kept(await laptop.open());
    again.append(entries);
    expect((await again.results(3)).map(({ status }) => status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    a.append([laptop.entry()]);
    expect((await b.entries(1)).length).toBe(1);
    expect(b.frames).toEqual([]);
  });

  test('a device in both counts once for others, and its connections count together', async () => {
    const { relay, laptop, b } = await apart({ limits: { connectionsOfDevice: 3 } });
    const more = [harness.kept(await laptop.open()), harness.kept(await laptop.open())];
    expect(more[0]?.welcome?.peers.connected).toHaveLength(1);
    expect(b.welcome?.peers.connected).toEqual([laptop.id]);
    expect(relay.relay.statistics).toEqual({ connections: 4, devices: 2 });
    await expect(laptop.open()).rejects.toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  });

  test('requests of one address count together', async () => {
    const { laptop } = await apart({ limits: { requests: { perSecond: 0.001, burst: 5 } } });
    expect((await laptop.session()).status).toBe(200);
    expect((await laptop.session()).status).toBe(429);
  });

  test('what waits for a device that reads nothing is counted, and ends it', async () => {
    const { relay, laptop, a, b } = await apart({ limits: { connection: { buffered: 256 * 1024, framesPerSecond: 1_000, frameBurst: 5_000 } } });
    b.webSocket.pause();
    const large = LIMITS.entry - 1_024;
    for (let i = 0; relay.relay.statistics.devices > 1; i++) {
      if (i > 400) throw new Error('It was sent 100 MB.');
      a.append([laptop.entry({}, large)]);
      await a.results(1);
    }
    const text = await relay.relay.metrics();
    expect(text).toContain('blockwire_refused_total{code="SLOW_CONSUMER"} 1');
    expect(text).toContain('blockwire_connections{transport="websocket"} 1');
  });

  test('a frame that is too large is answered in words', async () => {
    const { a } = await apart();
    a.webSocket.send(Buffer.alloc(LIMITS.frame + 1));
    expect(await a.next('error')).toMatchObject({ code: 'TOO_LARGE' });
    expect((await a.end()).code).toBe(4001);
  });

  test('a backup while entries come in is whole', async () => {
    const { relay, laptop, a, b } = await apart();
    const entries = laptop.entries(500);
    for (let i = 0; i < 250; i += 50) a.append(entries.slice(i, i + 50));
    await a.results(250);
    const copy = join(harness.directory, 'copy.db');
    const copying = relay.relay.backUp(copy);
    for (let i = 250; i < 500; i += 50) a.append(entries.slice(i, i + 50));
    await copying;
    await a.results(250);
    expect(await b.entries(500)).toHaveLength(500);
    expect(checkCopy(copy).entries).toBeGreaterThanOrEqual(250);
  });
});

describe('[P111] a process that is killed', () => {
  test('takes its own connections along and no other, its devices come back, and nothing is lost or doubled', async () => {
    const events: string[] = [];
    const { relay, laptop, phone, a, b } = await apart({ journal: (event) => events.push(event) });
    const entries = laptop.entries(2_000);
    for (let i = 0; i < 1_000; i += 50) a.append(entries.slice(i, i + 50));
    await a.results(200);
    const before = relay.pids();
    process.kill(before[0] ?? 0, 'SIGKILL');
    const gone = await Promise.race([a.end().then(() => a), b.end().then(() => b)]);
    expect(gone.closed?.code).toBe(1006);
    await until('another is there', () => relay.pids().length === 2 && !relay.pids().includes(before[0] ?? 0));
    expect(events).toContain('sockets.ended');
    const stays = gone === a ? b : a;
    expect(stays.closed).toBeNull();

    const device = gone === a ? laptop : phone;
    const again = harness.kept(await device.open());
    const writer = gone === a ? again : a;
    // As the engine does: from what the relay has, or from the first that it has no answer for, again.
    const from = gone === a ? (again.welcome?.lanes[0]?.counter ?? 0) : 1_000;
    for (let i = from; i < entries.length; i += 50) writer.append(entries.slice(i, i + 50));
    const stored = () => relay.relay.inspect(laptop.space.id, { entries: 5_000, bytes: 0 });
    await until('all are stored', async () => (await stored()).length >= entries.length);
    const rows = await stored();
    expect(rows.map(({ counter }) => counter).reverse()).toEqual(entries.map(({ header }) => header.counter));
    expect(relay.relay.statistics).toEqual({ connections: 2, devices: 2 });
  });

  test('while there is none, an upgrade is answered 503, and later it is taken', async () => {
    const { relay, laptop, a, b } = await apart();
    const before = relay.pids();
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await Promise.all([a.end(), b.end()]);
    await until('both are missed', () => relay.relay.statistics.connections === 0);
    await expect(laptop.open()).rejects.toMatchObject({ status: 503, code: 'SHUTTING_DOWN' });
    await until('two are there', () => relay.pids().length === 2);
    await until('it is taken', () => laptop.open().then(
      (socket) => Boolean(harness.kept(socket)),
      () => false,
    )); // prettier-ignore
  });

  test('a process that hangs is ended', async () => {
    const { relay, a, b } = await apart({ pingEvery: 300 });
    const [first = 0, second = 0] = relay.pids();
    process.kill(first, 'SIGSTOP');
    await Promise.race([a.end(), b.end()]);
    await until('it is ended', () => !isThere(first));
    expect(isThere(second)).toBe(true);
  });
});

describe('[P113] a process that is late', () => {
  const limits = { ...RELAY_LIMITS.connection, buffered: 200_000, opening: 300 };

  test('costs no device that reads its connection, however much waits for it', async () => {
    const { relay, laptop, a, b } = await apart({ limits: { connection: limits } });
    const entries = Array.from({ length: 100 }, () => laptop.entry({}, 50_000));
    const stopped = await processOf(b, relay.pids());
    process.kill(stopped, 'SIGSTOP');
    try {
      for (let i = 0; i < entries.length; i += 5) a.append(entries.slice(i, i + 5));
      await a.results(entries.length);
    } finally {
      process.kill(stopped, 'SIGCONT');
    }
    expect(hex(await b.entries(entries.length))).toEqual(hex(entries));
    expect(b.closed).toBeNull();
    expect(relay.relay.statistics.connections).toBe(2);
  });

  test('costs no device that said open in time its connection', async () => {
    const { relay, laptop, b } = await apart({ limits: { connection: limits } });
    const pids = relay.pids();
    const late = harness.kept(await laptop.socket());
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      late.send({ type: 'open', cursors: [], visible: true });
      await new Promise((resolve) => setTimeout(resolve, 3 * limits.opening)); // what is tested is that time passes
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await late.next('welcome');
    expect([late.closed, b.closed]).toEqual([null, null]);
  });

  test('[P111] is ended where too much waits for it', async () => {
    const { processes } = inProcesses();
    const { relay, laptop, a, b } = await apart({ processes: { count: 2, ...processes, unread: 1_000_000 } });
    const stopped = await processOf(b, relay.pids());
    process.kill(stopped, 'SIGSTOP');
    for (let i = 0; i < 40; i++) a.append([laptop.entry({}, 100_000)]);
    expect((await b.end()).code).toBe(1006);
    await until('it is ended', () => !isThere(stopped));
    expect(a.closed).toBeNull();
  });
});

test('[P114] a device whose wait would be too long is told when to come again, is let in by no other way meanwhile, and gets in then', async () => {
  const relay = await harness.start(inProcesses(1));
  const laptop = await harness.found(relay);
  await laptop.session();
  const phone = await harness.join(laptop);
  await phone.session();
  const [pid = 0] = relay.pids();
  process.kill(pid, 'SIGSTOP');
  const first = laptop.socket();
  const tries: Promise<unknown>[] = [];
  let refused: Refused | null = null;
  try {
    await until('one is told to come again', async () => {
      tries.push(
        phone.socket().then(
          (socket) => socket.webSocket.terminate(),
          (error: unknown) => {
            if (error instanceof Refused) refused = error;
          },
        ),
      );
      // The next one comes when the relay has answered something else.
      await new Promise((resolve) => setTimeout(resolve, 200));
      return refused !== null;
    });
    expect(refused).toMatchObject({ status: 503, code: 'SHUTTING_DOWN', headers: { 'retry-after': expect.stringMatching(/^[3-9]$/) } });
    const begin = await fetch(pollUrl(relay.url), { method: 'POST', body: encodePollRequest({ type: 'begin', token: Buffer.from(phone.token, 'base64url') }).slice() });
    expect(begin.status).toBe(503);
    expect(Number(begin.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  harness.kept(await first);
  await Promise.all(tries);
  await until('it gets in', () => phone.open().then(
    (socket) => Boolean(harness.kept(socket)),
    () => false,
  )); // prettier-ignore
}, 30_000);

test('a device that breaks off while it waits to be handed over disturbs nobody', async () => {
  const relay = await harness.start(inProcesses(1));
  const laptop = await harness.found(relay);
  await laptop.session();
  const [pid = 0] = relay.pids();
  process.kill(pid, 'SIGSTOP');
  try {
    const waiting = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = connect(Number(new URL(relay.url).port), '127.0.0.1').on('error', () => undefined);
        await once(socket, 'connect');
        const key = Buffer.alloc(16).toString('base64');
        socket.write(`GET /v1/socket HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}, ${TOKEN_PREFIX}${laptop.token}\r\n\r\n`);
        return socket;
      }),
    );
    // The relay has read all three requests by the time it answers another.
    await laptop.session();
    await laptop.session();
    for (const socket of waiting) socket.resetAndDestroy();
    await laptop.session();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const a = harness.kept(await laptop.open());
  a.append(laptop.entries(3));
  expect(await a.results(3)).toHaveLength(3);
  await until('only this one is there', () => relay.relay.statistics.connections === 1);
});

test('[P112] kill -9 of the relay ends the processes that hold its WebSockets, and every connection; a new one has all that was acknowledged', async () => {
  inProcesses(); // built beside it
  const file = bundle('src/cli/main.ts', 'blockwire-processes');
  const start = (port: string): Program => Program.start(file, ['relay', '--port', port, '--data', harness.directory, '--processes', '2', '--quiet']);
  let program = start('0');
  try {
    const [, url = ''] = await program.printed(/listens on {2}(\S+)/);
    const link = parseLink((await program.printed(/obsidian:\/\/\S+/))[0]);
    if (link.type !== 'setup') throw new Error(link.type);
    const laptop = new TestDevice(url, new TestSpace());
    await laptop.found(link.ticket);
    // What a device says as soon as it is answered is lost in no hand-over: each of these was welcomed.
    for (let i = 0; i < 100; i++) await (await laptop.open()).close();
    const a = harness.kept(await laptop.open());
    const entries = laptop.entries(400);
    for (let i = 0; i < entries.length; i += 20) a.append(entries.slice(i, i + 20));
    const acknowledged = (await a.results(60)).length;
    const pids = childrenOf(program.child.pid ?? 0);
    expect(pids).toHaveLength(2);
    await program.end('SIGKILL');
    expect((await a.end()).code).toBe(1006);
    await until('all have ended', () => !pids.some(isThere));

    program = start(new URL(url).port);
    await program.printed(/listens on/);
    const again = harness.kept(await laptop.open());
    const stored = again.welcome?.lanes[0]?.counter ?? 0;
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    again.append(entries);
    const statuses = (await again.results(entries.length)).map(({ status }) => status);
    expect(statuses).toEqual(entries.map((_, i) => (i < stored ? 'duplicate' : 'stored')));
  } finally {
    await program.end('SIGKILL');
  }
});

test('[P111] a signal to all processes at once ends none before the relay says so', async () => {
  const { relay, laptop, a } = await apart();
  for (const pid of relay.pids()) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
  const pids = relay.pids();
  a.append(laptop.entries(50));
  expect(await a.results(50)).toHaveLength(50);
  await Promise.all([relay.stop(), relay.stop(), a.end()]);
  expect(a.closed).toEqual({ code: 1001, reason: 'SHUTTING_DOWN' });
  expect(pids.filter(isThere)).toEqual([]);
});

describe('a start that fails leaves none behind', () => {
  const children = (): number[] => childrenOf(process.pid, 'socket-process');

  test('where the port is taken', async () => {
    const { port } = await harness.start();
    await expect(harness.start({ port, data: join(harness.directory, 'other'), ...inProcesses() })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(children()).toEqual([]);
  });

  test('where they can’t be started', async () => {
    const { processes } = inProcesses();
    const starting = startRelay({ port: 0, data: harness.directory, processes: { ...processes, count: 2, script: '/nowhere/socket-process.mjs' } });
    await expect(starting).rejects.toThrow(/ended before it was ready/);
    expect(children()).toEqual([]);
  });

  test('with TLS of its own', async () => {
    await expect(startRelay({ port: 0, data: harness.directory, tls: { cert: '', key: '' }, ...inProcesses() })).rejects.toThrow(/TLS/);
  });
});
