/** What a file found on disk may change: late copies of another sync engine must neither double a bullet nor take one back. */
import { applyChanges } from './grapheme';
import type { BoundBlock, BulletId, Edit, KnownTexts, Sifted, Verdict } from './types';

/** More bullets than this with texts of the past make a file an old one; a single one may be a change of mind. */
const CHANGE_OF_MIND = 1;

/**
 * Sorts edits that came from a file by the echo rules, bullet by bullet. `before` is the block as bound before the reading; `after`, as found in
 * the file, is needed where the edits were rebased onto a document that is ahead.
 */
export function sift(before: BoundBlock, edits: readonly Edit[], known: KnownTexts, after?: BoundBlock): Sifted {
  const past = pastTexts(before, edits, known, after);
  const deleted = edits.filter((edit) => edit.type === 'trash').length;
  const back = new Set(edits.flatMap((edit) => (edit.type === 'create' && isBack(edit.text, known) ? [edit.id] : [])));
  const stale = past.size > CHANGE_OF_MIND || (past.size > 0 && deleted > 0) || back.size > 0;
  const verdicts = new Map<BulletId, Verdict>();
  const apply: Edit[] = [];
  const held: Edit[] = [];
  /** Created bullets that are left out -> what they stand after. */
  const dropped = new Map<BulletId, BulletId | null>();
  for (const edit of edits) {
    const { id } = edit;
    switch (edit.type) {
      case 'text':
        if (past.has(id)) {
          verdicts.set(id, stale ? 'stale' : 'reversal');
          if (!stale) held.push(edit);
        } else {
          verdicts.set(id, 'edit');
          apply.push(edit);
        }
        break;
      case 'create':
        if (back.has(id) || dropped.has(edit.to.parent) || (known.isOld === true && isEmpty(edit, edits)) || isTwice(edit, edits, known)) {
          dropped.set(id, edit.to.after);
          verdicts.set(id, 'stale');
        } else {
          verdicts.set(id, 'edit');
          apply.push({ ...edit, to: { parent: edit.to.parent, after: standing(edit.to.after, dropped) } });
        }
        break;
      case 'trash':
        verdicts.set(id, stale ? 'stale' : 'deletion');
        if (!stale) held.push(edit);
        break;
      default:
        if (stale || (('to' in edit) && dropped.has(edit.to.parent))) verdicts.set(id, verdicts.get(id) ?? 'stale');
        else {
          verdicts.set(id, verdicts.get(id) ?? 'edit');
          apply.push('to' in edit ? { ...edit, to: { parent: edit.to.parent, after: standing(edit.to.after, dropped) } } : edit);
        }
    }
  }
  return { apply, held, verdicts, stale };
}

function standing(after: BulletId | null, dropped: ReadonlyMap<BulletId, BulletId | null>): BulletId | null {
  let at = after;
  while (at !== null && dropped.has(at)) at = dropped.get(at) ?? null;
  return at;
}

/** Bullets that the file shows with a text that they had before. */
function pastTexts(before: BoundBlock, edits: readonly Edit[], known: KnownTexts, after?: BoundBlock): Set<BulletId> {
  const was = new Map(before.bullets.map((bullet) => [bullet.id, bullet.text]));
  const found = after && new Map(after.bullets.map((bullet) => [bullet.id, bullet.text]));
  const past = new Set<BulletId>();
  for (const edit of edits) {
    if (edit.type !== 'text') continue;
    const text = found?.get(edit.id) ?? applyChanges(was.get(edit.id) ?? '', edit.changes);
    if (known.had(edit.id, text) && !isParted(was.get(edit.id) ?? '', text, edits, known)) past.add(edit.id);
  }
  return past;
}

/** Whether what a bullet lacks now stands in a bullet that is new: a split may well leave a text that was there before. */
export function isParted(before: string, text: string, edits: readonly Edit[], known: KnownTexts): boolean {
  const rest = before.startsWith(text) ? before.slice(text.length).trim() : '';
  return rest !== '' && edits.some((edit) => edit.type === 'create' && edit.text.includes(rest) && !isBack(edit.text, known));
}

/** Whether a bullet that is made says nothing, and nothing is put under it. */
function isEmpty({ id, text }: Extract<Edit, { type: 'create' }>, edits: readonly Edit[]): boolean {
  return text.trim() === '' && !edits.some((edit) => 'to' in edit && edit.to.parent === id);
}

/** Whether a bullet that is made stands there already, and nothing new is put under it. */
function isTwice({ id, text }: Extract<Edit, { type: 'create' }>, edits: readonly Edit[], known: KnownTexts): boolean {
  return known.isThere?.(text) === true && !edits.some((edit) => 'to' in edit && edit.to.parent === id && !(edit.type === 'create' && isTwice(edit, edits, known)));
}

/** Whether a text that comes new was in the trash already: an old file brings a deleted bullet back. */
function isBack(text: string, known: KnownTexts): boolean {
  return text.trim() !== '' && known.trashedWith?.(text) !== undefined;
}
