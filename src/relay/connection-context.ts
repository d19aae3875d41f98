/** What a connection is told of the relay around it, and the limits it keeps. */
import type { DeviceId, ErrorCode, SpaceId } from '../protocol';
import type { ChunkStore } from './chunks';
import type { Connection } from './connection';
import type { EntryLog, NewEntry } from './log';
import type { Meter } from './meter';
import type { Rooms } from './rooms';

export interface ConnectionContext {
  readonly log: EntryLog;
  readonly rooms: Rooms;
  readonly now: () => number;
  /** Whether this device may confirm its own snapshot: no other has been heard for a week. */
  readonly isAlone: (space: SpaceId, device: DeviceId) => Promise<boolean>;
  /** There is something to prune. */
  readonly onConfirmed: () => void;
  readonly files: FilesContext;
  /** One append was answered: `outcome` null when all of it was looked at, else why none of it was stored. `took` in ms. */
  readonly onAppended: (connection: Connection, entries: readonly NewEntry[], outcome: ErrorCode | null, took: number) => void;
  readonly meter: Meter;
  readonly onOpen: (connection: Connection) => void;
  readonly onClose: (connection: Connection, why: string) => void;
  readonly limits: ConnectionLimits;
}

export interface FilesContext {
  readonly chunks: ChunkStore;
  /** Bytes of chunks that one space may hold; 0: none are taken. */
  readonly quota: number;
}

export interface ConnectionLimits {
  /** Bytes that may wait for a device that does not take them. */
  readonly buffered: number;
  /** Frames a second that a device may send for long, and at once. Beyond it the relay reads more slowly. */
  readonly framesPerSecond: number;
  readonly frameBurst: number;
  /** Time for `open` to come after the upgrade, ms. */
  readonly opening?: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { buffered: 8 * 1024 * 1024, framesPerSecond: 1_000, frameBurst: 5_000 };
