import { findBlockIds, idsInText } from './block-id';
import { itemText } from './item-text';
import { parse } from './parse';
import type { Heading, Home, Item, Outline, SourceChange } from './types';

/** Where an item stands, in words that find the same place in another note. */
export function homeOf(outline: Outline, item: Item, path: string, day: string | null): Home {
  const section = sectionAt(outline, item.from);
  let after: string | null = null;
  for (let index = item.index - 1; index > item.parent; index--) {
    const other = outline.items[index] as Item;
    if (other.parent !== item.parent) continue;
    if (item.parent >= 0 || other.from >= section.from) after = firstLine(outline, other);
    break;
  }
  return { day, path, headings: section.headings.map((heading) => heading.title), after };
}

/** Where a block lands in a note. */
export interface Place {
  /** Start of a line, or the note's end. */
  readonly offset: number;
  /** Blanks that the block's root is written with. */
  readonly indent: string;
}

/**
 * The place in this note that a home describes: right after the same neighbour under the same heading; else the end of that section; else (no
 * such heading) after the same neighbour anywhere, else the end of the note.
 */
export function findPlace(outline: Outline, home: Pick<Home, 'headings' | 'after'>): Place {
  const section = findSection(outline, home.headings);
  const neighbour = home.after === null ? undefined : findNeighbour(outline, home.after, section ?? { from: outline.bodyFrom, to: outline.text.length });
  if (neighbour) return { offset: neighbour.blockTo, indent: neighbour.indent };
  if (!section) return endOf(outline, outline.bodyFrom, outline.text.length);
  return endOf(outline, section.from, section.to);
}

/**
 * The change that puts a block's written lines (`block`, from `writeItem` at `place.indent`) at a place. Line ends are added where the text
 * before has none, blank lines where the block would otherwise run into prose. Where text behind the place would be read as part of the
 * block (an indented paragraph, say), the block goes to the note's end. Nothing of the note is changed.
 */
export function landingChange(outline: Outline, place: Place, block: string): SourceChange {
  const near = insertion(outline, place.offset, block);
  if (standsAlone(outline, near, block)) return near;
  const apart = { ...near, insert: near.insert + outline.style.eol };
  if (standsAlone(outline, apart, block)) return apart;
  const end = endOf(outline, outline.bodyFrom, outline.text.length);
  return insertion(outline, end.offset, outdented(block, place.indent));
}

function insertion(outline: Outline, offset: number, block: string): SourceChange {
  const { text, items, headings, bodyFrom, style } = outline;
  const startsLine = offset === 0 || isLineEnd(text.charAt(offset - 1));
  let lead = startsLine ? '' : style.eol;
  const behindList = items.some((item) => item.to === offset);
  const behindHeading = headings.some((heading) => heading.to === offset);
  if (!behindList && !behindHeading && lastLine(text.slice(bodyFrom, offset)).trim() !== '') lead += style.eol;
  // A note without a final line end has none afterwards either.
  const last = offset === text.length && !startsLine ? block.replace(/(?:\r\n|\r|\n)$/, '') : block;
  return { from: offset, to: offset, insert: lead + last };
}

/** Whether after the change the block is a block of its own, with nothing of the note in it. */
function standsAlone(outline: Outline, change: SourceChange, block: string): boolean {
  const { text, style } = outline;
  const alone = parse(block, style).items;
  const root = alone[0];
  if (!root) return true;
  const changed = text.slice(0, change.from) + change.insert + text.slice(change.to);
  const from = change.from + change.insert.indexOf(block.trimEnd()) + root.from;
  const there = parse(changed, style).items.find((item) => item.from === from);
  return there !== undefined && Math.abs(there.blockTo - there.from - (root.blockTo - root.from)) <= style.eol.length;
}

function outdented(block: string, indent: string): string {
  const lines = block.split(/(\r\n|\r|\n)/);
  return lines.map((line) => (indent !== '' && line.startsWith(indent) ? line.slice(indent.length) : line)).join('');
}

interface Section {
  readonly from: number;
  readonly to: number;
}

function sectionAt(outline: Outline, offset: number): Section & { headings: Heading[] } {
  const headings: Heading[] = [];
  let from = outline.bodyFrom;
  for (const heading of outline.headings) {
    if (heading.from > offset) break;
    while (headings.length > 0 && (headings[headings.length - 1] as Heading).level >= heading.level) headings.pop();
    headings.push(heading);
    from = heading.to;
  }
  return { from, to: offset, headings };
}

/**
 * The section under the heading whose title is the last of `titles`, up to the next heading of any level: what is nested in it are other sections. Of several
 * the one with most of the headings above it in common, then the first. null if there is none.
 */
function findSection(outline: Outline, titles: readonly string[]): Section | null {
  const { headings } = outline;
  const end = (index: number) => headings[index + 1]?.from ?? outline.text.length;
  const wanted = titles[titles.length - 1];
  if (wanted === undefined) {
    const section = { from: outline.bodyFrom, to: headings[0]?.from ?? outline.text.length };
    // Nothing stands before the first heading: then the block doesn't either.
    return outline.text.slice(section.from, section.to).trim() === '' ? null : section;
  }
  let best: Section | null = null;
  let most = 0;
  const above: Heading[] = [];
  headings.forEach((heading, index) => {
    while (above.length > 0 && (above[above.length - 1] as Heading).level >= heading.level) above.pop();
    above.push(heading);
    if (!sameTitle(heading.title, wanted)) return;
    let common = 0;
    while (common < above.length && common < titles.length) {
      const [here, there] = [above[above.length - 1 - common], titles[titles.length - 1 - common]];
      if (!here || there === undefined || !sameTitle(here.title, there)) break;
      common++;
    }
    if (common > most) {
      best = { from: heading.to, to: end(index) };
      most = common;
    }
  });
  return best;
}

function sameTitle(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}

/** The outermost item with this first line. One inside a live block doesn't count: what lands beside it would become part of that block. */
function findNeighbour(outline: Outline, after: string, section: Section): Item | undefined {
  let best: Item | undefined;
  const roots = new Set(findBlockIds(outline).map((id) => id.item));
  let insideTo = 0;
  for (const item of outline.items) {
    const inside = item.from < insideTo;
    if (!inside && roots.has(item.index)) insideTo = item.blockTo;
    if (inside || item.from < section.from || item.from >= section.to || item.marker === '') continue;
    if ((best === undefined || item.depth < best.depth) && firstLine(outline, item) === after) best = item;
  }
  return best;
}

/** The end of the last line in a section that is not blank; behind a list, as an item at its top. */
function endOf(outline: Outline, from: number, to: number): Place {
  const { text, items } = outline;
  let offset = to;
  while (offset > from && ' \t\r\n'.includes(text.charAt(offset - 1))) offset--;
  if (offset === from) return { offset: from, indent: '' };
  while (offset < to && !isLineEnd(text.charAt(offset))) offset++;
  if (offset < to) offset += text.startsWith('\r\n', offset) ? 2 : 1;
  const last = items.find((item) => item.parent < 0 && item.from >= from && item.blockTo === offset);
  return { offset, indent: last ? last.indent : '' };
}

/** An item's first line without block id and blanks around it. */
function firstLine(outline: Outline, item: Item): string {
  const text = itemText(outline, item);
  const end = text.indexOf('\n');
  let line = end < 0 ? text : text.slice(0, end);
  for (const id of idsInText(line).reverse()) line = line.slice(0, id.removeFrom) + line.slice(id.to);
  return line.trim();
}

function lastLine(text: string): string {
  const lines = text.replace(/(?:\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/);
  return lines[lines.length - 1] ?? '';
}

function isLineEnd(character: string): boolean {
  return character === '\n' || character === '\r';
}
