/** Edits of a text that is older than its document (a closed note, a composition), made to fit the document as it is. */
import { ROOT } from '../document';
import type { Named } from './structure';
import { diffNaturally } from './natural-diff';
import { rebase, rebaseBeyond } from './text-diff';
import type { BulletId, DocumentTree, Edit } from './types';

/**
 * The same edits, valid for `tree`; `before` is the shape that they start from. Where both are equal nothing changes. What was edited in a
 * bullet that is gone from the document is written into the trash, so that it can be had back with the edit. `ofFile`: the edits were told by
 * content, and may hold what the document has already.
 */
export function fitEdits(edits: readonly Edit[], tree: DocumentTree, before: readonly Named[], ofFile: boolean): Edit[] {
  if (edits.length === 0) return [];
  const shape = new Map(before.map((bullet) => [bullet.id, bullet]));
  const fitted: Edit[] = [];
  /** Parents as the edits so far make them; null = trashed by them. */
  const parents = new Map<BulletId, BulletId | null>();
  /** Restored only to be edited, to be trashed again. */
  const lent: BulletId[] = [];
  const parentOf = (id: BulletId): BulletId | null | undefined => (parents.has(id) ? parents.get(id) : tree.get(id)?.parent);
  const isLive = (id: BulletId): boolean => id === ROOT || (parents.has(id) ? parents.get(id) !== null : tree.get(id) !== undefined);
  const revive = (id: BulletId): void => {
    if (isLive(id)) return;
    const parent = shape.get(id)?.parent ?? ROOT;
    revive(parent);
    fitted.push({ type: 'restore', id, to: { parent, after: null } });
    parents.set(id, parent);
    lent.push(id);
  };
  const previous = siblings(before);
  const placed = (parent: BulletId, after: BulletId | null, id: BulletId): { parent: BulletId; after: BulletId | null } => {
    let at: BulletId | null | undefined = after;
    while (at !== null && at !== undefined && (at === id || !isLive(at) || parentOf(at) !== parent)) at = previous.get(at) ?? null;
    return { parent, after: at ?? null };
  };
  const inside = (id: BulletId, ancestor: BulletId): boolean => {
    for (let at: BulletId | null | undefined = id; at !== null && at !== undefined; at = parentOf(at)) if (at === ancestor) return true;
    return false;
  };
  for (const edit of edits) {
    switch (edit.type) {
      case 'create':
        revive(edit.to.parent);
        fitted.push({ ...edit, to: placed(edit.to.parent, edit.to.after, edit.id) });
        parents.set(edit.id, edit.to.parent);
        break;
      case 'move':
      case 'restore':
        if (!isLive(edit.id) && edit.type === 'move') break;
        revive(edit.to.parent);
        if (inside(edit.to.parent, edit.id)) break;
        fitted.push({ ...edit, to: placed(edit.to.parent, edit.to.after, edit.id) });
        parents.set(edit.id, edit.to.parent);
        break;
      case 'text': {
        const was = shape.get(edit.id);
        revive(edit.id);
        const behind = tree.get(edit.id)?.text ?? tree.trashed?.(edit.id)?.plain.text;
        const over = !was || behind === undefined || behind === was.text ? [] : diffNaturally(was.text, behind);
        const changes = over.length === 0 ? edit.changes : ofFile ? rebaseBeyond(edit.changes, over, was?.text ?? '') : rebase(edit.changes, over);
        if (changes.length > 0) fitted.push({ ...edit, changes });
        break;
      }
      case 'attribute':
        if (isLive(edit.id)) fitted.push(edit);
        break;
      case 'trash':
        if (!isLive(edit.id)) break;
        if (edit.mergedInto !== undefined && (!isLive(edit.mergedInto) || inside(edit.mergedInto, edit.id))) {
          fitted.push({ type: 'trash', id: edit.id });
        } else fitted.push(edit);
        parents.set(edit.id, null);
        break;
    }
  }
  for (const id of lent.reverse()) if (parents.get(id) !== null) fitted.push({ type: 'trash', id });
  return fitted;
}

/** Each bullet's previous sibling. */
function siblings(bullets: readonly Named[]): Map<BulletId, BulletId | null> {
  const last = new Map<BulletId, BulletId>();
  const previous = new Map<BulletId, BulletId | null>();
  for (const { id, parent } of bullets) {
    if (parent === null) continue;
    previous.set(id, last.get(parent) ?? null);
    last.set(parent, id);
  }
  return previous;
}
