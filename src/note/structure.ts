/** The difference between two shapes of one block as the fewest edits. */
import { diffNaturally } from './natural-diff';
import { longestIncreasing } from './match';
import { ROOT } from '../document';
import type { Attributes, BulletId, Edit, TextChange } from './types';

/** A bullet of a block in either shape; lists are in the order of the text, root first. */
export interface Named {
  readonly id: BulletId;
  /** null for the root. */
  readonly parent: BulletId | null;
  readonly text: string;
  readonly attributes: Attributes;
}

export interface Differences {
  /** Exact changes of a bullet's text where an editor told them; else they are found by comparing. */
  readonly textChanges?: ReadonlyMap<BulletId, readonly TextChange[]>;
  /** Bullets that come back from the trash; they are in `after` but not in `before`. */
  readonly restored?: ReadonlySet<BulletId>;
  readonly mergedInto?: ReadonlyMap<BulletId, BulletId>;
  readonly released?: ReadonlySet<BulletId>;
  /** Released bullet -> the released bullet that it stands under now; in the order of the text. */
  readonly releasedUnder?: ReadonlyMap<BulletId, BulletId>;
}

/** Edits that make `after` of `before`, parents before children, trash last. A trashed bullet takes along what was under it and is trashed too. */
export function diffStructure(before: readonly Named[], after: readonly Named[], known: Differences = {}): Edit[] {
  const old = new Map(before.map((bullet, index) => [bullet.id, { bullet, index }]));
  const now = new Set(after.map((bullet) => bullet.id));
  const staying = stayingSiblings(old, after);
  const edits: Edit[] = [];
  const last = new Map<BulletId, BulletId>();
  for (const bullet of after) {
    const was = old.get(bullet.id)?.bullet;
    if (bullet.parent !== null) {
      const to = { parent: bullet.parent, after: last.get(bullet.parent) ?? null };
      last.set(bullet.parent, bullet.id);
      if (!was && known.restored?.has(bullet.id)) edits.push({ type: 'restore', id: bullet.id, to });
      else if (!was) edits.push({ type: 'create', id: bullet.id, to, text: bullet.text, attributes: bullet.attributes });
      else if (!staying.has(bullet.id)) edits.push({ type: 'move', id: bullet.id, to });
    }
    if (!was) continue;
    const changes = was.text === bullet.text ? [] : (known.textChanges?.get(bullet.id) ?? diffNaturally(was.text, bullet.text));
    if (changes.length > 0) edits.push({ type: 'text', id: bullet.id, changes });
    edits.push(...diffAttributes(was, bullet));
  }
  const under = new Map<BulletId, BulletId>();
  for (const [id, parent] of known.releasedUnder ?? []) {
    if (old.get(id)?.bullet.parent === parent) under.set(parent, id);
    else {
      edits.push({ type: 'move', id, to: { parent, after: under.get(parent) ?? null } });
      under.set(parent, id);
    }
  }
  for (const { id, parent } of before) {
    if (now.has(id) || id === ROOT || known.releasedUnder?.has(id)) continue;
    const mergedInto = known.mergedInto?.get(id);
    const released = known.released?.has(id) ?? false;
    const goesWithParent =
      parent !== null && parent !== ROOT && !now.has(parent) && mergedInto === undefined && (known.released?.has(parent) ?? false) === released;
    if (goesWithParent && known.mergedInto?.has(parent) !== true) continue;
    edits.push({ type: 'trash', id, ...(mergedInto === undefined ? {} : { mergedInto }), ...(released ? { released } : {}) });
  }
  return orderTrash(edits, before);
}

/** Children before their parents, so that each is live when its turn comes. */
function orderTrash(edits: Edit[], before: readonly Named[]): Edit[] {
  const trash = edits.filter((edit) => edit.type === 'trash');
  if (trash.length < 2) return edits;
  const place = new Map(before.map((bullet, index) => [bullet.id, index]));
  trash.sort((a, b) => (place.get(b.id) ?? 0) - (place.get(a.id) ?? 0));
  return [...edits.filter((edit) => edit.type !== 'trash'), ...trash];
}

function diffAttributes(was: Named, now: Named): Edit[] {
  const edits: Edit[] = [];
  for (const name of ['marker', 'task', 'gap'] as const) {
    const value = now.attributes[name];
    if (was.attributes[name] !== value) edits.push({ type: 'attribute', id: now.id, name, value });
  }
  return edits;
}

/** Bullets that keep their parent and, among its children that do, their order. */
function stayingSiblings(old: ReadonlyMap<BulletId, { bullet: Named; index: number }>, after: readonly Named[]): Set<BulletId> {
  const families = new Map<BulletId, { id: BulletId; index: number }[]>();
  for (const { id, parent } of after) {
    const was = old.get(id);
    if (!was || parent === null || was.bullet.parent !== parent) continue;
    const family = families.get(parent);
    if (family) family.push({ id, index: was.index });
    else families.set(parent, [{ id, index: was.index }]);
  }
  const staying = new Set<BulletId>();
  for (const family of families.values()) {
    const kept = longestIncreasing(family.map((member) => member.index));
    for (const at of kept) staying.add((family[at] as { id: BulletId }).id); // indices of the family
  }
  return staying;
}
