/** How a block's text and its document come together, and part. */
import { findBlockIds, findTags, insertBlockId, parse, removeTag, repairBlockId } from '../outline';
import type { Item, Outline, Style } from '../outline';
import { ROOT } from '../document';
import { noteOf, withBullets } from './bound';
import { describedText, describing } from './described-text';
import { attributesOf, draftBlock, withoutCut } from './draft';
import type { Draft } from './draft';
import { fitEdits } from './fit';
import { itemOver, rootedIds, subtree } from './locate';
import { Matching } from './match';
import type { Line } from './match';
import { textOf } from './note-text';
import { namedOf } from './read';
import { diffStructure } from './structure';
import type { Named } from './structure';
import type { Binding, BindingOptions, BoundBlock, BoundBullet, BoundNote, BulletId, DocumentTree, FoundId, NoteText, PlainBullet, TextChange } from './types';
import { itemText } from '../outline';

/** A note in which nothing is bound yet. `defaults` give what the text doesn't show of its style. */
export function openNote(text: string, defaults: Partial<Style> = {}): BoundNote {
  return noteOf({ ...parse(text, defaults).style, eol: '\n' }, [], textOf(text));
}

/** Every block id in a text that stands where it counts, ascending. */
export function findIds(text: string): FoundId[] {
  if (!text.includes('^bw-')) return [];
  return rootedIds(parse(text)).map(({ blockId, from, to, idFrom, idTo }) => ({ blockId, from, to, idFrom, idTo }));
}

/**
 * Binds the block whose id stands at `found` to its document: bullets are matched by text and place, with what they were when the block was last
 * bound here (`shadow`) or else with the document. The edits bring what the text has beyond that; nothing is trashed unless `deletions` is set.
 * If the place holds no such id the note stays as it is.
 */
export function bindBlock(note: BoundNote, text: NoteText, found: FoundId, tree: DocumentTree, options: BindingOptions): Binding {
  const outline = parse(text.toString(), note.style);
  const root = rootedIds(outline).find((id) => id.blockId === found.blockId && id.idFrom === found.idFrom);
  const overlaps = root && note.blocks.some((block) => root.from <= block.to && root.to >= block.from);
  if (!root || overlaps) return { note, edits: [], missing: [] };
  const drafts = draftBlock(outline.text, subtree(outline, root.item), root.cut, 0);
  const base = options.shadow ? namedOf(options.shadow) : shapeOf(tree);
  const ids = matchDrafts(base, drafts, options.newId);
  const known = options.shadow ? settled(base, drafts, ids, tree) : base;
  const bullets = drafts.map(({ depth, source, lines, text: own, attributes }, index): BoundBullet => {
    return { id: ids[index] as BulletId, depth, source, lines, text: own, attributes }; // one id for each draft
  });
  const cut = { from: root.cut.from - root.from, to: root.cut.to - root.from };
  const block = withBullets({ blockId: found.blockId, from: root.from, to: root.from, bullets, cut }, bullets);
  const present = new Set(ids);
  const missing = known.filter(({ id }) => !present.has(id)).map(({ id }) => id);
  const all = diffStructure(known, namedOf(bullets));
  const edits = options.deletions ? all : all.filter((edit) => edit.type !== 'trash');
  const blocks = [...note.blocks, block].sort((a, b) => a.from - b.from);
  return { note: noteOf(note.style, blocks, text, note.released), edits: fitEdits(edits, tree, known, true), missing };
}

/** A shadow that is older than what this device made of the text itself: where text and document agree there is nothing to be edited any more. */
function settled(base: readonly Named[], drafts: readonly Draft[], ids: readonly BulletId[], tree: DocumentTree): Named[] {
  const texts = new Map(ids.map((id, index) => [id, drafts[index]?.text]));
  return base.map((bullet) => (texts.get(bullet.id) !== undefined && tree.get(bullet.id)?.text === texts.get(bullet.id) ? { ...bullet, text: texts.get(bullet.id) ?? '' } : bullet));
}

/** A document's bullets in the order of a text. */
function shapeOf(tree: DocumentTree): Named[] {
  const shape: Named[] = [];
  const stack: BulletId[] = [ROOT];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const view = tree.get(id);
    if (!view) continue;
    shape.push({ id, parent: view.parent, text: view.text, attributes: view.attributes });
    for (let i = view.children.length - 1; i >= 0; i--) stack.push(view.children[i] as BulletId); // i < length
  }
  return shape;
}

function matchDrafts(known: readonly Named[], drafts: readonly Draft[], newId: () => BulletId): BulletId[] {
  const places = new Map(known.map(({ id }, index) => [id, index]));
  const old: Line[] = [];
  known.forEach(({ text, parent }) => {
    const at = parent === null ? -1 : (places.get(parent) ?? -1);
    old.push({ text, parent: at, depth: at < 0 ? 0 : (old[at]?.depth ?? 0) + 1 });
  });
  const matching = new Matching(old, drafts);
  matching.pair(0, 0);
  matching.byEqualText();
  matching.bySimilarity();
  return drafts.map((_, index) => known[matching.oldOf[index] ?? -1]?.id ?? newId());
}

/** The note without a block; its text stays. */
export function unbind(note: BoundNote, blockId: string): BoundNote {
  const rest = { ...note, blocks: note.blocks.filter((block) => block.blockId !== blockId) };
  const text = describedText(note);
  return text ? describing(rest, text) : rest;
}

/** The note with bullets of a block under other names, as far as these are free; its text stays. */
export function renameBullets(note: BoundNote, blockId: string, names: ReadonlyMap<BulletId, BulletId>): BoundNote {
  const block = note.blocks.find((one) => one.blockId === blockId);
  if (!block) return note;
  const taken = new Set(block.bullets.map(({ id }) => id));
  const bullets = block.bullets.map((bullet) => {
    const name = names.get(bullet.id);
    return name === undefined || taken.has(name) ? bullet : { ...bullet, id: name };
  });
  const renamed = { ...note, blocks: note.blocks.map((one) => (one === block ? { ...block, bullets } : one)) };
  const text = describedText(note);
  return text ? describing(renamed, text) : renamed;
}

/** What `seed` of document/ wants for an item: its own block id removed, children included. */
export function seedFrom(outline: Outline, item: Item): PlainBullet {
  const id = findBlockIds(outline).find((one) => one.item === item.index);
  const own = id ? withoutCut(item, { from: id.removeFrom, to: id.to }) : item;
  const plain = { text: itemText(outline, own), attributes: attributesOf(item, true), children: [] as PlainBullet[] };
  const made = new Map<number, { children: PlainBullet[] }>([[item.index, plain]]);
  for (let index = item.index + 1; index < outline.items.length; index++) {
    const child = outline.items[index] as Item; // index < length
    const parent = made.get(child.parent);
    if (child.depth <= item.depth || !parent) break;
    const bullet = { text: itemText(outline, child), attributes: attributesOf(child), children: [] as PlainBullet[] };
    parent.children.push(bullet);
    made.set(index, bullet);
  }
  return plain;
}

/** The change that puts an id on the bullet whose first line starts at `from`; none if there is no bullet. */
export function addId(note: BoundNote, text: NoteText, from: number, blockId: string): TextChange[] {
  const outline = parse(text.toString(), note.style);
  const item = itemOver(outline.items, from);
  return item && item.marker !== '' ? [insertBlockId(outline, item, blockId)] : [];
}

/** The change that gives a copy its new id. */
export function renewId(found: FoundId, blockId: string): TextChange {
  return { from: found.idFrom, to: found.idTo, insert: `^${blockId}` };
}

/** The changes that take id and tag out of a bound block's root; ascending. */
export function removeId(note: BoundNote, blockId: string, tag: string): TextChange[] {
  const block = note.blocks.find((one) => one.blockId === blockId);
  if (!block) return [];
  const root = block.bullets[0] as BoundBullet; // a block has a root
  const outline = parse(root.source, note.style);
  const found = findTags(outline, tag).find(({ item }) => item === 0);
  const cut = { from: block.from + block.cut.from, to: block.from + block.cut.to, insert: '' };
  if (!found) return [cut];
  const change = removeTag(outline, found);
  const own = { from: block.from + change.from, to: block.from + change.to, insert: '' };
  if (own.to > cut.from && own.from < cut.to) {
    // The tag stands right before the id: the blank between them is taken once, and so is the one before the tag.
    const from = Math.min(own.from, cut.from);
    const blank = /[^\s]([ \t]+)$/.exec(root.source.slice(0, from - block.from))?.[1]?.length ?? 0;
    return [{ from: from - blank, to: Math.max(own.to, cut.to), insert: '' }];
  }
  return [own, cut].sort((a, b) => a.from - b.from);
}

/**
 * Changes that put damaged and misplaced ids of bound blocks right; ascending, of `text`. Apply them and give them to `read` as an edit of
 * the user's: what was typed behind an id becomes text of the root.
 */
export function mend(note: BoundNote, text: NoteText): TextChange[] {
  const changes: TextChange[] = [];
  let outline: Outline | undefined;
  for (const block of note.blocks) {
    if (isWhole(block)) continue;
    outline ??= parse(text.toString(), note.style);
    const item = itemOver(outline.items, block.from);
    if (!item) continue;
    const own = findBlockIds(outline).some((id) => id.item === item.index && id.id === block.blockId);
    const cut = { from: block.from + block.cut.from, to: block.from + block.cut.to };
    if (own || cut.to === cut.from) changes.push(...repairBlockId(outline, item, block.blockId));
    else changes.push({ ...cut, insert: `${typedInto(outline.text.slice(cut.from, cut.to), block.blockId)} ^${block.blockId}` });
  }
  return changes.sort((a, b) => a.from - b.from);
}

/** Whether the root's id is there, whole and with nothing behind it in its paragraph. */
export function isWhole(block: BoundBlock): boolean {
  const { source } = block.bullets[0] as BoundBullet; // a block has a root
  if (source.slice(block.cut.from, block.cut.to).trim() !== `^${block.blockId}`) return false;
  return findBlockIds(parse(source)).some((id) => id.item === 0 && id.id === block.blockId && id.wellPlaced);
}

/** What was typed into a damaged id: the part between the start and the end that are left of it. */
function typedInto(damaged: string, blockId: string): string {
  const whole = ` ^${blockId}`;
  const most = Math.min(damaged.length, whole.length);
  let start = 0;
  while (start < most && damaged[start] === whole[start]) start++;
  let end = 0;
  while (end < most - start && damaged[damaged.length - 1 - end] === whole[whole.length - 1 - end]) end++;
  return damaged.slice(start, damaged.length - end).trimEnd();
}
