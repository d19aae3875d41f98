/**
 * Remote moves as an editor sees them: lines deleted in one place and inserted in another, perhaps with another indent. Found by
 * content, so that selection and folds can follow lines that CodeMirror's own mapping would drop.
 */
import type { ChangeSet, Text } from '@codemirror/state';

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

/** A position after the changes: with its line if that moved, else by CodeMirror's mapping. */
export function followPosition(position: number, moved: readonly MovedLine[], changes: ChangeSet, assoc: -1 | 1): number {
  for (const line of moved) {
    if (position >= line.from && position <= line.to) return line.target + (position - line.from);
  }
  return changes.mapPos(position, assoc);
}

function* linesOf(text: string, offset: number): Generator<{ content: string; from: number }> {
  let start = 0;
  for (const line of text.split('\n')) {
    const content = line.trimStart();
    if (content.length >= LEAST) yield { content, from: offset + start + line.length - content.length };
    start += line.length + 1;
  }
}
