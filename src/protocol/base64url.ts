/** Bytes <-> base64url without padding: keys, signatures, tickets and tokens in JSON, links and headers. */
import { ProtocolError } from './errors';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/** @returns the shortest form, without '=' */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET.charAt((held >> bits) & 0x3f);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (6 - bits)) & 0x3f);
}

/**
 * Strict: only the alphabet, no padding, unused bits zero, so that a value has one text.
 * @throws ProtocolError BAD_FRAME unless it is exactly `length` bytes
 */
export function fromBase64Url(text: string, length: number): Uint8Array {
  if (text.length !== Math.ceil((length * 4) / 3)) throw new ProtocolError('BAD_FRAME', `Not the base64url of ${length} bytes.`);
  const bytes = new Uint8Array(length);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined) throw new ProtocolError('BAD_FRAME', 'Not base64url.');
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) throw new ProtocolError('BAD_FRAME', 'Not the shortest base64url.');
  return bytes;
}
