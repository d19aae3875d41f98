/** Whether a cursor stands at the same text after an edit of another device: told by letters that are there once. */
import { isMark } from './rows';

/** A place, by the marks of its line on either side, the nearest first. */
export interface Place {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

export function whereIs(text: string, at: number): Place {
  const from = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const to = end < 0 ? text.length : end;
  return { left: [...text.slice(from, at)].filter(isMark).reverse(), right: [...text.slice(at, to)].filter(isMark) };
}

/** @returns what is wrong; null if the place is the same, or nothing of its line is left to tell it by */
export function whereItWent(place: Place, text: string, at: number): string | null {
  const left = place.left.find((mark) => text.includes(mark));
  const right = place.right.find((mark) => text.includes(mark));
  if (left === undefined && right === undefined) return null;
  const now = whereIs(text, at);
  const known = new Set([...place.left, ...place.right]);
  // What another device typed right there may be on either side.
  const [before] = now.left.filter((mark) => known.has(mark));
  const [after] = now.right.filter((mark) => known.has(mark));
  // Where the two came apart it goes with either: see [N6].
  const isBehind = left !== undefined && before === left;
  const isBefore = right !== undefined && after === right;
  return isBehind || isBefore ? null : `it was between ${left ?? 'nothing'} and ${right ?? 'nothing'}, and is between ${before ?? 'nothing'} and ${after ?? 'nothing'}`;
}
