/** The rows that the store has of a document: a base, and the updates since, by keys that tell where each came from. */
import type { Alias } from '../protocol';
import type { DeviceStore } from '../sync';

/** In the key of an update row that was made here; behind it the run, and a number. */
export const LOCAL = '~';

/** All updates of a document, in the order in which they were applied; the base, if there is one, first. */
export async function storedUpdates(store: DeviceStore, alias: Alias): Promise<Uint8Array[]> {
  const [base, rows] = await Promise.all([store.read('bases', alias), store.scan('updates', `${alias}/`)]);
  return [...(base ? [base] : []), ...rows.map((row) => row.value)];
}

/** Sequence in the key of an update row that came from the log, -1 for rows made here. */
export function sequenceOf(key: string): number {
  const row = key.slice(key.indexOf('/') + 1);
  return row.includes(LOCAL) ? -1 : Number(row.slice(0, 16));
}

export function digits(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
