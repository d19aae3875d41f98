/** The engine's rows in the device store: keys and byte forms. Everything in `meta` is under `sync/`. [S10] */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { fromHex, readEntryHeader, toHex, type Alias, type Cursor, type DeviceId, type Digest, type EntryHeader, type Lane } from '../protocol';
import type { CursorLadder } from './cursor-ladder';
import { StoreError, type Cipher, type DeviceStore, type StoreRow, type StoreWrite } from './ports';
import type { DocumentState, LaneState, OpenBody, OutboxEntry, PendingUpdate } from './state';

const SCHEMA = 1;
const KEYS = {
  schema: 'sync/schema',
  device: 'sync/device',
  cursors: 'sync/cursors',
  lane: 'sync/lane/',
  document: 'sync/document/',
  part: 'sync/part/',
  author: 'sync/author/',
  others: 'sync/others',
  flushed: 'sync/flushed',
} as const;

export interface StoredLane {
  readonly counter: number;
  readonly digest: Digest;
  readonly acknowledged: number;
  readonly known: number;
}
export type StoredDocument = Pick<DocumentState, 'alias' | 'previous' | 'last' | 'since' | 'owed' | 'bodies' | 'own'>;

/** What a device had in its store when it started. */
export interface LocalRows {
  /** The device that the counters and the outbox belong to; null in a new store. */
  readonly device: DeviceId | null;
  readonly cursors: CursorLadder;
  readonly lanes: Readonly<Record<Lane, StoredLane | null>>;
  /** When another device was last heard of; null in a new store. */
  readonly othersHeard: number | null;
  readonly documents: readonly StoredDocument[];
  /** How far other devices' lanes have been read. */
  readonly authors: readonly { readonly source: string; readonly through: number; readonly sequence: number }[];
  readonly pending: readonly { readonly alias: Alias; readonly update: PendingUpdate }[];
  readonly outbox: readonly OutboxEntry[];
  /** Entries set aside whose document is known. */
  readonly aside: readonly { readonly alias: Alias; readonly sequence: number }[];
}

/** @throws StoreError 'newer-schema' or 'corrupt' */
export async function readLocalRows(store: DeviceStore, cipher: Pick<Cipher, 'digest'>): Promise<LocalRows> {
  const [meta, pending, outbox, aside] = await Promise.all([store.scan('meta', 'sync/'), store.scan('pending', ''), store.scan('outbox', ''), store.scan('aside', '')]);
  try {
    return decodeRows(meta, pending, outbox, aside, cipher);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('corrupt', 'The local store of Blockwire is damaged. The text in your notes is not touched.');
  }
}

function decodeRows(meta: readonly StoreRow[], pending: readonly StoreRow[], outbox: readonly StoreRow[], aside: readonly StoreRow[], cipher: Pick<Cipher, 'digest'>): LocalRows {
  let device: DeviceId | null = null;
  let cursors: Cursor[] = [];
  let othersHeard: number | null = null;
  const lanes: Record<Lane, StoredLane | null> = { live: null, bulk: null };
  const documents: StoredDocument[] = [];
  const authors: { source: string; through: number; sequence: number }[] = [];
  for (const { key, value } of meta) {
    const input = decoding.createDecoder(value);
    if (key === KEYS.schema) {
      if (decoding.readVarUint(input) > SCHEMA) throw new StoreError('newer-schema', 'This vault was used by a newer Blockwire. Update this one to go on; nothing was changed.');
    } else if (key === KEYS.device) device = readId(input) as DeviceId;
    else if (key === KEYS.cursors) cursors = readCursors(input);
    else if (key === KEYS.others) othersHeard = decoding.readVarUint(input);
    else if (key.startsWith(KEYS.lane)) lanes[key.endsWith('live') ? 'live' : 'bulk'] = readLane(input);
    else if (key.startsWith(KEYS.document)) documents.push(readDocument(key.slice(KEYS.document.length) as Alias, input));
    else if (key.startsWith(KEYS.author)) authors.push({ source: key.slice(KEYS.author.length), through: decoding.readVarUint(input), sequence: decoding.readVarUint(input) });
  }
  return {
    device,
    cursors,
    othersHeard,
    lanes,
    documents,
    authors,
    pending: pending.map(({ key, value }) => {
      const input = decoding.createDecoder(value);
      const time = decoding.readVarUint(input);
      const digest = decoding.readVarString(input);
      return { alias: key.slice(0, 32) as Alias, update: { key, time, digest, update: decoding.readTailAsUint8Array(input) } };
    }),
    outbox: outbox.map(({ value }) => {
      const input = decoding.createDecoder(value);
      const time = decoding.readVarUint(input);
      const updates = decoding.readVarUint(input);
      const bytes = decoding.readTailAsUint8Array(input);
      const { lane, counter, alias, kind } = readEntryHeader(bytes);
      let digest: Digest | undefined;
      return {
        lane, counter, alias, kind, bytes, time, updates, durable: true, acknowledged: false, sentAt: 0,
        // Asked of two or three of some hundred: to hash them all was a fifth of a start.
        get digest() {
          return (digest ??= cipher.digest(bytes));
        },
      };
    }),
    aside: aside.flatMap(({ key, value }) => {
      const alias = aliasOf(value);
      return alias === null ? [] : [{ alias, sequence: Number(key) }];
    }),
  };
}

/** The document of an entry, or null where not even the header can be read. */
export function aliasOf(entry: Uint8Array): Alias | null {
  return headerOf(entry)?.alias ?? null;
}

/** The header of an entry, proven or not; null where there is none. */
export function headerOf(entry: Uint8Array): EntryHeader | null {
  try {
    return readEntryHeader(entry);
  } catch {
    return null;
  }
}

/** First rows of a store, or of a new identity in an old one. */
export function identityRows(device: DeviceId): StoreWrite[] {
  const schema = encoding.createEncoder();
  encoding.writeVarUint(schema, SCHEMA);
  return [
    { table: 'meta', key: KEYS.schema, value: encoding.toUint8Array(schema) },
    { table: 'meta', key: KEYS.device, value: fromHex(device) },
  ];
}

export function cursorRow(ladder: CursorLadder): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, ladder.length);
  for (const cursor of ladder) {
    encoding.writeVarUint(out, cursor.sequence);
    encoding.writeUint8Array(out, fromHex(cursor.digest));
  }
  return { table: 'meta', key: KEYS.cursors, value: encoding.toUint8Array(out) };
}

export function laneRow(lane: LaneState): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, lane.counter);
  encoding.writeVarUint(out, lane.acknowledged);
  encoding.writeVarUint(out, lane.known);
  encoding.writeUint8Array(out, fromHex(lane.digest));
  return { table: 'meta', key: KEYS.lane + lane.lane, value: encoding.toUint8Array(out) };
}

export function documentRow(document: DocumentState): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, document.last);
  encoding.writeVarUint(out, document.since);
  encoding.writeUint8(out, document.owed ? 1 : 0);
  encoding.writeUint8Array(out, fromHex(document.previous));
  encoding.writeVarUint(out, document.bodies.size);
  for (const [source, { sequence, since }] of document.bodies) {
    encoding.writeVarString(out, source);
    encoding.writeVarUint(out, sequence);
    encoding.writeVarUint(out, Math.max(0, Math.floor(since)));
  }
  encoding.writeVarUint(out, document.own?.sequence ?? 0);
  if (document.own !== null) encoding.writeVarUint(out, document.own.covers);
  return { table: 'meta', key: KEYS.document + document.alias, value: encoding.toUint8Array(out) };
}

export function othersRow(heard: number): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, Math.max(0, Math.floor(heard)));
  return { table: 'meta', key: KEYS.others, value: encoding.toUint8Array(out) };
}

/** @param read null: not known any more */
export function authorRow(source: string, read: { readonly through: number; readonly sequence: number } | null): StoreWrite {
  if (read === null) return { table: 'meta', key: KEYS.author + source, value: null };
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, read.through);
  encoding.writeVarUint(out, read.sequence);
  return { table: 'meta', key: KEYS.author + source, value: encoding.toUint8Array(out) };
}

export function pendingKey(alias: Alias, number: number): string {
  return `${alias}/${padded(number)}`;
}

export function pendingRow(update: PendingUpdate): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, Math.floor(update.time));
  encoding.writeVarString(out, update.digest);
  encoding.writeUint8Array(out, update.update);
  return { table: 'pending', key: update.key, value: encoding.toUint8Array(out) };
}

export function outboxKey(lane: Lane, counter: number): string {
  return `${lane}/${padded(counter)}`;
}

export function outboxRow(entry: OutboxEntry): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, Math.floor(entry.time));
  encoding.writeVarUint(out, entry.updates);
  encoding.writeUint8Array(out, entry.bytes);
  return { table: 'outbox', key: outboxKey(entry.lane, entry.counter), value: encoding.toUint8Array(out) };
}

export function asideRow(sequence: number, bytes: Uint8Array | null): StoreWrite {
  return { table: 'aside', key: padded(sequence), value: bytes };
}

/** Opened parts of a body that is not complete yet: `group` is the counter of its first part. */
export function partPrefix(device: DeviceId, alias: Alias, lane: Lane): string {
  return `${KEYS.part}${device}/${alias}/${lane}/`;
}
export function partKey(prefix: string, group: number, part: number): string {
  return `${prefix}${padded(group)}/${padded(part)}`;
}

export function isComplete(key: string): boolean {
  return key.endsWith('/complete');
}

/** Stands for a group whose body is complete and applied, so that a part that comes again is known. */
export function completeKey(prefix: string, group: number): string {
  return `${prefix}${padded(group)}/complete`;
}

/** Written strictly when there is nothing else to write: makes all earlier relaxed batches durable. */
export function flushedRow(now: number): StoreWrite {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, Math.floor(now));
  return { table: 'meta', key: KEYS.flushed, value: encoding.toUint8Array(out) };
}

/** Decimal, so that keys sort as the numbers do. */
export function padded(number: number): string {
  return String(number).padStart(16, '0');
}

function readCursors(input: decoding.Decoder): Cursor[] {
  const cursors: Cursor[] = [];
  const count = decoding.readVarUint(input);
  for (let i = 0; i < Math.min(count, 64); i++) cursors.push({ sequence: decoding.readVarUint(input), digest: readId(input) as Digest });
  return cursors;
}

function readLane(input: decoding.Decoder): StoredLane {
  const counter = decoding.readVarUint(input);
  const acknowledged = decoding.readVarUint(input);
  const known = decoding.readVarUint(input);
  return { counter, acknowledged, known, digest: readId(input) as Digest };
}

function readDocument(alias: Alias, input: decoding.Decoder): StoredDocument {
  const last = decoding.readVarUint(input);
  const since = decoding.readVarUint(input);
  const owed = decoding.readUint8(input) === 1;
  const previous = readId(input) as Digest;
  const bodies = new Map<string, OpenBody>();
  for (let left = decoding.hasContent(input) ? decoding.readVarUint(input) : 0; left > 0; left--) {
    const source = decoding.readVarString(input);
    bodies.set(source, { sequence: decoding.readVarUint(input), since: decoding.readVarUint(input) });
  }
  const sequence = decoding.hasContent(input) ? decoding.readVarUint(input) : 0;
  const own = sequence === 0 ? null : { sequence, covers: decoding.readVarUint(input), connection: 0 };
  return { alias, last, since, owed, previous, bodies, own };
}

function readId(input: decoding.Decoder): string {
  return toHex(decoding.readUint8Array(input, 16));
}
