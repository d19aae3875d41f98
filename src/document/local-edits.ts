/** Makes one author's checked edits: writes the registers and keeps the block in step. */
import type * as Y from 'yjs';
import { ATTRIBUTE_NAMES, withAttribute } from './attributes';
import type { Block, Changes } from './block';
import type { BulletState } from './bullet-state';
import { pathBetween, runOf } from './order';
import type { Place } from './place';
import type { Registers } from './registers';
import { DEFAULT_ATTRIBUTES, ROOT } from './types';
import type { Attributes, BulletId, Edit, Placement, TextChange } from './types';
import { splitsPair, wellFormed } from './well-formed';

/** Who edits, and when (ms since 1970). The time is kept with what goes to the trash; the device also names runs in order keys. */
export interface Author {
  readonly device: string;
  readonly time: number;
}

export class LocalEdits {
  private named: string | null = null;

  constructor(
    private readonly registers: Registers,
    private readonly block: Block,
    private readonly by: Author,
    private readonly changes: Changes,
  ) {}

  /** Hashed when a place needs it: most edits are letters. */
  private get run(): string {
    return (this.named ??= runOf(this.by.device));
  }

  /** @param expected texts after all edits, from `checkEdits` */
  makeAll(edits: readonly Edit[], expected: ReadonlyMap<BulletId, string>): void {
    const joins = this.joinTargets(edits);
    for (const edit of edits) {
      if (edit.type !== 'text' || !joins.has(edit.id)) this.make(edit);
    }
    for (const id of joins) {
      const [bullet, text] = [this.block.tree.bullets.get(id), expected.get(id)];
      if (bullet && text !== undefined) this.changeText(bullet, difference(bullet.text(), text));
    }
  }

  /**
   * The bullets that others are joined to or taken from again by these edits. Such a bullet's text changes by the join itself, so the
   * text edits that say the same in characters are not made; what they say beyond it is made good afterwards.
   */
  private joinTargets(edits: readonly Edit[]): Set<BulletId> {
    const targets = new Set<BulletId>();
    for (const edit of edits) {
      if (edit.type === 'trash' && edit.mergedInto !== undefined) targets.add(edit.mergedInto);
      const restored = edit.type === 'restore' ? this.block.tree.bullets.get(edit.id) : undefined;
      if (restored?.owner) targets.add(restored.shownBy().id);
    }
    return targets;
  }

  private make(edit: Edit): void {
    const bullet = this.block.tree.ensure(edit.id);
    switch (edit.type) {
      case 'text':
        return this.changeText(bullet, edit.changes);
      case 'attribute':
        if (bullet.attributes[edit.name] !== edit.value) this.setAttribute(bullet, edit.name, edit.value);
        return;
      case 'create': {
        const text = wellFormed(edit.text);
        bullet.setText(this.registers.createText(edit.id, text), text);
        this.changes.texts.add(edit.id);
        for (const name of ATTRIBUTE_NAMES) {
          if (edit.attributes[name] !== DEFAULT_ATTRIBUTES[name]) this.setAttribute(bullet, name, edit.attributes[name]);
        }
        return this.placeAt(bullet, edit.to);
      }
      case 'move':
      case 'restore':
        return this.placeAt(bullet, edit.to);
      case 'trash': {
        this.pinBroken(bullet);
        const place = { parent: bullet.parent?.id ?? ROOT, anchor: '', path: bullet.path, previous: '' };
        const mergedInto = edit.mergedInto ?? null;
        const owner = mergedInto === null ? undefined : this.block.tree.bullets.get(mergedInto);
        if (owner) place.path = pathBetween(owner.parts.at(-1)?.place?.path ?? '', null, this.run);
        return this.setPlace(bullet, { ...place, trash: { time: this.by.time, device: this.by.device, mergedInto, released: edit.released === true } });
      }
    }
  }

  private changeText(bullet: BulletState, edits: readonly TextChange[]): void {
    if (edits.length === 0) return;
    if (!this.changes.before.has(bullet.id)) this.changes.before.set(bullet.id, bullet.text());
    const segments = bullet.parts.length === 0 ? [bullet] : bullet.segments();
    let end = bullet.text().length;
    for (let s = segments.length - 1; s >= 0; s--) {
      const segment = segments[s] as BulletState;
      const start = end - segment.ownText().length;
      this.changeOwnText(segment, edits, start, s === 0, end);
      end = start;
    }
    this.block.textChanged(bullet, this.changes);
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

  /** A seeded bullet's text becomes a Y.Text with its first edit, and the same one wherever that is made. */
  private materialise(bullet: BulletState): Y.Text {
    if (bullet.ytext) return bullet.ytext;
    const text = bullet.ownText();
    const ytext = this.registers.createSeededText(bullet.id, text);
    bullet.setText(ytext, text);
    return ytext;
  }

  private setAttribute(bullet: BulletState, name: keyof Attributes, value: string | number | null): void {
    this.registers.setAttribute(bullet.id, name, value);
    bullet.setAttributes(withAttribute(bullet.attributes, name, value));
    this.block.attributesChanged(bullet, this.changes);
  }

  private placeAt(bullet: BulletState, to: Placement): void {
    // The check saw to it that both are there.
    const parent = this.block.tree.bullets.get(to.parent) as BulletState;
    const after = to.after === null ? null : (this.block.tree.bullets.get(to.after) ?? null);
    if (bullet.parent === parent && bullet.after === after && !bullet.misplaced && !bullet.overridden) return;
    this.pinBroken(bullet);
    if (after?.misplaced) this.placeAt(after, { parent: to.parent, after: after.after?.id ?? null });
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
    this.setPlace(bullet, { parent: host, ...keyBetween(after, right, this.run), previous, trash: null });
    let left = bullet;
    for (const sibling of tied) {
      this.setPlace(sibling, { parent: host, ...keyBetween(left, right, this.run), previous: sibling.place?.previous ?? '', trash: null });
      left = sibling;
    }
  }

  /** Writes down where bullets are whose cycle was broken, before a move would undo the cycle and let them jump. */
  private pinBroken(moving: BulletState): void {
    for (const bullet of [...this.block.tree.broken]) {
      if (bullet === moving || !bullet.overridden || !this.dependsOn(bullet, moving)) continue;
      this.setPlace(bullet, { parent: bullet.parent?.id ?? ROOT, anchor: '', path: bullet.path, previous: '', trash: null });
    }
  }

  private dependsOn(bullet: BulletState, moving: BulletState): boolean {
    const passed = new Set<BulletState>();
    for (let at: BulletState | undefined = bullet; at && !passed.has(at); at = at.place ? this.block.tree.bullets.get(at.place.parent) : undefined) {
      if (at === moving) return true;
      passed.add(at);
    }
    return false;
  }

  private setPlace(bullet: BulletState, place: Place): void {
    this.registers.setPlace(bullet.id, place);
    this.block.move(bullet, place, this.changes);
  }
}

/** Ascending changes that make a text of another: one a line, as the lines of what is joined may come to stand at another depth; else one in all. */
function difference(before: string, after: string): TextChange[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  if (old.length !== now.length) return differenceAt(0, before, after);
  let at = 0;
  return old.flatMap((line, i) => {
    const changes = differenceAt(at, line, now[i] ?? '');
    at += line.length + 1;
    return changes;
  });
}

/** The one change between what both begin and end with. @param at where `before` begins */
function differenceAt(at: number, before: string, after: string): TextChange[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  if (splitsPair(before, from) || splitsPair(after, from)) from--;
  let tail = 0;
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail--;
  return [{ from: at + from, to: at + before.length - tail, insert: after.slice(from, after.length - tail) }];
}

function keyBetween(left: BulletState | null, right: BulletState | null, run: string): { anchor: string; path: string } {
  const position = left?.position ?? -1;
  const anchor = position >= 0 ? (left?.place?.anchor ?? '') : '';
  const bound = right && right.position === position ? right.path : null;
  return { anchor, path: pathBetween(left?.path ?? '', bound, run) };
}
