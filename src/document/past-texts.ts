import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { DocumentError } from './errors';
import type { BulletId, Change, DocumentTree } from './types';

const FORMAT = 1;
/** Hashes kept of one bullet, and of all bullets of a document: 6 bytes each. */
const PER_BULLET = 1024;
const IN_ALL = 32 * 1024;
/** Texts kept of one bullet, and their UTF-16 units of all bullets of a document. */
const RECENT = 24;
const RECENT_UNITS = 256 * 1024;

/**
 * The texts that each bullet of a document has had on this device, as hashes of 48 bits: what tells a late echo of another sync
 * engine from an edit. When it is full, the bullet with the most texts forgets the older half of them.
 */
export class PastTexts {
  private readonly hashes = new Map<BulletId, Set<number>>();
  private total = 0;
  /** Texts of this run, oldest first. */
  private readonly recent = new Map<BulletId, string[]>();
  private recentUnits = 0;

  /** Whether the bullet had exactly this text at some time that is still remembered. */
  had(id: BulletId, text: string): boolean {
    return this.hadHash(id, textHash(text));
  }

  /** The same of a text of which only its `textHash` is known. */
  hadHash(id: BulletId, hash: number): boolean {
    return this.hashes.get(id)?.has(hash) ?? false;
  }

  add(id: BulletId, text: string): void {
    this.addHash(id, textHash(text));
  }

  /** Takes in the texts that an apply or a merge changed, as they are now. */
  record(document: DocumentTree, change: Change): void {
    for (const id of change.texts) {
      const bullet = document.get(id);
      if (!bullet) continue;
      this.add(id, bullet.text);
      const before = change.before?.get(id);
      if (before !== undefined && !this.recent.has(id)) this.keep(id, before);
      this.keep(id, bullet.text);
    }
  }

  /** Texts that a bullet had in this run, oldest first: of many, the more the newer they are. */
  recently(id: BulletId): readonly string[] {
    return this.recent.get(id) ?? [];
  }

  private keep(id: BulletId, text: string): void {
    let texts = this.recent.get(id);
    if (!texts) this.recent.set(id, (texts = []));
    if (texts.at(-1) === text) return;
    texts.push(text);
    this.recentUnits += text.length;
    if (texts.length > RECENT) for (let at = RECENT >> 1; at > 0; at -= 2) this.recentUnits -= texts.splice(at, 1)[0]?.length ?? 0;
    while (this.recentUnits > RECENT_UNITS) {
      const [oldest] = this.recent;
      if (!oldest) return;
      this.recent.delete(oldest[0]);
      this.recentUnits -= oldest[1].reduce((sum, { length }) => sum + length, 0);
    }
  }

  encode(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, FORMAT);
    encoding.writeVarUint(encoder, this.hashes.size);
    for (const [id, hashes] of this.hashes) {
      encoding.writeVarString(encoder, id);
      encoding.writeVarUint(encoder, hashes.size);
      for (const value of hashes) {
        encoding.writeUint32(encoder, value % 2 ** 32);
        encoding.writeUint16(encoder, Math.floor(value / 2 ** 32));
      }
    }
    return encoding.toUint8Array(encoder);
  }

  /** @throws DocumentError BAD_UPDATE, NEWER_SCHEMA */
  static decode(bytes: Uint8Array): PastTexts {
    const past = new PastTexts();
    try {
      const decoder = decoding.createDecoder(bytes);
      const format = decoding.readVarUint(decoder);
      if (format > FORMAT) throw new DocumentError('NEWER_SCHEMA', 'The known texts of this block were stored by a newer Blockwire.');
      for (let bullets = decoding.readVarUint(decoder); bullets > 0; bullets--) {
        const id = decoding.readVarString(decoder);
        let count = decoding.readVarUint(decoder);
        if (count * 6 > bytes.length - decoder.pos) throw new RangeError('cut short');
        for (; count > 0; count--) {
          const low = decoding.readUint32(decoder);
          past.addHash(id, low + decoding.readUint16(decoder) * 2 ** 32);
        }
      }
    } catch (error) {
      throw error instanceof DocumentError ? error : new DocumentError('BAD_UPDATE', 'The known texts of this block cannot be read.');
    }
    return past;
  }

  private addHash(id: BulletId, value: number): void {
    let hashes = this.hashes.get(id);
    if (!hashes) this.hashes.set(id, (hashes = new Set()));
    // What is had again is remembered longest.
    if (!hashes.delete(value)) this.total++;
    hashes.add(value);
    if (hashes.size > PER_BULLET) this.forget(hashes);
    if (this.total > IN_ALL) this.forget([...this.hashes.values()].reduce((most, each) => (each.size > most.size ? each : most)));
  }

  private forget(hashes: Set<number>): void {
    let older = Math.ceil(hashes.size / 2);
    this.total -= older;
    for (const value of hashes) {
      if (older-- === 0) break;
      hashes.delete(value);
    }
  }
}

/** 48 bits: quick, and good enough where a collision means that one outside edit is taken for an echo. */
export function textHash(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b + unit, 0x85ebca6b);
    b ^= b >>> 15;
  }
  a ^= a >>> 16;
  return (a >>> 0) + ((b ^ (b >>> 16)) & 0xffff) * 2 ** 32;
}
