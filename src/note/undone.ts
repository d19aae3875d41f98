/** The text of an undo or redo, once the documents have taken it back. */
import { noteOf } from './bound';
import { remember } from './clipboard';
import { changedText } from './note-text';
import { lostMark, read } from './read';
import { ROOT } from '../document';
import type { BoundBlock, BoundNote, BulletId, DocumentTree, NoteText, ReadContext, RemovedBullet, TextChange, Undone } from './types';
import { write } from './write';

/**
 * @param changes what the editor's history does to `text`, which `note` describes: they are what is done where they show what the documents say
 * @param trees of the blocks that are other now
 */
export function writeUndone(note: BoundNote, text: NoteText, changes: readonly TextChange[], trees: ReadonlyMap<string, DocumentTree>, context: ReadContext): Undone {
  const written = asHistoryHas(note, text, changes, trees, context) ?? asDocumentsHave(note, text, trees);
  const removed: RemovedBullet[] = [];
  const untagged: string[] = [];
  for (const [blockId, tree] of trees) {
    const [was, now] = [note, written.note].map(({ blocks }) => blocks.find((block) => block.blockId === blockId)?.bullets ?? []) as [BoundBlock['bullets'], BoundBlock['bullets']];
    const left = new Set(now.map(({ id }) => id));
    for (const { id, text, attributes, depth } of was) if (!left.has(id) && !tree.trashed?.(id)?.mergedInto) removed.push({ blockId, id, text, attributes, depth });
    if (lostMark(was[0]?.text ?? '', now[0]?.text ?? '', context)) untagged.push(blockId);
  }
  return { ...written, untagged, clipboard: remember(context.clipboard, removed) };
}

type Written = Pick<Undone, 'note' | 'changes' | 'edits'>;

/** The text as the editor's history makes it, byte by byte, if it is read as what the documents say; else null. */
function asHistoryHas(note: BoundNote, text: NoteText, changes: readonly TextChange[], trees: ReadonlyMap<string, DocumentTree>, context: ReadContext): Written | null {
  if (changes.length === 0) return null;
  const after = changedText(text, changes);
  const reading = read(note, changes, after, { ...context, tree: undefined });
  const { appeared, copies, vanished, stripped, absorbed, damaged, repairs } = reading.facts;
  const isStrange = [appeared, copies, vanished, stripped, absorbed, damaged, repairs].some(({ length }) => length > 0);
  if (isStrange || !reading.isTold || [...reading.edits.keys()].some((blockId) => !trees.has(blockId))) return null;
  const blocks: BoundBlock[] = [];
  for (const block of reading.note.blocks) {
    const tree = trees.get(block.blockId);
    const ids = tree && idsIfShown(block, tree);
    if (ids === null) return null;
    blocks.push(ids ? { ...block, bullets: block.bullets.map((bullet, index) => (bullet.id === ids[index] ? bullet : { ...bullet, id: ids[index] as BulletId })) } : block); // one for each
  }
  return { note: noteOf(reading.note.style, blocks, after, reading.note.released), changes, edits: new Map() };
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

function asDocumentsHave(note: BoundNote, text: NoteText, trees: ReadonlyMap<string, DocumentTree>): Written {
  const edits = new Map<string, NonNullable<ReturnType<typeof write>['edits']>>();
  const all: TextChange[] = [];
  let now = note;
  // From the last block to the first: so those before it stay where they are.
  for (const { blockId } of [...note.blocks].reverse()) {
    const tree = trees.get(blockId);
    if (!tree) continue;
    const writing = write(now, changedText(text, all), blockId, tree);
    now = writing.note;
    all.unshift(...writing.changes);
    if (writing.edits && writing.edits.length > 0) edits.set(blockId, writing.edits);
  }
  return { note: now, changes: all, edits };
}
