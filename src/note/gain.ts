/** What a text that may know less than a document adds to it. */
import { words } from './text-diff';
import type { TextChange } from './types';

/** Pieces of an addition that are compared; what is longer is new. */
const MOST = 200;
/** Words shorter than this, in UTF-16 units, may well be written twice. */
const TELLING = 5;

/**
 * Of changes of `present`, those that add, without what they would take away. A run of words that `present` has as often as `found` is there already, if in
 * another place: two files that hold the same words in another order add them once. Words of `found` stay words.
 */
export function gainOf(changes: readonly TextChange[], present: string, found: string): TextChange[] {
  return changes.flatMap(({ from, to, insert }) => {
    const added = withoutKnown(insert, present, found);
    if (added === '' || (added !== insert && added.trim() === '')) return [];
    const isWhole = standsApart(added.trim(), found);
    // What it would replace stays right before it.
    const before = (isWhole || from < to) && isGlued(present.charAt(to - 1), added.charAt(0)) ? ' ' : '';
    const behind = isWhole && isGlued(added.charAt(added.length - 1), present.charAt(to)) ? ' ' : '';
    return [{ from: to, to, insert: before + added + behind }];
  });
}

function withoutKnown(insert: string, present: string, found: string): string {
  const pieces = words(insert);
  if (pieces.length > MOST) return insert;
  let [kept, at] = ['', 0];
  while (at < pieces.length) {
    let end = pieces.length;
    while (end > at && !isThere(pieces.slice(at, end).join(''), present, found)) end -= 1;
    if (end === at) kept += pieces[at++] ?? '';
    else {
      // Of the blanks on both sides of it, one still parts what is left.
      const behind = pieces[end - 1] ?? '';
      if (isBlank(pieces[at]) && isBlank(behind)) kept += behind;
      at = end;
    }
  }
  return kept;
}

function isThere(run: string, present: string, found: string): boolean {
  const core = run.trim();
  if (core.length >= TELLING) return timesIn(present, core) >= timesIn(found, core);
  // A short one may be a line of its own.
  const lines = core !== '' && run.includes('\n') ? linesOf(found, core) : 0;
  return lines > 0 && linesOf(present, core) >= lines;
}

function linesOf(text: string, line: string): number {
  return text.split('\n').filter((one) => one.trim() === line).length;
}

function timesIn(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Whether a part of a text begins and ends where its words do. */
function standsApart(part: string, text: string): boolean {
  const at = text.indexOf(part);
  return at >= 0 && !isGlued(text.charAt(at - 1), part.charAt(0)) && !isGlued(part.charAt(part.length - 1), text.charAt(at + part.length));
}

/** Whether two characters next to each other are of one word. */
function isGlued(first: string, second: string): boolean {
  return first !== '' && second !== '' && !isBlank(first) && words(first + second).length === 1;
}

function isBlank(piece: string | undefined): boolean {
  return piece?.trim() === '';
}
