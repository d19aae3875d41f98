import { idSite } from './id-site';
import { readLine } from './line-kind';
import { offsetToSource, itemText } from './item-text';
import { isIn, opaqueRanges } from './opaque';
import type { Item, ItemText, Outline, SourceChange } from './types';
import { contentIndent } from './write';

const PREFIX = 'bw-';
const LETTERS = 12;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const MARK = `^${PREFIX}`;
const EXACT = new RegExp(`^${PREFIX}[a-z2-7]{${LETTERS}}$`);
/** More ids than this in one item are not looked at: each costs a reading of the item's text. */
const MAX_IN_ITEM = 8;

/** Whether `id` (without '^') is one of Blockwire's: `bw-` and 12 letters of lower-case base32, 60 bits. */
export function isBlockwireId(id: string): boolean {
  return EXACT.test(id);
}

/** The id that the first 60 bits of `bytes` make. @throws RangeError with fewer than 8 bytes. */
export function blockwireId(bytes: Uint8Array): string {
  if (bytes.length < 8) throw new RangeError('A block id is made from at least 8 bytes.');
  let id = PREFIX;
  for (let letter = 0; letter < LETTERS; letter++) {
    const bit = letter * 5;
    const pair = ((bytes[bit >> 3] as number) << 8) | (bytes[(bit >> 3) + 1] as number);
    id += ALPHABET.charAt((pair >> (11 - (bit & 7))) & 31);
  }
  return id;
}

/** A block id in an item's text. Offsets are into that text. */
export interface IdInText {
  readonly id: string;
  /** The '^'. */
  readonly from: number;
  readonly to: number;
  /** Where what belongs to the id starts: the blank or the line ends before it. Without [removeFrom, to) the text is as if it never had an id. */
  readonly removeFrom: number;
  /** Whether it stands where Obsidian looks for the item's id, with nothing glued to it. If not, `repairBlockId` puts it there. */
  readonly wellPlaced: boolean;
}

/** Blockwire's ids in an item's text, outside code, comments and links. */
export function idsInText(text: ItemText): IdInText[] {
  const found: IdInText[] = [];
  let at = text.indexOf(MARK);
  if (at < 0) return found;
  const opaque = opaqueRanges(text);
  for (; at >= 0 && found.length < MAX_IN_ITEM; at = text.indexOf(MARK, at + 1)) {
    const to = at + 1 + PREFIX.length + LETTERS;
    const id = text.slice(at + 1, to);
    if (!isBlockwireId(id) || isIn(opaque, at)) continue;
    found.push({ id, from: at, to, ...placeOf(text, at, to) });
  }
  return found;
}

/** The id that counts for an item's text: the first that is well placed, else the first; null if there is none. */
export function idInText(text: ItemText): IdInText | null {
  const ids = idsInText(text);
  return ids.find((id) => id.wellPlaced) ?? ids[0] ?? null;
}

function placeOf(text: string, from: number, to: number): Pick<IdInText, 'removeFrom' | 'wellPlaced'> {
  const lineFrom = text.lastIndexOf('\n', from - 1) + 1;
  const alone = isBlankPart(text, lineFrom, from);
  let removeFrom = from;
  if (alone && lineFrom === 0) removeFrom = Math.max(0, from - 1);
  else if (alone) {
    while (removeFrom > 0 && /[ \t\n]/.test(text.charAt(removeFrom - 1))) removeFrom--;
    // The text's own blanks at the end of the line before stay.
    const end = text.indexOf('\n', removeFrom);
    if (removeFrom > 0 && end >= 0 && end < from) removeFrom = end;
  } else if (/[ \t]/.test(text.charAt(from - 1))) removeFrom--;
  const bare = text.slice(0, removeFrom) + text.slice(to);
  const site = idSite(bare);
  let wellPlaced: boolean;
  if (site.how === 'line') {
    wellPlaced = (alone || removeFrom < from) && removeFrom <= site.offset && isBlankPart(bare, removeFrom, site.offset);
  } else {
    wellPlaced = alone && isBlankPart(bare, removeFrom, bare.length);
    if (site.how === 'own-apart') wellPlaced &&= text.slice(removeFrom, from).split('\n').length > 2;
  }
  // Alone on the first line it stays: behind an empty line, text that is not indented would leave the item.
  if (alone && lineFrom === 0 && /^[ \t]*(?:\n|$)/.test(text.slice(to))) wellPlaced = true;
  return { removeFrom, wellPlaced };
}

function isBlankPart(text: string, from: number, to: number): boolean {
  return /^[ \t]*$/.test(text.slice(from, to));
}

/** A block id in a note. Offsets are into the note. */
export interface FoundId {
  readonly id: string;
  /** Index of the item in whose own lines it stands. */
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly removeFrom: number;
  readonly wellPlaced: boolean;
}

/** Blockwire's ids in a note's items, in order. The same id may stand there twice. Reads only the items that hold one. */
export function findBlockIds(outline: Pick<Outline, 'text' | 'items'>): FoundId[] {
  const { text, items } = outline;
  const found: FoundId[] = [];
  let at = text.indexOf(MARK);
  while (at >= 0) {
    const index = itemIndexAt(items, at);
    const item = items[index];
    if (!item || at >= item.to) {
      at = text.indexOf(MARK, at + 1);
      continue;
    }
    for (const id of idsInText(itemText(outline, item))) {
      found.push({
        id: id.id,
        item: index,
        from: offsetToSource(item, id.from),
        to: offsetToSource(item, id.to),
        removeFrom: offsetToSource(item, id.removeFrom),
        wellPlaced: id.wellPlaced,
      });
    }
    at = text.indexOf(MARK, item.to);
  }
  return found;
}

/** Every id of Blockwire's anywhere in a text, code and comments included: tells one that is hidden from one that is gone. */
export function idsAnywhere(text: string): string[] {
  const ids: string[] = [];
  for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
    const id = text.slice(at + 1, at + 1 + PREFIX.length + LETTERS);
    if (isBlockwireId(id)) ids.push(id);
  }
  return ids;
}

/** Index of the last item that starts at or before an offset, -1 if none does. */
export function itemIndexAt(items: readonly Item[], offset: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as Item).from <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Adds an id to an item that has none. */
export function insertBlockId(outline: Outline, item: Item, id: string): SourceChange {
  return insertionFor(outline, item, itemText(outline, item), (offset) => offset, id);
}

/** Takes an id out again, with the blank or line ends that it brought. */
export function removeBlockId(id: Pick<FoundId, 'removeFrom' | 'to'>): SourceChange {
  return { from: id.removeFrom, to: id.to, insert: '' };
}

/** Takes an id from where it stands to where it belongs in `item`, e.g. back to the first half of a split bullet. */
export function moveBlockId(outline: Outline, id: FoundId, item: Item): SourceChange[] {
  if (id.item === item.index) return repairBlockId(outline, item, id.id);
  const changes = [removeBlockId(id), insertBlockId(outline, item, id.id)];
  return changes.sort((a, b) => a.from - b.from);
}

/**
 * What makes `item` hold `id` in its right place: nothing if it does already. An id in mid-paragraph moves behind what was typed after
 * it; one with letters lost or typed into it is replaced, and the letters typed into it stay, before it.
 */
export function repairBlockId(outline: Outline, item: Item, id: string): SourceChange[] {
  const text = itemText(outline, item);
  const ids = idsInText(text).filter((other) => other.id === id);
  if (ids.some((other) => other.wellPlaced)) return [];
  const wrong = ids[0] ? { ...ids[0], typed: '' } : damagedId(text, id);
  if (!wrong) return [insertBlockId(outline, item, id)];
  const { removeFrom, to, typed } = wrong;
  const bare = text.slice(0, removeFrom) + text.slice(to);
  const back = (offset: number) => (offset > removeFrom || (offset === removeFrom && typed !== '') ? offset + to - removeFrom : offset);
  const insertion = insertionFor(outline, item, bare, back, id, typed);
  const removal = { from: offsetToSource(item, removeFrom), to: offsetToSource(item, to), insert: '' };
  if (insertion.from <= removal.from) return insertion.from === removal.from ? [{ ...removal, insert: insertion.insert }] : [insertion, removal];
  return insertion.from === removal.to ? [{ ...removal, insert: insertion.insert }] : [removal, insertion];
}

/**
 * `text` is the item's text without the id, `back` takes its offsets to those of the text with it. Where the id makes a new paragraph of
 * the item's end, a line of prose right behind it would become part of the item: a blank line keeps it out.
 */
function insertionFor(outline: Outline, item: Item, text: ItemText, back: (offset: number) => number, id: string, typed = ''): SourceChange {
  const site = idSite(text);
  const from = offsetToSource(item, back(site.offset));
  const { eol } = outline.style;
  const apart = proseFollows(outline, item) ? eol : '';
  if (site.how === 'line') {
    const lineFrom = text.lastIndexOf('\n', site.offset - 1) + 1;
    // An empty first line has the marker's or task's blank already, if it has one.
    const before = outline.text.charAt(from - 1);
    const glued = lineFrom === site.offset && typed === '' && (before === ' ' || before === '\t' || lineFrom > 0);
    const end = isBlankPart(text, 0, text.length) && typed === '' ? apart : '';
    // Behind many blanks it would be code; one will do.
    const blanks = glued && item.task === null && lineFrom === 0 ? (/[ \t]{2,}$/.exec(item.marker)?.[0].length ?? 0) : 0;
    if (blanks > 0) return { from: from - blanks, to: from, insert: ` ^${id}${end}` };
    return { from, to: from, insert: `${typed}${glued ? '' : ' '}^${id}${end}` };
  }
  const blankLine = site.how === 'own-apart' ? eol : '';
  return { from, to: from, insert: `${typed}${eol}${blankLine}${contentIndent(item.indent, item.marker, outline.style)}^${id}${apart}` };
}

/** Whether the line behind an item's own lines is neither blank nor an item. */
function proseFollows(outline: Outline, item: Item): boolean {
  const line = /^[^\r\n]*/.exec(outline.text.slice(item.to, item.to + 1000))?.[0] ?? '';
  const shape = readLine(line, outline.style.tabSize);
  return item.blockTo === item.to && !shape.blank && shape.marker === '';
}

/** A word of the first paragraph that was `^id` before letters were lost or typed into it; the last such word. */
function damagedId(text: ItemText, id: string): { removeFrom: number; to: number; typed: string } | null {
  const whole = `^${id}`;
  const opaque = opaqueRanges(text);
  let found: { removeFrom: number; to: number; typed: string } | null = null;
  for (const match of text.matchAll(/\S+/g)) {
    const word = match[0];
    const from = match.index;
    if (word.length > 4 * whole.length || isIn(opaque, from)) continue;
    const lost = word.length < whole.length && word.length >= PREFIX.length + 3 && (word.startsWith(MARK) || word.startsWith(PREFIX)) && without(whole, word) !== null;
    const typed = lost ? '' : without(word, whole);
    if (typed === null) continue;
    const alone = from === 0 || text.charAt(from - 1) === '\n';
    found = { removeFrom: alone && from === 0 ? from : from - 1, to: from + word.length, typed };
  }
  return found;
}

/** What is left of `long` without the letters of `short`, taken in order; null if they are not all in it. */
function without(long: string, short: string): string | null {
  let rest = '';
  let at = 0;
  for (const letter of long) {
    if (at < short.length && letter === short.charAt(at)) at++;
    else rest += letter;
  }
  return at === short.length ? rest : null;
}
