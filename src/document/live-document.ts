import * as Y from 'yjs';
import { ATTRIBUTE_NAMES, sameAttributes, withAttribute } from './attributes';
import { BulletState } from './bullet-state';
import { canonical, DigestSum } from './canonical';
import { checkEdits } from './edit-check';
import { DocumentError } from './errors';
import { hashClient, toHex } from './hash';
import { pathBetween, runOf } from './order';
import { decodePlace, encodePlace } from './place';
import type { Place } from './place';
import { decodeSeed, SeededOutline, SEEDS } from './seed';
import type { SeededBullet } from './seed';
import { Tree } from './tree';
import { DEFAULT_ATTRIBUTES, ROOT } from './types';
import type { Attributes, BulletId, BulletView, Change, DocumentTree, Edit, PlainBullet, Placement, TextChange, TrashedBullet } from './types';
import { splitsPair, wellFormed } from './well-formed';

/** Who edits, and when (ms since 1970). The time is kept with what goes to the trash; the device also names runs in order keys. */
export interface Author {
  readonly device: string;
  readonly time: number;
}

export interface ApplyOptions {
  /** From `importClientId`: the edits bring in a text found outside, which another device may find too. `by` must then be the same on both. */
  readonly importAs?: number;
}

export interface Applied {
  /** For the other devices; empty if the edits changed nothing. */
  readonly update: Uint8Array;
  readonly change: Change;
}

export interface Merged {
  readonly change: Change;
  /** Indices of the updates that could not be read. */
  readonly refused: readonly number[];
}

export const SCHEMA = 1;
const EMPTY = new Uint8Array(0);

class Changes implements Change {
  readonly texts = new Set<BulletId>();
  readonly attributes = new Set<BulletId>();
  readonly places = new Set<BulletId>();
  readonly trashed = new Set<BulletId>();
}

/** One live block. A keystroke, made here or merged, costs by its bullet and never by the block. */
export class LiveDocument implements DocumentTree {
  private readonly doc = new Y.Doc({ gc: false });
  private readonly meta = this.doc.getMap<unknown>('meta');
  private readonly seeds = this.doc.getMap<unknown>(SEEDS);
  private readonly texts = this.doc.getMap<unknown>('texts');
  private readonly places = this.doc.getMap<unknown>('places');
  private readonly attributes = this.doc.getMap<unknown>('attributes');
  private outline = new SeededOutline(new Map());
  private readonly tree = new Tree<BulletState>(
    (id) => new BulletState(id),
    (parent, anchor) => this.outline.positionOf(parent, anchor),
  );
  private readonly sum = new DigestSum();
  private readonly unsummed = new Set<BulletState>([this.tree.root]);
  /** What the transaction under way changed from outside. */
  private readonly seen = { seeds: false, texts: new Set<BulletId>(), places: new Set<BulletId>(), attributes: new Set<BulletId>() };
  private applying = false;
  /** A place that joins, or joined, a bullet to another was set since the last relinking. */
  private rejoin = false;

  private constructor(clientId: number) {
    this.doc.clientID = clientId;
    this.seeds.observe(() => {
      this.seen.seeds = true;
    });
    this.texts.observeDeep((events) => {
      if (this.applying) return;
      for (const event of events) {
        if (event instanceof Y.YMapEvent) for (const key of event.keysChanged) this.seen.texts.add(String(key));
        else this.seen.texts.add(String(event.path[0]));
      }
    });
    this.places.observe((event) => {
      if (!this.applying) for (const key of event.keysChanged) this.seen.places.add(String(key));
    });
    this.attributes.observe((event) => {
      if (!this.applying) for (const key of event.keysChanged) this.seen.attributes.add(String(key).split('/')[0] ?? '');
    });
  }

  /** A document with an empty root and nothing else. @param clientId 32 random bits, new for every run and document */
  static create(clientId: number): LiveDocument {
    return new LiveDocument(clientId);
  }

  /**
   * A document from what was stored: a whole one first, then later updates in any order.
   * @throws DocumentError NEWER_SCHEMA; BAD_UPDATE if the base can't be read
   */
  static load(clientId: number, base: Uint8Array | null, updates: readonly Uint8Array[]): LiveDocument {
    const document = new LiveDocument(clientId);
    if (base && document.merge([base]).refused.length > 0) throw new DocumentError('BAD_UPDATE', 'The stored document cannot be read.');
    document.merge(updates);
    return document;
  }

  get size(): number {
    return this.tree.size;
  }

  get(id: BulletId): BulletView | undefined {
    const bullet = this.tree.bullets.get(id);
    return bullet?.live ? bullet.view() : undefined;
  }

  /** Whether the bullet hangs at the root's end because its place or parent isn't here. */
  isMisplaced(id: BulletId): boolean {
    return this.tree.bullets.get(id)?.misplaced ?? false;
  }

  /** A bullet with everything under it; the block without an id. @throws DocumentError UNKNOWN_BULLET */
  plain(id: BulletId = ROOT): PlainBullet {
    const bullet = this.tree.bullets.get(id);
    if (!bullet?.live) throw new DocumentError('UNKNOWN_BULLET', `Bullet ${id} isn't there or is in the trash.`);
    return bullet.plain();
  }

  /** The block as Markdown in its canonical form. */
  canonical(): string {
    return canonical(this.plain());
  }

  /** What was put in the trash, each with its children, newest first. */
  trash(): TrashedBullet[] {
    const trashed: TrashedBullet[] = [];
    for (const bullet of this.tree.bullets.values()) {
      const found = bullet.trashedView();
      if (found) trashed.push(found);
    }
    return trashed.sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1));
  }

  /** One bullet that was put in the trash itself, i.e. not with its parent. */
  trashed(id: BulletId): TrashedBullet | undefined {
    return this.tree.bullets.get(id)?.trashedView() ?? undefined;
  }

  /** 16 bytes, hex: equal on two devices when and only when they hold the same bullets in the same places with the same text and attributes. */
  digest(): string {
    for (const bullet of this.unsummed) {
      if (bullet.summed) this.sum.subtract(bullet.summed);
      bullet.summed = bullet.live ? bullet.record() : null;
      if (bullet.summed) this.sum.add(bullet.summed);
    }
    this.unsummed.clear();
    return this.sum.toString();
  }

  /** Live bullets, and bytes of the whole document with its history. Costs by the document: not for every keystroke. */
  measure(): { readonly bullets: number; readonly bytes: number } {
    return { bullets: this.size, bytes: this.encode().length };
  }

  /** The whole document, for `load` or `merge`. */
  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  /** What a document with that state vector lacks. @throws DocumentError BAD_UPDATE */
  encodeSince(stateVector: Uint8Array): Uint8Array {
    try {
      return Y.encodeStateAsUpdate(this.doc, stateVector);
    } catch {
      throw new DocumentError('BAD_UPDATE', 'That is no state vector.');
    }
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.doc);
  }

  /** Names the state now, for `at`. Costs by the document. */
  snapshot(): Uint8Array {
    return Y.encodeSnapshot(Y.snapshot(this.doc));
  }

  /** The document as it was, to be read and not to be edited. @throws DocumentError BAD_UPDATE if it never was so */
  at(snapshot: Uint8Array): LiveDocument {
    try {
      const doc = Y.createDocFromSnapshot(this.doc, Y.decodeSnapshot(snapshot), new Y.Doc({ gc: false }));
      return LiveDocument.load(0, Y.encodeStateAsUpdate(doc), []);
    } catch {
      throw new DocumentError('BAD_UPDATE', 'That is no earlier state of this block.');
    }
  }

  /**
   * Makes local edits, in order, as one update. Nothing is changed if one of them can't be made.
   * @throws DocumentError for the first edit that can't be made
   */
  apply(edits: readonly Edit[], by: Author, options: ApplyOptions = {}): Applied {
    const expected = checkEdits(
      {
        exists: (id) => this.tree.bullets.has(id),
        isLive: (id) => this.tree.bullets.get(id)?.live ?? false,
        parentOf: (id) => this.tree.bullets.get(id)?.parent?.id ?? null,
        textOf: (id) => this.tree.bullets.get(id)?.text() ?? '',
      },
      edits,
    );
    const changes = new Changes();
    const run = runOf(by.device);
    const own = this.doc.clientID;
    if (options.importAs !== undefined) this.doc.clientID = this.importClient(options.importAs, edits, by);
    const joins = this.joinTargets(edits);
    const update = this.transact(() => {
      for (const edit of edits) {
        if (edit.type !== 'text' || !joins.has(edit.id)) this.make(edit, by, run, changes);
      }
      for (const id of joins) {
        const [bullet, text] = [this.tree.bullets.get(id), expected.get(id)];
        if (bullet && text !== undefined) this.changeText(bullet, difference(bullet.text(), text), changes);
      }
    });
    this.doc.clientID = own;
    return { update: update ?? EMPTY, change: changes };
  }

  /**
   * Takes what other devices, or earlier runs, sent: any order, any number of times. One call with many updates is much faster than many calls.
   * @throws DocumentError NEWER_SCHEMA (the document is of no further use to this program)
   */
  merge(updates: readonly Uint8Array[]): Merged {
    const refused: number[] = [];
    this.doc.transact(() => {
      updates.forEach((update, index) => {
        try {
          Y.applyUpdate(this.doc, update);
        } catch {
          refused.push(index);
        }
      });
    });
    const schema = this.meta.get('schema') ?? SCHEMA;
    if (typeof schema !== 'number' || schema > SCHEMA) {
      throw new DocumentError('NEWER_SCHEMA', `This block was written by a newer Blockwire (format ${String(schema)}). Update Blockwire on this device.`);
    }
    const changes = new Changes();
    this.absorb(changes);
    return { change: changes, refused };
  }

  // Local edits

  /**
   * The bullets that others are joined to or taken from again by these edits. Such a bullet's text changes by the join itself, so the
   * text edits that say the same in characters are not made; what they say beyond it is made good afterwards.
   */
  private joinTargets(edits: readonly Edit[]): Set<BulletId> {
    const targets = new Set<BulletId>();
    for (const edit of edits) {
      if (edit.type === 'trash' && edit.mergedInto !== undefined) targets.add(edit.mergedInto);
      const restored = edit.type === 'restore' ? this.tree.bullets.get(edit.id) : undefined;
      if (restored?.owner) targets.add(restored.shownBy().id);
    }
    return targets;
  }

  private make(edit: Edit, by: Author, run: string, changes: Changes): void {
    const bullet = this.tree.ensure(edit.id);
    switch (edit.type) {
      case 'text':
        return this.changeText(bullet, edit.changes, changes);
      case 'attribute':
        if (bullet.attributes[edit.name] !== edit.value) this.setAttribute(bullet, edit.name, edit.value, changes);
        return;
      case 'create': {
        const text = wellFormed(edit.text);
        const ytext = new Y.Text(text);
        this.texts.set(edit.id, ytext);
        bullet.setText(ytext, text);
        changes.texts.add(edit.id);
        for (const name of ATTRIBUTE_NAMES) {
          if (edit.attributes[name] !== DEFAULT_ATTRIBUTES[name]) this.setAttribute(bullet, name, edit.attributes[name], changes);
        }
        return this.placeAt(bullet, edit.to, run, changes);
      }
      case 'move':
      case 'restore':
        return this.placeAt(bullet, edit.to, run, changes);
      case 'trash': {
        this.pinBroken(bullet, changes);
        const place = { parent: bullet.parent?.id ?? ROOT, anchor: '', path: bullet.path, previous: '' };
        const mergedInto = edit.mergedInto ?? null;
        const owner = mergedInto === null ? undefined : this.tree.bullets.get(mergedInto);
        if (owner) place.path = pathBetween(owner.parts.at(-1)?.place?.path ?? '', null, run);
        return this.setPlace(bullet, { ...place, trash: { time: by.time, device: by.device, mergedInto } }, changes);
      }
    }
  }

  private changeText(bullet: BulletState, edits: readonly TextChange[], changes: Changes): void {
    if (edits.length === 0) return;
    const segments = bullet.parts.length === 0 ? [bullet] : bullet.segments();
    let end = bullet.text().length;
    for (let s = segments.length - 1; s >= 0; s--) {
      const segment = segments[s] as BulletState;
      const start = end - segment.ownText().length;
      this.changeOwnText(segment, edits, start, s === 0, end);
      end = start;
    }
    this.textChanged(bullet, changes);
  }

  /** Makes the part of the changes that falls to one segment, [start, end) of the whole text. An insertion between two goes to the left one. */
  private changeOwnText(segment: BulletState, edits: readonly TextChange[], start: number, first: boolean, end: number): void {
    let text = segment.ownText();
    for (let i = edits.length - 1; i >= 0; i--) {
      const change = edits[i] as TextChange;
      const replaces = change.to > change.from;
      const inside = replaces ? change.from >= start && change.from < end : change.from <= end && (first || change.from > start);
      const added = inside ? wellFormed(change.insert) : '';
      const from = Math.max(change.from, start) - start;
      const to = Math.min(change.to, end) - start;
      if (to <= from && added === '') continue;
      const ytext = this.materialise(segment);
      if (to > from) ytext.delete(from, to - from);
      if (added !== '') ytext.insert(from, added);
      text = text.slice(0, from) + added + text.slice(Math.max(from, to));
      segment.setText(ytext, text);
    }
  }

  private textChanged(bullet: BulletState, changes: Changes): void {
    const shown = bullet.shownBy();
    shown.invalidate();
    this.unsummed.add(shown);
    changes.texts.add(shown.id);
  }

  /** A seeded bullet's text becomes a Y.Text with its first edit, and the same one wherever that is made. */
  private materialise(bullet: BulletState): Y.Text {
    if (bullet.ytext) return bullet.ytext;
    const text = bullet.ownText();
    const ytext = new Y.Text(text);
    this.asClient(hashClient('text', bullet.id, text), () => this.texts.set(bullet.id, ytext));
    bullet.setText(ytext, text);
    return ytext;
  }

  private asClient(client: number, write: () => void): void {
    const own = this.doc.clientID;
    this.doc.clientID = client;
    write();
    this.doc.clientID = own;
  }

  private setAttribute(bullet: BulletState, name: keyof Attributes, value: string | number | null, changes: Changes): void {
    this.attributes.set(`${bullet.id}/${name}`, value);
    bullet.setAttributes(withAttribute(bullet.attributes, name, value));
    this.unsummed.add(bullet);
    changes.attributes.add(bullet.id);
  }

  private placeAt(bullet: BulletState, to: Placement, run: string, changes: Changes): void {
    // The check saw to it that both are there.
    const parent = this.tree.bullets.get(to.parent) as BulletState;
    const after = to.after === null ? null : (this.tree.bullets.get(to.after) ?? null);
    if (bullet.parent === parent && bullet.after === after && !bullet.misplaced && !bullet.overridden) return;
    this.pinBroken(bullet, changes);
    if (after?.misplaced) this.placeAt(after, { parent: to.parent, after: after.after?.id ?? null }, run, changes);
    const siblings = parent.children as BulletState[];
    const tied: BulletState[] = [];
    let right: BulletState | null = null;
    for (let index = after ? siblings.indexOf(after) + 1 : 0; index < siblings.length; index++) {
      const next = siblings[index] as BulletState;
      if (next === bullet) continue;
      right = next.misplaced ? null : next;
      if (!right || !after || right.position !== after.position || right.path !== after.path) break;
      // Nothing fits between equal keys: those after it get new ones.
      tied.push(right);
      right = null;
    }
    // After a child of a joined bullet it goes where that is, and so back with it.
    const host = after?.place && !after.overridden && after.parent === parent ? after.place.parent : to.parent;
    const previous = bullet.parent && bullet.parent !== parent ? bullet.parent.id : (bullet.place?.previous ?? '');
    this.setPlace(bullet, { parent: host, ...keyBetween(after, right, run), previous, trash: null }, changes);
    let left = bullet;
    for (const sibling of tied) {
      this.setPlace(sibling, { parent: host, ...keyBetween(left, right, run), previous: sibling.place?.previous ?? '', trash: null }, changes);
      left = sibling;
    }
  }

  /** Writes down where bullets are whose cycle was broken, before a move would undo the cycle and let them jump. */
  private pinBroken(moving: BulletState, changes: Changes): void {
    for (const bullet of [...this.tree.broken]) {
      if (bullet === moving || !bullet.overridden || !this.dependsOn(bullet, moving)) continue;
      this.setPlace(bullet, { parent: bullet.parent?.id ?? ROOT, anchor: '', path: bullet.path, previous: '', trash: null }, changes);
    }
  }

  private dependsOn(bullet: BulletState, moving: BulletState): boolean {
    const passed = new Set<BulletState>();
    for (let at: BulletState | undefined = bullet; at && !passed.has(at); at = at.place ? this.tree.bullets.get(at.place.parent) : undefined) {
      if (at === moving) return true;
      passed.add(at);
    }
    return false;
  }

  private setPlace(bullet: BulletState, place: Place, changes: Changes): void {
    this.places.set(bullet.id, encodePlace(place));
    this.takePlace(bullet, place);
    this.relink(new Set([bullet]), changes);
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

  /** Client id for an import: the same where the same edits are made on the same state, so that items of one id are always one. */
  private importClient(importAs: number, edits: readonly Edit[], by: Author): number {
    return hashClient('import', String(importAs), this.digest(), toHex(this.stateVector()), JSON.stringify([edits, by.device, by.time]));
  }

  private transact(change: () => void): Uint8Array | null {
    let made: Uint8Array | null = null;
    const take = (update: Uint8Array): void => {
      made = update;
    };
    this.doc.on('update', take);
    this.applying = true;
    try {
      this.doc.transact(change);
    } finally {
      this.applying = false;
      this.doc.off('update', take);
    }
    return made;
  }

  // Edits from outside

  private absorb(changes: Changes): void {
    const { seen } = this;
    const dirty = new Set<BulletState>();
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
    seen.seeds = false;
    for (const set of [seen.texts, seen.places, seen.attributes]) set.clear();
    for (const { id } of dirty) this.rejoin ||= this.tree.awaited.has(id);
    if (dirty.size > 0) this.relink(dirty, changes);
  }

  private readSeeds(dirty: Set<BulletState>, changes: Changes): void {
    const seeds = new Map<string, readonly SeededBullet[]>();
    for (const [key, value] of this.seeds) {
      const bullets = decodeSeed(value);
      if (bullets) seeds.set(key, bullets);
    }
    this.outline = new SeededOutline(seeds);
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
    const value = this.texts.get(bullet.id);
    if (value instanceof Y.Text) bullet.setText(value, null);
    else bullet.setText(null, this.outline.bullets.get(bullet.id)?.text ?? '');
    if (before === null || before !== bullet.ownText()) this.textChanged(bullet, changes);
  }

  private readAttributes(bullet: BulletState, changes: Changes): void {
    let attributes = this.outline.bullets.get(bullet.id)?.attributes ?? DEFAULT_ATTRIBUTES;
    for (const name of ATTRIBUTE_NAMES) {
      const key = `${bullet.id}/${name}`;
      if (this.attributes.has(key)) attributes = withAttribute(attributes, name, this.attributes.get(key));
    }
    if (sameAttributes(attributes, bullet.attributes)) return;
    bullet.setAttributes(attributes);
    this.unsummed.add(bullet);
    changes.attributes.add(bullet.id);
  }

  private readPlace(id: BulletId): Place | null {
    if (id === ROOT) return null;
    const written = decodePlace(this.places.get(id));
    if (written) return written;
    const seeded = this.outline.bullets.get(id);
    return seeded ? { parent: seeded.parent ?? ROOT, anchor: id, path: '', previous: '', trash: null } : null;
  }
}

function joins(place: Place | null): boolean {
  return place?.trash?.mergedInto != null;
}

/** The one change that makes a text of another, between what both begin and end with. */
function difference(before: string, after: string): TextChange[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  if (splitsPair(before, from) || splitsPair(after, from)) from--;
  let tail = 0;
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail--;
  return [{ from, to: before.length - tail, insert: after.slice(from, after.length - tail) }];
}

function keyBetween(left: BulletState | null, right: BulletState | null, run: string): { anchor: string; path: string } {
  const position = left?.position ?? -1;
  const anchor = position >= 0 ? (left?.place?.anchor ?? '') : '';
  const bound = right && right.position === position ? right.path : null;
  return { anchor, path: pathBetween(left?.path ?? '', bound, run) };
}
