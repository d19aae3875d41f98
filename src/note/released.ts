/**
 * Bullets that left their block by outdenting stand in the note as plain text. What another device typed into one before it heard of that is
 * still written here, as long as nobody has changed the text since.
 */
import { itemIndexAt, parse, parseBlock } from '../outline';
import { draftBlock } from './draft';
import { indentOf, rewriteBullet, sourceChanges } from './layout';
import { lineRange } from './note-text';
import type { BoundBlock, BoundBullet, BoundNote, BulletId, DocumentTree, NoteText, PlainBullet, ReleasedText, TextChange } from './types';

/** The released texts that changes left whole, where they are now. */
export function carryReleased(released: readonly ReleasedText[] | undefined, changes: readonly TextChange[]): readonly ReleasedText[] | undefined {
  if (!released || released.length === 0) return undefined;
  return released.flatMap((one) => {
    const to = one.from + lengthOf(one);
    let shift = 0;
    for (const change of changes) {
      if (change.from <= to && change.to >= one.from) return [];
      if (change.from > to) break;
      shift += change.insert.length - (change.to - change.from);
    }
    return [shift === 0 ? one : { ...one, from: one.from + shift }];
  });
}

function lengthOf({ bullets }: ReleasedText): number {
  return bullets.reduce((length, { source }) => length + source.length + 1, -1);
}

/** What stands at the line of `at`: released from `block` as `head`. Undefined if it is not the text that the block's bullets had. */
export function releasedAt(text: NoteText, at: number, block: BoundBlock, head: BulletId, tabSize: number): ReleasedText | undefined {
  const index = block.bullets.findIndex(({ id }) => id === head);
  const first = block.bullets[index];
  if (!first) return undefined;
  let end = index + 1;
  while ((block.bullets[end]?.depth ?? 0) > first.depth) end++;
  const was = block.bullets.slice(index, end);
  const { from } = lineRange(text, at);
  const limit = lineRange(text, Math.min(text.length, from + 2 * was.reduce((sum, { source }) => sum + source.length + 64, 64))).to;
  const source = text.sliceString(from, limit);
  const now = draftBlock(source, parseBlock(source, 0, tabSize).items, null, from);
  const same = was.length <= now.length && was.every((bullet, i) => bullet.text === now[i]?.text && bullet.depth - first.depth === now[i]?.depth);
  const kept = same ? now.slice(0, was.length) : now.slice(0, 1);
  if (kept[0]?.text !== first.text) return undefined;
  const bullets = kept.map(({ source: own, lines, text: itsText, attributes, depth }, i): BoundBullet => {
    return { id: was[i]?.id ?? head, source: own, lines, text: itsText, attributes, depth };
  });
  return { blockId: block.blockId, head, from, bullets };
}

/** The released bullet, if any, that each released bullet stands under as plain text. `places` are of the note's text now. */
export function releasedParents(text: NoteText, places: ReadonlyMap<BulletId, number>, tabSize: number): Map<BulletId, BulletId> {
  const parents = new Map<BulletId, BulletId>();
  const sorted = [...places].sort((a, b) => a[1] - b[1]);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last || sorted.length < 2) return parents;
  const { from } = lineRange(text, first[1]);
  const { items } = parse(text.sliceString(from, lineRange(text, last[1]).to), { tabSize });
  const owners = new Map<number, BulletId>();
  for (const [id, at] of sorted) {
    const index = itemIndexAt(items, at - from);
    const item = items[index];
    if (!item || owners.has(index)) continue;
    owners.set(index, id);
    const parent = owners.get(item.parent);
    if (parent !== undefined) parents.set(id, parent);
  }
  return parents;
}

/** Late edits of released bullets: changes of the note's text, ascending, and the texts after them. */
export function writeReleased(note: BoundNote, blockId: string, tree: DocumentTree): { changes: TextChange[]; released: readonly ReleasedText[] | undefined } {
  const changes: TextChange[] = [];
  let any = false;
  const list = note.released?.flatMap((one) => {
    if (one.blockId !== blockId) return [one];
    const plain = tree.trashed?.(one.head)?.plain;
    if (!plain) {
      any = true;
      // Taken back into the block: it stands there again.
      const to = one.from + lengthOf(one);
      if (tree.get(one.head)) changes.push(one.from > 0 ? { from: one.from - 1, to, insert: '' } : { from: 0, to: Math.min(note.length, to + 1), insert: '' });
      return [];
    }
    const wanted = flat(plain);
    let start = one.from;
    let changed = false;
    const bullets = one.bullets.map((bullet, index) => {
      const own = one.bullets.length === 1 || one.bullets.length === wanted.length ? wanted[index] : undefined;
      const at = start;
      start += bullet.source.length + 1;
      if (!own || own.text === bullet.text) return bullet;
      changed = true;
      const now = rewriteBullet(bullet, { text: own.text, attributes: bullet.attributes, depth: bullet.depth, indent: indentOf(bullet) }, note.style);
      changes.push(...sourceChanges(bullet, now).map(({ from, to, insert }) => ({ from: from + at, to: to + at, insert })));
      return now;
    });
    any ||= changed;
    return [changed ? { ...one, bullets } : one];
  });
  return { changes: changes.sort((a, b) => a.from - b.from), released: any ? list : note.released };
}

function flat(plain: PlainBullet): PlainBullet[] {
  return [plain, ...plain.children.flatMap(flat)];
}
