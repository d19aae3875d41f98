/** A relay with a certificate of its own, as `--tls-cert` and `--tls-key` give it one. */
import { request } from 'node:https';
import { connect } from 'node:net';
import { once } from 'node:events';
import { WebSocket as NodeSocket } from 'ws';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom, type HttpPort } from '.';
import { decodeRelayFrame, encodeFrame } from '../protocol';
import { selfSigned } from '../relay/testing/certificate';
import type { TestDevice } from '../relay/testing/device';
import { Harness } from '../relay/testing/harness';
import type { CloseReason, Connection } from '../sync';
import { httpByNode } from './http-node';

const harness = new Harness();
const connections: Connection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
});

/** What came of one connection: its first frame, or why there was none. */
function firstOf(device: TestDevice, relay: string, http: HttpPort, WebSocketClass: typeof WebSocket): Promise<string | CloseReason> {
  const transport = createWebSocketTransport({
    relays: [relay],
    WebSocket: WebSocketClass,
    space: device.space.id,
    device: device.id,
    sign: async (bytes) => device.keys.sign(bytes),
    http,
    clock: systemClock,
    random: systemRandom,
  });
  return new Promise((resolve) => {
    const connection = transport.connect({
      onOpen: () => connection.send(encodeFrame({ type: 'open', cursors: [], visible: true })),
      onFrame: (bytes) => resolve(decodeRelayFrame(bytes).type),
      onClose: resolve,
    });
    connections.push(connection);
  });
}

function postTrusting(ca: string): HttpPort {
  return (url, body) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', ca, headers: { 'content-type': 'application/json' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      outgoing.on('error', reject).end(body);
    });
}

function socketTrusting(ca: string): typeof WebSocket {
  class TrustingSocket extends NodeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { ca, perMessageDeflate: false });
    }
  }
  return TrustingSocket as unknown as typeof WebSocket; // as ws-node.ts does
}

/** A space that was founded before the relay had its certificate. */
async function secured(): Promise<{ device: TestDevice; url: string; cert: string }> {
  const plain = await harness.start();
  const device = await harness.found(plain);
  await plain.stop();
  const tls = selfSigned();
  const { url } = await harness.start({ tls });
  return { device, url, cert: tls.cert };
}

test('sessions and the socket work over TLS', async () => {
  const { device, url, cert } = await secured();
  expect(url).toMatch(/^https:/);
  expect(await firstOf(device, url, postTrusting(cert), socketTrusting(cert))).toBe('welcome');
});

test.each([httpByFetch, httpByNode])('a certificate that the device does not trust is named as the reason, and nothing was sent (%p)', async (http) => {
  const { device, url } = await secured();
  const { NodeWebSocket } = await import('./ws-node');
  expect(await firstOf(device, url, http(), NodeWebSocket)).toMatchObject({ code: 'TLS', retry: true });
});

test('who connects and never shakes hands is left after five seconds', async () => {
  const { url } = await secured();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  const since = Date.now();
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
  expect(Date.now() - since).toBeLessThan(8_000);
}, 15_000);
