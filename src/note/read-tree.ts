/** A block's text as it is read, for writing it anew: a document that says just that. */
import { ROOT } from '../document';
import type { BulletView } from '../document';
import type { BoundBlock, BulletId, DocumentTree } from './types';

/** @param document for what is not in the text: the trash */
export function treeAsRead(block: BoundBlock, document: DocumentTree): DocumentTree {
  const views = new Map<BulletId, BulletView & { readonly children: BulletId[] }>();
  const path: BulletId[] = [];
  for (const { id, depth, text, attributes } of block.bullets) {
    path.length = depth;
    const parent = path[depth - 1] ?? null;
    views.set(id, { id, parent, text, attributes, children: [] });
    if (parent !== null) views.get(parent)?.children.push(id);
    path.push(id);
  }
  return {
    get: (id) => views.get(id),
    size: views.size,
    trashed: (id) => (id === ROOT || views.has(id) ? undefined : document.trashed?.(id)),
    trashedIds: (id) => document.trashedIds?.(id) ?? [id],
  };
}
