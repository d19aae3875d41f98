import { columnAfter, isBlank } from './line-table';
import { parseBlock } from './parse';
import { itemText } from './item-text';
import type { ItemText, Style } from './types';

/** What of a bullet is written on lines of its own. */
export interface WrittenItem {
  readonly text: ItemText;
  /** '' writes a child paragraph. */
  readonly marker: string;
  readonly task: string | null;
  /** Blank lines before it. */
  readonly gap: number;
}

/**
 * The source lines of a bullet, its gap's blank lines first, each with a line end. Continuation lines get `indent` and as many
 * spaces as the marker is wide (as Obsidian does with tabs, too); empty lines get none. For a child paragraph `indent` is its parent's
 * `contentIndent`, and one blank line at least stands before it.
 */
export function writeItem(indent: string, item: WrittenItem, style: Style): string {
  const { eol } = style;
  const marker = spacedMarker(item);
  const inner = contentIndent(indent, marker, style);
  const gap = marker === '' ? Math.max(1, item.gap) : item.gap;
  const [first = '', ...rest] = item.text.split('\n');
  let source = eol.repeat(gap) + indent + marker + (item.task === null ? '' : `[${item.task}] `) + first + eol;
  for (const line of rest) source += (line === '' ? '' : inner + line) + eol;
  return source;
}

/** Indent of a bullet's continuation lines and child paragraphs. */
export function contentIndent(indent: string, marker: string, style: Style): string {
  const column = columnAfter(indent, 0, indent.length, 0, style.tabSize);
  const width = columnAfter(marker, 0, marker.length, column, style.tabSize) - column;
  return indent + ' '.repeat(width);
}

/** Indent of a bullet's children: one level of the note's, but as many spaces as the parent's marker is wide where a level is fewer (`10. `). */
export function childIndent(indent: string, marker: string, style: Style): string {
  if (style.indent.includes('\t')) return indent + style.indent;
  return indent + ' '.repeat(Math.max(2, style.indent.length, marker.length));
}

/**
 * Whether a bullet can be written so that reading it gives the same text, marker and task back. Not so for, e.g., a line that looks
 * like a list item outside a fence, blanks at the start of the text, or an empty line at its end.
 */
export function canWrite(item: Omit<WrittenItem, 'gap'>, style: Style): boolean {
  // How wide a tab behind a marker is depends on where the marker stands.
  if (item.task === null && /^ *\t/.test(item.text)) return false;
  const child = item.marker === '';
  const head = child ? `- x${style.eol}${style.indent}- y${style.eol}` : '';
  const source = head + writeItem(child ? '  ' : '', { ...item, gap: 0 }, style);
  const { items, to } = parseBlock(source, 0, style.tabSize);
  const read = items[child ? 2 : 0];
  return (
    read !== undefined &&
    items.length === (child ? 3 : 1) &&
    to === source.length &&
    read.marker === spacedMarker(item) &&
    read.task === item.task &&
    itemText({ text: source }, read) === item.text
  );
}

/** A marker read at a line's end has lost its blank; text behind it needs one. */
function spacedMarker(item: Omit<WrittenItem, 'gap'>): string {
  const { marker } = item;
  if (marker === '' || isBlank(marker.charCodeAt(marker.length - 1))) return marker;
  return item.task !== null || (item.text !== '' && !item.text.startsWith('\n')) ? marker + ' ' : marker;
}
