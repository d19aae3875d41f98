/** A relay with a server of its own. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../protocol';
import { attachRelay } from './attach';
import type { Relay } from './relay';
import { SocketProcesses } from './processes/socket-processes';
import { RELAY_LIMITS, type RelayOptions } from './relay-options';
import { readBeforeTimeout } from './unread-requests';
import { openWebTransport, type WebTransportEnd, type WebTransportOptions } from './webtransport/web-transport';

export interface StartOptions extends RelayOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Processes beside this one that hold the WebSockets; each may have as many files as this one. By default this one holds them. Not with `tls`, which ends here. */
  readonly processes?: { readonly count: number; /** For tests. */ readonly script?: string; readonly unread?: number };
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
  /** Processes that hold WebSockets and run now. */
  readonly pids: () => readonly number[];
  /** Loses nothing that was acknowledged; resolves when the port is free. Safe to call twice. */
  stop(): Promise<void>;
}

/** Connections that may wait to be taken, as far as the system allows so many: after a restart all devices come at once. */
const BACKLOG = 4_096;
/** Time for whole requests, in ms: a large frame over a poor line takes a while. The doors give most of them less. */
const REQUEST_TIME = 75_000;

/** @throws LogError when the data can't be opened; SocketProcessError when a process could not be started; a system error with a `code` (EADDRINUSE, EACCES) when the port can't be had */
export async function startRelay({ webTransport: wanted, ...options }: StartOptions): Promise<RunningRelay> {
  const timeouts = { headersTimeout: LIMITS.handshake, requestTimeout: REQUEST_TIME, connectionsCheckingInterval: 1_000 };
  const server: Server = options.tls === undefined ? createServer(timeouts) : createTlsServer({ ...timeouts, handshakeTimeout: LIMITS.handshake, ...options.tls });
  readBeforeTimeout(server, REQUEST_TIME);
  const host = options.host ?? '127.0.0.1';
  const sockets = await openProcesses(options);
  // The port comes first, so that a second relay is told of the port and not of the locked file behind it.
  let attached;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port: options.port, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const limits = { connections: RELAY_LIMITS.connections * (options.processes?.count ?? 1), ...options.limits };
    attached = attachRelay(server, { ...options, limits, path: options.path ?? '' }, sockets);
  } catch (error) {
    server.close();
    await sockets?.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo; // listens on TCP: not a pipe, not closed
  const { relay } = attached;
  const webTransport = wanted === undefined ? null : await openWebTransport(relay, { hostname: host, port, ...(typeof options.data === 'string' && { directory: options.data }), ...wanted }, options.journal);
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await relay.stop();
    await webTransport?.stop();
    server.closeAllConnections();
    await closed;
  };
  let stopped: Promise<void> | null = null;
  return {
    relay,
    port,
    webTransport,
    pids: () => sockets?.pids ?? [],
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    stop: () => (stopped ??= stop()),
  };
}

async function openProcesses({ processes, tls, pingEvery, journal }: StartOptions): Promise<SocketProcesses | undefined> {
  if (processes === undefined) return undefined;
  if (tls !== undefined) throw new Error('WebSockets whose TLS ends in this process can’t be held by others: let a proxy do TLS.');
  return SocketProcesses.start({ ...processes, pingEvery, journal });
}
