/** What a relay is told when it is made, and the limits it keeps. */
import type { Authorize } from './authorization';
import type { ChunkStore } from './chunks';
import { CONNECTION_LIMITS, type ConnectionLimits } from './connection-context';
import { LINK_TIMES, type LinkTimes } from './doors/poll-link';
import { REQUEST_RATE, type RateOptions } from './doors/request-rate';
import type { Journal } from './journal';
import type { EntryLog } from './log';
import type { LogError } from './log-error';
import type { Registry } from './registry';

export interface RelayOptions {
  /** Directory of `relay.db`, made if missing; or an engine of one's own. */
  readonly data: string | RelayEngine;
  /** Path that all of the relay's addresses start with, e.g. '/blockwire'; '' for none. A list: each of them. */
  readonly path?: string | readonly string[];
  /** Exact origins that may connect beside Obsidian's, e.g. 'https://example.org'. */
  readonly origins?: readonly string[];
  /** A further say in who founds and joins spaces and connects, e.g. by the application's own accounts. */
  readonly authorize?: Authorize;
  /** Requests come through a proxy that sets X-Forwarded-For. */
  readonly behindProxy?: boolean;
  readonly journal?: Journal;
  /** GET {path}/metrics answers who has this token; without it there is nothing at that address. */
  readonly metricsToken?: string;
  /**
   * The disk failed, or the data is damaged, may not be written, or was taken away: the relay takes nothing more, and /health says why. The default
   * ends the process with exit code 70: only a new one can go on, and no acknowledged entry is lost. Data that was taken away has been copied by then, if that was possible.
   */
  readonly onFailure?: (error: LogError) => void;
  readonly limits?: Partial<RelayLimits>;
  /** Milliseconds, by default 25,000; a device that does not answer a ping by the next one is gone. */
  readonly pingEvery?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export const PING_EVERY = 25_000;

export interface RelayEngine {
  readonly log: EntryLog;
  readonly registry: Registry;
  /** Without it the relay keeps no files. */
  readonly chunks?: ChunkStore;
}

export interface RelayLimits {
  /** Sealed bytes of one space. */
  readonly spaceBytes: number;
  /** Sealed bytes of the files that the blocks of one space refer to, beside those; 0: none are kept. */
  readonly filesBytes: number;
  readonly connections: number;
  readonly connectionsOfDevice: number;
  /** Signed requests from one address. */
  readonly requests: RateOptions;
  readonly connection: ConnectionLimits;
  /** Of links over plain requests. */
  readonly links: LinkTimes;
}

export const RELAY_LIMITS: RelayLimits = {
  spaceBytes: 2 * 1024 * 1024 * 1024,
  filesBytes: 5 * 1024 * 1024 * 1024,
  connections: 20_000,
  connectionsOfDevice: 8,
  requests: REQUEST_RATE,
  connection: CONNECTION_LIMITS,
  links: LINK_TIMES,
};

export interface RelayStatistics {
  readonly connections: number;
  readonly devices: number;
}
