/** The live block of a note as its user sees it: rows of text. */
import type { EditorState } from '@codemirror/state';
import { canonical } from '../../src/document';
import { findIds, seedFrom } from '../../src/note';
import { parse } from '../../src/outline';

/** A list item's first line. */
export interface Row {
  readonly from: number;
  readonly to: number;
  readonly indent: string;
  /** Start and end of its own text: behind the marker and the box, before the id. */
  readonly textFrom: number;
  readonly textTo: number;
  readonly isRoot: boolean;
  /** End of its own last line, and of the last line under it. */
  readonly ownEnd: number;
  readonly end: number;
}

const ITEM = /^([ \t]*)(?:[-*+]|\d+[.)])[ \t]+(?:\[.\][ \t]+)?/;

/** Letters of which each is typed once in a trial. */
const MARK = /[\u3400-\u9fff\uac00-\ud7a3]/u;
const MARKS = /[\u3400-\u9fff\uac00-\ud7a3]/gu;

export function isMark(letter: string): boolean {
  return MARK.test(letter);
}

export function marksIn(text: string): string[] {
  return text.match(MARKS) ?? [];
}

/** The n-th mark. */
export function markOf(index: number): string {
  return String.fromCharCode(index < 0x6c00 ? 0x3400 + index : 0xac00 + index - 0x6c00);
}

/** Rows of the first live block, in the order of the text; empty if there is none. */
export function rowsOf(state: EditorState): Row[] {
  const [id] = findIds(state.doc.toString());
  if (!id) return [];
  const found: { from: number; to: number; indent: string; textFrom: number; textTo: number; isRoot: boolean; ownEnd: number }[] = [];
  const first = state.doc.lineAt(id.from);
  const width = (indent: string): number => indent.replace(/\t/g, '    ').length;
  const lead = ITEM.exec(first.text)?.[1] ?? '';
  for (let n = first.number; n <= state.doc.lines; n++) {
    const line = state.doc.line(n);
    const indent = /^[ \t]*/.exec(line.text)?.[0] ?? '';
    if (n > first.number && line.text.trim() !== '' && width(indent) <= width(lead)) break;
    const match = ITEM.exec(line.text);
    const isRoot = n === first.number;
    if (match) {
      const end = isRoot ? line.from + line.text.slice(0, id.idFrom - line.from).replace(/\s*#live\s*$/, '').trimEnd().length : line.to;
      found.push({ from: line.from, to: line.to, indent, ...textOf(line, match[0].length, end), isRoot, ownEnd: line.to });
    } else if (line.text.trim() !== '') (found.at(-1) as { ownEnd: number }).ownEnd = line.to;
  }
  return found.map((row, index) => {
    let end = row.ownEnd;
    for (const next of found.slice(index + 1)) {
      if (width(next.indent) <= width(row.indent)) break;
      end = next.ownEnd;
    }
    return { ...row, end };
  });
}

/** Behind the marker's own blank, also where the bullet has no text. */
function textOf({ from, text }: { from: number; text: string }, head: number, end: number): { textFrom: number; textTo: number } {
  const marker = text.search(/[-*+\d]/);
  const textFrom = from + (from + head > end ? text.indexOf(' ', marker) + 1 : head);
  return { textFrom, textTo: Math.max(textFrom, end) };
}

/** The same block without some marks, and without lines that have no others; as it is if there are none to leave out. */
export function withoutMarks(block: string, marks: ReadonlySet<string>): string {
  if (marks.size === 0) return block;
  const lines = block.split('\n').map((line) => [...line].filter((letter) => !marks.has(letter)).join(''));
  return lines.filter((line) => isMark(line)).join('\n');
}

/** The block's lines, wherever they stand. */
export function anyPlace(block: string): string {
  return block.split('\n').map((line) => line.trim()).sort().join('\n');
}

/** The same block with siblings in an order of their own. */
export function anyOrder(block: string): string {
  interface Item { readonly lines: string[]; readonly children: Item[] }
  const top: Item = { lines: [], children: [] };
  const open: { depth: number; item: Item }[] = [{ depth: -1, item: top }];
  for (const line of block.split('\n')) {
    const depth = /^\t*/.exec(line)?.[0].length ?? 0;
    if (!/^\t*-/.test(line)) {
      open.at(-1)?.item.lines.push(line);
      continue;
    }
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop();
    const item: Item = { lines: [line], children: [] };
    open.at(-1)?.item.children.push(item);
    open.push({ depth, item });
  }
  const write = ({ lines, children }: Item): string => [...lines, ...children.map(write).sort()].join('\n');
  return write(top);
}

/** The live block in the form that is the same on every device; '' if the note has none. */
export function blockOf(text: string): string {
  const outline = parse(text);
  const [id] = findIds(text);
  const item = outline.items.find(({ from }) => from === id?.from);
  return item ? canonical(seedFrom(outline, item)).trimEnd() : '';
}
