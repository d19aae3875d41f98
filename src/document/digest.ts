import { canonicalText } from './canonical';
import { hashStrings, toHex } from './hash';
import type { Attributes, BulletId } from './types';

/** What a bullet adds to its document's digest. */
export interface BulletRecord {
  readonly id: BulletId;
  /** '' for the root. */
  readonly parent: BulletId;
  /** Previous sibling, '' for the first. */
  readonly after: BulletId;
  readonly text: string;
  readonly attributes: Attributes;
}

/**
 * A sum modulo 2^128 of the hashes of all records, so that one bullet's change costs one hash. Sums of hashes withstand
 * accidents, not a member of the space that seeks a collision; entries are signed, and members are trusted with the text itself.
 */
export class DigestSum {
  private readonly sum = new Uint32Array(4);

  add(hash: Uint32Array): void {
    let carry = 0;
    for (let i = 0; i < 4; i++) {
      const lane = (this.sum[i] ?? 0) + (hash[i] ?? 0) + carry;
      this.sum[i] = lane;
      carry = lane > 0xffffffff ? 1 : 0;
    }
  }

  subtract(hash: Uint32Array): void {
    let borrow = 0;
    for (let i = 0; i < 4; i++) {
      const lane = (this.sum[i] ?? 0) - (hash[i] ?? 0) - borrow;
      this.sum[i] = lane;
      borrow = lane < 0 ? 1 : 0;
    }
  }

  /** 16 bytes, hex. */
  toString(): string {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    this.sum.forEach((lane, i) => view.setUint32(12 - i * 4, lane));
    return toHex(bytes);
  }
}

export function hashRecord({ id, parent, after, text, attributes }: BulletRecord): Uint32Array {
  const { marker, task, gap } = attributes;
  const hash = hashStrings(id, parent, after, canonicalText(text), marker, task ?? '', task === null ? '0' : '1', String(gap));
  const view = new DataView(hash.buffer, hash.byteOffset);
  return Uint32Array.of(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
}
