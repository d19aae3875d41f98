/** Sealed-looking entries for tests: true headers, bodies that no one can open. The relay never looks further. */
import { randomBytes } from 'node:crypto';
import { encodeHeader, NONCE_BYTES, readEntryHeader, SIGNATURE_BYTES, TAG_BYTES, type Alias, type DeviceId, type Digest, type EntryHeader, type SpaceId } from '../../protocol';
import type { NewEntry } from '../log';

export const SPACE = '5a'.repeat(16) as SpaceId;
export const OTHER_SPACE = '5b'.repeat(16) as SpaceId;
export const LAPTOP = 'd1'.repeat(16) as DeviceId;
export const PHONE = 'd2'.repeat(16) as DeviceId;
export const TODAY = 'a1'.repeat(16) as Alias;
export const OLD = 'a2'.repeat(16) as Alias;

/** An entry with these header fields and `size` random bytes in place of the ciphertext. */
export function entry(fields: Partial<EntryHeader> & Pick<EntryHeader, 'counter'>, size = 24): NewEntry {
  const header = encodeHeader({
    suite: 1,
    kind: 'update',
    space: SPACE,
    epoch: 0,
    device: LAPTOP,
    lane: 'live',
    previous: '0'.repeat(32) as Digest,
    alias: TODAY,
    covers: 0,
    part: 0,
    parts: 1,
    ...fields,
  });
  const bytes = Buffer.concat([header, randomBytes(NONCE_BYTES + size + TAG_BYTES + SIGNATURE_BYTES)]);
  return { header: readEntryHeader(bytes), bytes };
}

/** `count` updates with counters from `from`. */
export function updates(from: number, count: number, fields: Partial<EntryHeader> = {}): NewEntry[] {
  return Array.from({ length: count }, (_, i) => entry({ ...fields, counter: from + i }));
}
