/** How the app brings a file that another program changed into an editor that has it open (assumption 4). */

export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** The one replacement that turns a text into another, common start and end left alone; null if they are equal. */
export function difference(before: string, after: string): Replacement | null {
  if (before === after) return null;
  let from = 0;
  const shorter = Math.min(before.length, after.length);
  while (from < shorter && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

/**
 * Both changed: the file's change goes in where it does not touch the editor's, else the editor's text stays.
 * @param base the file as it was loaded or saved last; mine: the editor's text; theirs: the file as it is now
 */
export function merge(base: string, mine: string, theirs: string): string {
  const a = difference(base, mine);
  const b = difference(base, theirs);
  if (!a) return theirs;
  if (!b) return mine;
  if (b.to < a.from) return mine.slice(0, b.from) + b.insert + mine.slice(b.to);
  if (b.from > a.to) {
    const shift = a.insert.length - (a.to - a.from);
    return mine.slice(0, b.from + shift) + b.insert + mine.slice(b.to + shift);
  }
  return mine;
}
