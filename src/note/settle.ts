/** What a block's text, just written, says to a reader. Where Markdown can't say what the document says, the text is right: the difference becomes edits. */
import { findBlockIds } from '../outline';
import { importClientId } from '../document';
import { withBullets } from './bound';
import { draftBlock } from './draft';
import type { Draft } from './draft';
import { freshBullets, identify, oldBullets } from './identity';
import { endOf, readFrom } from './locate';
import { boundOf, namedOf } from './read';
import { releasedAt } from './released';
import { diffStructure } from './structure';
import type { BoundBlock, BoundBullet, BulletId, DocumentTree, Edit, NoteText, ReleasedText } from './types';

/** A written block as it is read. */
export interface Reread {
  readonly drafts: readonly Draft[];
  readonly cut: BoundBlock['cut'];
  /** Text from outside the block is read as part of it. */
  readonly swallows: boolean;
  /** The first bullet that is read otherwise than it was meant; null if the text ends before or after it alone. */
  readonly first: BulletId | null;
}

/** The block read anew; null if that gives what is bound, its id where it counts. Costs by the block. */
export function reread(block: BoundBlock, text: NoteText, tabSize: number): Reread | null {
  const { source, reading } = readFrom(text, block.from, block.to, tabSize);
  const id = findBlockIds({ text: source, items: reading.items }).find((one) => one.item === 0 && one.id === block.blockId && one.wellPlaced);
  const cut = id ? { from: id.removeFrom, to: id.to } : block.cut;
  const drafts = draftBlock(source, reading.items, cut, block.from);
  const { bullets } = block;
  const at = bullets.findIndex((bullet, index) => !isSame(bullet, drafts[index]));
  if (id && at < 0 && drafts.length === bullets.length && cut.from === block.cut.from && cut.to === block.cut.to) return null;
  return { drafts, cut, swallows: endOf(drafts) > block.to, first: bullets[at]?.id ?? null };
}

function isSame(bullet: BoundBullet, draft: Draft | undefined): boolean {
  if (!draft || draft.source !== bullet.source || draft.depth !== bullet.depth || draft.text !== bullet.text) return false;
  const [a, b] = [bullet.attributes, draft.attributes];
  return a.marker === b.marker && a.task === b.task && a.gap === b.gap;
}

export interface Settled {
  readonly block: BoundBlock;
  /** What makes the document say what is read. New bullets are named by what they came from, so that two devices name them alike. */
  readonly edits: readonly Edit[];
  /** Bullets whose text is read as standing outside the block. */
  readonly released: readonly ReleasedText[];
}

export function settle(block: BoundBlock, now: Reread, text: NoteText, tabSize: number, tree: DocumentTree): Settled {
  const old = oldBullets([block]);
  const fresh = freshBullets([{ blockId: block.blockId, drafts: now.drafts }]);
  const { matching, joined, outside } = identify(old, fresh, [{ from: 0, to: text.length, shift: 0 }]);
  const known = new Map(block.bullets.map((bullet) => [bullet.id, bullet]));
  const ids: BulletId[] = [];
  const taken = new Set<BulletId>(known.keys());
  now.drafts.forEach((draft, index) => {
    const own = old[matching.oldOf[index] ?? -1];
    const id = own ? own.bullet.id : nameOf(block.blockId, ids[draft.parent] ?? '', draft, taken, tree);
    taken.add(id);
    ids.push(id);
  });
  const bullets = now.drafts.map((draft, index) => boundOf(draft, ids[index] as BulletId, known)); // one id for each
  const mergedInto = new Map<BulletId, BulletId>();
  for (const [from, to] of joined) if (old[from]) mergedInto.set(old[from].bullet.id, ids[to] as BulletId); // `to` is an index of the drafts
  const left = new Map([...outside].flatMap(([index, at]) => (old[index] ? [[old[index].bullet.id, at] as const] : [])));
  const edits = diffStructure(namedOf(block.bullets), namedOf(bullets), { mergedInto, released: new Set(left.keys()) });
  const released = edits.flatMap((edit) => {
    const at = edit.type === 'trash' && edit.released ? left.get(edit.id) : undefined;
    const own = at === undefined || edit.type !== 'trash' ? undefined : releasedAt(text, at, block, edit.id, left, tabSize);
    return own ? [own] : [];
  });
  return { block: withBullets({ ...block, cut: now.cut }, bullets), edits, released };
}

function nameOf(blockId: string, parent: BulletId, draft: Draft, taken: ReadonlySet<BulletId>, tree: DocumentTree): BulletId {
  for (let salt = 0; ; salt++) {
    const seed = `${blockId}\n${parent}\n${salt}`;
    const id = `s${['a', 'b'].map((half) => importClientId(half + seed, draft.text).toString(36).padStart(11, '0')).join('')}`;
    if (!taken.has(id) && tree.get(id) === undefined && tree.textOf?.(id) === undefined) return id;
  }
}
