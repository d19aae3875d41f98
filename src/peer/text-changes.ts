/** Lists of changes of one text: ascending, not overlapping, in offsets of the text before. */
import type { TextChange } from '../document';
import type { NoteText } from '../note';

export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let out = '';
  let at = 0;
  for (const { from, to, insert } of changes) {
    out += text.slice(at, from) + insert;
    at = to;
  }
  return out + text.slice(at);
}

/** Where an offset stands after changes; at an insertion it stays before. */
export function mapOffset(offset: number, changes: readonly TextChange[]): number {
  let shift = 0;
  for (const { from, to, insert } of changes) {
    if (from >= offset) break;
    if (to > offset) return from + shift;
    shift += insert.length - (to - from);
  }
  return offset + shift;
}


/**
 * Two lists in a row as one list of the first text. The second must not touch what the first inserted or the place where it deleted,
 * as holds for changes of different live blocks.
 */
export function composeDisjoint(first: readonly TextChange[], second: readonly TextChange[]): TextChange[] {
  const back = second.map((change) => {
    let shift = 0;
    for (const { from, to, insert } of first) {
      if (from + shift > change.from) break;
      shift += insert.length - (to - from);
    }
    return { from: change.from - shift, to: change.to - shift, insert: change.insert };
  });
  return [...first, ...back].sort((a, b) => a.from - b.from);
}

/** Number, from 0, of the line that holds an offset. */
export function lineAt(text: NoteText, offset: number): number {
  const before = text.sliceString(0, offset);
  let line = 0;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Where a line, counted from 0, starts; the text's end for a line that is not there. */
export function offsetOfLine(text: NoteText, line: number): number {
  const whole = text.toString();
  let at = 0;
  for (let i = 0; i < line; i += 1) {
    const next = whole.indexOf('\n', at);
    if (next === -1) return whole.length;
    at = next + 1;
  }
  return at;
}
