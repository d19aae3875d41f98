/** A relay with a server of its own. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../protocol';
import { attachRelay } from './attach';
import type { Relay } from './relay';
import type { RelayOptions } from './relay-options';
import { openWebTransport, type WebTransportEnd, type WebTransportOptions } from './webtransport/web-transport';

export interface StartOptions extends RelayOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Offers WebTransport, an experiment. Without `hostname` and `port` it listens where the relay does, on UDP. */
  readonly webTransport?: Omit<WebTransportOptions, 'hostname' | 'port'> & { readonly hostname?: string; readonly port?: number };
}

export interface RunningRelay {
  readonly relay: Relay;
  /** Where it listens, e.g. http://127.0.0.1:4747, without a path. */
  readonly url: string;
  readonly port: number;
  /** Where it was asked for, and could be started. */
  readonly webTransport: WebTransportEnd | null;
  /** Loses nothing that was acknowledged; resolves when the port is free. */
  stop(): Promise<void>;
}

/** Connections that may wait to be taken, as far as the system allows so many: after a restart all devices come at once. */
const BACKLOG = 4_096;
/** Time for whole requests, in ms: a large frame over a poor line takes a while. The doors give most of them less. */
const REQUEST_TIME = 75_000;

/** @throws LogError when the data can't be opened; a system error with a `code` (EADDRINUSE, EACCES) when the port can't be had */
export async function startRelay({ webTransport: wanted, ...options }: StartOptions): Promise<RunningRelay> {
  const timeouts = { headersTimeout: LIMITS.handshake, requestTimeout: REQUEST_TIME, connectionsCheckingInterval: 1_000 };
  const server: Server = options.tls === undefined ? createServer(timeouts) : createTlsServer({ ...timeouts, handshakeTimeout: LIMITS.handshake, ...options.tls });
  const host = options.host ?? '127.0.0.1';
  // The port comes first, so that a second relay is told of the port and not of the locked file behind it.
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: options.port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let attached;
  try {
    attached = attachRelay(server, { ...options, path: options.path ?? '' });
  } catch (error) {
    server.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo; // listens on TCP: not a pipe, not closed
  const { relay } = attached;
  const webTransport = wanted === undefined ? null : await openWebTransport(relay, { hostname: host, port, ...(typeof options.data === 'string' && { directory: options.data }), ...wanted }, options.journal);
  return {
    relay,
    port,
    webTransport,
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await relay.stop();
      await webTransport?.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}
