/** Bytes <-> lower-case hexadecimal, the in-memory form of every identifier. */
import { ProtocolError } from './errors';

const BYTE_TO_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** @returns two lower-case digits a byte, for `bytes[from, to)` */
export function toHex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let i = from; i < to; i++) text += BYTE_TO_HEX[bytes[i] as number] as string; // in range: i < length, a byte < 256
  return text;
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
