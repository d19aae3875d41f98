/**
 * The tree that the registers add up to, kept incrementally: effective parents (cycles broken, missing places mended),
 * sorted children, and what is live. Knows nothing of Yjs.
 */
import type { BulletId } from './types';
import { ROOT } from './types';
import type { Place } from './place';

const NONE: readonly Bullet[] = [];

/** A bullet with its derived state. Written by `Tree` alone, apart from the text and attribute caches of `LiveDocument`. */
export class Bullet {
  place: Place | null = null;
  /** Effective parent; null for the root and for a trashed bullet. */
  parent: Bullet | null = null;
  /** Index of the anchor in the parent's seeded list; Infinity for a bullet whose place is missing. */
  position = -1;
  path = '';
  /** Previous sibling. */
  after: Bullet | null = null;
  readonly children: Bullet[] = [];
  live: boolean;
  /** Its place is missing or names a parent that isn't here: hangs at the root's end. */
  misplaced = false;
  /** Set with every change of its parent or children; cleared by who reads them. */
  stale = true;
  /** Goes back to its previous parent because the places as written make a cycle. */
  overridden = false;
  /** The bullet that this one was joined to; its children are that one's too. */
  owner: Bullet | null = null;
  /** Bullets joined to this one, in order. */
  parts: readonly Bullet[] = NONE;
  /** Bullets were joined to one another in a circle: this one, the smallest, stays. */
  revived = false;
  target: Bullet | null = null;
  stamp = 0;

  constructor(readonly id: BulletId) {
    this.live = id === ROOT;
  }

  get trashed(): boolean {
    return this.place?.trash != null && this.id !== ROOT && !this.revived;
  }
}

/** What a relinking changed. */
export interface TreeChange<B extends Bullet> {
  readonly moved: ReadonlySet<B>;
  /** Bullets that are new in the trash, themselves or with their parent. */
  readonly trashed: ReadonlySet<B>;
  /** Bullets whose record in the digest may be different: moved, or with another previous sibling. */
  readonly touched: ReadonlySet<B>;
}

/** More than any list of siblings has. */
const RANK = 2 ** 32;

/** More than this many arrivals or departures under one parent are done by one sort or one pass. */
const FEW = 4;

export class Tree<B extends Bullet> {
  readonly bullets = new Map<BulletId, B>();
  readonly root: B;
  /** Live bullets, root included. */
  size = 1;
  /** Ids that bullets were joined to and that aren't here yet: `rejoin` when one comes. */
  readonly awaited = new Set<BulletId>();
  private stamps = 0;
  private readonly overridden = new Set<B>();
  private readonly misplaced = new Set<B>();

  /** @param positionOf index of a bullet in the seeded list of a parent, -1 for '' and unknown ones */
  constructor(
    private readonly make: (id: BulletId) => B,
    private readonly positionOf: (parent: BulletId, anchor: BulletId) => number,
  ) {
    this.root = make(ROOT);
    this.bullets.set(ROOT, this.root);
  }

  /** The bullet, made if it is new; a new one hangs nowhere until it is relinked. */
  ensure(id: BulletId): B {
    let bullet = this.bullets.get(id);
    if (!bullet) this.bullets.set(id, (bullet = this.make(id)));
    return bullet;
  }

  /** Bullets whose places as written make a cycle that is now broken at them. */
  get broken(): ReadonlySet<B> {
    return this.overridden;
  }

  /**
   * Brings the tree up to date after the places of these bullets were set, or the seeded lists of their parents changed.
   * Costs by the number of bullets given, their depth and their siblings; by the whole block only while there is a cycle.
   */
  relink(dirty: ReadonlySet<B>): TreeChange<B> {
    const all = this.misplaced.size > 0 ? new Set([...dirty, ...this.found()]) : dirty;
    if (this.overridden.size === 0 && !this.addsCycle(all)) return this.link(all);
    return this.link(new Set([...all, ...this.resolveAll()]));
  }

  /**
   * Reads anew who is joined to whom, after the place of a joined bullet was set. Joins in a circle leave the smallest id as it was.
   * @returns whether any join changed: then every bullet must be relinked
   */
  rejoin(): boolean {
    const owners = new Map<B, B>();
    this.awaited.clear();
    for (const bullet of this.bullets.values()) {
      const into = bullet === this.root ? null : bullet.place?.trash?.mergedInto;
      if (into == null) continue;
      const owner = this.bullets.get(into);
      if (owner) owners.set(bullet, owner);
      else this.awaited.add(into);
    }
    const revived = new Set<B>();
    for (const start of owners.keys()) {
      const passed = new Set<B>();
      let at: B | undefined = start;
      while (at && !passed.has(at)) {
        passed.add(at);
        at = owners.get(at);
      }
      if (!at) continue;
      const circle: B[] = [];
      for (let member: B | undefined = at; member && !circle.includes(member); member = owners.get(member)) circle.push(member);
      const stays = smallest(circle);
      revived.add(stays);
      owners.delete(stays);
    }
    const parts = new Map<B, B[]>();
    for (const [bullet, owner] of owners) push(parts, owner, bullet);
    let changed = false;
    for (const bullet of this.bullets.values()) {
      const owner = owners.get(bullet) ?? null;
      const joined = parts.get(bullet)?.sort(compareParts) ?? NONE;
      const equal = joined.length === bullet.parts.length && joined.every((part, index) => part === bullet.parts[index]);
      if (equal && owner === bullet.owner && revived.has(bullet) === bullet.revived) continue;
      changed = true;
      bullet.owner = owner;
      bullet.revived = revived.has(bullet);
      if (!equal) bullet.parts = joined;
    }
    return changed;
  }

  private targetOf(bullet: B): B | null {
    if (bullet === this.root || bullet.trashed) return null;
    const parent = bullet.overridden ? bullet.place?.previous : bullet.place?.parent;
    let found: Bullet | undefined = parent === undefined ? undefined : this.bullets.get(parent);
    while (found?.owner) found = found.owner;
    return (found as B | undefined) ?? this.root;
  }

  private addsCycle(dirty: ReadonlySet<B>): boolean {
    for (const bullet of dirty) bullet.target = this.targetOf(bullet);
    const first = this.stamps + 1;
    for (const bullet of dirty) {
      const stamp = ++this.stamps;
      let at: Bullet | null = bullet;
      while (at && at.stamp < first) {
        at.stamp = stamp;
        at = at.target;
      }
      if (at?.stamp === stamp) return true;
    }
    return false;
  }

  /** Misplaced bullets whose parent has come. */
  private *found(): Iterable<B> {
    for (const bullet of this.misplaced) if (bullet.place && this.bullets.has(bullet.place.parent)) yield bullet;
  }

  /**
   * Breaks all cycles: in each, the smallest id that isn't back yet goes back to its previous parent; when all are back and
   * it is still a cycle, the smallest hangs under the root. Cycles share no bullet and each must be broken, so the result doesn't depend on their order.
   * Gives the bullets whose parent differs from the linked one.
   */
  private resolveAll(): Set<B> {
    const before = new Set(this.overridden);
    this.overridden.clear();
    for (const bullet of this.bullets.values()) bullet.overridden = false;
    for (const bullet of this.bullets.values()) bullet.target = this.targetOf(bullet);
    for (let cycles = this.cycles(); cycles.length > 0; cycles = this.cycles()) {
      for (const cycle of cycles) {
        const waiting = cycle.filter((bullet) => !bullet.overridden);
        const bullet = smallest(waiting.length > 0 ? waiting : cycle);
        if (bullet.overridden) {
          bullet.target = this.root;
        } else {
          bullet.overridden = true;
          bullet.target = this.targetOf(bullet);
          this.overridden.add(bullet);
        }
      }
    }
    const changed = new Set<B>();
    for (const bullet of this.bullets.values()) {
      if (bullet.target !== bullet.parent || before.has(bullet) !== bullet.overridden) changed.add(bullet);
    }
    return changed;
  }

  private cycles(): B[][] {
    const cycles: B[][] = [];
    const first = this.stamps + 1;
    for (const bullet of this.bullets.values()) {
      const stamp = ++this.stamps;
      let at: Bullet | null = bullet;
      while (at && at.stamp < first) {
        at.stamp = stamp;
        at = at.target;
      }
      if (at?.stamp !== stamp) continue;
      const cycle: B[] = [];
      let member: Bullet = at;
      do {
        cycle.push(member as B);
        // A member of a cycle points at the next one.
        member = member.target as Bullet;
      } while (member !== at);
      cycles.push(cycle);
    }
    return cycles;
  }

  private link(dirty: ReadonlySet<B>): TreeChange<B> {
    const moved = new Set<B>();
    const touched = new Set<B>();
    const leaving = new Map<Bullet, B[]>();
    const arriving = new Map<Bullet, B[]>();
    for (const bullet of dirty) {
      const place = bullet.place;
      const target = this.overridden.size > 0 ? bullet.target as B | null : this.targetOf(bullet);
      const known = place !== null && this.bullets.has(bullet.overridden ? place.previous : place.parent);
      bullet.misplaced = target !== null && !known;
      if (bullet.misplaced) this.misplaced.add(bullet);
      else this.misplaced.delete(bullet);
      const position = !target ? -1 : bullet.misplaced || !place ? Infinity : this.rank(target, place) + this.positionOf(place.parent, place.anchor);
      const path = bullet.misplaced ? '' : (place?.path ?? '');
      if (target === bullet.parent && position === bullet.position && path === bullet.path) continue;
      if (bullet.parent) push(leaving, bullet.parent, bullet);
      if (target) push(arriving, target, bullet);
      bullet.parent = target;
      bullet.position = position;
      bullet.path = path;
      bullet.stale = true;
      moved.add(bullet);
    }
    for (const [parent, bullets] of leaving) this.remove(parent, bullets, touched);
    for (const [parent, bullets] of arriving) this.insert(parent, bullets, touched);
    const trashed = new Set<B>();
    for (const bullet of moved) {
      touched.add(bullet);
      this.enliven(bullet, trashed, moved);
    }
    return { moved, trashed, touched };
  }

  /** The children of joined bullets stand after the owner's own. */
  private rank(target: Bullet, place: Place): number {
    if (place.parent === target.id || target.parts.length === 0) return 0;
    const parts = [...target.parts];
    for (let i = 0; i < parts.length; i++) {
      if (parts[i]?.id === place.parent) return (i + 1) * RANK;
      parts.push(...(parts[i]?.parts ?? []));
    }
    return 0;
  }

  private remove(parent: Bullet, bullets: readonly B[], touched: Set<B>): void {
    const children = parent.children;
    parent.stale = true;
    if (bullets.length > FEW) {
      const leaving = new Set<Bullet>(bullets);
      let kept = 0;
      for (const child of children) if (!leaving.has(child)) children[kept++] = child;
      children.length = kept;
      this.chain(parent, touched);
      return;
    }
    for (const bullet of bullets) {
      const index = children.indexOf(bullet);
      if (index < 0) continue;
      children.splice(index, 1);
      const next = children[index] as B | undefined;
      if (next) {
        next.after = children[index - 1] ?? null;
        touched.add(next);
      }
    }
  }

  private insert(parent: Bullet, bullets: readonly B[], touched: Set<B>): void {
    const children = parent.children;
    parent.stale = true;
    if (bullets.length > FEW) {
      for (const bullet of bullets) children.push(bullet);
      children.sort(compare);
      this.chain(parent, touched);
      return;
    }
    for (const bullet of bullets) {
      let low = 0;
      let high = children.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        // `middle` lies within the array.
        if (compare(children[middle] as Bullet, bullet) < 0) low = middle + 1;
        else high = middle;
      }
      children.splice(low, 0, bullet);
      bullet.after = children[low - 1] ?? null;
      const next = children[low + 1] as B | undefined;
      if (next) {
        next.after = bullet;
        touched.add(next);
      }
    }
  }

  private chain(parent: Bullet, touched: Set<B>): void {
    let after: Bullet | null = null;
    for (const child of parent.children) {
      if (child.after !== after) {
        child.after = after;
        touched.add(child as B);
      }
      after = child;
    }
  }

  /** Sets `live` for a relinked bullet and everything under it. */
  private enliven(bullet: B, trashed: Set<B>, moved: Set<B>): void {
    let top: Bullet = bullet;
    while (top.parent) top = top.parent;
    const live = top === this.root;
    if (!bullet.parent) bullet.after = null;
    if (bullet.live === live) return;
    const stack: Bullet[] = [bullet];
    for (let at = stack.pop(); at; at = stack.pop()) {
      if (at.live === live) continue;
      at.live = live;
      this.size += live ? 1 : -1;
      moved.add(at as B);
      if (!live) trashed.add(at as B);
      for (const child of at.children) stack.push(child);
    }
  }
}

function compare(a: Bullet, b: Bullet): number {
  if (a.position !== b.position) return a.position - b.position;
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function compareParts(a: Bullet, b: Bullet): number {
  const [pathA, pathB] = [a.place?.path ?? '', b.place?.path ?? ''];
  if (pathA !== pathB) return pathA < pathB ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function smallest<B extends Bullet>(bullets: readonly B[]): B {
  return bullets.reduce((least, bullet) => (bullet.id < least.id ? bullet : least));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
