import * as Y from 'yjs';
import { hashClient } from './hash';

/**
 * Names the import of a text found outside, for `ApplyOptions.importAs`: two devices that find the same text over the same block
 * write the same update, which is taken once. They must also pass the same `by` (no device of one's own, a time that both know).
 *
 * @param baseDigest digest of the document that the edits were made against
 */
export function importClientId(baseDigest: string, foundText: string): number {
  return hashClient('found', baseDigest, foundText);
}

/** Whether a client id is that of an import, or of a seeded text, and not of a run. */
export function isImport(client: number): boolean {
  return client >= 2 ** 32;
}

/** Client ids of imports, and of seeded texts, in an update; none if it can't be read. */
export function importsIn(update: Uint8Array): number[] {
  try {
    return [...Y.parseUpdateMeta(update).from.keys()].filter(isImport);
  } catch {
    return [];
  }
}
