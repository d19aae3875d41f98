/** Checks a list of edits before the first of them is made, since a Yjs transaction can't be taken back. */
import { isAttribute } from './attributes';
import { DocumentError } from './errors';
import { ROOT } from './types';
import type { BulletId, Edit, Placement, TextChange } from './types';
import { splitsPair, wellFormed } from './well-formed';

/** What the check reads of a document. */
export interface Checked {
  exists(id: BulletId): boolean;
  isLive(id: BulletId): boolean;
  /** Of a live bullet, null for the root. */
  parentOf(id: BulletId): BulletId | null;
  textOf(id: BulletId): string;
}

const ID = /^[0-9A-Za-z_-]{1,40}$/;

/**
 * The texts of bullets that the edits change or create, as they are after all of them.
 * @throws DocumentError for the first edit that can't be made after those before it
 */
export function checkEdits(document: Checked, edits: readonly Edit[]): ReadonlyMap<BulletId, string> {
  const check = new EditCheck(document);
  for (const edit of edits) check.edit(edit);
  return check.texts;
}

class EditCheck {
  /** Parents as the edits so far make them; null for a trashed bullet. */
  private readonly parents = new Map<BulletId, BulletId | null>();
  readonly texts = new Map<BulletId, string>();

  constructor(private readonly document: Checked) {}

  edit(edit: Edit): void {
    switch (edit.type) {
      case 'text':
        this.live(edit.id);
        this.texts.set(edit.id, changed(edit.id, this.texts.get(edit.id) ?? this.document.textOf(edit.id), edit.changes));
        return;
      case 'attribute':
        this.live(edit.id);
        if (!isAttribute(edit.name, edit.value)) throw new DocumentError('BAD_EDIT', `${JSON.stringify(edit.value)} is no ${edit.name}.`);
        return;
      case 'create':
        if (!ID.test(edit.id)) throw new DocumentError('BAD_EDIT', `${JSON.stringify(edit.id)} is no bullet id.`);
        if (this.parents.has(edit.id) || this.document.exists(edit.id)) {
          throw new DocumentError('DUPLICATE_BULLET', `Bullet ${edit.id} exists already.`);
        }
        for (const name of ['marker', 'task', 'gap'] as const) {
          if (!isAttribute(name, edit.attributes[name])) throw new DocumentError('BAD_EDIT', `Bad ${name} of bullet ${edit.id}.`);
        }
        this.place(edit.id, edit.to);
        this.texts.set(edit.id, wellFormed(edit.text));
        return;
      case 'move':
        this.live(edit.id);
        this.movable(edit.id);
        this.place(edit.id, edit.to);
        return;
      case 'trash':
        this.live(edit.id);
        this.movable(edit.id);
        if (edit.mergedInto !== undefined) {
          this.live(edit.mergedInto);
          if (this.within(edit.mergedInto, edit.id)) throw new DocumentError('BAD_MOVE', `Bullet ${edit.id} can't be joined to its own child.`);
        }
        this.parents.set(edit.id, null);
        return;
      case 'restore':
        if (!this.known(edit.id)) throw new DocumentError('UNKNOWN_BULLET', `Bullet ${edit.id} isn't there to be restored.`);
        this.movable(edit.id);
        this.place(edit.id, edit.to);
        return;
      default:
        throw new DocumentError('BAD_EDIT', `Unknown edit ${JSON.stringify((edit as { type: unknown }).type)}.`);
    }
  }

  private known(id: BulletId): boolean {
    return this.parents.has(id) || this.document.exists(id);
  }

  /** Parent after the edits so far; null for the root and the trashed. */
  private parent(id: BulletId): BulletId | null {
    const parent = this.parents.get(id);
    return parent !== undefined ? parent : this.document.parentOf(id);
  }

  private within(id: BulletId, ancestor: BulletId): boolean {
    for (let at: BulletId | null = id; at !== null; at = this.parent(at)) if (at === ancestor) return true;
    return false;
  }

  private live(id: BulletId): void {
    // Without edits to places before it, the document knows.
    const live = this.parents.size === 0 ? this.document.isLive(id) : this.known(id) && this.within(id, ROOT);
    if (!live) throw new DocumentError('UNKNOWN_BULLET', `Bullet ${id} isn't there or is in the trash.`);
  }

  private movable(id: BulletId): void {
    if (id === ROOT) throw new DocumentError('BAD_MOVE', "The root can't be moved, trashed or restored.");
  }

  private place(id: BulletId, to: Placement): void {
    this.live(to.parent);
    if (this.within(to.parent, id)) throw new DocumentError('BAD_MOVE', `Bullet ${id} can't be moved under itself.`);
    if (to.after !== null && (to.after === id || !this.known(to.after) || this.parent(to.after) !== to.parent)) {
      throw new DocumentError('BAD_EDIT', `Bullet ${to.after} is no child of ${to.parent} to go after.`);
    }
    this.parents.set(id, to.parent);
  }
}

function changed(id: BulletId, text: string, changes: readonly TextChange[]): string {
  let end = 0;
  const parts: string[] = [];
  for (const { from, to, insert } of changes) {
    const whole = Number.isInteger(from) && Number.isInteger(to) && typeof insert === 'string';
    if (!whole || from < end || to < from || to > text.length) throw new DocumentError('BAD_EDIT', `Bad change ${from}-${to} in bullet ${id}.`);
    if (splitsPair(text, from) || splitsPair(text, to)) throw new DocumentError('BAD_EDIT', `A change in bullet ${id} cuts a character in two.`);
    parts.push(text.slice(end, from), wellFormed(insert));
    end = to;
  }
  return parts.join('') + text.slice(end);
}
