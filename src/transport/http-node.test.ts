import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom, type HttpPort } from '.';
import type { DeviceId, SpaceId } from '../protocol';
import { httpByNode } from './http-node';
import { NodeWebSocket } from './ws-node';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function listening(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ports: readonly (readonly [string, () => HttpPort])[] = [
  ['Node', httpByNode],
  ['fetch', () => httpByFetch()],
];

describe.each(ports)('the HTTP port over %s', (_name, port) => {
  test('sends a JSON body and gives any status with its body, whole characters in it', async () => {
    const url = await listening((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => response.writeHead(418).end(JSON.stringify([request.method, request.headers['content-type'], body])));
    });
    const answer = await port()(url, '{"name":"Büro"}');
    expect(answer.status).toBe(418);
    expect(JSON.parse(answer.body)).toEqual(['POST', 'application/json', '{"name":"Büro"}']);
  });

  test('rejects when nothing answers, and when the answer breaks off', async () => {
    const breaking = await listening((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{');
      setImmediate(() => response.destroy());
    });
    await expect(port()(breaking, '{}')).rejects.toThrow();
    await expect(port()('http://127.0.0.1:1', '{}')).rejects.toThrow();
  });

  test('follows no redirect', async () => {
    let asked = 0;
    const url = await listening((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await port()(url, '{}').catch(() => undefined);
    expect(asked).toBe(1);
  });

  test('a connection that is closed while the relay is silent gives its request up at once', async () => {
    let gone = (): void => undefined;
    const requestEnded = new Promise<void>((resolve) => (gone = resolve));
    let asked = (): void => undefined;
    const requestBegan = new Promise<void>((resolve) => (asked = resolve));
    const relay = await listening((request) => {
      request.socket.once('close', gone);
      asked();
    });
    const transport = createWebSocketTransport({
      relays: [relay],
      WebSocket: NodeWebSocket,
      space: 'a'.repeat(32) as SpaceId,
      device: 'b'.repeat(32) as DeviceId,
      sign: async () => new Uint8Array(64),
      http: port(),
      clock: systemClock,
      random: systemRandom,
    });
    let closed = '';
    const connection = transport.connect({ onOpen: () => undefined, onFrame: () => undefined, onClose: ({ code }) => (closed += code) });
    await requestBegan;
    connection.close();
    await requestEnded;
    expect(closed).toBe('CLOSED');
  }, 4_000);
});

test('over Node, an answer that is no relay’s in its length is not read to its end', async () => {
  const url = await listening((_request, response) => void response.end('x'.repeat(100_000)));
  await expect(httpByNode()(url, '{}')).rejects.toThrow('too long');
});
