/** Bytes <-> lower-case hexadecimal, the in-memory form of every identifier. */
import { ProtocolError } from './errors';

const BYTE_TO_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** ASCII codes of the sixteen digits. */
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** @returns two lower-case digits a byte, for `bytes[from, to)` */
export function toHex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  let i = from;
  // Eight bytes a piece: a string put together of single bytes costs a relay more garbage than all else that an entry needs.
  for (; i + 8 <= to && i + 8 <= bytes.length; i += 8) text += eightToHex(bytes, i);
  for (; i < to; i++) text += BYTE_TO_HEX[bytes[i] as number] as string; // in range: i < length, a byte < 256
  return text;
}

function eightToHex(bytes: Uint8Array, at: number): string {
  const a = pair(bytes, at);
  const b = pair(bytes, at + 2);
  const c = pair(bytes, at + 4);
  const d = pair(bytes, at + 6);
  return String.fromCharCode(
    DIGITS[a >> 12] as number, DIGITS[(a >> 8) & 15] as number, DIGITS[(a >> 4) & 15] as number, DIGITS[a & 15] as number,
    DIGITS[b >> 12] as number, DIGITS[(b >> 8) & 15] as number, DIGITS[(b >> 4) & 15] as number, DIGITS[b & 15] as number,
    DIGITS[c >> 12] as number, DIGITS[(c >> 8) & 15] as number, DIGITS[(c >> 4) & 15] as number, DIGITS[c & 15] as number,
    DIGITS[d >> 12] as number, DIGITS[(d >> 8) & 15] as number, DIGITS[(d >> 4) & 15] as number, DIGITS[d & 15] as number,
  ); // prettier-ignore
}

/** Two bytes as one number; the caller has checked that they are there. */
function pair(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** @throws ProtocolError BAD_FRAME unless `text` is an even number of lower-case hexadecimal digits */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  if (text.length % 2 !== 0) throw new ProtocolError('BAD_FRAME', 'An odd number of hexadecimal digits.');
  writeHex(text, bytes, 0);
  return bytes;
}

/** Writes the bytes that `text` stands for at `offset`. @throws ProtocolError BAD_FRAME on anything but lower-case digits */
export function writeHex(text: string, target: Uint8Array, offset: number): void {
  for (let i = 0; i + 1 < text.length; i += 2) {
    target[offset + (i >> 1)] = (digit(text.charCodeAt(i)) << 4) | digit(text.charCodeAt(i + 1));
  }
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10;
  throw new ProtocolError('BAD_FRAME', 'Not a lower-case hexadecimal digit.');
}
