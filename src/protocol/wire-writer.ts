/** Grows one buffer and writes the primitives of the wire into it; `wire-reader.ts` reads them back. */
import { ProtocolError } from './errors';
import { writeHex } from './hex';
import { ID_BYTES } from './ids';

const UTF8 = new TextEncoder();

export class WireWriter {
  private bytes: Uint8Array;
  private length = 0;

  /** @param capacity an estimate of the final size in bytes; a good one saves copying */
  constructor(capacity = 64) {
    this.bytes = new Uint8Array(capacity);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  boolean(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  /** Little-endian base 128, shortest form. @throws ProtocolError unless a safe integer from 0 */
  uint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new ProtocolError('BAD_FRAME', 'A number is not a safe integer from 0.');
    this.reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** One identifier, 16 raw bytes. @throws ProtocolError unless 32 lower-case hexadecimal digits */
  id(id: string): void {
    if (id.length !== 2 * ID_BYTES) throw new ProtocolError('BAD_FRAME', 'An identifier is not 16 bytes.');
    this.reserve(ID_BYTES);
    writeHex(id, this.bytes, this.length);
    this.length += ID_BYTES;
  }

  /** Length, then the bytes. @throws ProtocolError TOO_LARGE above `limit` */
  blob(value: Uint8Array, limit: number): void {
    if (value.length > limit) throw new ProtocolError('TOO_LARGE', `A byte string is longer than ${limit} bytes.`);
    this.uint(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** As `blob`, of UTF-8. Lone surrogates become U+FFFD. */
  text(value: string, limit: number): void {
    this.blob(UTF8.encode(value), limit);
  }

  /** The bytes written so far: a view, valid as long as nothing more is written. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
