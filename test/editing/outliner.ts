/**
 * A move as the Outliner plugin makes it: it writes its own list anew and replaces the lines from the first that differs to the last, without
 * a user event, and puts the cursor back in a second transaction.
 */
import type { EditorView } from '@codemirror/view';
import type { SimRandom } from '../sim/random';
import type { Row } from './rows';

export function outlinerMove(view: EditorView, rows: readonly Row[], row: Row, random: SimRandom, unit: string): boolean {
  const { state } = view;
  const siblings = rows.filter(({ indent, isRoot }) => !isRoot && indent === row.indent);
  const at = siblings.indexOf(row);
  const above = siblings[at - 1];
  const below = siblings[at + 1];
  const isBeside = (upper: Row | undefined, lower: Row | undefined): boolean => upper !== undefined && lower?.from === upper.end + 1;
  const text = state.sliceDoc(row.from, row.end);
  const ways = [
    ...(isBeside(above, row) && above ? [{ from: above.from, to: row.end, lines: `${text}\n${state.sliceDoc(above.from, above.end)}`, shift: 0, moved: above.from - row.from }] : []),
    ...(isBeside(row, below) && below ? [{ from: row.from, to: below.end, lines: `${state.sliceDoc(below.from, below.end)}\n${text}`, shift: 0, moved: below.end - row.end }] : []),
    ...(isBeside(above, row) ? [{ from: row.from, to: row.end, lines: text.split('\n').map((line) => (line.trim() === '' ? line : unit + line)).join('\n'), shift: unit.length, moved: 0 }] : []),
  ];
  if (ways.length === 0) return false;
  const way = random.pick(ways);
  const cursor = row.textFrom + random.below(row.textTo - row.textFrom + 1);
  view.dispatch({ selection: { anchor: cursor }, userEvent: 'select' });
  const change = trimmed(state.sliceDoc(way.from, way.to), way.lines, way.from);
  if (!change) return false;
  view.dispatch({ changes: change });
  view.dispatch({ selection: { anchor: cursor + way.moved + way.shift } });
  return true;
}

/** The lines from the first to the last that differ. */
function trimmed(before: string, after: string, from: number): { from: number; to: number; insert: string } | null {
  if (before === after) return null;
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const length = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);
  const at = from + length(a.slice(0, start));
  return { from: at, to: at + a.slice(start, a.length - end).join('\n').length, insert: b.slice(start, b.length - end).join('\n') };
}
