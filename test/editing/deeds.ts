/** What a person does at an editor, each as CodeMirror, Obsidian's list keys or a well-known plugin does it. */
import { deleteCharBackward, deleteCharForward, deleteGroupBackward, moveLineDown, moveLineUp, redo, undo } from '@codemirror/commands';
import { foldedRanges, foldEffect, unfoldEffect } from '@codemirror/language';
import { EditorSelection, type ChangeSpec } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { listKeymap } from '../shell/list-keymap';
import type { SimRandom } from '../sim/random';
import { outlinerMove } from './outliner';
import { marksIn, rowsOf, type Row } from './rows';
import type { Deed } from './script';

/** Who does it. */
export interface Hands {
  readonly view: EditorView;
  /** One level of indent. */
  readonly unit: string;
  clipboard: string;
  /** A letter that was never typed before. */
  mark(): string;
}

/** Rows beyond which no new ones are made. */
const MOST_ROWS = 60;

/** @returns false if there was nothing to do it to */
export function act(hands: Hands, deed: Deed, random: SimRandom): boolean {
  const { view, unit } = hands;
  const rows = rowsOf(view.state);
  if (rows.length === 0) return false;
  const children = rows.filter(({ isRoot }) => !isRoot);
  const row = random.pick(rows);
  const child = children.length > 0 ? random.pick(children) : null;
  const placeIn = (one: Row): number => one.textFrom + random.below(one.textTo - one.textFrom + 1);
  const go = (anchor: number, head = anchor): void => view.dispatch({ selection: { anchor, head }, userEvent: 'select' });
  const type = (text: string): void => view.dispatch({ ...view.state.replaceSelection(text), userEvent: 'input.type', scrollIntoView: true });
  const key = (name: string, shift = false): boolean => {
    const binding = listKeymap({ unit }).find((one) => one.key === name);
    return (shift ? binding?.shift : binding?.run)?.(view) ?? false;
  };
  const textOf = (from: number, to: number): string => view.state.sliceDoc(from, to);

  switch (deed) {
    case 'type': {
      // People go on where they are.
      if (random.chance(0.5) || !isAtRow(view, rows)) go(placeIn(row));
      for (let n = 1 + random.below(3); n > 0; n--) type(hands.mark());
      return true;
    }
    case 'several cursors': {
      const ranges = [...new Set([row, random.pick(rows), random.pick(rows)])].map((one) => EditorSelection.cursor(placeIn(one)));
      view.dispatch({ selection: EditorSelection.create(ranges), userEvent: 'select' });
      const spec = view.state.changeByRange((range) => {
        const insert = hands.mark();
        return { changes: { from: range.from, to: range.to, insert }, range: EditorSelection.cursor(range.from + insert.length) };
      });
      view.dispatch({ ...spec, userEvent: 'input.type' });
      if (random.chance(0.3)) deleteCharBackward(view);
      return true;
    }
    case 'enter':
      if (rows.length > MOST_ROWS) return false;
      go(random.chance(0.6) ? row.textTo : placeIn(row));
      if (!key('Enter')) return false;
      type(hands.mark());
      return true;
    case 'soft break': {
      go(row.textTo);
      if (!row.isRoot) type(`\n${row.indent}  `);
      type(hands.mark());
      return true;
    }
    case 'backspace':
      if (row.textTo === row.textFrom) return false;
      go(row.textFrom + 1 + random.below(row.textTo - row.textFrom));
      return deleteCharBackward(view);
    case 'delete forward':
      if (row.textTo === row.textFrom) return false;
      go(row.textFrom + random.below(row.textTo - row.textFrom));
      return deleteCharForward(view);
    case 'delete word':
      if (row.textTo === row.textFrom) return false;
      go(row.textTo);
      return deleteGroupBackward(view);
    case 'join': {
      // Backspace right behind a marker, as outliners have it.
      // An id that comes to stand within a paragraph waits for the cursor to leave.
      if (!child || (rows[rows.indexOf(child) - 1]?.isRoot && child.ownEnd > child.to)) return false;
      view.dispatch({ changes: { from: child.from - 1, to: child.textFrom }, selection: { anchor: child.from - 1 }, userEvent: 'delete.backward' });
      return true;
    }
    case 'type over': {
      if (row.textTo === row.textFrom) return false;
      const from = placeIn(row);
      go(from, Math.min(row.textTo, from + 1 + random.below(3)));
      type(hands.mark());
      return true;
    }
    case 'delete across': {
      const at = children.indexOf(child as Row);
      const below = children[at + 1];
      if (!child || !below || children.length < 4) return false;
      go(placeIn(child), placeIn(below));
      return deleteCharBackward(view);
    }
    case 'indent':
    case 'outdent': {
      // What would leave the block is another matter.
      if (!child || (deed === 'outdent' && child.indent.length <= Math.min(...children.map(({ indent }) => indent.length)))) return false;
      go(child.textTo);
      return key('Tab', deed === 'outdent');
    }
    case 'move up':
    case 'move down':
      if (!child) return false;
      go(placeIn(child));
      return key(deed === 'move up' ? 'Alt-ArrowUp' : 'Alt-ArrowDown');
    case 'move line up':
    case 'move line down': {
      // Lines alone, as CodeMirror's own command: only among rows without children, where it stays one outline.
      const at = rows.indexOf(child as Row);
      const other = rows[deed === 'move line up' ? at - 1 : at + 1];
      if (!child || !other || other.isRoot || [child, other].some((one) => one.end !== one.to || one.indent !== child.indent)) return false;
      go(placeIn(child));
      return deed === 'move line up' ? moveLineUp(view) : moveLineDown(view);
    }
    case 'outliner move':
      return child !== null && outlinerMove(view, rows, child, random, unit);
    case 'drag': {
      if (!child) return false;
      const target = random.pick(children);
      if (target.from >= child.from && target.from <= child.end) return false;
      const text = `\n${indented(textOf(child.from, child.end), target.indent)}`;
      // Before the target: behind what stands there now.
      const into = target.from - 1;
      if (into === child.end || into === child.from - 1) return false;
      const changes: ChangeSpec = [{ from: child.from - 1, to: child.end }, { from: into, insert: text }];
      const at = view.state.changes(changes).mapPos(into, -1);
      view.dispatch({ changes, selection: { anchor: at + 1, head: at + text.length }, userEvent: 'move.drop' });
      return true;
    }
    case 'sort': {
      const run = leavesAround(children, child);
      const [first, last] = [run[0], run.at(-1)];
      if (!first || !last || run.length < 2) return false;
      const lines = run.map((one) => textOf(one.from, one.to));
      const sorted = [...lines].sort((a, b) => (a.trim() < b.trim() === random.chance(0.9) ? -1 : 1));
      if (sorted.join('\n') === lines.join('\n')) return false;
      view.dispatch({ changes: { from: first.from, to: last.to, insert: sorted.join('\n') } });
      return true;
    }
    case 'cut':
    case 'delete with children': {
      if (!child || children.length < 5) return false;
      if (deed === 'cut') hands.clipboard = textOf(child.from, child.end);
      view.dispatch({ changes: { from: child.from - 1, to: child.end }, selection: { anchor: child.from - 1 }, userEvent: deed === 'cut' ? 'delete.cut' : 'delete.selection' });
      return true;
    }
    case 'paste': {
      // What stands there still would stand twice, as its user wants it.
      if (hands.clipboard === '' || marksIn(hands.clipboard).some((mark) => view.state.doc.toString().includes(mark))) return false;
      const text = `\n${indented(hands.clipboard, row.isRoot ? (rows[1]?.indent ?? row.indent + unit) : row.indent)}`;
      hands.clipboard = '';
      const at = row.isRoot ? row.to : row.end;
      view.dispatch({ changes: { from: at, insert: text }, selection: { anchor: at + text.length }, userEvent: 'input.paste' });
      return true;
    }
    case 'delete line':
      if (!child || child.end !== child.to || children.length < 5) return false;
      // `deleteLine` of CodeMirror, without its search for the next line's column on the screen.
      view.dispatch({ changes: { from: child.from, to: Math.min(view.state.doc.length, child.to + 1) }, selection: { anchor: child.from }, userEvent: 'delete.line' });
      return true;
    case 'tick':
      if (!child) return false;
      go(child.textTo);
      return key('Mod-Enter');
    case 'fold': {
      const folded = foldedRanges(view.state);
      const parents = rows.filter((one) => one.end > one.to && folded.iter(one.to).from !== one.to);
      if (parents.length === 0) return false;
      const one = random.pick(parents);
      view.dispatch({ effects: foldEffect.of({ from: one.to, to: one.end }) });
      return true;
    }
    case 'unfold': {
      const folded: { from: number; to: number }[] = [];
      foldedRanges(view.state).between(0, view.state.doc.length, (from, to) => void folded.push({ from, to }));
      if (folded.length === 0) return false;
      view.dispatch({ effects: unfoldEffect.of(random.pick(folded)) });
      return true;
    }
    case 'go':
      go(placeIn(row));
      return true;
    case 'select':
      go(placeIn(row), placeIn(random.chance(0.7) ? row : random.pick(rows)));
      return true;
    case 'undo':
      return undo(view);
    case 'redo':
      return redo(view);
    case 'compose':
      return false; // takes its time: see trial.ts
  }
}

function isAtRow(view: EditorView, rows: readonly Row[]): boolean {
  const { head, empty } = view.state.selection.main;
  return empty && view.state.selection.ranges.length === 1 && rows.some(({ textFrom, textTo }) => head >= textFrom && head <= textTo);
}

/** The rows without children that stand side by side around one. */
function leavesAround(children: readonly Row[], child: Row | null): readonly Row[] {
  if (!child) return [];
  const isLeaf = (one: Row | undefined): boolean => one !== undefined && one.end === one.to && one.indent === child.indent;
  if (!isLeaf(child)) return [];
  let from = children.indexOf(child);
  let to = from;
  while (isLeaf(children[from - 1])) from--;
  while (isLeaf(children[to + 1])) to++;
  return children.slice(from, to + 1);
}

/** Lines with the indent of their new place. */
export function indented(text: string, indent: string): string {
  const own = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  return text.split('\n').map((line) => (line.trim() === '' ? line : indent + line.slice(Math.min(own, line.length - line.trimStart().length)))).join('\n');
}
