import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket as NodeSocket, WebSocketServer } from 'ws';
import { bytesByFetch, createTransport, longPollWay, systemClock, webSocketWay, type Way } from '.';
import { LIMITS, SUBPROTOCOL } from '../protocol';
import { Harness } from '../relay/testing/harness';
import { inProcesses } from '../relay/testing/processes';
import { optionsOf, TestLines, watchedHttp, watchedWay } from './testing/test-line';
import { transportContract } from './testing/transport.contract';
import { bytesByNode } from './http-node';
import { NodeWebSocket } from './ws-node';

const harness = new Harness();
const lines = new TestLines();

describe('over a WebSocket', () => {
  transportContract((see) => webSocketWay({ WebSocket: see === undefined ? NodeWebSocket : watched(see), clock: systemClock }));
});

describe('over a WebSocket that another process holds [P110]', () => {
  transportContract(
    (see) => webSocketWay({ WebSocket: see === undefined ? NodeWebSocket : watched(see), clock: systemClock }),
    (harness) => harness.start(inProcesses()),
  );
});

function watched(see: (url: string) => void): typeof WebSocket {
  return class extends NodeWebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      see(String(url));
    }
  };
}

test('[P9] a frame beyond the limit ends the connection, and another try follows', async () => {
  const device = await harness.found(await harness.start());
  const server = createServer((_request, response) => response.end(JSON.stringify({ token: 'A'.repeat(43), expiresIn: 1000, now: Date.now() })));
  const sockets = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL });
  sockets.on('connection', (socket) => socket.send(Buffer.alloc(LIMITS.frame + 1)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  // A browser's socket has no limit of its own.
  const way = webSocketWay({ WebSocket: NodeSocket as unknown as typeof WebSocket, clock: systemClock });
  const line = lines.open(optionsOf(device, [way], { relays: [`http://127.0.0.1:${port}`] }));
  expect(await line.closed).toMatchObject({ code: 'BAD_FRAME', retry: true });
  for (const socket of sockets.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

test.each([['fetch', bytesByFetch()], ['Node', bytesByNode()]])('[S49] a relay that says when to come again is heard, by %s, and the session stays', async (_, post) => {
  const device = await harness.found(await harness.start());
  const asked: string[] = [];
  const answer = JSON.stringify({ code: 'SHUTTING_DOWN', message: 'x', now: Date.now() });
  // As a relay answers that thousands come back to: a WebSocket shows nothing of it, what is tried next does.
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.endsWith('/session')) return response.end(JSON.stringify({ token: 'A'.repeat(43), expiresIn: 100_000, now: Date.now() }));
    return response.writeHead(503, { 'Retry-After': '12' }).end(answer);
  });
  server.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 503 Service Unavailable\r\nRetry-After: 12\r\nConnection: close\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  const ways = [webSocketWay({ WebSocket: NodeWebSocket, clock: systemClock }), longPollWay({ post, clock: systemClock })];
  const transport = createTransport(optionsOf(device, ways, { relays: [`http://127.0.0.1:${port}`] }));
  for (let i = 0; i < 2; i++) expect(await lines.over(transport).closed).toMatchObject({ code: 'SHUTTING_DOWN', retry: true, after: 12_000 });
  expect(asked.filter((url) => url.endsWith('/session'))).toHaveLength(1);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a connection beside has the same session, and its failure does not make the others take another way', async () => {
  const device = await harness.found(await harness.start());
  const asked: string[] = [];
  const tried: string[] = [];
  let isRefused = false;
  const socket = webSocketWay({ WebSocket: NodeWebSocket, clock: systemClock });
  const first: Way = { name: 'websocket', open: (...all) => (isRefused ? Promise.resolve(null) : socket.open(...all)) };
  const second = watchedWay(longPollWay({ post: bytesByFetch(), clock: systemClock }), (relay) => tried.push(relay));
  const transport = createTransport(optionsOf(device, [first, second], { http: watchedHttp((url) => asked.push(url)) }));
  const own = lines.over(transport);
  await own.welcome();
  isRefused = true;
  const beside = lines.over(transport.beside());
  expect(await beside.opened).toBe('open');
  expect(beside.way).toBe('long-poll');
  isRefused = false;
  own.connection.close();
  const again = lines.over(transport);
  await again.welcome();
  expect(again.way).toBe('websocket');
  expect([asked.length, tried.length]).toEqual([1, 1]);
});
