/** What keys do in an outline, as in Obsidian's editor: each gives the changes of one transaction. For tests. */
import type { ReadOrigin, TextChange } from '.';

export interface Press {
  readonly changes: readonly TextChange[];
  readonly origin: ReadOrigin;
  /** Of the text after. */
  readonly cursor: number;
}

export interface Page {
  readonly text: string;
  readonly cursor: number;
  /** One level: a tab or some spaces. */
  readonly unit: string;
}

interface Line {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A list item as list keys see it, with the lines of its children. */
interface Item extends Line {
  readonly column: number;
  readonly indent: string;
  readonly marker: string;
  readonly task: string;
  readonly content: string;
  /** End of its last child's last line. */
  readonly end: number;
}

const ITEM = /^([ \t]*)((?:[-*+]|\d+[.)])(?:[ \t]+|$))(\[.\][ \t]+)?(.*)$/;

export function lineAt(text: string, at: number): Line {
  const from = at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', from);
  const to = end < 0 ? text.length : end;
  return { from, to, text: text.slice(from, to) };
}

function columnsOf(indent: string): number {
  let column = 0;
  for (const letter of indent) column += letter === '\t' ? 4 - (column % 4) : 1;
  return column;
}

function leadOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function itemAt(text: string, at: number): Item | null {
  const line = lineAt(text, at);
  const match = ITEM.exec(line.text);
  if (!match) return null;
  const [, indent = '', marker = '', task = '', content = ''] = match;
  const column = columnsOf(indent);
  let end = line.to;
  for (let pos = line.to + 1; pos <= text.length; ) {
    const next = lineAt(text, pos);
    if (next.text.trim() !== '') {
      if (columnsOf(leadOf(next.text)) <= column) break;
      end = next.to;
    }
    pos = next.to + 1;
  }
  return { ...line, column, indent, marker, task, content, end };
}

/** The item on whose first or continuation line a position is. */
function itemAround(text: string, at: number): Item | null {
  for (let line = lineAt(text, at); ; line = lineAt(text, line.from - 1)) {
    const item = itemAt(text, line.from);
    if (item) return item.end >= at ? item : null;
    if (line.from === 0 || !/^[ \t]+\S/.test(line.text)) return null;
  }
}

function put(page: Page, from: number, to: number, insert: string, origin: ReadOrigin, cursor = from + insert.length): Press | null {
  return from === to && insert === '' ? null : { changes: [{ from, to, insert }], origin, cursor: cursor ?? page.cursor };
}

export function letters(page: Page, what: string): Press | null {
  return put(page, page.cursor, page.cursor, what, 'type');
}

/** Continues a list; on an empty item goes a level out, and out of the list from its top. Elsewhere a new line with the indent of this one. */
export function enter(page: Page): Press | null {
  const { text, cursor } = page;
  const item = itemAt(text, cursor);
  if (item && cursor >= item.to - item.content.length) {
    if (item.content.trim() === '') return item.column > 0 ? outdent(page) : put(page, item.from, item.to, '', 'delete');
    const marker = item.marker.replace(/^\d+/, (digits) => String(Number(digits) + 1));
    return put(page, cursor, cursor, `\n${item.indent}${marker}${item.task ? '[ ] ' : ''}`, 'type');
  }
  const line = lineAt(text, cursor);
  let to = cursor;
  while (to < line.to && /\s/.test(text.charAt(to))) to++;
  const isBlankBefore = cursor > line.from && text.slice(line.from, cursor).trim() === '';
  return put(page, isBlankBefore ? line.from : cursor, to, `\n${leadOf(line.text).slice(0, cursor - line.from)}`, 'type');
}

/** Another line of the same bullet. */
export function softBreak(page: Page): Press | null {
  const item = itemAt(page.text, page.cursor);
  if (!item || page.cursor < item.to - item.content.length) return enter(page);
  return put(page, page.cursor, page.cursor, `\n${item.indent}${' '.repeat(item.marker.length)}`, 'type');
}

export function backspace({ text, cursor, unit }: Page): Press | null {
  if (cursor === 0) return null;
  const line = lineAt(text, cursor);
  const before = text.slice(line.from, cursor);
  let from = cursor - 1;
  if (before !== '' && before.trim() === '' && !before.endsWith('\t')) {
    const column = columnsOf(before);
    const drop = column % unit.length || unit.length;
    for (from = cursor; from > line.from && cursor - from < drop && text.charAt(from - 1) === ' '; ) from--;
  }
  return put({ text, cursor, unit }, from, cursor, '', 'delete');
}

/** Backspace right behind an item's marker, as outliners do it: the item joins what is above. */
export function joinUp(page: Page): Press | null {
  const item = itemAt(page.text, page.cursor);
  return item && item.from > 0 ? put(page, item.from - 1, item.to - item.content.length, '', 'delete') : null;
}

function shifted(page: Page, item: Item, deeper: boolean): Press | null {
  const { text, cursor, unit } = page;
  const changes: TextChange[] = [];
  let by = 0;
  for (let pos = item.from; pos <= item.end; ) {
    const line = lineAt(text, pos);
    pos = line.to + 1;
    if (line.text.trim() === '') continue;
    if (deeper) changes.push({ from: line.from, to: line.from, insert: unit });
    else {
      const lead = leadOf(line.text);
      let taken = 0;
      while (taken < lead.length && columnsOf(lead.slice(0, taken)) < (unit === '\t' ? 4 : unit.length)) taken++;
      if (taken > 0) changes.push({ from: line.from, to: line.from + taken, insert: '' });
    }
    const last = changes.at(-1);
    if (last && last.from >= line.from && last.from <= cursor) by += last.insert.length - (Math.min(last.to, cursor) - last.from);
  }
  return changes.length === 0 ? null : { changes, origin: deeper ? 'other' : 'delete', cursor: cursor + by };
}

export function indent(page: Page): Press | null {
  const item = itemAround(page.text, page.cursor);
  return item ? shifted(page, item, true) : put(page, page.cursor, page.cursor, '\t', 'type');
}

export function outdent(page: Page): Press | null {
  const item = itemAround(page.text, page.cursor);
  return item && item.indent !== '' ? shifted(page, item, false) : null;
}

/** Alt-arrow: the neighbour jumps over the item with its children. */
export function moveLines(page: Page, direction: 'up' | 'down'): Press | null {
  const { text, cursor } = page;
  const item = itemAround(text, cursor);
  if (!item) return null;
  if (direction === 'down') {
    const next = item.end < text.length ? itemAt(text, item.end + 1) : null;
    if (!next || next.column !== item.column) return null;
    const lower = text.slice(next.from, next.end);
    return {
      changes: [{ from: item.from, to: item.from, insert: `${lower}\n` }, { from: item.end, to: next.end, insert: '' }],
      origin: 'move',
      cursor: cursor + lower.length + 1,
    };
  }
  for (let pos = item.from - 1; pos >= 0; pos = lineAt(text, pos).from - 1) {
    const before = itemAt(text, pos);
    if (before && before.column < item.column) return null;
    if (!before || before.column > item.column) continue;
    const upper = text.slice(before.from, item.from - 1);
    return {
      changes: [{ from: before.from, to: item.from, insert: '' }, { from: item.end, to: item.end, insert: `\n${upper}` }],
      origin: 'move',
      cursor: cursor - upper.length - 1,
    };
  }
  return null;
}

/** Takes the line out, with the line end before or behind it. */
export function cutLine(page: Page, origin: 'cut' | 'delete'): Press | null {
  const line = lineAt(page.text, page.cursor);
  if (line.from === 0 && line.to === page.text.length) return put(page, line.from, line.to, '', origin);
  return line.to < page.text.length ? put(page, line.from, line.to + 1, '', origin) : put(page, line.from - 1, line.to, '', origin);
}

/** Whole lines go in above the line of the cursor. */
export function pasteLine(page: Page, line: string): Press | null {
  const { from } = lineAt(page.text, page.cursor);
  return put(page, from, from, `${line}\n`, 'paste');
}

export function toggleTask(page: Page): Press | null {
  const item = itemAt(page.text, page.cursor);
  if (!item) return null;
  const at = item.from + item.indent.length + item.marker.length;
  const shift = item.task ? 0 : 4;
  if (item.task) return put(page, at + 1, at + 2, item.task.startsWith('[ ') ? 'x' : ' ', 'other', page.cursor);
  return put(page, at, at, /[ \t]$/.test(item.marker) ? '[ ] ' : ' [ ] ', 'other', page.cursor >= at ? page.cursor + shift : page.cursor);
}

/** What undoes `changes` of `before`, as changes of the text after them. */
export function invert(before: string, changes: readonly TextChange[]): TextChange[] {
  let shift = 0;
  return changes.map(({ from, to, insert }) => {
    const at = from + shift;
    shift += insert.length - (to - from);
    return { from: at, to: at + insert.length, insert: before.slice(from, to) };
  });
}
