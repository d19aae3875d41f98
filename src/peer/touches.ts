/** What a user has touched of a text: a tag makes its bullet live only if this user typed it, or made it by deleting what kept it apart. */
import type { TextChange } from '../document';
import type { Candidate, NoteText } from '../note';
import { mapOffset } from './text-changes';

/** A range of the text as it is now that was typed or, with `isCut`, a place where something was taken out or replaced. */
export interface Touch {
  readonly from: number;
  readonly to: number;
  readonly isCut: boolean;
}

/** What these changes touch, in offsets of the text after them. */
export function touchesOf(changes: readonly TextChange[]): Touch[] {
  let shift = 0;
  return changes.map(({ from, to, insert }) => {
    const start = from + shift;
    shift += insert.length - (to - from);
    return { from: start, to: start + insert.length, isCut: to > from };
  });
}

/** The same touches after further changes; what these took out is dropped. Touches that meet become one. */
export function mapTouches(touches: readonly Touch[], changes: readonly TextChange[], added: readonly Touch[] = []): Touch[] {
  const mapped = touches
    .filter((touch) => !changes.some(({ from, to }) => from < to && from <= touch.from && to >= touch.to))
    .map((touch) => ({ from: mapOffset(touch.from, changes), to: mapOffset(touch.to, changes), isCut: touch.isCut }));
  const out: Touch[] = [];
  for (const touch of [...mapped, ...added].sort((a, b) => a.from - b.from)) {
    const last = out[out.length - 1];
    if (last && touch.from <= last.to && touch.isCut === last.isCut) out[out.length - 1] = { ...last, to: Math.max(last.to, touch.to) };
    else out.push(touch);
  }
  return out;
}

/** Whether one of the marks (tag or phrases) on a candidate's first line is touched. One that stood there before publishes nothing. */
export function isMarkTouched(candidate: Candidate, marks: readonly string[], touches: readonly Touch[], text: NoteText): boolean {
  const line = (text.sliceString(candidate.from, candidate.to).split('\n', 1)[0] ?? '').toLowerCase();
  for (const mark of marks) {
    if (mark === '') continue;
    const sought = mark.toLowerCase();
    for (let at = line.indexOf(sought); at >= 0; at = line.indexOf(sought, at + 1)) {
      const [start, end] = [candidate.from + at, candidate.from + at + mark.length];
      if (touches.some(({ from, to, isCut }) => (from < end && to > start) || (isCut && from >= start && from <= end))) return true;
    }
  }
  return false;
}
