import { kindOf } from './line-kind';
import { LineTable } from './line-table';
import { RawSpans } from './raw-span';

/** Where a block id of an item with this text belongs. */
export interface IdSite {
  /** End of the line behind which the id goes. */
  readonly offset: number;
  /** `line`: behind a blank on that line; `own`: alone on a line of its own after it; `own-apart`: with a blank line between. */
  readonly how: 'line' | 'own' | 'own-apart';
}

/**
 * Obsidian takes the id at the end of an item's first paragraph for the item's. Where an item starts with a fence, table, quote or the like, the
 * id stands alone on the item's last line.
 */
export function idSite(text: string): IdSite {
  const lines = new LineTable(text, 0, 4);
  const raw = new RawSpans(lines);
  let line = 0;
  while (lines.has(line) && lines.blank(line)) line++;
  if (!lines.has(line)) return { offset: text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'), how: 'line' };
  const kind = blockKind(text, lines, raw, line);
  if (kind === 'heading') return { offset: lines.end(line), how: 'line' };
  if (kind === 'text') {
    while (lines.has(line + 1) && !lines.blank(line + 1) && blockKind(text, lines, raw, line + 1) === 'text') line++;
    return { offset: lines.end(line), how: 'line' };
  }
  let tail = line;
  let lastKind: string = kind;
  let fenceTo = -1;
  for (; lines.has(tail); tail++) {
    if (tail <= fenceTo || lines.blank(tail)) continue;
    lastKind = blockKind(text, lines, raw, tail);
    if (lastKind === 'raw') fenceTo = raw.end(tail, lines.textFrom(tail), 0);
  }
  const rows = lastKind === 'raw' || lastKind === 'heading' || lastKind === 'break';
  return { offset: text.length, how: rows ? 'own' : 'own-apart' };
}

function blockKind(text: string, lines: LineTable, raw: RawSpans, line: number): 'text' | 'quote' | 'heading' | 'break' | 'raw' | 'table' {
  const at = lines.textFrom(line);
  const end = lines.end(line);
  const kind = kindOf(text, at, end);
  if (kind === 'raw') return raw.end(line, at, 0) >= 0 ? 'raw' : 'text';
  if (kind !== 'text') return kind;
  if (text.slice(at, end).includes('|') && lines.has(line + 1)) {
    const below = text.slice(lines.textFrom(line + 1), lines.end(line + 1));
    if (/^\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/.test(below) && below.includes('|')) return 'table';
  }
  return 'text';
}
