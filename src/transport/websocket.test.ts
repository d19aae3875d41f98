/** The transport against a real relay on this machine; and against what is no relay. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom, type HttpPort, type KeptSession, type WebSocketTransportOptions } from '.';
import { Harness } from '../relay/testing/harness';
import type { TestDevice } from '../relay/testing/device';
import { WebSocket as NodeSocket, WebSocketServer } from 'ws';
import { decodeRelayFrame, encodeFrame, LIMITS, SUBPROTOCOL, type RelayFrame } from '../protocol';
import type { CloseReason, Connection, TransportEvents } from '../sync';
import { NodeWebSocket } from './ws-node';

const harness = new Harness();
const connections: Connection[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Opens a connection and waits for its end or its opening. */
class Line implements TransportEvents {
  readonly frames: RelayFrame[] = [];
  readonly opened: Promise<'open' | CloseReason>;
  readonly closed: Promise<CloseReason>;
  readonly connection: Connection;
  opens = 0;
  closes = 0;
  onOpen!: () => void; // set in the constructor, before connect
  onClose!: (reason: CloseReason) => void; // likewise
  private heard: (() => void)[] = [];

  constructor(options: WebSocketTransportOptions, transport = createWebSocketTransport(options)) {
    let open: (result: 'open' | CloseReason) => void;
    this.opened = new Promise((resolve) => (open = resolve));
    this.closed = new Promise((resolve) => {
      this.onClose = (reason) => {
        this.closes++;
        open(reason);
        resolve(reason);
      };
    });
    this.onOpen = () => {
      this.opens++;
      open('open');
    };
    this.connection = transport.connect(this);
    connections.push(this.connection);
  }

  onFrame(bytes: Uint8Array): void {
    this.frames.push(decodeRelayFrame(bytes));
    for (const resolve of this.heard.splice(0)) resolve();
  }

  async next(type: RelayFrame['type']): Promise<RelayFrame> {
    for (;;) {
      const found = this.frames.find((frame) => frame.type === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.heard.push(resolve));
    }
  }
}

class Keeper {
  kept: KeptSession | null = null;
  async load(): Promise<KeptSession | null> {
    return this.kept;
  }
  save(session: KeptSession | null): void {
    this.kept = session;
  }
}

function optionsOf(device: TestDevice, more: Partial<WebSocketTransportOptions> = {}): WebSocketTransportOptions {
  return {
    relays: [device.relay],
    WebSocket: NodeWebSocket,
    space: device.space.id,
    device: device.id,
    sign: async (bytes) => device.keys.sign(bytes),
    http: httpByFetch(),
    clock: systemClock,
    random: systemRandom,
    ...more,
  };
}

function counting(): { http: HttpPort; count: () => number } {
  let count = 0;
  const http = httpByFetch();
  return {
    http: (url, body) => {
      count++;
      return http(url, body);
    },
    count: () => count,
  };
}

function watched(see: (url: string) => void): typeof WebSocket {
  return class extends NodeWebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      see(String(url));
    }
  };
}

async function listening(answer: (path: string) => [number, string]): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answer(request.url ?? '');
    response.writeHead(status, { connection: 'close' }).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('gets a session, opens, and carries frames both ways', async () => {
  const device = await harness.found(await harness.start());
  const line = new Line(optionsOf(device));
  expect(await line.opened).toBe('open');
  line.connection.send(encodeFrame({ type: 'open', cursors: [], visible: true }));
  expect(await line.next('welcome')).toMatchObject({ head: 0, match: 0 });
});

test('comes back with the kept session, without another request', async () => {
  const device = await harness.found(await harness.start());
  const keeper = new Keeper();
  const { http, count } = counting();
  expect(await new Line(optionsOf(device, { keeper, http })).opened).toBe('open');
  expect(count()).toBe(1);
  // A new transport, as after a restart of the app.
  expect(await new Line(optionsOf(device, { keeper, http })).opened).toBe('open');
  expect(count()).toBe(1);
});

test('asks for a new session when the relay does not take the kept one', async () => {
  const device = await harness.found(await harness.start());
  const keeper = new Keeper();
  keeper.kept = { token: 'A'.repeat(43), validUntil: Date.now() + 1e6 };
  const { http, count } = counting();
  const line = new Line(optionsOf(device, { keeper, http }));
  expect(await line.opened).toBe('open');
  expect(count()).toBe(1);
  expect(keeper.kept.token).not.toBe('A'.repeat(43));
  expect(line.opens).toBe(1);
});

test('does not offer a session that must have ended', async () => {
  const device = await harness.found(await harness.start());
  const keeper = new Keeper();
  keeper.kept = { token: 'A'.repeat(43), validUntil: Date.now() - 1 };
  const sockets: string[] = [];
  expect(await new Line(optionsOf(device, { keeper, WebSocket: watched((url) => sockets.push(url)) })).opened).toBe('open');
  expect(sockets).toHaveLength(1);
});

test('corrects a clock that is hours wrong', async () => {
  const device = await harness.found(await harness.start());
  const clock = { ...systemClock, now: () => Date.now() - 5 * 60 * 60 * 1000 };
  expect(await new Line(optionsOf(device, { clock })).opened).toBe('open');
});

test('no address that a server sees holds the token', async () => {
  const device = await harness.found(await harness.start());
  const keeper = new Keeper();
  const addresses: string[] = [];
  const http: HttpPort = (url, body) => {
    addresses.push(url);
    return httpByFetch()(url, body);
  };
  await new Line(optionsOf(device, { keeper, http, WebSocket: watched((url) => addresses.push(url)) })).opened;
  expect(keeper.kept).not.toBeNull();
  expect(addresses).toHaveLength(2);
  for (const address of addresses) expect(address).not.toContain(keeper.kept?.token);
});

test('a device that the relay does not know is refused, and trying again is no help', async () => {
  const device = await harness.found(await harness.start());
  const line = new Line(optionsOf(device, { device: 'f'.repeat(32) as typeof device.id }));
  expect(await line.opened).toMatchObject({ code: 'UNAUTHORIZED', retry: false });
});

test('nobody there: unreachable, and worth another try', async () => {
  const device = await harness.found(await harness.start());
  const line = new Line(optionsOf(device, { relays: ['http://127.0.0.1:1'] }));
  const reason = await line.closed;
  expect(reason).toMatchObject({ code: 'UNREACHABLE', retry: true });
  expect(reason.message).not.toMatch(/127\.0\.0\.1/);
  expect(line.closes).toBe(1);
});

test('the second address is tried when the first is dead, and first the next time', async () => {
  const device = await harness.found(await harness.start());
  const asked: string[] = [];
  const http: HttpPort = (url, body) => {
    asked.push(new URL(url).port);
    return httpByFetch()(url, body);
  };
  const options = optionsOf(device, { relays: ['http://127.0.0.1:1', device.relay], http });
  const transport = createWebSocketTransport(options);
  expect(await new Line(options, transport).opened).toBe('open');
  expect(asked).toEqual(['1', new URL(device.relay).port]);
  expect(await new Line(options, transport).opened).toBe('open');
  expect(asked).toHaveLength(2);
});

test('a proxy whose relay is down, or a log-in page, is called no relay', async () => {
  const device = await harness.found(await harness.start());
  for (const [status, body] of [[502, '<h1>Bad Gateway</h1>'], [200, '<html>Room number?</html>']] as const) {
    const address = await listening(() => [status, body]);
    const reason = await new Line(optionsOf(device, { relays: [address] })).closed;
    expect(reason).toMatchObject({ code: 'NOT_A_RELAY', retry: true });
    expect(reason.message).toContain(String(status));
  }
});

test('a proxy that lets requests through but no WebSockets is named', async () => {
  const device = await harness.found(await harness.start());
  const address = await listening((path) => (path.endsWith('/session') ? [200, JSON.stringify({ token: 'A'.repeat(43), expiresIn: 1000, now: Date.now() })] : [404, '']));
  expect(await new Line(optionsOf(device, { relays: [address] })).closed).toMatchObject({ code: 'NO_WEBSOCKET', retry: true });
});

test('a certificate that is not trusted is named', async () => {
  const device = await harness.found(await harness.start());
  const http: HttpPort = () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }) }));
  expect(await new Line(optionsOf(device, { http })).closed).toMatchObject({ code: 'TLS', retry: true });
});

test('a relay that stops says so', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const line = new Line(optionsOf(device));
  await line.opened;
  line.connection.send(encodeFrame({ type: 'open', cursors: [], visible: true }));
  await line.next('welcome');
  await relay.stop();
  expect(await line.closed).toMatchObject({ code: 'SHUTTING_DOWN', retry: true });
});

test('a close before it opened still gives exactly one end', async () => {
  const device = await harness.found(await harness.start());
  const line = new Line(optionsOf(device));
  line.connection.close();
  line.connection.close();
  expect(await line.closed).toMatchObject({ code: 'CLOSED' });
  expect(line.opens).toBe(0);
  expect(line.closes).toBe(1);
});

test('[P9] a frame beyond the limit ends the connection, and another try follows', async () => {
  const device = await harness.found(await harness.start());
  const server = createServer((_request, response) => response.end(JSON.stringify({ token: 'A'.repeat(43), expiresIn: 1000, now: Date.now() })));
  servers.push(server);
  const sockets = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL });
  sockets.on('connection', (socket) => socket.send(Buffer.alloc(LIMITS.frame + 1)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  // A browser's socket has no limit of its own.
  const line = new Line(optionsOf(device, { relays: [`http://127.0.0.1:${port}`], WebSocket: NodeSocket as unknown as typeof WebSocket }));
  expect(await line.closed).toMatchObject({ code: 'BAD_FRAME', retry: true });
  for (const socket of sockets.clients) socket.terminate();
});
