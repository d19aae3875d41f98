/** Finds the live blocks of a changed text: around the changes alone where that is certain, else in the whole note. */
import { childIndent, findBlockIds, insertBlockId, itemIndexAt, itemText, parse, parseBlock, removeBlockId, repairBlockId } from '../outline';
import type { BlockReading, FoundId as IdInNote, Item, Outline, Style } from '../outline';
import { draftBlock } from './draft';
import type { Draft, IdCut } from './draft';
import { keptPieces, originOf } from './kept';
import type { Kept } from './kept';
import { lineRange } from './note-text';
import type { BoundBlock, BoundBullet, BoundNote, FoundId, NoteText, TextChange } from './types';

/** A bound block where it stands now. */
export interface Located {
  readonly block: BoundBlock;
  readonly drafts: readonly Draft[];
  /** In the note. */
  readonly cut: IdCut;
}

export interface Location {
  /** Ascending. */
  readonly located: readonly Located[];
  /** Blocks that the changes don't concern, with what to add to their positions. */
  readonly untouched: readonly { readonly block: BoundBlock; readonly shift: number }[];
  readonly style: Style;
  /** Of the whole text, if it was read. */
  readonly outline: Outline | null;
  readonly appeared: readonly FoundId[];
  readonly copies: readonly FoundId[];
  readonly vanished: readonly BoundBlock[];
  readonly stripped: readonly { readonly block: BoundBlock; readonly from: number }[];
  readonly absorbed: readonly { readonly block: BoundBlock; readonly into: string; readonly rootFrom: number }[];
  /** Blocks whose root was split: changes of `text` that put the id back. Nothing else is set then. */
  readonly repairs: readonly TextChange[];
  /** Blocks whose id is not whole or not in its place. */
  readonly damaged: readonly string[];
}

const NONE = { outline: null, appeared: [], copies: [], vanished: [], stripped: [], absorbed: [], repairs: [], damaged: [] };
const DELIMITERS = /```|~~~|%%|<!--|-->|\$\$|^[ \t]*(=+|-+)[ \t]*$/m;

/** The blocks that editor changes concern, read alone; null if the whole note must be read to be sure. */
export function locateNearby(note: BoundNote, oldText: NoteText, changes: readonly TextChange[], kept: readonly Kept[], text: NoteText): Location | null {
  const touched = new Set<BoundBlock>();
  let shift = 0;
  for (const change of changes) {
    const before = lineRange(oldText, change.from, change.to);
    const after = lineRange(text, change.from + shift, change.from + shift + change.insert.length);
    shift += change.insert.length - (change.to - change.from);
    const old = oldText.sliceString(before.from, before.to);
    const fresh = text.sliceString(after.from, after.to);
    if (DELIMITERS.test(old) || DELIMITERS.test(fresh) || countIds(old) !== countIds(fresh)) return null;
    // An id that is not bound there may come to count.
    if (countIds(old) > note.blocks.filter(({ from, cut }) => from + cut.from < before.to && from + cut.to > before.from).length) return null;
    for (const block of note.blocks) {
      if (change.to < block.from) {
        if (!/^ {0,3}\S/.test(block.bullets[0]?.source ?? '')) return null;
        break;
      }
      if (change.from <= guardEnd(oldText, block.to)) touched.add(block);
    }
  }
  const located: Located[] = [];
  const untouched: { block: BoundBlock; shift: number }[] = [];
  for (const block of note.blocks) {
    const [start] = keptPieces(kept, block.from, block.from + 1);
    if (!touched.has(block)) {
      if (!start) return null;
      untouched.push({ block, shift: start.from - block.from });
      continue;
    }
    const cut = keptPieces(kept, block.from + block.cut.from, block.from + block.cut.to);
    const [whole] = cut;
    if (!start || cut.length !== 1 || !whole || whole.to - whole.from !== block.cut.to - block.cut.from) return null;
    if (start.from > 0 && text.sliceString(start.from - 1, start.from) !== '\n') return null;
    const guess = keptPieces(kept, block.from, block.to).at(-1)?.to ?? start.from;
    const { source, reading } = readFrom(text, start.from, guess, note.style.tabSize);
    const id = findBlockIds({ text: source, items: reading.items }).find((one) => one.item === 0 && one.id === block.blockId && one.wellPlaced);
    if (!id || id.removeFrom + start.from !== whole.from) return null;
    located.push({
      block,
      drafts: draftBlock(source, reading.items, { from: id.removeFrom, to: id.to }, start.from),
      cut: { from: id.removeFrom + start.from, to: id.to + start.from },
    });
  }
  const ranges = [
    ...located.map(({ drafts, block }) => ({ block, from: drafts[0]?.from ?? 0, to: endOf(drafts) })),
    ...untouched.map(({ block, shift: by }) => ({ block, from: block.from + by, to: block.to + by })),
  ].sort((a, b) => a.from - b.from);
  for (let i = 1; i < ranges.length; i++) if ((ranges[i] as Range).from <= (ranges[i - 1] as Range).to) return null;
  return { ...NONE, located, untouched, style: note.style };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** End of the last draft's source. */
export function endOf(drafts: readonly Draft[]): number {
  const last = drafts.at(-1);
  return last ? last.from + last.source.length : 0;
}

/** The block at `from`, from a slice that is long enough to be sure of its end. */
export function readFrom(text: NoteText, from: number, guess: number, tabSize: number): { source: string; reading: BlockReading } {
  for (let to = guess + 500; ; to = from + 2 * (to - from)) {
    const end = to >= text.length ? text.length : lineRange(text, to).to;
    const source = text.sliceString(from, end);
    const reading = parseBlock(source, 0, tabSize);
    if (reading.ended || end === text.length) return { source, reading };
  }
}

/** End of the first line with text behind a block: what is beyond it cannot become part of the block by itself. */
function guardEnd(text: NoteText, to: number): number {
  for (let at = to + 1; at <= text.length; ) {
    const line = lineRange(text, at);
    if (text.sliceString(line.from, line.to).trim() !== '') return line.to;
    at = line.to + 1;
  }
  return text.length;
}

function countIds(text: string): number {
  return text.split('^bw-').length - 1;
}

/** A block id that stands where it counts, with its item and what to cut. */
export interface Rooted extends FoundId {
  readonly item: Item;
  readonly cut: IdCut;
}

/** Every block id of an outline that counts, ascending. */
export function rootedIds(outline: Outline): Rooted[] {
  return findBlockIds(outline).flatMap((id) => (id.wellPlaced ? rooted(outline, id) : []));
}

function rooted(outline: Outline, id: IdInNote): Rooted[] {
  const item = outline.items[id.item];
  if (!item || item.marker === '') return [];
  const to = lineEndOf(outline.text, item.blockTo);
  return [{ blockId: id.id, from: item.from, to, idFrom: id.from, idTo: id.to, item, cut: { from: id.removeFrom, to: id.to } }];
}

/** The item whose own lines hold a position. */
export function itemOver(items: readonly Item[], at: number): Item | null {
  const item = items[itemIndexAt(items, at)];
  return item && at < Math.max(item.to, item.from + 1) ? item : null;
}

function lineEndOf(text: string, to: number): number {
  return text.charCodeAt(to - 1) === 10 ? to - 1 : to;
}

/** The live blocks in the whole text. `kept` is null for a text without an editor's changes; `isRepaired` if no root is to get its id back any more. */
export function locateAll(note: BoundNote, kept: readonly Kept[] | null, text: string, isRepaired = false): Location {
  const outline = parse(text, note.style);
  const found = rootedIds(outline);
  const claimed = new Set<FoundId>();
  const roots: { block: BoundBlock; item: Item; cut: IdCut }[] = [];
  const vanished: BoundBlock[] = [];
  const stripped: { block: BoundBlock; from: number }[] = [];
  const repairs: TextChange[] = [];
  const hurt: string[] = [];
  for (const block of note.blocks) {
    const own = found.filter((id) => id.blockId === block.blockId);
    const pieces = kept ? keptPieces(kept, block.from + block.cut.from, block.from + block.cut.to) : [];
    const choice = own.find((id) => pieces.some((piece) => piece.from < id.idTo && piece.to > id.idFrom)) ?? bestOf(own, block, text, outline);
    if (choice) {
      claimed.add(choice);
      repairs.push(...(kept && !isRepaired ? splitRepairs(block, choice, kept, outline) : []));
      roots.push({ block, item: choice.item, cut: choice.cut });
      continue;
    }
    const damaged = damagedRoot(block, pieces, outline, text);
    if (damaged) {
      if (kept && !isRepaired) repairs.push(...splitRepairs(block, damaged, kept, outline), ...joinRepairs(block, damaged, kept, outline));
      roots.push({ block, ...damaged });
      hurt.push(block.blockId);
      continue;
    }
    if (kept && !isRepaired) repairs.push(...partRepairs(block, pieces, kept, outline));
    const line = kept ? rootLine(block, kept) : -1;
    // One without text is known by its marker.
    const [mark] = kept && line < 0 ? keptPieces(kept, block.from, block.from + 1) : [];
    const at = mark?.from ?? line;
    const item = kept ? (at < 0 ? null : itemOver(outline.items, at)) : plainRoot(block, outline, found);
    if (item) stripped.push({ block, from: item.from });
    else vanished.push(block);
  }
  if (repairs.length > 0) return { ...NONE, located: [], untouched: [], style: note.style, repairs: repairs.sort((a, b) => a.from - b.from) };

  roots.sort((a, b) => a.item.from - b.item.from);
  const located: Located[] = [];
  const absorbed: { block: BoundBlock; into: string; rootFrom: number }[] = [];
  let outer: { block: BoundBlock; to: number } | null = null;
  for (const { block, item, cut } of roots) {
    if (outer && item.from < outer.to) {
      absorbed.push({ block, into: outer.block.blockId, rootFrom: item.from });
      continue;
    }
    located.push({ block, cut, drafts: draftBlock(text, subtree(outline, item), cut, 0) });
    outer = { block, to: item.blockTo };
  }
  const bound = new Set(note.blocks.map((block) => block.blockId));
  const inBlock = (id: FoundId): boolean => located.some(({ drafts }) => id.from > (drafts[0]?.from ?? 0) && id.from < endOf(drafts));
  const rest = found.filter((id) => !claimed.has(id)).map(({ blockId, from, to, idFrom, idTo }) => ({ blockId, from, to, idFrom, idTo }));
  return {
    located,
    untouched: [],
    style: outline.style,
    outline,
    appeared: rest.filter((id) => !bound.has(id.blockId) && !inBlock(id)),
    copies: rest.filter((id) => bound.has(id.blockId)),
    vanished,
    stripped,
    absorbed,
    repairs: [],
    damaged: hurt,
  };
}

/** The bullet of a text from disk that is a block's root without its id, with or without its tag: nearest to where it stood. */
function plainRoot(block: BoundBlock, outline: Outline, found: readonly Rooted[]): Item | null {
  const root = normal(block.bullets[0]?.text ?? '');
  const texts = new Set([root, ...[...root.matchAll(/(?:^|\s)#[^\s#]+/g)].map(({ 0: tag, index }) => normal(root.slice(0, index) + root.slice(index + tag.length)))]);
  texts.delete('');
  const marked = new Set(found.map(({ item }) => item));
  const near = outline.items
    .filter((item) => item.marker !== '' && !marked.has(item) && texts.has(normal(itemText(outline, item))))
    .sort((a, b) => Math.abs(a.from - block.from) - Math.abs(b.from - block.from));
  return near[0] ?? null;
}

function normal(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** An item with its descendants, numbered from it. */
export function subtree(outline: Outline, root: Item): Item[] {
  const items: Item[] = [];
  for (let index = root.index; index < outline.items.length; index++) {
    const item = outline.items[index] as Item; // index < length
    if (index > root.index && item.depth <= root.depth) break;
    items.push({ ...item, index: index - root.index, parent: index === root.index ? -1 : item.parent - root.index, depth: item.depth - root.depth });
  }
  return items;
}

/** Of several places of one id: the one whose first child lines are the block's, then the first. */
function bestOf(own: readonly Rooted[], block: BoundBlock, text: string, outline: Outline): Rooted | undefined {
  if (own.length < 2) return own[0];
  const known = new Set(block.bullets.map((bullet) => bullet.text));
  const score = (id: Rooted): number => {
    const drafts = draftBlock(text, subtree(outline, id.item), id.cut, 0);
    return drafts.reduce((sum, draft) => sum + (known.has(draft.text) ? 1 : -0.1), 0);
  };
  return own.map((id) => ({ id, score: score(id) })).reduce((best, other) => (other.score > best.score ? other : best)).id;
}

/** A root whose id was typed into or partly deleted: what is left of the id, and what was typed behind it, is not its text. */
function damagedRoot(
  block: BoundBlock,
  pieces: readonly { from: number; to: number }[],
  outline: Outline,
  text: string,
): { item: Item; cut: IdCut } | null {
  const rests = pieces.filter((piece) => text.slice(piece.from, piece.to).trim() !== '');
  const first = rests[0];
  const last = rests.at(-1);
  if (first && last) {
    const item = itemOver(outline.items, first.from);
    if (!item || item.marker === '') return null;
    const to = Math.max(first.to, Math.min(last.to, lineRangeOf(text, first.from).to));
    const blank = /[ \t]/.test(text.charAt(first.from)) || first.from === item.from || !/[ \t]/.test(text.charAt(first.from - 1));
    return { item, cut: { from: blank ? first.from : first.from - 1, to } };
  }
  // Whole, but in mid-paragraph.
  const whole = findBlockIds(outline).find((id) => id.id === block.blockId);
  const [root] = whole ? rooted(outline, whole) : [];
  return root ? { item: root.item, cut: root.cut } : null;
}

function lineRangeOf(text: string, at: number): Range {
  const end = text.indexOf('\n', at);
  return { from: text.lastIndexOf('\n', at - 1) + 1, to: end < 0 ? text.length : end };
}

/** Where the root's text is now if it lost its id: the place of its first kept character that is no blank; -1 if there is none. */
function rootLine(block: BoundBlock, kept: readonly Kept[]): number {
  const root = block.bullets[0] as BoundBullet; // a block has a root
  for (const line of root.lines) {
    for (const piece of keptPieces(kept, block.from + line.from, block.from + line.to)) {
      const source = root.source.slice(piece.from - piece.shift - block.from, piece.to - piece.shift - block.from);
      if (source.trim() !== '') return piece.from;
    }
  }
  return -1;
}

/**
 * The root was split and its id went along with the second half: it goes back to the end of the first half's paragraph. What then stands
 * between the root and its children becomes its first child, or the children would leave the block.
 */
function splitRepairs(block: BoundBlock, id: Pick<Rooted, 'item' | 'cut'>, kept: readonly Kept[], outline: Outline): TextChange[] {
  const { text, items } = outline;
  const line = rootLine(block, kept);
  const first = line < 0 ? null : itemOver(items, line);
  const second = id.item;
  if (!first || first.from >= second.from || first.marker === '') return [];
  const inside = second.from < first.blockTo;
  if (!inside && (first.depth !== second.depth || first.parent !== second.parent)) return [];
  // Right behind the marker the blank before the id counts as the marker's.
  const glued = id.cut.from === (second.lines[0]?.from ?? -1) && /[ \t]{2}$/.test(second.marker);
  const removal = removeBlockId({ removeFrom: id.cut.from - (glued ? 1 : 0), to: id.cut.to });
  const repairs: TextChange[] = [insertBlockId(outline, first, block.blockId), removal];
  if (!inside && items[second.index + 1]?.parent === second.index) {
    const deeper = childIndent(first.indent, first.marker, outline.style).slice(first.indent.length);
    for (let at = second.from; at < second.to; at = lineRangeOf(text, at).to + 1) {
      const to = at + second.indent.length;
      if (text.charAt(at) !== '\n' && (to <= removal.from || to >= removal.to)) repairs.push({ from: to, to, insert: deeper });
    }
  }
  return repairs.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** A blank line parted the root, and the half with the id is a paragraph of another bullet now, or of none: the id goes back to the first half. */
function partRepairs(block: BoundBlock, pieces: readonly Range[], kept: readonly Kept[], outline: Outline): TextChange[] {
  const [id] = pieces;
  const line = rootLine(block, kept);
  const first = line < 0 ? null : itemOver(outline.items, line);
  if (pieces.length !== 1 || !id || id.to - id.from !== block.cut.to - block.cut.from || !first || first.marker === '' || id.from < first.to) return [];
  return [insertBlockId(outline, first, block.blockId), removeBlockId({ removeFrom: id.from, to: id.to })];
}

/** What stood on the line below was joined to the root behind its id: the id goes behind it, as if the join had been made before it. */
function joinRepairs(block: BoundBlock, { item, cut }: Pick<Rooted, 'item' | 'cut'>, kept: readonly Kept[], outline: Outline): readonly TextChange[] {
  const [from, to] = [block.from + block.cut.from, block.from + block.cut.to];
  const isWhole = cut.to - cut.from === to - from && originOf(kept, cut.to - 1) === to - 1;
  const behind = outline.text.charAt(cut.to);
  if (!isWhole || behind === '' || behind === '\n' || originOf(kept, cut.to) <= to) return [];
  return repairBlockId(outline, item, block.blockId);
}
