/**
 * Reads the primitives of the wire, strictly: every malformed input is a ProtocolError, nothing is allocated by a length that
 * the input merely claims.
 */
import { ProtocolError } from './errors';
import { toHex } from './hex';
import { ID_BYTES } from './ids';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class WireReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw malformed('it ends too early');
    this.at++;
    return value;
  }

  boolean(): boolean {
    const value = this.byte();
    if (value > 1) throw malformed('a boolean is neither 0 nor 1');
    return value === 1;
  }

  /** Base 128 in its shortest form, at most 2^53 - 1. */
  uint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && i > 0) throw malformed('a number is not in its shortest form');
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 0x80;
    }
    throw malformed('a number is above 2^53 - 1');
  }

  /** A number of items and the items, each at least `itemBytes` long: room is made for no more than could still follow. */
  list<Item>(limit: number, itemBytes: number, item: () => Item): Item[] {
    const length = this.uint();
    if (length > limit) throw new ProtocolError('TOO_LARGE', `More than ${limit} items in one list.`);
    if (length * itemBytes > this.bytes.length - this.at) throw malformed('a list is longer than the bytes that follow');
    // Of the right size at once: an array that grows from nothing is given room for 17.
    return Array.from({ length }, item);
  }

  /** One identifier as 32 hexadecimal digits; the caller knows which kind it is. */
  id(): string {
    const end = this.at + ID_BYTES;
    if (end > this.bytes.length) throw malformed('it ends too early');
    const text = toHex(this.bytes, this.at, end);
    this.at = end;
    return text;
  }

  /** A view into the input, not a copy. */
  blob(limit: number): Uint8Array {
    const length = this.uint();
    if (length > limit) throw new ProtocolError('TOO_LARGE', `A byte string is longer than ${limit} bytes.`);
    const end = this.at + length;
    if (end > this.bytes.length) throw malformed('it ends too early');
    const view = this.bytes.subarray(this.at, end);
    this.at = end;
    return view;
  }

  text(limit: number): string {
    const bytes = this.blob(limit);
    try {
      return UTF8.decode(bytes);
    } catch {
      throw malformed('a text is not UTF-8');
    }
  }

  /** @throws ProtocolError if anything is left */
  end(): void {
    if (this.at !== this.bytes.length) throw malformed('bytes are left over at its end');
  }
}

/** The one wording of "this does not follow PROTOCOL.md". */
export function malformed(what: string): ProtocolError {
  return new ProtocolError('BAD_FRAME', `Malformed: ${what}.`);
}
