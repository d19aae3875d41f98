/** The smallest edit that makes one text of another: for texts that come without the editor's own changes. */
import { snapToGraphemes } from './grapheme';
import type { TextChange } from './types';

/** Cells of the comparison table above which coarser pieces (words, then the whole) are compared. */
const MOST_CELLS = 60_000;
/** Equal runs shorter than this between two differences are chance rather than identity. */
const SHORTEST_ISLAND = 3;

/** Of what is written without blanks, each letter is a word. */
const WORDS = /[\p{Ideographic}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]|(?:(?![\p{Ideographic}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}])[\p{L}\p{N}])+|\s+|[^\p{L}\p{N}\s]/gu;

/** Ascending changes of `before` that give `after`, cut at grapheme borders. Linear where one run of text changed. */
export function diffText(before: string, after: string): TextChange[] {
  return diffBy(before, after, (a, b, start) => mergeIslands(before, diffMiddle(a, b, start)));
}

/** The same, but each letter that both texts have in order stays, rather than a blank: for texts of which one is known to come from the other, letter by letter. */
export function diffLetters(before: string, after: string): TextChange[] {
  return diffBy(before, after, (a, b, start) => diffMiddle(a, b, start, (piece) => (piece.trim() === '' ? piece.length : piece.length * 2)));
}

function diffBy(before: string, after: string, middle: (a: string, b: string, offset: number) => readonly TextChange[]): TextChange[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end++;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  if (a === '' || b === '') return snapToGraphemes(before, [{ from: start, to: start + a.length, insert: b }], after);
  return snapToGraphemes(before, middle(a, b, start), after);
}

/** The same by whole words: what two words have in common is chance. */
export function diffWords(before: string, after: string): TextChange[] {
  if (before === after) return [];
  const [x, y] = [words(before), words(after)];
  return x.length * y.length <= MOST_CELLS ? diffPieces(x, y, 0) : diffText(before, after);
}

function diffMiddle(a: string, b: string, offset: number, worth?: (piece: string) => number): TextChange[] {
  if (a.length * b.length <= MOST_CELLS) return diffPieces(a.split(''), b.split(''), offset, worth);
  const x = words(a);
  const y = words(b);
  if (x.length * y.length <= MOST_CELLS) return diffPieces(x, y, offset, worth);
  return [{ from: offset, to: offset + a.length, insert: b }];
}

export function words(text: string): string[] {
  return text.match(WORDS) ?? [text];
}

/** Longest common subsequence of pieces, by the usual table. */
function diffPieces(a: readonly string[], b: readonly string[], offset: number, worth = (piece: string): number => piece.length): TextChange[] {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      // Indices stay inside the table by construction; a typed array gives undefined to the checker only.
      table[i * width + j] =
        a[i] === b[j]
          ? (table[(i + 1) * width + j + 1] as number) + worth(a[i] as string)
          : Math.max(table[(i + 1) * width + j] as number, table[i * width + j + 1] as number);
    }
  }
  const changes: TextChange[] = [];
  let [i, j, at] = [0, 0, offset];
  while (i < a.length || j < b.length) {
    const from = at;
    let insert = '';
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      const down = i < a.length ? (table[(i + 1) * width + j] as number) : -1;
      const right = j < b.length ? (table[i * width + j + 1] as number) : -1;
      if (down >= right) at += (a[i++] as string).length;
      else insert += b[j++] as string;
    }
    if (at > from || insert !== '') changes.push({ from, to: at, insert });
    while (i < a.length && j < b.length && a[i] === b[j]) {
      at += (a[i++] as string).length;
      j++;
    }
  }
  return changes;
}

/** Joins changes that only a chance run of a few equal characters keeps apart. */
function mergeIslands(before: string, changes: readonly TextChange[]): TextChange[] {
  const result: TextChange[] = [];
  for (const change of changes) {
    const last = result.at(-1);
    const pureBoth = last && ((last.insert === '' && change.insert === '') || (last.from === last.to && change.from === change.to));
    if (last && !pureBoth && change.from - last.to < SHORTEST_ISLAND) {
      result[result.length - 1] = { from: last.from, to: change.to, insert: last.insert + before.slice(last.to, change.from) + change.insert };
    } else result.push(change);
  }
  return result;
}

/** Where an offset of `before` lies after the changes; an insertion right there counts as before it if `side` is 1. */
export function mapOffset(offset: number, changes: readonly TextChange[], side: -1 | 1 = 1): number {
  let shift = 0;
  for (const change of changes) {
    if (change.from > offset || (change.from === offset && (side < 0 || change.to > change.from))) break;
    if (change.to > offset) return change.from + shift + (side < 0 ? 0 : change.insert.length);
    shift += change.insert.length - (change.to - change.from);
  }
  return offset + shift;
}

/** `changes` of a text, made to fit the text after `over` (other changes of the same text). What both delete is deleted once. */
export function rebase(changes: readonly TextChange[], over: readonly TextChange[]): TextChange[] {
  const result: TextChange[] = [];
  for (const change of changes) {
    // Inside what the other side replaced, insertions go behind it and deletions to its start: never before what is done already.
    const from = Math.max(result.at(-1)?.to ?? 0, mapOffset(change.from, over, change.from === change.to ? 1 : -1));
    const to = change.from === change.to ? from : Math.max(from, mapOffset(change.to, over, -1));
    // Text that the other side put inside a deleted range stays: delete around it.
    let at = from;
    let shift = 0;
    for (const other of over) {
      const begin = other.from + shift;
      shift += other.insert.length - (other.to - other.from);
      if (other.insert === '' || begin < from || begin >= to || begin + other.insert.length > to) continue;
      if (begin > at) result.push({ from: at, to: begin, insert: '' });
      at = begin + other.insert.length;
    }
    if (to > at || change.insert !== '') result.push({ from: at, to: Math.max(at, to), insert: change.insert });
  }
  return result;
}

/**
 * As `rebase`, for a text that may hold some of what the other side did: a file that was saved after edits which the text it is compared with
 * has not. What both inserted at one place is inserted once. Both are changes of `base`.
 */
export function rebaseBeyond(changes: readonly TextChange[], over: readonly TextChange[], base: string): TextChange[] {
  const result: TextChange[] = [];
  for (const change of changes) {
    const shared = sharedIn(change, over, base);
    if (!shared) {
      result.push(...rebase([change], over));
      continue;
    }
    const { insert, same } = shared;
    const known = insert.indexOf(same.insert);
    if (known < 0) continue;
    const from = mapOffset(same.from, over, -1);
    const to = from + same.insert.length;
    const behind = insert.slice(known + same.insert.length);
    if (known > 0) result.push({ from, to: from, insert: insert.slice(0, known) });
    if (behind !== '') result.push({ from: to, to, insert: behind });
  }
  return result;
}

/** The first of the other side's changes that inserts what `change` does, or a part of it, or more; and what `change` inserts if told from there. */
function sharedIn(change: TextChange, over: readonly TextChange[], base: string): { readonly insert: string; readonly same: TextChange } | null {
  for (const same of over) {
    const insert = same.from === change.from && same.to === change.to ? change.insert : slid(change, same, base);
    if (insert !== '' && same.insert !== '' && (insert.includes(same.insert) || same.insert.includes(insert))) return { insert, same };
  }
  return null;
}

/** What an insertion inserts if it is told from another place: a letter and a line end behind a line end are the same before it, the other way round. Empty if it can't be. */
function slid({ from, to, insert }: TextChange, { from: at, to: end }: TextChange, base: string): string {
  if (from !== to || at !== end || insert.trim() === '') return '';
  const between = base.slice(Math.min(from, at), Math.max(from, at));
  const whole = at < from ? between + insert : insert + between;
  if (at < from) return whole.endsWith(between) ? whole.slice(0, insert.length) : '';
  return whole.startsWith(between) ? whole.slice(between.length) : '';
}

/** The range of `after` that differs from `before`, as one. */
export function commonEnds(before: string, after: string): { from: number; to: number } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let end = 0;
  while (end < most - from && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end++;
  return { from, to: after.length - end };
}
