/** The rows that the store has of a document: a base, and the updates since, by keys that give their order and say who wrote them. */
import type { Alias } from '../protocol';
import type { DeviceStore, OpenedEntry } from '../sync';

/** In the key of a row that was made here; behind it the run, and a number. */
const LOCAL = '~';
/** Letters of its author's name in the key of a row from the log. */
const AUTHOR = 8;
/** Author of what was made here: see `authorOf`. */
export const HERE = '';

/** All updates of a document, in the order in which they were applied; the base, if there is one, first. */
export async function storedUpdates(store: DeviceStore, alias: Alias): Promise<Uint8Array[]> {
  const [base, rows] = await Promise.all([store.read('bases', alias), store.scan('updates', `${alias}/`)]);
  return [...(base ? [base] : []), ...rows.map((row) => row.value)];
}

/** The key of an entry's update. A relay that came back from a backup may give a sequence number to another entry: that must not take this row's place. */
export function logKey({ alias, sequence, device, time }: OpenedEntry, index: number): string {
  return `${alias}/${digits(sequence)}.${String(index).padStart(5, '0')}.${shortName(device)}${time.toString(36)}`;
}

/** @param lastSequence the highest of the log that was applied before it; `number` rises with each row of a run */
export function localKey(alias: Alias, lastSequence: number, run: string, number: number): string {
  return `${alias}/${digits(lastSequence)}${LOCAL}${run}.${number.toString(36).padStart(8, '0')}`;
}

/** Sequence in the key of a row that came from the log, -1 for rows made here. */
export function sequenceOf(key: string): number {
  const row = key.slice(key.indexOf('/') + 1);
  return row.includes(LOCAL) ? -1 : Number(row.slice(0, 16));
}

/** The short name of the device that wrote a row; `HERE` for rows made here. */
export function authorOf(key: string): string {
  const name = key.slice(key.lastIndexOf('.') + 1);
  return key.includes(LOCAL) ? HERE : name.slice(0, AUTHOR);
}

export function shortName(device: string): string {
  return device.slice(0, AUTHOR);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function digits(sequence: number): string {
  return String(sequence).padStart(16, '0');
}
