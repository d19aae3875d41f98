/** Byte strings one after the other on a line that has no messages of its own: each its length, as a number, and its bytes. PROTOCOL.md [P4] [P88] [P102]. */
import { malformed, WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** Bytes of a length, at most. */
const PREFIX = 3;

/** @param limit the longest that it may be, below 2^21 bytes @throws ProtocolError TOO_LARGE */
export function encodeByteString(bytes: Uint8Array, limit: number): Uint8Array {
  const writer = new WireWriter(bytes.length + PREFIX);
  writer.blob(bytes, limit);
  return writer.finish();
}

/** Puts byte strings together again, however their bytes come. */
export class ByteStrings {
  private held = new Uint8Array(0);
  private length = 0;
  /** Before so many bytes are there, nothing more is whole. */
  private needed = 1;

  /** @param limit the longest that one may be, bytes */
  constructor(private readonly limit: number) {}

  /** @returns what is whole now @throws ProtocolError when one is longer than the limit; nothing is held by a length that is merely claimed */
  take(chunk: Uint8Array): Uint8Array[] {
    this.hold(chunk);
    if (this.length < this.needed) return [];
    const bytes = this.held.subarray(0, this.length);
    const whole: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      let end = at;
      while (end < bytes.length && (bytes[end] ?? 0) > 0x7f) end++;
      if (end - at >= PREFIX) throw malformed('a byte string is longer than it may be');
      this.needed = end + 1 - at;
      if (end >= bytes.length) break;
      const length = new WireReader(bytes.subarray(at, end + 1)).uint();
      if (length > this.limit) throw malformed('a byte string is longer than it may be');
      this.needed += length;
      if (at + this.needed > bytes.length) break;
      whole.push(bytes.subarray(end + 1, end + 1 + length));
      at += this.needed;
    }
    // What was given out are views of the old room.
    if (at > 0) {
      this.held = bytes.slice(at);
      this.length = this.held.length;
    }
    return whole;
  }

  /** Room is doubled, so that a string that comes byte by byte is not copied with each of them. */
  private hold(chunk: Uint8Array): void {
    const length = this.length + chunk.length;
    if (length > this.held.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.length));
      larger.set(this.held.subarray(0, this.length));
      this.held = larger;
    }
    this.held.set(chunk, this.length);
    this.length = length;
  }
}
