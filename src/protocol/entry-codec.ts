/**
 * The byte form of a sealed entry, as PROTOCOL.md [P10]-[P13] have it. Suite 1:
 *
 *   header (fixed layout, HEADER_BYTES) | nonce (24) | ciphertext with its tag (16 and more) | signature (64)
 *
 * The header is what the cipher authenticates; the signature is over everything before it. This file knows where things are, not what they mean.
 */
import type { EntryHeader, EntryKind } from './entry';
import { ProtocolError } from './errors';
import type { Lane } from './frames';
import { toHex, writeHex } from './hex';
import { ID_BYTES, type Alias, type DeviceId, type Digest, type SpaceId } from './ids';
import { LIMITS } from './limits';
import { malformed } from './wire-reader';

/** Offset of each field of the header. Numbers are big-endian. */
const AT = {
  suite: 0,
  kind: 1,
  lane: 2,
  space: 3,
  device: 19,
  alias: 35,
  previous: 51,
  epoch: 67,
  counter: 71,
  covers: 79,
  part: 87,
  parts: 89,
} as const;

export const HEADER_BYTES = 91;
export const NONCE_BYTES = 24;
export const TAG_BYTES = 16;
export const SIGNATURE_BYTES = 64;
/** What an entry costs beside the text it seals. */
export const ENTRY_OVERHEAD = HEADER_BYTES + NONCE_BYTES + TAG_BYTES + SIGNATURE_BYTES;

const KINDS: readonly EntryKind[] = ['update', 'snapshot'];
const LANES: readonly Lane[] = ['live', 'bulk'];

/** A sealed entry taken apart. The byte strings are views into it. */
export interface EntryParts {
  readonly header: EntryHeader;
  readonly headerBytes: Uint8Array;
  readonly nonce: Uint8Array;
  /** With its tag at the end. */
  readonly ciphertext: Uint8Array;
  /** Everything before the signature: what is signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** @returns HEADER_BYTES bytes @throws ProtocolError when a field is out of range */
export function encodeHeader(header: EntryHeader): Uint8Array {
  checkHeader(header);
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[AT.suite] = header.suite;
  bytes[AT.kind] = KINDS.indexOf(header.kind);
  bytes[AT.lane] = LANES.indexOf(header.lane);
  writeId(header.space, bytes, AT.space);
  writeId(header.device, bytes, AT.device);
  writeId(header.alias, bytes, AT.alias);
  writeId(header.previous, bytes, AT.previous);
  view.setUint32(AT.epoch, header.epoch);
  view.setBigUint64(AT.counter, BigInt(header.counter));
  view.setBigUint64(AT.covers, BigInt(header.covers));
  view.setUint16(AT.part, header.part);
  view.setUint16(AT.parts, header.parts);
  return bytes;
}

/**
 * The header of a whole sealed entry, without opening it: all that a relay needs.
 * @throws ProtocolError BAD_FRAME, or VERSION for a suite that this program does not know
 */
export function readEntryHeader(entry: Uint8Array): EntryHeader {
  checkLayout(entry);
  const ids = { space: readId(entry, AT.space) as SpaceId, device: readId(entry, AT.device) as DeviceId, alias: readId(entry, AT.alias) as Alias };
  return { ...readFields(entry, ids), previous: readId(entry, AT.previous) as Digest };
}

/** What is in a header beside the digest of the entry before, which only devices follow. */
export type RoutingHeader = Omit<EntryHeader, 'previous'>;

/**
 * Reads the headers of the entries that one device sends. Space and device, and mostly the document, are those of the entry before:
 * where their bytes are equal the strings are used again, because making them costs a relay as much as all else that it does with an entry.
 */
export class HeaderReader {
  private readonly last = new Uint8Array(3 * ID_BYTES);
  private readonly ids = { space: readId(this.last, 0) as SpaceId, device: readId(this.last, 0) as DeviceId, alias: readId(this.last, 0) as Alias };

  /** @throws ProtocolError as `readEntryHeader` */
  read(entry: Uint8Array): RoutingHeader {
    checkLayout(entry);
    if (this.isNew(entry, AT.space)) this.ids.space = readId(entry, AT.space) as SpaceId;
    if (this.isNew(entry, AT.device)) this.ids.device = readId(entry, AT.device) as DeviceId;
    if (this.isNew(entry, AT.alias)) this.ids.alias = readId(entry, AT.alias) as Alias;
    return readFields(entry, this.ids);
  }

  /** Whether another identifier stands there than in the entry before; it is remembered. */
  private isNew(entry: Uint8Array, at: number): boolean {
    const from = at - AT.space;
    for (let i = 0; i < ID_BYTES; i++) {
      if (entry[at + i] === this.last[from + i]) continue;
      this.last.set(entry.subarray(at, at + ID_BYTES), from);
      return true;
    }
    return false;
  }
}

function checkLayout(entry: Uint8Array): void {
  if (entry.length > LIMITS.entry) throw new ProtocolError('TOO_LARGE', `An entry is larger than ${LIMITS.entry} bytes.`);
  if (entry.length === 0) throw malformed('an entry is empty');
  if (entry[AT.suite] !== 1) {
    throw new ProtocolError('VERSION', 'An entry was sealed by a newer Blockwire; update this one to read it.');
  }
  if (entry.length < ENTRY_OVERHEAD) throw malformed('an entry ends too early');
}

function readFields(entry: Uint8Array, { space, device, alias }: Pick<EntryHeader, 'space' | 'device' | 'alias'>): RoutingHeader {
  const kind = KINDS[entry[AT.kind] ?? -1];
  const lane = LANES[entry[AT.lane] ?? -1];
  if (kind === undefined || lane === undefined) throw malformed('an entry has an unknown kind or lane');
  const header: RoutingHeader = {
    suite: 1,
    kind,
    space,
    epoch: readUint32(entry, AT.epoch),
    device,
    lane,
    counter: readInteger(entry, AT.counter),
    alias,
    covers: readInteger(entry, AT.covers),
    part: readUint16(entry, AT.part),
    parts: readUint16(entry, AT.parts),
  };
  checkHeader(header);
  return header;
}

/** Takes a sealed entry apart; nothing in it is trusted yet. @throws ProtocolError as `readEntryHeader` */
export function readEntry(entry: Uint8Array): EntryParts {
  const header = readEntryHeader(entry);
  const signatureAt = entry.length - SIGNATURE_BYTES;
  return {
    header,
    headerBytes: entry.subarray(0, HEADER_BYTES),
    nonce: entry.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES),
    ciphertext: entry.subarray(HEADER_BYTES + NONCE_BYTES, signatureAt),
    signed: entry.subarray(0, signatureAt),
    signature: entry.subarray(signatureAt),
  };
}

/** What a device signs: header, nonce and ciphertext in a row. */
export function assembleSigned(headerBytes: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  if (headerBytes.length !== HEADER_BYTES || nonce.length !== NONCE_BYTES || ciphertext.length < TAG_BYTES) {
    throw malformed('a part of an entry has the wrong length');
  }
  const bytes = new Uint8Array(headerBytes.length + nonce.length + ciphertext.length);
  bytes.set(headerBytes, 0);
  bytes.set(nonce, headerBytes.length);
  bytes.set(ciphertext, headerBytes.length + nonce.length);
  return bytes;
}

/** The whole entry, in a buffer of its own. @throws ProtocolError TOO_LARGE above LIMITS.entry */
export function assembleEntry(signed: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) throw malformed('a signature is not 64 bytes');
  const length = signed.length + signature.length;
  if (length > LIMITS.entry) throw new ProtocolError('TOO_LARGE', `An entry is larger than ${LIMITS.entry} bytes.`);
  const bytes = new Uint8Array(length);
  bytes.set(signed, 0);
  bytes.set(signature, signed.length);
  return bytes;
}

function checkHeader(header: RoutingHeader): void {
  if (header.suite !== 1) throw new ProtocolError('VERSION', 'An entry has a suite that this program does not know.');
  if (!isInteger(header.epoch, 0xffff_ffff)) throw malformed('an epoch is out of range');
  if (!isInteger(header.counter, Number.MAX_SAFE_INTEGER) || header.counter < 1) throw malformed('a counter is out of range');
  if (!isInteger(header.covers, Number.MAX_SAFE_INTEGER)) throw malformed('what an entry covers is out of range');
  if (header.kind === 'update' && header.covers !== 0) throw malformed('an update covers nothing');
  if (!isInteger(header.parts, LIMITS.parts) || header.parts < 1) throw malformed('a number of parts is out of range');
  if (!isInteger(header.part, header.parts - 1)) throw malformed('a part is out of range');
}

function isInteger(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function writeId(id: string, target: Uint8Array, offset: number): void {
  if (id.length !== 2 * ID_BYTES) throw malformed('an identifier is not 16 bytes');
  writeHex(id, target, offset);
}

function readId(bytes: Uint8Array, offset: number): string {
  return toHex(bytes, offset, offset + ID_BYTES);
}

// The caller has checked the length: the header is there.
function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * 0x1_0000 + readUint16(bytes, at + 2);
}

function readInteger(bytes: Uint8Array, at: number): number {
  const high = readUint32(bytes, at);
  if (high > 0x1f_ffff) throw malformed('a number is above 2^53 - 1');
  const low = readUint32(bytes, at + 4);
  // Not always the sum: it is a floating-point number, with memory of its own.
  return high === 0 ? low : high * 0x1_0000_0000 + low;
}
