/** How bullets are written in a note: with its own bytes where they stand already, in its own style where they are new. */
import { childIndent, contentIndent, insertBlockId, parse, readLine, writeItem } from '../outline';
import type { Style } from '../outline';
import { ROOT } from '../document';
import { diffLetters } from './text-diff';
import type { Attributes, BoundBullet, BulletId, DocumentTree, PlainBullet, TextChange } from './types';

/** What a bullet is to look like. */
export interface Wanted {
  readonly text: string;
  readonly attributes: Attributes;
  readonly depth: number;
  readonly indent: string;
}

/** White space before a bullet's marker. */
export function indentOf(bullet: BoundBullet): string {
  const { source } = bullet;
  const start = bullet.attributes.gap === 0 ? 0 : lineStart(bullet, 0);
  let end = start;
  while (source.charCodeAt(end) === 32 || source.charCodeAt(end) === 9) end++;
  return source.slice(start, Math.min(end, bullet.lines[0]?.from ?? end));
}

/** Column of a bullet's marker. */
export function columnOf(indent: string, style: Style): number {
  return readLine(`${indent}-`, style.tabSize).column;
}

/** A bullet that stands nowhere in the note yet. */
export function writeBullet(id: BulletId, wanted: Wanted, style: Style): BoundBullet {
  const { text, attributes, indent, depth } = wanted;
  const source = writeItem(indent, { text, ...attributes }, { ...style, eol: '\n' }).slice(0, -1);
  const gap = attributes.marker === '' ? Math.max(1, attributes.gap) : attributes.gap;
  const lines: { from: number; to: number }[] = [];
  let at = gap;
  for (const line of text.split('\n')) {
    const end = source.indexOf('\n', at) < 0 ? source.length : source.indexOf('\n', at);
    lines.push({ from: end - line.length, to: end });
    at = end + 1;
  }
  return { id, depth, source, lines, text, attributes };
}

/** A bound bullet as wanted: lines that keep their text keep their bytes, as does the head that keeps marker and task. For a root: its source without the id. */
export function rewriteBullet(bullet: BoundBullet, wanted: Wanted, style: Style): BoundBullet {
  const { attributes, text, depth, indent } = wanted;
  const oldIndent = indentOf(bullet);
  const marker = spaced(attributes.marker, text, attributes.task);
  const inner = contentIndent(indent, marker, style);
  const shifted = indent !== oldIndent || bullet.attributes.marker.length !== attributes.marker.length;
  const fresh = text.split('\n');
  const old = bullet.text.split('\n');
  const partner = align(old, fresh);
  const headFrom = lineStart(bullet, 0);
  let source = attributes.gap === bullet.attributes.gap ? bullet.source.slice(0, headFrom) : '\n'.repeat(attributes.marker === '' ? Math.max(1, attributes.gap) : attributes.gap);
  source += indent + rewriteHead(bullet, headFrom + oldIndent.length, marker, attributes.task);
  const lines: { from: number; to: number }[] = [];
  fresh.forEach((line, index) => {
    if (index > 0) {
      source += '\n';
      const was = partner[index];
      const own = was !== undefined && was > 0 ? bullet.lines[was] : undefined;
      if (own && !shifted && (old[was ?? 0] !== '' || line === '')) source += bullet.source.slice(lineStart(bullet, was ?? 0), own.from);
      else if (line !== '') source += inner;
    }
    lines.push({ from: source.length, to: source.length + line.length });
    source += line;
  });
  return { id: bullet.id, depth, source, lines, text, attributes };
}

/** Marker and task as they stand, or as they are to be. */
function rewriteHead(bullet: BoundBullet, from: number, marker: string, task: string | null): string {
  const was = bullet.attributes;
  const to = bullet.lines[0]?.from ?? from;
  const bytes = bullet.source.slice(from, to);
  const isThere = was.marker === marker && bytes.startsWith(marker);
  if (isThere && was.task === task) return bytes;
  if (isThere && was.task !== null && task !== null) return `${marker}[${task}]${bytes.slice(marker.length + was.task.length + 2)}`;
  return marker + (task === null ? '' : `[${task}] `);
}

/** A marker read at a line's end has lost its blank; text behind it needs one. */
function spaced(marker: string, text: string, task: string | null): string {
  if (marker === '' || /[ \t]$/.test(marker)) return marker;
  return task !== null || (text !== '' && !text.startsWith('\n')) ? `${marker} ` : marker;
}

/** Start, in `source`, of the line that an own line stands on. */
function lineStart(bullet: BoundBullet, index: number): number {
  const from = bullet.lines[index]?.from ?? 0;
  return from === 0 ? 0 : bullet.source.lastIndexOf('\n', from - 1) + 1;
}

/** For each line of `fresh` the line of `old` that it was: equal ends first, what is between in order. */
function align(old: readonly string[], fresh: readonly string[]): (number | undefined)[] {
  const partner = new Array<number | undefined>(fresh.length).fill(undefined);
  const most = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < most && old[start] === fresh[start]) partner[start] = start++;
  let end = 1;
  while (end <= most - start && old[old.length - end] === fresh[fresh.length - end]) {
    partner[fresh.length - end] = old.length - end;
    end++;
  }
  for (let index = start; index <= Math.min(old.length, fresh.length) - end; index++) partner[index] = index;
  return partner;
}

/** Changes of `before.source` that give `after.source`. */
export function sourceChanges(before: BoundBullet, after: BoundBullet): TextChange[] {
  return diffLetters(before.source, after.source);
}

/** A block as Markdown lines, each starting with `indent`, without a final line end; the root bears ` ^blockId` if given. */
export function renderBlock(tree: DocumentTree, style: Style, indent: string, blockId?: string): string {
  const lines: string[] = [];
  const stack: { id: BulletId; depth: number; indent: string }[] = [{ id: ROOT, depth: 0, indent }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const view = tree.get(next.id);
    if (!view) continue;
    const bullet = writeBullet(view.id, { text: view.text, attributes: view.attributes, depth: next.depth, indent: next.indent }, style);
    lines.push(next.id === ROOT && blockId !== undefined ? withIdInSource(bullet, blockId, style).bullet.source : bullet.source);
    for (const child of [...view.children].reverse()) {
      const childMarker = tree.get(child)?.attributes.marker;
      const inner = childMarker === '' ? contentIndent(next.indent, view.attributes.marker, style) : childIndent(next.indent, view.attributes.marker, style);
      stack.push({ id: child, depth: next.depth + 1, indent: inner });
    }
  }
  return lines.join('\n');
}

/** Bullets that belong to no block, e.g. released ones, in the order of the text. */
export function writePlain(plain: PlainBullet, style: Style, indent: string, depth = 0): BoundBullet[] {
  const { text, attributes, children } = plain;
  const { marker } = attributes;
  const inner = { paragraph: contentIndent(indent, marker, style), bullet: childIndent(indent, marker, style) };
  const own = writeBullet('', { text, attributes: depth === 0 ? { ...attributes, gap: 0 } : attributes, depth, indent }, style);
  return [own, ...children.flatMap((child) => writePlain(child, style, child.attributes.marker === '' ? inner.paragraph : inner.bullet, depth + 1))];
}

/** A root written without its id -> with it, and where the id is. */
export function withIdInSource(bullet: BoundBullet, blockId: string, style: Style): { bullet: BoundBullet; cut: { from: number; to: number } } {
  const outline = parse(bullet.source, { ...style, eol: '\n' });
  const item = outline.items[0];
  const end = bullet.source.length;
  const change = item ? insertBlockId(outline, item, blockId) : { from: end, to: end, insert: ` ^${blockId}` };
  const insert = change.insert.replace(/\n+$/, '');
  const by = insert.length - (change.to - change.from);
  const source = bullet.source.slice(0, change.from) + insert + bullet.source.slice(change.to);
  const lines = bullet.lines.map(({ from, to }, index) => {
    if (index > 0 && from > change.from) return { from: from + by, to: to + by };
    return change.to > change.from ? { from: Math.min(from, change.from), to: Math.min(to, change.from) } : { from, to };
  });
  return { bullet: { ...bullet, source, lines }, cut: { from: change.from, to: change.from + insert.length } };
}
