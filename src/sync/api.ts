/** What a peer sees of the sync engine. `createSyncEngine` in engine.ts makes one. */
import type { Alias, DeviceId, Peers, SpaceId } from '../protocol';
import type { Cipher, Clock, DeviceStore, Documents, Random, StoreWrite, Transport } from './ports';

export interface SyncEngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly cipher: Cipher;
  readonly transport: Transport;
  readonly store: DeviceStore;
  readonly documents: Documents;
  readonly identity: { readonly space: SpaceId; readonly device: DeviceId; readonly epoch: number };
  /** Which documents to read first after a (re)connect, most wanted first; asked at each catch-up. */
  readonly wanted: () => readonly Alias[];
  readonly onStatus: (status: SyncStatus) => void;
  readonly onPresence: (device: DeviceId, body: Uint8Array) => void;
  /** Leaves the relay while hidden, to spare a phone's battery. */
  readonly restsWhenHidden?: boolean;
  /** The relay says this device's counters were used by another (a cloned vault): the peer must take a new identity. */
  readonly onCloned: () => void;
}

export interface SyncEngine {
  /** Reads the outbox and cursor, re-queues what was pending, connects. Resolves when local state is loaded, not when connected. */
  start(): Promise<void>;
  /** Flushes strictly and closes the connection. The engine can't be started again. */
  stop(): Promise<void>;
  /**
   * Takes one local update of a document. It is durable (with `writes`, in one batch) before anything is sent.
   * `digest`: of the document after it.
   */
  queue(alias: Alias, update: Uint8Array, digest: string, writes?: readonly StoreWrite[]): void;
  /** Sealed and passed to the others now, if connected; never stored. The engine keeps only the newest. */
  presence(body: Uint8Array): void;
  /** Tells the engine what the platform says. `online` and `visible` try at once to connect. `hidden` flushes strictly, and ends the connection soon after where the device rests. */
  notify(event: 'online' | 'offline' | 'visible' | 'hidden'): void;
  /** User's own offline switch (try-it page, tests). */
  setPaused(paused: boolean): void;
  /** Resolves when nothing is pending, unsealed, unsent or unacknowledged; rejects after `ms`. */
  settled(ms: number): Promise<void>;
  readonly status: SyncStatus;
}

export interface SyncStatus {
  readonly phase: 'starting' | 'offline' | 'connecting' | 'catching-up' | 'live' | 'paused' | 'stopped' | 'refused';
  /** How frames travel now: 'webtransport', 'websocket', 'stream', 'long-poll', 'short-poll'; null while they don't, or the transport knows one way only. */
  readonly transport: string | null;
  /** Set when `phase` is offline or refused. */
  readonly problem: { readonly code: string; readonly message: string; readonly retry: boolean; readonly since: number } | null;
  /** Local updates that the relay has not yet acknowledged. */
  readonly unacknowledged: number;
  /** Documents with such updates. */
  readonly waiting: ReadonlySet<Alias>;
  /** Log entries still to read in the current catch-up, if known. */
  readonly behind: number;
  readonly peers: Peers;
  /** When the oldest unacknowledged update was made; null if none. */
  readonly waitingSince: number | null;
  /** Median of recent append-to-acknowledgement times in ms, null before the first. */
  readonly latency: number | null;
}
