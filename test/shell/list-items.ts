import type { EditorState, Line, Text } from '@codemirror/state';

/** A list item as the shell's list keys see it: line numbers are 1-based, `last` is the last line of its children. */
export interface ListItem {
  readonly first: number;
  readonly last: number;
  /** Columns, tabs expanded. */
  readonly column: number;
  readonly indent: string;
  /** '- ', '12. ', with the task's brackets kept apart. */
  readonly marker: string;
  readonly task: string;
  readonly content: string;
}

const itemPattern = /^([ \t]*)((?:[-*+]|\d+[.)])[ \t]+)(\[.\][ \t]+)?(.*)$/;
const bare = /^([ \t]*)([-*+]|\d+[.)])$/;

export function columns(indent: string, tabSize: number): number {
  let column = 0;
  for (const char of indent) column += char === '\t' ? tabSize - (column % tabSize) : 1;
  return column;
}

const blankOrDeeper = (line: Line, column: number, tabSize: number) => {
  const indent = /^[ \t]*/.exec(line.text)?.[0] ?? '';
  return line.text.trim() === '' || columns(indent, tabSize) > column;
};

/** The list item that starts on this line, null if none does. */
export function itemAt(state: EditorState, lineNumber: number): ListItem | null {
  const { doc, tabSize } = state;
  const { text } = doc.line(lineNumber);
  const match = itemPattern.exec(text) ?? bare.exec(text);
  if (!match) return null;
  const column = columns(match[1] ?? '', tabSize);
  let last = lineNumber;
  for (let n = lineNumber + 1; n <= doc.lines; n++) {
    const line = doc.line(n);
    if (!blankOrDeeper(line, column, tabSize)) break;
    if (line.text.trim() !== '') last = n;
  }
  return { first: lineNumber, last, column, indent: match[1] ?? '', marker: match[2] ?? '', task: match[3] ?? '', content: match[4] ?? '' };
}

/** The item whose own lines or continuation lines hold this line. */
export function itemAround(state: EditorState, lineNumber: number): ListItem | null {
  for (let n = lineNumber; n >= 1; n--) {
    const item = itemAt(state, n);
    if (item) return item.last >= lineNumber ? item : null;
    if (!/^[ \t]+\S/.test(state.doc.line(n).text)) return null;
  }
  return null;
}

/** The sibling before or after an item, if it stands right beside it. */
export function sibling(state: EditorState, item: ListItem, direction: -1 | 1): ListItem | null {
  if (direction === 1) {
    const next = item.last < state.doc.lines ? itemAt(state, item.last + 1) : null;
    return next && next.column === item.column ? next : null;
  }
  for (let n = item.first - 1; n >= 1; n--) {
    const before = itemAt(state, n);
    if (before && before.column <= item.column) return before.column === item.column ? before : null;
    if (!before && !blankOrDeeper(state.doc.line(n), item.column, state.tabSize)) return null;
  }
  return null;
}

export function linesText(doc: Text, first: number, last: number): string {
  return doc.sliceString(doc.line(first).from, doc.line(last).to);
}
