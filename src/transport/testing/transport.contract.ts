/** What every transport does, whatever carries its frames: against a real relay on this machine, and against what is no relay. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTransport, systemClock, type HttpPort, type Way } from '..';
import { Harness } from '../../relay/testing/harness';
import type { RunningRelay } from '../../relay';
import { Faults } from '../../cli/doctor/testing/faults';
import type { AppendResult, RelayFrame } from '../../protocol';
import { optionsOf, TestKeeper, TestLines, watchedHttp, watchedWay } from './test-line';

/** @param way a new one; it tells of every address that it sends something to @param start gives a relay that has it */
export function transportContract(way: (see?: (url: string) => void) => Way, start: (harness: Harness) => Promise<RunningRelay> = (harness) => harness.start()): void {
  const harness = new Harness();
  const faults = new Faults();
  const lines = new TestLines();
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  async function listening(answer: (path: string) => [number, string]): Promise<string> {
    const server = createServer((request, response) => {
      const [status, body] = answer(request.url ?? '');
      response.writeHead(status, { connection: 'close' }).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listens on TCP
  }

  test('gets a session, opens, and carries frames both ways', async () => {
    const device = await harness.found(await start(harness));
    const line = lines.open(optionsOf(device, [way()]));
    expect(await line.opened).toBe('open');
    expect(line.way).toBe(way().name);
    line.send({ type: 'open', cursors: [], visible: true });
    expect(await line.next('welcome')).toMatchObject({ head: 0, match: 0 });
  });

  test('comes back with the kept session, without another request', async () => {
    const device = await harness.found(await start(harness));
    const keeper = new TestKeeper();
    const asked: string[] = [];
    const http = watchedHttp((url) => asked.push(url));
    expect(await lines.open(optionsOf(device, [way()], { keeper, http })).opened).toBe('open');
    expect(asked).toHaveLength(1);
    // A new transport, as after a restart of the app.
    expect(await lines.open(optionsOf(device, [way()], { keeper, http })).opened).toBe('open');
    expect(asked).toHaveLength(1);
  });

  test('asks for a new session when the relay does not take the kept one', async () => {
    const device = await harness.found(await start(harness));
    const keeper = new TestKeeper();
    keeper.kept = { token: 'A'.repeat(43), validUntil: Date.now() + 1e6 };
    const asked: string[] = [];
    const http = watchedHttp((url) => asked.push(url));
    const line = lines.open(optionsOf(device, [way()], { keeper, http }));
    expect(await line.opened).toBe('open');
    expect(asked).toHaveLength(1);
    expect(keeper.kept.token).not.toBe('A'.repeat(43));
    expect(line.opens).toBe(1);
  });

  test('does not offer a session that must have ended', async () => {
    const device = await harness.found(await start(harness));
    const keeper = new TestKeeper();
    keeper.kept = { token: 'A'.repeat(43), validUntil: Date.now() - 1 };
    const tried: string[] = [];
    expect(await lines.open(optionsOf(device, [watchedWay(way(), (relay) => tried.push(relay))], { keeper })).opened).toBe('open');
    expect(tried).toHaveLength(1);
  });

  test('corrects a clock that is hours wrong', async () => {
    const device = await harness.found(await start(harness));
    const clock = { ...systemClock, now: () => Date.now() - 5 * 60 * 60 * 1000 };
    expect(await lines.open(optionsOf(device, [way()], { clock })).opened).toBe('open');
  });

  test('no address that a server sees holds the token', async () => {
    const device = await harness.found(await start(harness));
    const keeper = new TestKeeper();
    const addresses: string[] = [];
    const see = (url: string): void => void addresses.push(url);
    await lines.open(optionsOf(device, [way(see)], { keeper, http: watchedHttp(see) })).welcome();
    expect(keeper.kept).not.toBeNull();
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    for (const address of addresses) expect(address).not.toContain(keeper.kept?.token);
  });

  test('a device that the relay does not know is refused, and trying again is no help', async () => {
    const device = await harness.found(await start(harness));
    const line = lines.open(optionsOf(device, [way()], { device: 'f'.repeat(32) as typeof device.id }));
    expect(await line.opened).toMatchObject({ code: 'UNAUTHORIZED', retry: false });
  });

  test('nobody there: unreachable, and worth another try', async () => {
    const device = await harness.found(await start(harness));
    const line = lines.open(optionsOf(device, [way()], { relays: ['http://127.0.0.1:1'] }));
    const reason = await line.closed;
    expect(reason).toMatchObject({ code: 'UNREACHABLE', retry: true });
    expect(reason.message).not.toMatch(/127\.0\.0\.1/);
    expect(line.closes).toBe(1);
  });

  test('the second address is tried when the first is dead, and first the next time', async () => {
    const device = await harness.found(await start(harness));
    const asked: string[] = [];
    const http = watchedHttp((url) => asked.push(new URL(url).port));
    const options = optionsOf(device, [way()], { relays: ['http://127.0.0.1:1', device.relay], http });
    const transport = createTransport(options);
    expect(await lines.over(transport).opened).toBe('open');
    expect(asked).toEqual(['1', new URL(device.relay).port]);
    expect(await lines.over(transport).opened).toBe('open');
    expect(asked).toHaveLength(2);
  });

  test('a proxy whose relay is down, or a log-in page, is called no relay', async () => {
    const device = await harness.found(await start(harness));
    for (const [status, body] of [[502, '<h1>Bad Gateway</h1>'], [200, '<html>Room number?</html>']] as const) {
      const address = await listening(() => [status, body]);
      const reason = await lines.open(optionsOf(device, [way()], { relays: [address] })).closed;
      expect(reason).toMatchObject({ code: 'NOT_A_RELAY', retry: true });
      expect(reason.message).toContain(String(status));
    }
  });

  test('a certificate that is not trusted is named', async () => {
    const device = await harness.found(await start(harness));
    const http: HttpPort = () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }) }));
    expect(await lines.open(optionsOf(device, [way()], { http })).closed).toMatchObject({ code: 'TLS', retry: true });
  });

  test('a relay that stops says so', async () => {
    const relay = await start(harness);
    const device = await harness.found(relay);
    const line = lines.open(optionsOf(device, [way()]));
    await line.welcome();
    await relay.stop();
    const { code, retry } = await line.closed;
    // Between two plain requests there is nobody to tell.
    expect(way().name.endsWith('-poll') ? ['SHUTTING_DOWN', 'LOST'] : ['SHUTTING_DOWN']).toContain(code);
    expect(retry).toBe(true);
  });

  test('a close before it opened still gives exactly one end', async () => {
    const device = await harness.found(await start(harness));
    const line = lines.open(optionsOf(device, [way()]));
    line.connection.close();
    line.connection.close();
    expect(await line.closed).toMatchObject({ code: 'CLOSED' });
    expect(line.opens).toBe(0);
    expect(line.closes).toBe(1);
  });

  test('frames arrive in their order, each once, both ways at a time, small and large', async () => {
    const first = await harness.found(await start(harness));
    const second = await harness.join(first);
    const [a, b] = [lines.open(optionsOf(first, [way()])), lines.open(optionsOf(second, [way()]))];
    await Promise.all([a.welcome(), b.welcome()]);
    const count = 60;
    for (let i = 0; i < count; i++) {
      for (const [line, device] of [[a, first], [b, second]] as const) line.send({ type: 'append', entries: [device.entry({}, i % 20 === 7 ? 200_000 : 300).bytes] });
      if (i % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const entriesIn = (frames: readonly RelayFrame[]): number[] => frames.flatMap((frame) => (frame.type === 'entries' ? frame.entries.map(({ sequence }) => sequence) : []));
    const resultsIn = (frames: readonly RelayFrame[]): AppendResult[] => frames.flatMap((frame) => (frame.type === 'appended' ? frame.results : []));
    for (const line of [a, b]) {
      await line.until((frames) => entriesIn(frames).length >= count && resultsIn(frames).length >= count);
      const sequences = entriesIn(line.frames);
      expect(sequences).toHaveLength(count);
      expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
      expect(resultsIn(line.frames).map(({ status, counter }) => [status, counter])).toEqual(Array.from({ length: count }, (_, i) => ['stored', i + 1]));
      expect(line.connection.buffered()).toBe(0);
    }
  });

  test('the others see it come and go', async () => {
    const first = await harness.found(await start(harness));
    const a = lines.open(optionsOf(first, [way()]));
    await a.welcome();
    const second = await harness.join(first);
    const b = lines.open(optionsOf(second, [way()]));
    await b.welcome();
    const connectedIn = (frames: readonly RelayFrame[]): string => JSON.stringify(frames.flatMap((frame) => (frame.type === 'peers' ? [frame.peers.connected] : [])));
    await a.until((frames) => connectedIn(frames) === JSON.stringify([[second.id]]));
    b.connection.close();
    await a.until((frames) => connectedIn(frames) === JSON.stringify([[second.id], []]));
  });

  test('headers that a proxy takes away change nothing', async () => {
    const device = await harness.found(await start(harness));
    const address = await faults.proxy(device.relay, {
      requestHeaders: (headers) => {
        for (const name of ['authorization', 'content-type', 'accept', 'cookie', 'user-agent', 'x-forwarded-for']) delete headers[name];
      },
      answerHeaders: (raw) => raw.filter((_, i) => !/^(cache-control|vary|x-content-type-options|content-type)$/i.test(raw[i - (i % 2)] ?? '')),
    });
    await lines.open(optionsOf(device, [way()], { relays: [address] })).welcome();
  });

  test('a session that gives no way in is called so', async () => {
    const device = await harness.found(await start(harness));
    const address = await listening((path) => (path.endsWith('/session') ? [200, JSON.stringify({ token: 'A'.repeat(43), expiresIn: 1000, now: Date.now() })] : [404, '']));
    expect(await lines.open(optionsOf(device, [way()], { relays: [address] })).closed).toMatchObject({ code: 'NO_WEBSOCKET', retry: true });
  });
}
