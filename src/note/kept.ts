/** Where the characters that a change left alone went: the surest sign that a bullet is still itself. */
import type { TextChange } from './types';

/** A stretch of the text before that is in the text after as it was. */
export interface Kept {
  readonly from: number;
  readonly to: number;
  /** Add to a position before to get the one after. */
  readonly shift: number;
}

/** What ascending changes of a text of `length` left alone. */
export function keptStretches(changes: readonly TextChange[], length: number): Kept[] {
  const kept: Kept[] = [];
  let at = 0;
  let shift = 0;
  for (const change of changes) {
    if (change.from > at) kept.push({ from: at, to: change.from, shift });
    shift += change.insert.length - (change.to - change.from);
    at = change.to;
  }
  if (length > at) kept.push({ from: at, to: length, shift });
  return kept;
}

/** A range of the text after, with what was added to its positions. */
export type KeptPiece = Kept;

/** The pieces of [from, to) that were kept, as ranges of the text after. */
export function keptPieces(kept: readonly Kept[], from: number, to: number): KeptPiece[] {
  const pieces: KeptPiece[] = [];
  for (let index = firstEndingAfter(kept, from); index < kept.length; index++) {
    const stretch = kept[index] as Kept; // index < length
    if (stretch.from >= to) break;
    const begin = Math.max(from, stretch.from);
    const end = Math.min(to, stretch.to);
    if (begin < end) pieces.push({ from: begin + stretch.shift, to: end + stretch.shift, shift: stretch.shift });
  }
  return pieces;
}

/** Position before of a position after, or -1 if that character was inserted. */
export function originOf(kept: readonly Kept[], at: number): number {
  for (const stretch of kept) {
    if (at < stretch.from + stretch.shift) return -1;
    if (at < stretch.to + stretch.shift) return at - stretch.shift;
  }
  return -1;
}

function firstEndingAfter(kept: readonly Kept[], at: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((kept[middle] as Kept).to > at) high = middle; // middle < length
    else low = middle + 1;
  }
  return low;
}

/** What two changes after each other left alone; `second` is of the text after the first. */
export function composeKept(first: readonly Kept[], second: readonly Kept[]): Kept[] {
  return first.flatMap((stretch) =>
    keptPieces(second, stretch.from + stretch.shift, stretch.to + stretch.shift).map((piece) => {
      const shift = stretch.shift + piece.shift;
      return { from: piece.from - shift, to: piece.to - shift, shift };
    }),
  );
}
