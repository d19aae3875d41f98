import type { Item, ItemText, Outline } from './types';

/** An item's text: its lines, without indent, marker and task, joined by '\n'. */
export function itemText(outline: Pick<Outline, 'text'>, item: Item): ItemText {
  const { lines } = item;
  const [first] = lines;
  if (!first) return '';
  const whole = outline.text.slice(first.from, first.to);
  return lines.length === 1 ? whole : lines.map((line) => outline.text.slice(line.from, line.to)).join('\n');
}

/**
 * The place in the note of a place in the item's text. The start of a line is behind its content indent, its end before its
 * line end. Offsets outside the text are clamped.
 */
export function offsetToSource(item: Item, textOffset: number): number {
  let rest = Math.max(0, textOffset);
  let last = item.from;
  for (const line of item.lines) {
    const length = line.to - line.from;
    if (rest <= length) return line.from + rest;
    rest -= length + 1;
    last = line.to;
  }
  return last;
}

/** The place in the item's text of a place in the note. What is indent, marker or line end counts as the text's nearest place in that line. */
export function sourceToOffset(item: Item, sourceOffset: number): number {
  let before = 0;
  for (let index = 0; index < item.lines.length; index++) {
    const line = item.lines[index] as Item['lines'][number];
    const next = item.lines[index + 1];
    if (sourceOffset <= line.to || !next) return before + Math.max(0, Math.min(sourceOffset, line.to) - line.from);
    // Inside the line end.
    if (sourceOffset < next.start) return before + line.to - line.from;
    before += line.to - line.from + 1;
  }
  return before;
}
