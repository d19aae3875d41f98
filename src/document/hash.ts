import { sha256 } from '@noble/hashes/sha2.js';

const encoder = new TextEncoder();
const ALPHABET = '0123456789abcdefghijkmnopqrstuvwxyz'.slice(0, 32);

/** SHA-256 over strings, each with its length before it, so that no two lists of strings give the same bytes. */
export function hashStrings(...parts: readonly string[]): Uint8Array {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  return sha256(encoder.encode(text));
}

/** A bullet id of 80 bits. */
export function hashId(...parts: readonly string[]): string {
  return base32(hashStrings(...parts), 16);
}

/**
 * A Yjs client id between 2^32 and 2^53: never that of a run, which has 32 bits. Two devices that hash the same strings write
 * the same items under it, which Yjs then takes for one.
 */
export function hashClient(...parts: readonly string[]): number {
  const hash = hashStrings(...parts);
  const view = new DataView(hash.buffer, hash.byteOffset);
  const high = 1 + (view.getUint32(0) % (2 ** 21 - 1));
  return high * 2 ** 32 + view.getUint32(4);
}

/** The first `length` (<= 32) letters of bytes in base 32, lower case. */
export function base32(bytes: Uint8Array, length: number): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
      if (text.length === length) return text;
    }
  }
  return text;
}

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
