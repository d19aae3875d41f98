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
  if (entry.length > LIMITS.entry) throw new ProtocolError('TOO_LARGE', `An entry is larger than ${LIMITS.entry} bytes.`);
  if (entry.length === 0) throw malformed('an entry is empty');
  if (entry[AT.suite] !== 1) {
    throw new ProtocolError('VERSION', 'An entry was sealed by a newer Blockwire; update this one to read it.');
  }
  if (entry.length < ENTRY_OVERHEAD) throw malformed('an entry ends too early');
  const view = new DataView(entry.buffer, entry.byteOffset, HEADER_BYTES);
  const kind = KINDS[view.getUint8(AT.kind)];
  const lane = LANES[view.getUint8(AT.lane)];
  if (kind === undefined || lane === undefined) throw malformed('an entry has an unknown kind or lane');
  const header: EntryHeader = {
    suite: 1,
    kind,
    space: readId(entry, AT.space) as SpaceId,
    epoch: view.getUint32(AT.epoch),
    device: readId(entry, AT.device) as DeviceId,
    lane,
    counter: readInteger(view, AT.counter),
    previous: readId(entry, AT.previous) as Digest,
    alias: readId(entry, AT.alias) as Alias,
    covers: readInteger(view, AT.covers),
    part: view.getUint16(AT.part),
    parts: view.getUint16(AT.parts),
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

function checkHeader(header: EntryHeader): void {
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

function readInteger(view: DataView, offset: number): number {
  const high = view.getUint32(offset);
  if (high > 0x1f_ffff) throw malformed('a number is above 2^53 - 1');
  return high * 0x1_0000_0000 + view.getUint32(offset + 4);
}
