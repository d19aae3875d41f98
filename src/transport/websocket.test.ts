import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket as NodeSocket, WebSocketServer } from 'ws';
import { systemClock, webSocketWay } from '.';
import { LIMITS, SUBPROTOCOL } from '../protocol';
import { Harness } from '../relay/testing/harness';
import { optionsOf, TestLines } from './testing/test-line';
import { transportContract } from './testing/transport.contract';
import { NodeWebSocket } from './ws-node';

const harness = new Harness();
const lines = new TestLines();

describe('over a WebSocket', () => {
  transportContract((see) => webSocketWay({ WebSocket: see === undefined ? NodeWebSocket : watched(see), clock: systemClock }));
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
