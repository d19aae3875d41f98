/** What a file took away from one note's blocks and does not count yet: it is kept, masked, and settled or given back. */
import { importClientId } from '../document';
import type { BulletId, DocumentTree, Edit, LiveDocument } from '../document';
import type { BoundBlock } from '../note';
import type { KnownBlock } from './found-text';
import { heldBy, MaskedTree, settlingEdits } from './held-back';
import type { NoteKeeper } from './note-keeper';
import type { NoteSession } from './note-session';
import { applyChanges } from './text-changes';

export class HeldParts {
  /** Bullets that a file took away, by block, until the text has them again. */
  private readonly missing = new Map<string, ReadonlySet<BulletId>>();

  constructor(
    private readonly session: Pick<NoteSession, 'held' | 'unwritten' | 'block'>,
    private readonly keeper: NoteKeeper,
  ) {}

  /** Bullets that the text had once, that it lacked when it was known last, and that the document still has. */
  away({ blockId, bullets }: BoundBlock): ReadonlySet<BulletId> {
    const away = new Set(this.missing.get(blockId));
    for (const { id } of bullets) away.delete(id);
    return away;
  }

  /** A file was read. */
  read(before: BoundBlock, after: BoundBlock, tree: Pick<DocumentTree, 'get'>): void {
    const shown = new Set(after.bullets.map(({ id }) => id));
    const away = [...this.away(before), ...before.bullets.map(({ id }) => id)].filter((id) => !shown.has(id) && tree.get(id) !== undefined);
    if (away.length > 0) this.missing.set(before.blockId, new Set(away));
    else this.missing.delete(before.blockId);
  }

  /** Takes away for good what was held back, as far as the text still lacks it; or gives it back (`drop`). @param which blocks; all if left out */
  settle(drop: boolean, which: (blockId: string) => boolean = () => true): void {
    for (const [blockId, held] of [...this.session.held]) {
      if (!which(blockId)) continue;
      const block = this.session.block(blockId);
      const document = this.keeper.document(blockId);
      this.session.held.delete(blockId);
      if (!block || !document) continue;
      const edits = drop ? [] : settlingEdits(held, block, document);
      if (edits.length > 0) this.keeper.commit(blockId, edits, { importAs: importClientId(document.digest(), held.reading) });
      this.session.unwritten.add(blockId);
    }
  }

  /** Gives back what is held of bullets that are to be kept. */
  drop(isKept: (blockId: string, id: string) => boolean): void {
    for (const [blockId, held] of [...this.session.held]) {
      const trash = held.trash.filter((id) => !isKept(blockId, id));
      const texts = held.texts.filter((id) => !isKept(blockId, id));
      if (trash.length + texts.length === held.trash.length + held.texts.length) continue;
      if (trash.length + texts.length === 0) this.session.held.delete(blockId);
      else this.session.held.set(blockId, { ...held, trash, texts });
      this.session.unwritten.add(blockId);
    }
  }

  /** Keeps what a file took away. @param added what it adds, which the document does not have yet @returns whether anything is held of the block now */
  hold(blockId: string, block: BoundBlock, edits: readonly Edit[], tree: LiveDocument | KnownBlock['tree'], added: readonly Edit[]): boolean {
    const textOf = (id: BulletId): string | undefined => {
      const text = tree.get(id)?.text;
      return text === undefined ? undefined : added.reduce((now, edit) => (edit.type === 'text' && edit.id === id ? applyChanges(now, edit.changes) : now), text);
    };
    const held = heldBy(edits, block, textOf, this.session.held.get(blockId));
    if (held.trash.length + held.texts.length === 0) {
      this.session.held.delete(blockId);
      return false;
    }
    this.session.held.set(blockId, held);
    return true;
  }

  /** A bullet that is edited gets back what was held of its text: nobody takes away for good what another program hid from him. */
  giveBack(blockId: string, edits: readonly Edit[]): boolean {
    const held = this.session.held.get(blockId);
    const texts = held?.texts.filter((id) => !edits.some((edit) => edit.type === 'text' && edit.id === id));
    if (!held || !texts || texts.length === held.texts.length) return false;
    if (held.trash.length + texts.length === 0) this.session.held.delete(blockId);
    else this.session.held.set(blockId, { ...held, texts });
    this.session.unwritten.add(blockId);
    return true;
  }

  /** The document as the note is to show it: without what is held back of it. */
  shown(blockId: string): DocumentTree | undefined {
    const document = this.keeper.document(blockId);
    const held = this.session.held.get(blockId);
    const block = this.session.block(blockId);
    return document && held && block ? new MaskedTree(document, held, block) : document;
  }
}
