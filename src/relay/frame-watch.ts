/** The frames of all connections as they pass, without what is in them, for whoever looks on. Nothing is kept, and nothing is done while nobody does. */
import { decodeClientFrame, decodeRelayFrame, readEntryHeader, type ClientFrame, type ErrorCode, type Lane, type RelayFrame } from '../protocol';
import type { Session } from './admission';
import { short } from './journal';
import type { NewEntry } from './log';
import type { Wire } from './wire';

/** Identifiers are cut to 8 digits. */
export interface WatchedFrame {
  /** When it came or went, ms since 1970. */
  readonly time: number;
  /** From a device, or to it. */
  readonly direction: 'in' | 'out';
  readonly kind: ClientFrame['type'] | RelayFrame['type'];
  readonly transport: Wire['kind'];
  readonly space: string;
  readonly device: string;
  /** Alias of the first document it is about, and how many it is about; or the name of a file. */
  readonly document: string | null;
  readonly documents: number;
  readonly entries: number;
  /** Of its first entry. */
  readonly lane: Lane | null;
  /** Bytes; of an append, those of its entries. */
  readonly size: number;
  /** From an append's arrival until it was on the disk, ms. */
  readonly acknowledgedAfter: number | null;
  /** Why an append was refused, or the connection ended. */
  readonly code: ErrorCode | null;
}

export type WatchListener = (frame: WatchedFrame) => void;

const WATCHERS = 4;

export class FrameWatch {
  private readonly listeners = new Set<WatchListener>();

  constructor(private readonly now: () => number) {}

  get isOpen(): boolean {
    return this.listeners.size > 0;
  }

  /** @returns what ends it @throws Error when four look on already */
  watch(listener: WatchListener): () => void {
    if (this.listeners.size >= WATCHERS) throw new Error(`${WATCHERS} look on already.`);
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** A frame of a device, as it came. Appends are told of when they are answered. */
  incoming(session: Session, transport: Wire['kind'], bytes: Uint8Array): void {
    let frame: ClientFrame;
    try {
      frame = decodeClientFrame(bytes);
    } catch {
      return; // ends the connection, with an error frame that is told of
    }
    if (frame.type === 'append') return;
    const aliases = 'file' in frame ? [frame.file] : frame.type === 'lease' || frame.type === 'confirm' ? [frame.alias] : frame.type === 'read' ? (frame.aliases ?? []) : [];
    this.tell(session, transport, { direction: 'in', kind: frame.type, size: bytes.length, aliases });
  }

  outgoing(session: Session, transport: Wire['kind'], bytes: Uint8Array): void {
    const frame = decodeRelayFrame(bytes);
    const entries = frame.type === 'entries' || frame.type === 'page' ? frame.entries.map((entry) => readEntryHeader(entry.bytes)) : [];
    const aliases = 'file' in frame ? [frame.file] : frame.type === 'leased' ? [frame.alias] : entries.map(({ alias }) => alias);
    const code = 'code' in frame ? frame.code : null;
    this.tell(session, transport, { direction: 'out', kind: frame.type, size: bytes.length, aliases, entries: entries.length, lane: entries[0]?.lane ?? null, code });
  }

  /** @param took ms since it came */
  appended(session: Session, transport: Wire['kind'], entries: readonly NewEntry[], code: ErrorCode | null, took: number): void {
    this.tell(session, transport, {
      direction: 'in',
      kind: 'append',
      size: entries.reduce((sum, { bytes }) => sum + bytes.length, 0),
      aliases: entries.map(({ header }) => header.alias),
      entries: entries.length,
      lane: entries[0]?.header.lane ?? null,
      took,
      code,
    });
  }

  private tell(
    { space, device }: Session,
    transport: Wire['kind'],
    seen: Pick<WatchedFrame, 'direction' | 'kind' | 'size'> & { aliases: readonly string[]; entries?: number; lane?: Lane | null; took?: number; code?: ErrorCode | null },
  ): void {
    const { direction, kind, size, aliases, entries = 0, lane = null, took, code = null } = seen;
    const frame: WatchedFrame = {
      time: Math.round(this.now() - (took ?? 0)),
      direction,
      kind,
      transport,
      space: short(space),
      device: short(device),
      document: aliases[0] === undefined ? null : short(aliases[0]),
      documents: new Set(aliases).size,
      entries,
      lane,
      size,
      acknowledgedAfter: took !== undefined && code === null ? Math.round(took * 10) / 10 : null,
      code,
    };
    for (const listener of this.listeners) listener(frame);
  }
}
