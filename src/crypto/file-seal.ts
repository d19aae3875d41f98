/**
 * Chunks of files: nonce (24, random) | XChaCha20-Poly1305 of the piece, filled with zeros to one length, with its tag. PROTOCOL.md [P45]-[P47].
 *
 * A chunk has no signature: the hash of the whole stands in a signed entry, and who has all chunks checks it.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { SealError } from './seal-error';
import type { SpaceKeys } from './space-keys';

const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const ID_BYTES = 16;
/** Content in one chunk; so that a chunk with its seal and its frame stays below 16 KiB. */
export const FILE_PIECE = 16_304;
export const FILE_CHUNK = NONCE_BYTES + FILE_PIECE + TAG_BYTES;

/** What one file is sealed by. */
export interface FileKeys {
  /** 32 hexadecimal digits: what the relay knows it by. Equal content in one space has the same. */
  readonly fileId: string;
  readonly key: Uint8Array;
  readonly spaceId: string;
  /** Chunks of the whole. */
  readonly count: number;
}

/** @param hash SHA-256 of the content, 64 hexadecimal digits @param size of the content, bytes @throws SealError malformed */
export function fileKeysOf(keys: SpaceKeys, hash: string, size: number): FileKeys {
  if (!/^[0-9a-f]{64}$/.test(hash) || !Number.isSafeInteger(size) || size < 0) throw new SealError('malformed', 'A file is not named by hash and size.');
  const name = hexToBytes(hash);
  return {
    fileId: bytesToHex(hmac(sha256, keys.fileIdKey, name).subarray(0, ID_BYTES)),
    key: hmac(sha256, keys.fileKey, name),
    spaceId: keys.spaceId,
    count: pieceCount(size),
  };
}

/** Chunks of a content of so many bytes; an empty one has one. */
export function pieceCount(size: number): number {
  return Math.max(1, Math.ceil(size / FILE_PIECE));
}

/** @param piece at most `FILE_PIECE` bytes @param random gives the nonce @returns `FILE_CHUNK` bytes */
export function sealChunk(keys: FileKeys, index: number, piece: Uint8Array, random: (length: number) => Uint8Array): Uint8Array {
  if (piece.length > FILE_PIECE) throw new SealError('malformed', 'A piece of a file is too long.');
  const padded = new Uint8Array(FILE_PIECE);
  padded.set(piece);
  const nonce = random(NONCE_BYTES);
  return concatBytes(nonce, xchacha20poly1305(keys.key, nonce, associatedOf(keys, index)).encrypt(padded));
}

/** @param length of the piece: it is not in the chunk @throws SealError damaged when it was sealed otherwise */
export function openChunk(keys: FileKeys, index: number, chunk: Uint8Array, length: number): Uint8Array {
  if (chunk.length !== FILE_CHUNK) throw new SealError('malformed', 'A chunk is not of the length of all chunks.');
  try {
    return xchacha20poly1305(keys.key, chunk.subarray(0, NONCE_BYTES), associatedOf(keys, index)).decrypt(chunk.subarray(NONCE_BYTES)).subarray(0, length);
  } catch {
    throw new SealError('damaged', 'A chunk does not open with this key.');
  }
}

function associatedOf({ spaceId, fileId, count }: FileKeys, index: number): Uint8Array {
  const place = new Uint8Array(8);
  const view = new DataView(place.buffer);
  view.setUint32(0, index);
  view.setUint32(4, count);
  return concatBytes(hexToBytes(spaceId), hexToBytes(fileId), place);
}
