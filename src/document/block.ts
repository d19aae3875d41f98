/** What a block's registers add up to: bullets with text, attributes and place, and the digest, kept up to date bullet by bullet. */
import { ATTRIBUTE_NAMES, sameAttributes, withAttribute } from './attributes';
import { BulletState } from './bullet-state';
import { DigestSum } from './digest';
import type { Place } from './place';
import type { Registers, Seen } from './registers';
import { SeededOutline } from './seed';
import { Tree } from './tree';
import { DEFAULT_ATTRIBUTES, ROOT } from './types';
import type { Attributes, BulletId, Change } from './types';

/** A `Change` being gathered. */
export class Changes implements Change {
  readonly texts = new Set<BulletId>();
  readonly before = new Map<BulletId, string>();
  readonly attributes = new Set<BulletId>();
  readonly places = new Set<BulletId>();
  readonly trashed = new Set<BulletId>();
  files = false;
}

export class Block {
  private outline = new SeededOutline(new Map());
  readonly tree = new Tree<BulletState>(
    (id) => new BulletState(id),
    (parent, anchor) => this.outline.positionOf(parent, anchor),
  );
  private readonly sum = new DigestSum();
  private readonly unsummed = new Set<BulletState>([this.tree.root]);
  /** A place that joins, or joined, a bullet to another was set since the last relinking. */
  private rejoin = false;

  constructor(private readonly registers: Registers) {}

  /** 16 bytes, hex: see `LiveDocument.digest`. */
  digest(): string {
    for (const bullet of this.unsummed) {
      if (bullet.summed) this.sum.subtract(bullet.summed);
      bullet.summed = bullet.live ? bullet.record() : null;
      if (bullet.summed) this.sum.add(bullet.summed);
    }
    this.unsummed.clear();
    return this.sum.toString();
  }

  /** Reads anew what updates from outside have set. */
  absorb(seen: Seen, changes: Changes): void {
    const dirty = new Set<BulletState>();
    if (seen.files) changes.files = true;
    if (seen.seeds) this.readSeeds(dirty, changes);
    for (const id of seen.texts) {
      const bullet = this.tree.bullets.get(id);
      if (bullet) this.readText(bullet, changes);
      else dirty.add(this.adopt(id, changes));
    }
    for (const id of seen.places) {
      const bullet = this.tree.bullets.get(id) ?? this.adopt(id, changes);
      this.takePlace(bullet, this.readPlace(id));
      dirty.add(bullet);
    }
    for (const id of seen.attributes) {
      const bullet = this.tree.bullets.get(id);
      if (bullet) this.readAttributes(bullet, changes);
    }
    for (const { id } of dirty) this.rejoin ||= this.tree.awaited.has(id);
    if (dirty.size > 0) this.relink(dirty, changes);
  }

  /** A local edit gave a bullet this place. */
  move(bullet: BulletState, place: Place, changes: Changes): void {
    this.takePlace(bullet, place);
    this.relink(new Set([bullet]), changes);
  }

  /** The text that the bullet is part of is another. */
  textChanged(bullet: BulletState, changes: Changes): void {
    const shown = bullet.shownBy();
    shown.invalidate();
    this.unsummed.add(shown);
    changes.texts.add(shown.id);
  }

  attributesChanged(bullet: BulletState, changes: Changes): void {
    this.unsummed.add(bullet);
    changes.attributes.add(bullet.id);
  }

  private takePlace(bullet: BulletState, place: Place | null): void {
    this.rejoin ||= joins(bullet.place) || joins(place);
    bullet.place = place;
  }

  private relink(bullets: ReadonlySet<BulletState>, changes: Changes): void {
    let dirty = bullets;
    if (this.rejoin) {
      this.rejoin = false;
      const before = new Map([...this.tree.bullets.values()].map((bullet) => [bullet, bullet.parts]));
      if (this.tree.rejoin()) dirty = new Set(this.tree.bullets.values());
      for (const [bullet, parts] of before) if (bullet.parts !== parts) this.textChanged(bullet, changes);
    }
    const { moved, trashed, touched } = this.tree.relink(dirty);
    for (const { id } of moved) changes.places.add(id);
    for (const { id } of trashed) changes.trashed.add(id);
    for (const bullet of touched) this.unsummed.add(bullet);
  }

  private readSeeds(dirty: Set<BulletState>, changes: Changes): void {
    this.outline = new SeededOutline(this.registers.seeded());
    for (const id of this.outline.bullets.keys()) {
      const bullet = this.tree.bullets.get(id);
      if (!bullet) this.adopt(id, changes);
      else {
        this.readText(bullet, changes);
        this.readAttributes(bullet, changes);
        this.takePlace(bullet, this.readPlace(id));
      }
    }
    // Positions in the seeded lists are new for whatever is anchored there.
    for (const bullet of this.tree.bullets.values()) dirty.add(bullet);
  }

  private adopt(id: BulletId, changes: Changes): BulletState {
    const bullet = this.tree.ensure(id);
    this.readText(bullet, changes);
    this.readAttributes(bullet, changes);
    this.takePlace(bullet, this.readPlace(id));
    changes.texts.add(id);
    return bullet;
  }

  private readText(bullet: BulletState, changes: Changes): void {
    const before = bullet.knownText;
    const ytext = this.registers.text(bullet.id);
    if (ytext) bullet.setText(ytext, null);
    else bullet.setText(null, this.outline.bullets.get(bullet.id)?.text ?? '');
    if (before !== null && before === bullet.ownText()) return;
    if (before !== null && bullet.parts.length === 0 && !changes.before.has(bullet.id)) changes.before.set(bullet.id, before);
    this.textChanged(bullet, changes);
  }

  private readAttributes(bullet: BulletState, changes: Changes): void {
    let attributes = this.seededAttributes(bullet.id);
    for (const name of ATTRIBUTE_NAMES) {
      const value = this.registers.attribute(bullet.id, name);
      if (value !== undefined) attributes = withAttribute(attributes, name, value);
    }
    if (sameAttributes(attributes, bullet.attributes)) return;
    bullet.setAttributes(attributes);
    this.attributesChanged(bullet, changes);
  }

  private readPlace(id: BulletId): Place | null {
    return id === ROOT ? null : (this.registers.place(id) ?? this.seededPlace(id));
  }

  /** Where a bullet stands that was never moved; null for one that was not seeded. */
  seededPlace(id: BulletId): Place | null {
    const seeded = this.outline.bullets.get(id);
    return seeded ? { parent: seeded.parent ?? ROOT, anchor: id, path: '', previous: '', trash: null } : null;
  }

  seededAttributes(id: BulletId): Attributes {
    return this.outline.bullets.get(id)?.attributes ?? DEFAULT_ATTRIBUTES;
  }
}

function joins(place: Place | null): boolean {
  return place?.trash?.mergedInto != null;
}
