import { moveLineDown, moveLineUp } from '@codemirror/commands';
import { EditorSelection } from '@codemirror/state';
import type { ChangeSpec, EditorState, TransactionSpec } from '@codemirror/state';
import type { EditorView, KeyBinding } from '@codemirror/view';
import { columns, itemAround, itemAt, linesText, sibling } from './list-items';
import type { ListItem } from './list-items';

/** One level of indent of the vault: set by the shell from `useTab` and `tabSize`. */
export interface IndentSettings {
  readonly unit: string;
}

function main(state: EditorState): { line: number; item: ListItem | null } {
  const line = state.doc.lineAt(state.selection.main.head).number;
  return { line, item: itemAround(state, line) };
}

function dispatch(view: EditorView, spec: TransactionSpec): true {
  view.dispatch({ scrollIntoView: true, ...spec });
  return true;
}

const nextMarker = (marker: string) => marker.replace(/^\d+/, (number) => String(Number(number) + 1));

/** Continues the list; on an empty item goes one level out, and out of the list from the top level. */
function enter(view: EditorView): boolean {
  const { state } = view;
  const { main: range } = state.selection;
  const { item, line } = main(state);
  if (!item || item.first !== line) return false;
  const { from, text } = state.doc.line(line);
  const contentFrom = from + text.length - item.content.length;
  if (range.from < contentFrom) return false;
  if (item.content.trim() === '' && range.empty) {
    if (item.column > 0) return outdent(view);
    return dispatch(view, { changes: { from, to: from + text.length }, userEvent: 'delete.backward' });
  }
  const insert = `\n${item.indent}${nextMarker(item.marker)}${item.task ? '[ ] ' : ''}`;
  return dispatch(view, {
    changes: { from: range.from, to: range.to, insert },
    selection: EditorSelection.cursor(range.from + insert.length),
    userEvent: 'input',
  });
}

/** Shifts an item and its children by one level. */
function shift(state: EditorState, item: ListItem, direction: 1 | -1, unit: string): ChangeSpec[] {
  const changes: ChangeSpec[] = [];
  for (let n = item.first; n <= item.last; n++) {
    const { from, text } = state.doc.line(n);
    if (text.trim() === '') continue;
    if (direction === 1) changes.push({ from, insert: unit });
    else {
      const wide = unit === '\t' ? state.tabSize : unit.length;
      const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
      let taken = 0;
      while (taken < indent.length && columns(indent.slice(0, taken), state.tabSize) < wide) taken++;
      if (taken > 0) changes.push({ from, to: from + taken });
    }
  }
  return changes;
}

/** Items whose first lines the selection touches, without those inside another of them. */
function selectedItems(state: EditorState): ListItem[] {
  const { from, to } = state.selection.main;
  const last = state.doc.lineAt(to).number;
  const items: ListItem[] = [];
  for (let n = state.doc.lineAt(from).number; n <= last; n++) {
    const item = n === state.doc.lineAt(from).number ? itemAround(state, n) : itemAt(state, n);
    if (item && item.first > (items.at(-1)?.last ?? 0)) items.push(item);
  }
  return items;
}

function indentWith(settings: IndentSettings) {
  return (view: EditorView): boolean => {
    const items = selectedItems(view.state);
    if (items.length === 0) return dispatch(view, { ...view.state.replaceSelection('\t'), userEvent: 'input' });
    return dispatch(view, { changes: items.flatMap((item) => shift(view.state, item, 1, settings.unit)), userEvent: 'input.indent' });
  };
}

function outdent(view: EditorView): boolean {
  const items = selectedItems(view.state).filter((item) => item.indent !== '');
  if (items.length === 0) return true;
  return dispatch(view, {
    changes: items.flatMap((item) => shift(view.state, item, -1, item.indent.startsWith('\t') ? '\t' : ' '.repeat(Math.min(view.state.tabSize, item.indent.length)))),
    userEvent: 'delete.dedent',
  });
}

function moveItem(direction: -1 | 1) {
  return (view: EditorView): boolean => {
    const { state } = view;
    const { item } = main(state);
    if (!item) return direction === 1 ? moveLineDown(view) : moveLineUp(view);
    const other = sibling(state, item, direction);
    if (!other) return true;
    const [upper, lower] = direction === 1 ? [item, other] : [other, item];
    const from = state.doc.line(upper.first).from;
    const to = state.doc.line(lower.last).to;
    const upperText = linesText(state.doc, upper.first, upper.last);
    const lowerText = linesText(state.doc, lower.first, lower.last);
    const between = state.doc.sliceString(state.doc.line(upper.last).to, state.doc.line(lower.first).from);
    const offset = direction === 1 ? lowerText.length + between.length : -(upperText.length + between.length);
    const { anchor, head } = state.selection.main;
    // As CodeMirror's own move command: the shorter neighbour is what is deleted and inserted.
    const changes =
      direction === 1
        ? [{ from, insert: lowerText + between }, { from: state.doc.line(upper.last).to, to }]
        : [{ from, to: state.doc.line(lower.first).from }, { from: to, insert: between + upperText }];
    return dispatch(view, { changes, selection: { anchor: anchor + offset, head: head + offset }, userEvent: 'move.line' });
  };
}

function toggleTask(view: EditorView): boolean {
  const { state } = view;
  const { item } = main(state);
  if (!item) return false;
  const { from } = state.doc.line(item.first);
  const at = from + item.indent.length + item.marker.length;
  const change = item.task ? { from: at + 1, to: at + 2, insert: item.task[1] === ' ' ? 'x' : ' ' } : { from: at, insert: '[ ] ' };
  return dispatch(view, { changes: change, userEvent: 'input' });
}

/** The list keys of Obsidian's editor, as far as the shell takes them for granted (assumption 17). */
export function listKeymap(settings: IndentSettings): KeyBinding[] {
  return [
    { key: 'Enter', run: enter },
    { key: 'Tab', run: indentWith(settings), shift: outdent },
    { key: 'Alt-ArrowUp', run: moveItem(-1) },
    { key: 'Alt-ArrowDown', run: moveItem(1) },
    { key: 'Mod-Enter', run: toggleTask },
  ];
}
