/**
 * Taking local edits back, and making them again, by the names that Yjs gave to what they wrote. What they inserted goes, what they deleted is there
 * again at its very place, and a place or attribute is what it would be without them. So what others did stays, whatever it was and whenever it came.
 */
import * as Y from 'yjs';
import { withAttribute } from './attributes';
import type { Block, Changes } from './block';
import type { BulletState } from './bullet-state';
import type { Author } from './local-edits';
import { decodePlace } from './place';
import type { Place } from './place';
import type { Registers } from './registers';
import { ROOT } from './types';
import type { Attributes, BulletId } from './types';

/** So many items of a client in a row. */
export type ItemRange = readonly [client: number, clock: number, length: number];

/** What one local edit did. JSON-safe; names nothing but items, so it holds for as long as the document does. */
export interface Step {
  readonly made: readonly ItemRange[];
  readonly deleted: readonly ItemRange[];
  /** Of an edit that takes others back: values of registers that count no more, or count again. */
  readonly turned?: readonly Name[];
  /** Letters of bullets that these made, and that went to the trash, or came back, as they were. */
  readonly kept?: readonly ItemRange[];
}

type Name = readonly [client: number, clock: number];

/** What this run has taken back in registers, by names. */
export class TurnedValues {
  /** Values that don't count. */
  readonly off = new Set<string>();
  /** A value that was written to take others back -> the one that it repeats; '' if there is none. */
  readonly repeated = new Map<string, string>();
}

/** A register: a bullet's place, or an attribute if it has a `name`. */
interface Register {
  readonly id: BulletId;
  readonly name?: keyof Attributes;
}

interface Value {
  readonly name: string;
  readonly value: unknown;
}

export class TakeBack {
  private readonly registersTurned = new Map<string, Register>();
  private readonly turned: Name[] = [];
  private readonly kept: ItemRange[] = [];
  /** Bullets whose making is taken back: those that go, and those that stay because of what others have there. */
  private readonly going = new Set<BulletId>();
  private readonly staying = new Set<BulletId>();

  /** Works within `registers.transact`. */
  constructor(
    private readonly registers: Registers,
    private readonly block: Block,
    private readonly by: Author,
    private readonly changes: Changes,
    private readonly values: TurnedValues,
  ) {}

  /** What a step that takes this back says beside what was made and deleted. */
  get told(): Pick<Step, 'turned' | 'kept'> {
    return { turned: this.turned, kept: this.kept };
  }

  /** @param steps newest first */
  run(transaction: Y.Transaction, steps: readonly Step[]): void {
    const letters = this.letters(transaction, steps);
    for (const step of steps) this.turn(transaction, step);
    const unmade: BulletState[] = [];
    const attributes: Required<Register>[] = [];
    for (const { id, name } of this.registersTurned.values()) {
      const bullet = this.block.tree.bullets.get(id);
      if (!bullet) continue;
      if (name) attributes.push({ id, name });
      else if (this.isUnmade(id)) unmade.push(bullet);
      else this.replace(bullet);
    }
    // What stands under others first: it is in their way.
    for (const bullet of unmade.sort((a, b) => depthOf(b) - depthOf(a))) {
      const isOthersToo = this.isOthersToo(bullet, letters);
      (isOthersToo ? this.staying : this.going).add(bullet.id);
      if (isOthersToo) this.replace(bullet);
      else if (!bullet.trashed || bullet.owner) this.unmake(bullet);
    }
    for (const { id, name } of attributes) if (!this.going.has(id)) this.resetAttribute(id, name);
    this.write(transaction, letters);
  }

  // Letters

  /** Whether letters are to be there; null for those that are what their bullet is. The oldest step counts: it is taken back last. */
  private letters(transaction: Y.Transaction, steps: readonly Step[]): Map<Y.Item, boolean | null> {
    const letters = new Map<Y.Item, boolean | null>();
    const gather = (): void => {
      letters.clear();
      for (const { kept = [] } of steps) for (const item of itemsOf(transaction, kept)) letters.set(item, null);
      for (const { made, deleted } of steps) {
        for (const item of itemsOf(transaction, deleted)) if (isText(item)) letters.set(item, true);
        for (const item of itemsOf(transaction, made)) if (isText(item)) letters.set(item, false);
      }
    };
    gather();
    gather(); // items were parted by the ends of ranges
    return letters;
  }

  private write(transaction: Y.Transaction, letters: ReadonlyMap<Y.Item, boolean | null>): void {
    const before = new Map<BulletState, string>();
    const texts = new Set<Y.Text>();
    for (const [item, asked] of letters) {
      const text = item.parent as Y.Text; // isText
      const bullet = this.block.tree.bullets.get(text._item?.parentSub ?? '');
      if (!bullet) continue;
      const isWanted = asked ?? !this.staying.has(bullet.id);
      const isKept = this.going.has(bullet.id) ? !item.deleted : asked === null && isWanted;
      if (isKept) this.kept.push([item.id.client, item.id.clock, item.length]);
      if (isKept || item.deleted !== isWanted || this.going.has(bullet.id)) continue;
      const shown = bullet.shownBy();
      if (!before.has(shown)) before.set(shown, shown.text());
      texts.add(text);
      if (isWanted) writeAgain(transaction, item);
      else item.delete(transaction);
    }
    for (const text of texts) {
      // As Yjs does where its own undo writes: the index of places is of the text before.
      if (text._searchMarker) text._searchMarker.length = 0;
      const bullet = this.block.tree.bullets.get(text._item?.parentSub ?? '');
      bullet?.setText(text, null);
    }
    for (const [bullet, text] of before) {
      if (!this.changes.before.has(bullet.id)) this.changes.before.set(bullet.id, text);
      this.block.textChanged(bullet, this.changes);
    }
  }

  // Registers

  /** Turns the values that a step wrote, or turned, off or on again. */
  private turn(transaction: Y.Transaction, { made, turned = [] }: Step): void {
    const { places, attributes } = this.registers;
    const flip = (item: Y.Item, client: number, clock: number): void => {
      const name = nameOf(client, clock);
      const key = item.parentSub ?? '';
      if (this.values.repeated.has(name)) return;
      if (!this.values.off.delete(name)) this.values.off.add(name);
      this.turned.push([client, clock]);
      const [id = '', attribute] = item.parent === attributes ? key.split('/') : [key];
      this.registersTurned.set(`${id}/${attribute ?? ''}`, attribute === undefined ? { id } : { id, name: attribute as keyof Attributes });
    };
    for (const [client, clock] of turned) {
      const item = Y.getItem(transaction.doc.store, Y.createID(client, clock));
      if (item instanceof Y.Item) flip(item, client, clock);
    }
    for (const item of itemsOf(transaction, made)) {
      if (item.parent !== places && item.parent !== attributes) continue;
      for (let i = 0; i < item.length; i++) flip(item, item.id.client, item.id.clock + i);
    }
  }

  /** A register's values, the one that counts first. */
  private history({ id, name }: Register): Value[] {
    const map = name ? this.registers.attributes : this.registers.places;
    const list: Value[] = [];
    for (let item = map._map.get(name ? `${id}/${name}` : id) ?? null; item; item = item.left) {
      const values = item.content.getContent();
      for (let i = values.length - 1; i >= 0; i--) list.push({ name: nameOf(item.id.client, item.id.clock + i), value: values[i] as unknown });
    }
    return list;
  }

  /** The value that counts of those that were not taken back; undefined if there is none. */
  private wanted(history: readonly Value[]): Value | undefined {
    return history.find(({ name }) => !this.values.repeated.has(name) && !this.values.off.has(name));
  }

  private isShown([now]: readonly Value[], wanted: Value | undefined): boolean {
    return now !== undefined && (this.values.repeated.get(now.name) ?? now.name) === (wanted?.name ?? '');
  }

  /** Whether the edit that made a bullet is taken back. */
  private isUnmade(id: BulletId): boolean {
    const first = this.history({ id }).at(-1);
    return first !== undefined && this.values.off.has(first.name) && this.block.seededPlace(id) === null;
  }

  /** Whether others wrote into a bullet, or put bullets under it. */
  private isOthersToo(bullet: BulletState, letters: ReadonlyMap<Y.Item, boolean | null>): boolean {
    if (bullet.children.length > 0) return true;
    return bullet.segments().some(({ ytext, id }) => {
      if (!ytext) return id !== bullet.id && this.block.tree.bullets.get(id)?.ownText() !== '';
      for (let item = ytext._start; item; item = item.right) if (!item.deleted && isText(item) && (letters.get(item) ?? !letters.has(item))) return true;
      return false;
    });
  }

  private replace(bullet: BulletState): void {
    const history = this.history(bullet);
    const first = this.block.seededPlace(bullet.id) ? undefined : history.filter(({ name }) => !this.values.repeated.has(name)).at(-1);
    const wanted = this.wanted(history) ?? first;
    if (this.isShown(history, wanted)) return;
    const place = wanted ? decodePlace(wanted.value) : this.block.seededPlace(bullet.id);
    if (place) this.setPlace(bullet, place, wanted?.name ?? '');
  }

  private unmake(bullet: BulletState): void {
    const place = { parent: bullet.parent?.id ?? ROOT, anchor: '', path: bullet.path, previous: '' };
    this.setPlace(bullet, { ...place, trash: { time: this.by.time, device: this.by.device, mergedInto: null, released: false } }, '');
  }

  private setPlace(bullet: BulletState, place: Place, repeated: string): void {
    this.registers.setPlace(bullet.id, place);
    this.remember(bullet, repeated);
    this.block.move(bullet, place, this.changes);
  }

  private resetAttribute(id: BulletId, name: keyof Attributes): void {
    const history = this.history({ id, name });
    const wanted = this.wanted(history);
    const bullet = this.block.tree.bullets.get(id);
    if (!bullet || this.isShown(history, wanted)) return;
    const value = (wanted ? wanted.value : this.block.seededAttributes(id)[name]) as string | number | null;
    this.registers.setAttribute(id, name, value);
    this.remember({ id, name }, wanted?.name ?? '');
    bullet.setAttributes(withAttribute(bullet.attributes, name, value));
    this.block.attributesChanged(bullet, this.changes);
  }

  private remember(register: Register, repeated: string): void {
    const [now] = this.history({ id: register.id, name: register.name });
    if (now) this.values.repeated.set(now.name, repeated);
  }
}

function nameOf(client: number, clock: number): string {
  return `${client}/${clock}`;
}

function isText(item: Y.Item): boolean {
  return item.content instanceof Y.ContentString;
}

function depthOf(bullet: BulletState): number {
  let depth = 0;
  for (let at = bullet.parent; at; at = at.parent) depth += 1;
  return depth;
}

/** The items of these ranges, parted at their ends; in the place of one that was written again, that one. */
function itemsOf(transaction: Y.Transaction, ranges: readonly ItemRange[]): Y.Item[] {
  const { store } = transaction.doc;
  return ranges.flatMap(([client, clock, length]): Y.Item[] => {
    const items: Y.Item[] = [];
    const end = Math.min(clock + length, Y.getState(store, client));
    for (let at = clock; at < end; ) {
      const item = Y.getItemCleanStart(transaction, Y.createID(client, at));
      at = item.id.clock + item.length;
      if (at > end) {
        Y.getItemCleanStart(transaction, Y.createID(client, end));
        at = end;
      }
      const { redone } = item;
      if (redone) items.push(...itemsOf(transaction, [[redone.client, redone.clock, item.length]]));
      else if (item instanceof Y.Item) items.push(item);
    }
    return items;
  });
}

/** A deleted stretch of letters once more, right where it was. */
function writeAgain(transaction: Y.Transaction, item: Y.Item): void {
  const { doc } = transaction;
  const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
  const { left } = item;
  item.redone = id;
  new Y.Item(id, left, left && left.lastId, item, item.id, item.parent, null, item.content.copy()).integrate(transaction, 0);
}
