/**
 * Remote moves as an editor sees them: lines deleted in one place and inserted in another, perhaps with another indent. Found by
 * content, so that selection and folds can follow lines that CodeMirror's own mapping would drop.
 */
import type { ChangeSet, Line, Text } from '@codemirror/state';
import { diffLetters, diffText, mapOffset, similarity } from '../../note';

/** One line's content (without indent): [from, to) before, and where it starts after. */
export interface MovedLine {
  readonly from: number;
  readonly to: number;
  readonly target: number;
}

/** Lines shorter than this are too common to be told apart. */
const LEAST = 2;

/** Ascending by `from`. Empty for ordinary edits, at the cost of the changes' size. */
export function findMovedLines(before: Text, changes: ChangeSet): MovedLine[] {
  const deleted: { content: string; from: number }[] = [];
  const inserted = new Map<string, number[]>();
  changes.iterChanges((fromA, toA, fromB, _toB, insert) => {
    if (toA > fromA + LEAST) for (const line of linesOf(before.sliceString(fromA, toA), fromA)) deleted.push(line);
    if (insert.length > LEAST) {
      for (const line of linesOf(insert.toString(), fromB)) {
        const places = inserted.get(line.content);
        if (places) places.push(line.from);
        else inserted.set(line.content, [line.from]);
      }
    }
  });
  if (deleted.length === 0 || inserted.size === 0) return [];
  const moved: MovedLine[] = [];
  for (const line of deleted) {
    const target = inserted.get(line.content)?.shift();
    if (target !== undefined) moved.push({ from: line.from, to: line.from + line.content.length, target });
  }
  return moved;
}

/** Likeness (0 to 1) below which a line is another one. */
const LEAST_LIKENESS = 0.5;

/** Longest inserted text, in units, in which a place is looked for letter by letter. */
const MOST_LETTERS = 200_000;

/** A range of the text before, and what stands there now, from `at` on. */
interface Replaced {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly at: number;
}

/** Tells where positions are after changes. */
export interface Follower {
  /** Whether a position stood in text that was taken out. */
  isTaken(position: number): boolean;
  follow(position: number, assoc: -1 | 1): number;
}

/** Null for ordinary edits: CodeMirror's own mapping is right. */
export function followerOf(before: Text, changes: ChangeSet): Follower | null {
  const taken: Replaced[] = [];
  const inserted: { text: string; from: number }[] = [];
  let letters = 0;
  changes.iterChanges((fromA, toA, fromB, toB, insert) => {
    if (toA > fromA) taken.push({ from: fromA, to: toA, text: insert.toString(), at: fromB });
    if (toB - fromB >= LEAST && (letters += toB - fromB) <= MOST_LETTERS) inserted.push({ text: insert.toString(), from: fromB });
  });
  if (taken.length === 0 || inserted.length === 0) return null;
  const moved = findMovedLines(before, changes);
  const isTaken = (position: number): boolean => {
    const line = before.lineAt(position);
    return taken.some(({ from, to }) => (from < position && (position < to || (position === to && to === line.to))) || (from <= position && to >= line.to && position <= textStart(line)));
  };
  return {
    isTaken,
    follow: (position, assoc) => {
      if (!isTaken(position)) return changes.mapPos(position, assoc);
      // Before a line's text is at its start.
      const at = Math.max(position, before.lineAt(position).from + indentOf(before.lineAt(position).text));
      for (const line of moved) if (at >= line.from && at <= line.to) return line.target + (at - line.from);
      const range = taken.find(({ from, to }) => from <= at && at <= to);
      return samePlace(before, at, range, inserted) ?? withinOne(before, at, range) ?? likePlace(before, at, inserted) ?? changes.mapPos(position, assoc);
    },
  };
}

/** Where the taken text around a position of a line came in again, told by most of its letters: the line was joined or parted, or changed as it moved. */
function samePlace(before: Text, position: number, range: Replaced | undefined, inserted: readonly { readonly text: string; readonly from: number }[]): number | null {
  const line = before.lineAt(position);
  const start = Math.max(textStart(line), range?.from ?? 0);
  const left = before.sliceString(Math.min(position, start), position);
  const right = before.sliceString(Math.max(position, start), Math.min(line.to, range?.to ?? line.to));
  let most = Math.max(LEAST, Math.ceil((left.length + right.length) / 2)) - 1;
  let place: number | null = null;
  for (const { text, from } of inserted) {
    for (let to = 0; to <= text.length; to++) {
      let [back, on] = [0, 0];
      while (back < left.length && back < to && left[left.length - 1 - back] === text[to - 1 - back]) back++;
      while (on < right.length && right[on] === text[to + on]) on++;
      if (back + on > most) [most, place] = [back + on, from + to];
    }
  }
  return place;
}

/** Where a position is in what replaced its text, told by the letter on either side of it. */
function withinOne(before: Text, position: number, range: Replaced | undefined): number | null {
  if (!range) return null;
  const [old, at] = [before.sliceString(range.from, range.to), position - range.from];
  const changes = diffLetters(old, range.text);
  const isKept = (letter: number): boolean => letter >= 0 && letter < old.length && !changes.some(({ from, to }) => from <= letter && letter < to);
  if (!isKept(at) && !isKept(at - 1)) return null;
  return range.at + mapOffset(at, changes, -1);
}

/** Where a line came in again that is clearly most like the position's, told by its text. */
function likePlace(before: Text, position: number, inserted: readonly { readonly text: string; readonly from: number }[]): number | null {
  const line = before.lineAt(position);
  const start = textStart(line);
  const old = before.sliceString(start, line.to);
  let most = LEAST_LIKENESS;
  let place: number | null = null;
  for (const { text, from } of inserted) {
    let at = from;
    for (const one of text.split('\n')) {
      const begin = textStart({ from: at, text: one });
      const now = text.slice(begin - from, at - from + one.length);
      const likeness = now.length * 2 < old.length ? 0 : similarity(old, now);
      if (likeness > most) {
        most = likeness;
        place = begin + mapOffset(Math.max(0, position - start), diffText(old, now), -1);
      }
      at += one.length + 1;
    }
  }
  return place;
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Behind indent, marker and box. */
function textStart({ from, text }: Pick<Line, 'from' | 'text'>): number {
  return from + (/^\s*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[.\]\s)?/.exec(text)?.[0].length ?? 0);
}

function* linesOf(text: string, offset: number): Generator<{ content: string; from: number }> {
  let start = 0;
  for (const line of text.split('\n')) {
    const content = line.trimStart();
    if (content.length >= LEAST) yield { content, from: offset + start + line.length - content.length };
    start += line.length + 1;
  }
}
