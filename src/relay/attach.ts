/** A relay beside someone's own routes, on the same HTTP server. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { Relay, type RelayOptions } from './relay';

export interface AttachedRelay {
  readonly relay: Relay;
  /** Stops the relay and gives the server's requests back to the handlers that were there before. The server goes on. */
  detach(): Promise<void>;
}

/**
 * Adds a relay to an HTTP or HTTPS server that has its request handlers already. Requests and upgrades under `path` (by
 * default '/blockwire') go to the relay, all others to those handlers.
 * @throws LogError when the data can't be opened
 */
export function attachRelay(server: Server | TlsServer, options: RelayOptions): AttachedRelay {
  const relay = new Relay({ ...options, path: options.path ?? '/blockwire' });
  type Handler = (request: IncomingMessage, response: ServerResponse) => void;
  const before = server.listeners('request') as Handler[];
  const onRequest: Handler = (request, response) => {
    if (relay.handleRequest(request, response)) return;
    if (before.length === 0) response.writeHead(404).end();
    for (const handler of before) handler.call(server, request, response);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (relay.handleUpgrade(request, socket, head)) return;
    // Node leaves a socket open for ever when a listener for upgrades is there and none of them answers.
    if (server.listenerCount('upgrade') === 1) relay.refuseUpgrade(request, socket);
  };
  server.removeAllListeners('request');
  server.on('request', onRequest);
  server.on('upgrade', onUpgrade);
  return {
    relay,
    async detach() {
      await relay.stop();
      server.off('request', onRequest);
      server.off('upgrade', onUpgrade);
      for (const handler of before) server.on('request', handler);
    },
  };
}
