/** What a file took away from a block and what waits before it counts. The note shows it; the document has it still. */
import { ROOT } from '../document';
import type { BulletId, BulletView, DocumentTree, Edit, TrashedBullet } from '../document';
import { diffText, rebaseBeyond } from '../note';
import { idsOf } from './found-text';
import type { BoundBlock } from '../note';

/** JSON-safe. */
export interface HeldBack {
  /** Bullets that the file lacks. */
  readonly trash: readonly BulletId[];
  /** Bullets that the file shows with a text that they had before, or with what is left of their text. */
  readonly texts: readonly BulletId[];
  /** What the document had of these when that was found: what others write meanwhile stays. */
  readonly bases?: Readonly<Record<BulletId, string>>;
  /** The block's text when this was found; another one at the second reading means that the file is not at rest. */
  readonly reading: string;
}

/** The bullets that edits take away. @param textOf of a bullet in the document, with what the same file adds to it */
export function heldBy(edits: readonly Edit[], block: BoundBlock, textOf: (id: BulletId) => string | undefined, before?: HeldBack): HeldBack {
  const trash = new Set(before?.trash);
  const bases = new Map(Object.entries(before?.bases ?? {}));
  const texts = new Set(before?.texts);
  for (const edit of edits) {
    if (edit.type === 'trash') trash.add(edit.id);
    else if (edit.type === 'text') {
      texts.add(edit.id);
      bases.set(edit.id, textOf(edit.id) ?? '');
    }
  }
  const now = new Map(block.bullets.map(({ id, text }) => [id, text]));
  const kept = [...texts].filter((id) => now.has(id) && now.get(id) !== textOf(id));
  return {
    trash: [...trash].filter((id) => !now.has(id)),
    texts: kept,
    bases: Object.fromEntries([...bases].filter(([id]) => kept.includes(id))),
    reading: readingOf(block),
  };
}

function readingOf(block: BoundBlock): string {
  return block.bullets.map(({ source }) => source).join('\n');
}

/** What takes away for good what the block, as it stands now, still lacks. */
export function settlingEdits({ trash, texts, bases }: HeldBack, block: BoundBlock, tree: DocumentTree): Edit[] {
  const now = new Map(block.bullets.map((bullet) => [bullet.id, bullet.text]));
  const gone = trash.filter((id) => !now.has(id) && id !== ROOT && tree.get(id) !== undefined);
  const taken = new Set(gone);
  const goesWithParent = (id: BulletId): boolean => {
    const seen = new Set<BulletId>();
    for (let at = tree.get(id)?.parent; at && !seen.has(at); at = tree.get(at)?.parent) {
      if (taken.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  const edits: Edit[] = [];
  for (const id of texts) {
    const [text, present] = [now.get(id), tree.get(id)?.text];
    if (text === undefined || present === undefined || text === present) continue;
    const base = bases?.[id] ?? present;
    const changes = rebaseBeyond(diffText(base, text), diffText(base, present), base);
    if (changes.length > 0) edits.push({ type: 'text', id, changes });
  }
  return [...edits, ...gone.filter((id) => !goesWithParent(id)).map((id): Edit => ({ type: 'trash', id }))];
}

/** A block that loses at least this many bullets, and half of what it has, is asked about; or one that loses all below its first, if that is more than one. */
const MANY = 3;

/** What a file took away from a block that its document still has, and whether that is most of it. */
export function lossOf({ trash, texts }: HeldBack, block: BoundBlock, tree: DocumentTree): { readonly count: number; readonly isMost: boolean } {
  const now = new Map(block.bullets.map((bullet) => [bullet.id, bullet.text]));
  const gone = trash.filter((id) => !now.has(id) && id !== ROOT && tree.get(id) !== undefined).length;
  const changed = texts.filter((id) => now.has(id) && tree.get(id) !== undefined && tree.get(id)?.text !== now.get(id));
  // What is left of a text that was cut off is little more than nothing.
  const count = gone + changed.filter((id) => tree.get(id)?.text.startsWith((now.get(id) ?? '').trimEnd())).length;
  const all = idsOf(tree).length - 1;
  return { count: gone + changed.length, isMost: count >= all ? count > 1 : count >= MANY && 2 * count >= all };
}

/** The document as the note is to show it meanwhile: without what was taken away. */
export class MaskedTree implements DocumentTree {
  private readonly hidden: ReadonlySet<BulletId>;
  private readonly texts: ReadonlyMap<BulletId, string>;

  constructor(
    private readonly tree: DocumentTree,
    held: HeldBack,
    block: BoundBlock,
  ) {
    this.hidden = new Set(held.trash);
    const kept = new Set(held.texts);
    this.texts = new Map(block.bullets.filter(({ id }) => kept.has(id)).map(({ id, text }) => [id, text]));
  }

  get(id: BulletId): BulletView | undefined {
    const view = this.hidden.has(id) ? undefined : this.tree.get(id);
    if (!view) return undefined;
    const text = this.texts.get(id) ?? view.text;
    if (text === view.text && !view.children.some((child) => this.hidden.has(child))) return view;
    return { ...view, text, children: view.children.filter((child) => !this.hidden.has(child)) };
  }

  get size(): number {
    return this.tree.size;
  }

  trashed(id: BulletId): TrashedBullet | undefined {
    return this.tree.trashed?.(id);
  }
}
