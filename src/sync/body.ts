/**
 * What is sealed inside an entry: the updates, and what the author knew of the block after them. [S1]
 *
 *   version (1) | time (varint) | digest (length byte, ASCII) | count (varint) | count x (length (varint), bytes)
 *
 * It was authenticated before it is read, so no attacker wrote it; a damaged disk or a bug may have. Larger bodies are cut into
 * parts as bytes, not as updates.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { LIMITS } from '../protocol';

const VERSION = 1;
/** A body up to this size may travel in the live lane, as one entry. */
export const LIVE_BYTES = 64 * 1024;
/** Bytes of one part. Small, so that what is on the line can be measured out finely; larger where there would be too many of them. */
const PART_BYTES = 16 * 1024;
const LARGE_PART_BYTES = 64 * 1024;
/** A document this large is far above what a block may hold. */
export const MAX_BYTES = 48 * 1024 * 1024;
/** Updates in one body; what is more waits for the next entry. */
export const MAX_UPDATES = 4096;
const MAX_DIGEST = 64;

export interface Body {
  /** Author's clock, milliseconds since the epoch. */
  readonly time: number;
  /** Of the author's document after these updates; '' if not given. */
  readonly digest: string;
  readonly updates: readonly Uint8Array[];
}

/** A body that is no body. `newer`: written by a later version of this program. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  constructor(
    readonly reason: 'malformed' | 'newer',
    message: string,
  ) {
    super(message);
  }
}

/** @throws BodyError when a limit is passed */
export function encodeBody(body: Body): Uint8Array {
  if (body.updates.length > MAX_UPDATES) throw new BodyError('malformed', 'Too many updates for one entry.');
  if (body.digest.length > MAX_DIGEST) throw new BodyError('malformed', 'A digest is too long.');
  const out = encoding.createEncoder();
  encoding.writeUint8(out, VERSION);
  encoding.writeVarUint(out, Math.max(0, Math.floor(body.time)));
  encoding.writeUint8(out, body.digest.length);
  for (let i = 0; i < body.digest.length; i++) encoding.writeUint8(out, body.digest.charCodeAt(i) & 0x7f);
  encoding.writeVarUint(out, body.updates.length);
  for (const update of body.updates) encoding.writeVarUint8Array(out, update);
  return encoding.toUint8Array(out);
}

/** @throws BodyError and nothing else, whatever the bytes */
export function decodeBody(bytes: Uint8Array): Body {
  try {
    return readBody(decoding.createDecoder(bytes));
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError('malformed', 'The content of an entry ends too early.');
  }
}

function readBody(input: decoding.Decoder): Body {
  const version = decoding.readUint8(input);
  if (version !== VERSION) throw new BodyError('newer', 'The content of an entry was written by another version of Blockwire.');
  const time = decoding.readVarUint(input);
  const digestLength = decoding.readUint8(input);
  if (!Number.isSafeInteger(time) || digestLength > MAX_DIGEST) throw new BodyError('malformed', 'The content of an entry is damaged.');
  let digest = '';
  for (let i = 0; i < digestLength; i++) digest += String.fromCharCode(decoding.readUint8(input) & 0x7f);
  const count = decoding.readVarUint(input);
  if (count > MAX_UPDATES) throw new BodyError('malformed', 'The content of an entry claims too many updates.');
  const updates: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const length = decoding.readVarUint(input);
    if (length > input.arr.length - input.pos) throw new BodyError('malformed', 'The content of an entry ends too early.');
    updates.push(decoding.readUint8Array(input, length));
  }
  if (decoding.hasContent(input)) throw new BodyError('malformed', 'The content of an entry has bytes left over.');
  return { time, digest, updates };
}

/** The body as at least one part, and consecutive ones. @throws BodyError above 48 MiB */
export function splitBody(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > MAX_BYTES) throw new BodyError('malformed', 'A document is too large to be sent.');
  const size = bytes.length <= (LIMITS.parts / 2) * PART_BYTES ? PART_BYTES : LARGE_PART_BYTES;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

/** The inverse of `splitBody`. */
export function joinBody(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
