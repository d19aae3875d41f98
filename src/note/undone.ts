/** The text of an undo or redo that the documents make: as the editor's history has it, byte by byte, wherever that says the same. */
import { ROOT } from '../document';
import { noteOf } from './bound';
import { remember } from './clipboard';
import { changedText } from './note-text';
import { lostMark, read } from './read';
import type { Step } from '../document';
import type { BoundBlock, BoundBullet, BoundNote, BulletId, DocumentTree, Edit, NoteText, ReadContext, Reading, RemovedBullet, TextChange, Undone, UndoMark } from './types';
import { write } from './write';

/** An undo or redo that documents are asked to make. */
export class Undoing {
  /** What the editor's history makes of the text; null if that is nothing, or nothing that its blocks can be found in. */
  private readonly reading: Reading | null;
  /** Whether text outside of the blocks was changed, too: that is the history's. */
  private readonly isOutside: boolean;
  /** What the documents take back, by block. */
  readonly steps = new Map<string, Step[]>();

  /** @param changes what the editor's history does to `text`, which `note` describes @param marks newest first */
  constructor(
    private readonly note: BoundNote,
    private readonly text: NoteText,
    private readonly changes: readonly TextChange[],
    marks: readonly UndoMark[],
    private readonly context: ReadContext,
  ) {
    this.isOutside = marks.some(({ step }) => !step);
    for (const mark of marks) if (mark.step) this.steps.set(mark.blockId, [...(this.steps.get(mark.blockId) ?? []), mark.step]);
    const reading = changes.length > 0 ? read(note, changes, changedText(text, changes), { ...context, tree: undefined }) : null;
    this.reading = reading && reading.reach !== 'beyond' && reading.facts.damaged.length === 0 ? reading : null;
  }

  /** Whether the documents can: there is something, and what the history does outside of the blocks leaves them where they can be found. */
  get isPossible(): boolean {
    const isBound = ({ blocks }: BoundNote): boolean => [...this.steps.keys()].every((id) => blocks.some(({ blockId }) => blockId === id));
    return this.steps.size > 0 && isBound(this.note) && (!this.isOutside || this.changes.length === 0 || (this.reading !== null && isBound(this.reading.note)));
  }

  /** @param trees of all blocks of `steps`, when these are taken back */
  written(trees: ReadonlyMap<string, DocumentTree>): Undone {
    const written = this.asHistoryHas(trees) ?? this.asDocumentsHave(trees);
    const removed: RemovedBullet[] = [];
    const untagged: string[] = [];
    for (const [blockId, tree] of trees) {
      const [was, now] = [bulletsOf(this.note, blockId), bulletsOf(written.note, blockId)];
      const left = new Set(now.map(({ id }) => id));
      for (const { id, text, attributes, depth } of was) if (!left.has(id) && !tree.trashed?.(id)?.mergedInto) removed.push({ blockId, id, text, attributes, depth });
      if (lostMark(was[0]?.text ?? '', now[0]?.text ?? '', this.context)) untagged.push(blockId);
    }
    return { ...written, untagged, clipboard: remember(this.context.clipboard, removed) };
  }

  /** For what takes it back: marks of the documents, and that text outside was changed, too. */
  marked(marks: readonly UndoMark[]): readonly UndoMark[] {
    return this.isOutside ? [...marks, { step: null }] : marks;
  }

  private asHistoryHas(trees: ReadonlyMap<string, DocumentTree>): Written | null {
    const { reading } = this;
    if (!reading || reading.facts.repairs.length > 0 || (!this.isOutside && reading.reach !== 'inside') || [...reading.edits.keys()].some((blockId) => !trees.has(blockId))) return null;
    const blocks: BoundBlock[] = [];
    for (const block of reading.note.blocks) {
      const tree = trees.get(block.blockId);
      const ids = tree && idsIfShown(block, tree);
      if (ids === null) return null;
      blocks.push(ids ? { ...block, bullets: block.bullets.map((bullet, index) => (bullet.id === ids[index] ? bullet : { ...bullet, id: ids[index] as BulletId })) } : block); // one for each
    }
    return { note: noteOf(reading.note.style, blocks, changedText(this.text, this.changes), releasedIn(reading.note, trees)), changes: this.changes, more: [], edits: new Map() };
  }

  private asDocumentsHave(trees: ReadonlyMap<string, DocumentTree>): Written {
    const { note, text, changes, reading } = this;
    if (!this.isOutside || !reading) return writeAll(note, text, trees);
    const { repairs } = reading.facts;
    const written = writeAll({ ...reading.note, released: releasedIn(reading.note, trees) }, changedText(changedText(text, changes), repairs), trees);
    return { ...written, changes, more: [repairs, written.changes].filter(({ length }) => length > 0) };
  }
}

type Written = Pick<Undone, 'note' | 'changes' | 'more' | 'edits'>;

function bulletsOf({ blocks }: BoundNote, id: string): readonly BoundBullet[] {
  return blocks.find(({ blockId }) => blockId === id)?.bullets ?? [];
}

/** The texts beside a block that are of bullets which it released. */
function releasedIn({ released = [] }: BoundNote, trees: ReadonlyMap<string, DocumentTree>): BoundNote['released'] {
  return released.filter(({ blockId, head, touched }) => touched || !trees.has(blockId) || trees.get(blockId)?.trashed?.(head)?.released);
}

/** The ids of a document's bullets in the order of the text, if the text shows just what the document says. */
function idsIfShown({ bullets }: BoundBlock, tree: DocumentTree): BulletId[] | null {
  if (bullets.length !== tree.size) return null;
  const ids: BulletId[] = [];
  const isShown = (id: BulletId, depth: number): boolean => {
    const [view, bullet] = [tree.get(id), bullets[ids.length]];
    if (!view || !bullet || bullet.depth !== depth || bullet.text !== view.text) return false;
    const [a, b] = [bullet.attributes, view.attributes];
    if (a.marker !== b.marker || a.task !== b.task || (a.gap !== b.gap && id !== ROOT)) return false;
    ids.push(id);
    return view.children.every((child) => isShown(child, depth + 1));
  };
  return isShown(ROOT, 0) && ids.length === bullets.length ? ids : null;
}

function writeAll(note: BoundNote, text: NoteText, trees: ReadonlyMap<string, DocumentTree>): Written {
  const edits = new Map<string, readonly Edit[]>();
  const changes: TextChange[] = [];
  let now = note;
  // From the last block to the first: so those before it stay where they are.
  for (const { blockId } of [...note.blocks].reverse()) {
    const tree = trees.get(blockId);
    if (!tree) continue;
    const writing = write(now, changedText(text, changes), blockId, tree);
    now = writing.note;
    changes.unshift(...writing.changes);
    if (writing.edits && writing.edits.length > 0) edits.set(blockId, writing.edits);
  }
  return { note: now, changes, more: [], edits };
}
