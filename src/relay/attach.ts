/** A relay beside someone's own routes and WebSockets, on the same HTTP server. */
import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Relay } from './relay';
import type { RelayOptions } from './relay-options';
import type { SocketHolder } from './doors/sockets';

export interface AttachedRelay {
  readonly relay: Relay;
  /** Stops the relay and gives the server's requests back to the handlers that were there before. The server goes on. */
  detach(): Promise<void>;
}

/** Node tells of upgrades only while someone listens for them. One for all relays of a process: it is known as no one's. */
const LISTENER = (): void => undefined;

/**
 * Adds a relay to an HTTP or HTTPS server: `http.createServer(app)` of Express, `fastify.server`. Requests and upgrades under
 * `path` (by default '/blockwire') go to the relay and to nobody else; all others go where they went before, whether their
 * handlers and WebSocket servers were there already or come later.
 * @param sockets who holds its WebSockets, by default this process
 * @throws LogError when the data can't be opened; TypeError for the option `webTransport` of `startRelay`
 */
export function attachRelay(server: Server | TlsServer, options: RelayOptions, sockets?: SocketHolder): AttachedRelay {
  if ('webTransport' in options) throw new TypeError('attachRelay takes no webTransport: the server may have no port yet. Once it listens, call openWebTransport(relay, { deno, hostname, port, directory }); docs/webtransport.md tells of it.');
  const relay = new Relay({ ...options, path: options.path ?? '/blockwire' }, sockets);
  let isAttached = true;
  // A WebSocket server answers every upgrade that is not its own with an error, so it must not hear of the relay's.
  const emit = server.emit.bind(server) as (event: string | symbol, ...values: unknown[]) => boolean;
  const routed = (event: string | symbol, ...values: unknown[]): boolean => {
    if (isAttached && event === 'request' && takeRequest(server, relay, values as [IncomingMessage, ServerResponse])) return true;
    if (isAttached && event === 'upgrade' && takeUpgrade(server, relay, values as [IncomingMessage, Duplex, Buffer])) return true;
    return emit(event, ...values);
  };
  const before = Object.getOwnPropertyDescriptor(server, 'emit');
  server.emit = routed;
  server.on('upgrade', LISTENER);
  return {
    relay,
    async detach() {
      await relay.stop();
      isAttached = false;
      server.off('upgrade', LISTENER);
      // Whoever came between relies on what it found.
      if (server.emit !== routed) return;
      if (before === undefined) Reflect.deleteProperty(server, 'emit');
      else Object.defineProperty(server, 'emit', before);
    },
  };
}

function takeRequest(server: Server | TlsServer, relay: Relay, [request, response]: [IncomingMessage, ServerResponse]): boolean {
  if (relay.handleRequest(request, response)) return true;
  if (server.listenerCount('request') > 0) return false;
  response.writeHead(404).end();
  return true;
}

function takeUpgrade(server: Server | TlsServer, relay: Relay, [request, socket, head]: [IncomingMessage, Duplex, Buffer]): boolean {
  if (relay.handleUpgrade(request, socket, head)) return true;
  if (server.listeners('upgrade').some((listener) => listener !== LISTENER)) return false;
  // Without the relay nobody would listen for upgrades, and Node would have taken it for a request like any other.
  if (!answerPlainly(server, request, socket)) relay.refuseUpgrade(request, socket);
  return true;
}

/** Gives an upgrade to the server's request handlers, and ends the connection after the answer. @returns false when nobody handles them, or it has a body, which can't be read any more */
function answerPlainly(server: Server | TlsServer, request: IncomingMessage, socket: Duplex): boolean {
  if (server.listenerCount('request') === 0 || !(socket instanceof Socket)) return false;
  if ('transfer-encoding' in request.headers || Number(request.headers['content-length'] ?? 0) > 0) return false;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => response.destroyed || response.destroy());
  return server.emit('request', request, response);
}
