/**
 * What a block's text, found in a file, says that its document does not know yet. The document may be ahead of what was last known of the
 * file (an edit waits to be written, or the program ended before it noted what it wrote), and another sync engine may bring
 * that very edit, or an old copy: none of it may count twice or take anything back.
 */
import { ROOT } from '../document';
import type { BulletId, DocumentTree, Edit, TextChange } from '../document';
import { diffText, diffWords, gainOf, isParted, rebaseBeyond, sift, similarity } from '../note';
import type { BoundBlock, BoundBullet } from '../note';

/** A block's document with what is remembered of its bullets. */
export interface KnownBlock {
  readonly tree: DocumentTree;
  had(id: BulletId, text: string): boolean;
  /** Texts that the bullet had lately, oldest first. */
  recently(id: BulletId): readonly string[];
  /** Whether whoever saved the text must have known the bullet as it is here. */
  isKnown(id: BulletId): boolean;
  /** A bullet in the trash that was deleted with this text. */
  trashedWith(text: string): BulletId | undefined;
}

export interface Judgement {
  /** The block as found, its bullets named as the document names them. */
  readonly block: BoundBlock;
  /** To apply now. */
  readonly apply: readonly Edit[];
  /** What takes something away. */
  readonly held: readonly Edit[];
  /** The file knows less than the document: it wants writing, and nothing of it deletes. */
  readonly stale: boolean;
  /** The file showed what the document knew already and this program had not written there: another sync engine brought it. */
  readonly echo: boolean;
  /** The file holds something new, too. */
  readonly fresh: boolean;
}

const NONE: ReadonlySet<BulletId> = new Set();
/** How alike a bullet of a late file and one that it seems to lack must be to be one. */
const ALIKE = 0.5;
/** Of a bullet's text, what an edit of it takes away at most. */
const MOST_LOST = 0.25;

/**
 * @param foundEdits from `before` (as bound) to `found`, fit for the document
 * @param isLate the file is an old copy: a bullet in it that is like one that it lacks is that one, as somebody else had it
 * @param isMerged the app may have brought it together with a text that was not saved yet, and what both hold may stand in it twice
 * @param away bullets that a file took away and that the document still has: one that is like what such a one was is that one, edited
 */
export function judge(before: BoundBlock, found: BoundBlock, foundEdits: readonly Edit[], knownBlock: KnownBlock, isLate = false, away: ReadonlySet<BulletId> = NONE, isMerged = false): Judgement {
  const isThere = (text: string): boolean => isMerged && !isBlank(text) && before.bullets.some((bullet) => bullet.text === text && texts.get(bullet.id) === text);
  const known = isLate ? { ...knownBlock, isOld: true, isThere, isKnown: () => false } : { ...knownBlock, isThere };
  const { tree } = known;
  const { block: after, edits } = joinedCut(before, found, foundEdits, known);
  const names = recognise(before, after, known, isLate, away);
  const was = new Map(before.bullets.map((bullet) => [bullet.id, bullet]));
  const texts = new Map(after.bullets.map((bullet) => [bullet.id, bullet.text]));
  const recognised = new Set(names.values());
  let echo = [...names].some(([name, id]) => !was.has(id) && !isBlank(texts.get(name)));
  echo ||= edits.some((edit) => edit.type === 'create' && isThere(edit.text));
  let isOld = [...names.keys()].some((id) => was.has(id));
  const rewritten: Edit[] = [];
  const rest: Edit[] = [...names].flatMap(([name, id]): Edit[] => {
    const [text, present] = [texts.get(name) ?? '', tree.get(id)?.text ?? ''];
    if (text === present) return [];
    if (isParted(present, text, edits, known)) return [{ type: 'text', id, changes: diffText(present, text) }];
    return !isLate && away.has(id) && !known.had(id, text) ? editBeside(id, baseOf(text, present, known.recently(id)), text, present, known) : [];
  });
  for (const edit of edits) {
    const shown = was.get(edit.id);
    const present = tree.get(edit.id);
    if (names.has(edit.id)) continue;
    if (edit.type === 'trash' && recognised.has(edit.id)) {
      isOld = true; // it is there, with a text that it had before
      continue;
    }
    if (edit.type === 'text' && shown && present) {
      const text = texts.get(edit.id) ?? '';
      const isAhead = present.text !== shown.text;
      if (isLate && known.trashedWith(text) !== undefined) {
        isOld = true; // one that is deleted, in the place of one that is new since
        continue;
      }
      if (text === present.text || (isAhead && known.had(edit.id, text))) {
        echo = true;
        continue;
      }
      const isSplit = isParted(shown.text, text, edits, known);
      const base = isSplit || known.had(edit.id, text) ? shown.text : baseOf(text, shown.text, known.recently(edit.id));
      const isGain = edit.changes.every(({ from, to }) => from === to);
      const mayLose = isSplit || isGain || known.isKnown(edit.id);
      if (base !== shown.text || !mayLose) {
        // It may have been written without knowing what the bullet has got since: that is not taken away at once.
        rewritten.push(edit);
        rest.push(...editBeside(edit.id, base, text, present.text, known));
        continue;
      }
      if (isAhead && isGain) {
        // What it adds beyond what was shown may be what the bullet has got since.
        rest.push(...changed(edit.id, gainOf(edit.changes, present.text, text)));
        continue;
      }
    }
    if (edit.type === 'attribute' && shown && present && present.attributes[edit.name] !== shown.attributes[edit.name]) {
      echo = true;
      continue;
    }
    rest.push(names.size === 0 ? edit : renamed(edit, names, tree));
  }
  const block = names.size === 0 ? after : { ...after, bullets: after.bullets.map((bullet) => ({ ...bullet, id: names.get(bullet.id) ?? bullet.id })) };
  const sifted = sift(before, rest, known, block);
  const { apply, held } = withoutCuts(block, sifted, tree);
  return { block, apply, held: [...held, ...rewritten], stale: sifted.stale || isOld, echo, fresh: [...sifted.verdicts.values()].includes('edit') };
}

/** What made `text` of `base`, made of the bullet as it is: where its writer may not have known that, only what it adds. */
function editBeside(id: BulletId, base: string, text: string, present: string, known: KnownBlock): Edit[] {
  const beyond = rebaseBeyond(diffWords(base, text), diffWords(base, present), base);
  return changed(id, known.isKnown(id) ? beyond : gainOf(beyond, present, text));
}

function changed(id: BulletId, changes: readonly TextChange[]): Edit[] {
  return changes.length > 0 ? [{ type: 'text', id, changes }] : [];
}

/**
 * Of the texts that a bullet had, the one that a found text is nearest to: what it was made of, if that was written by somebody who knew less. It is the one shown
 * unless another loses less by it and gains no more than the difference.
 */
function baseOf(found: string, shown: string, earlier: readonly string[]): string {
  if (diffText(shown, found).every(({ from, to }) => from === to)) return shown;
  let [base, nearest] = [shown, distance(shown, found)];
  const { loss } = nearest;
  // Who has a line of the one shown knew it.
  const lines = found.split('\n').filter((line) => line.trim() !== '' && shown.split('\n').includes(line));
  for (const text of [...earlier].reverse()) {
    const own = text.split('\n');
    if (!lines.every((line) => own.includes(line))) continue;
    const far = distance(text, found);
    // An empty one explains everything, and nothing; one that ends with a blank was on its way to the next word.
    if (far.loss < loss && far.cost < nearest.cost && text.trim() !== '' && text === text.trimEnd()) [base, nearest] = [text, far];
  }
  return base;
}

/** UTF-16 units that go from one text to another; and with those that come, what goes counting twice. */
function distance(before: string, after: string): { readonly loss: number; readonly cost: number } {
  let [loss, gain] = [0, 0];
  for (const { from, to, insert } of diffWords(before, after)) {
    loss += to - from;
    gain += insert.length;
  }
  return { loss, cost: 2 * loss + gain };
}

/** The last bullet of a file that was cut off may look new: it is the one that it is the beginning of, or of which an earlier text began so. */
function joinedCut(before: BoundBlock, found: BoundBlock, edits: readonly Edit[], known: KnownBlock): { block: BoundBlock; edits: readonly Edit[] } {
  const last = found.bullets.at(-1);
  if (!last || !edits.some((edit) => edit.type === 'create' && edit.id === last.id)) return { block: found, edits };
  const gone = new Set(edits.flatMap((edit) => (edit.type === 'trash' ? [edit.id] : [])));
  if (isBlank(last.text)) return { block: found, edits: gone.size > 0 ? edits.filter(({ id }) => id !== last.id) : edits };
  const begins = (text: string | undefined): boolean => text?.startsWith(last.text) === true;
  const lost = before.bullets.filter(({ id }) => gone.has(id));
  const whole = lost.find(({ id }) => begins(known.tree.get(id)?.text)) ?? lost.find(({ id }) => known.recently(id).some(begins));
  const text = whole && known.tree.get(whole.id)?.text;
  if (!whole || text === undefined || text === last.text) return { block: found, edits };
  const others = edits.filter(({ id }) => id !== last.id && id !== whole.id);
  return {
    block: { ...found, bullets: found.bullets.map((bullet) => (bullet === last ? { ...bullet, id: whole.id } : bullet)) },
    // Of an older file it says nothing but that it is there.
    edits: begins(text) ? [...others, { type: 'text', id: whole.id, changes: diffText(text, last.text) }] : others,
  };
}

/** A text that is blank now, or that ends where the file may have been cut off, is something taken away, not written. */
function withoutCuts(found: BoundBlock, { apply, held }: { readonly apply: readonly Edit[]; readonly held: readonly Edit[] }, tree: DocumentTree): { apply: readonly Edit[]; held: readonly Edit[] } {
  const texts = new Map(found.bullets.map(({ id, text }) => [id, text]));
  const last = held.some(({ type }) => type === 'trash') ? found.bullets.at(-1)?.id : undefined;
  const cuts = apply.filter((edit) => {
    if (edit.type !== 'text') return false;
    const [is, was] = [texts.get(edit.id) ?? '', tree.get(edit.id)?.text ?? ''];
    return was.trim() !== '' && (is.trim() === '' || (edit.id === last && was.startsWith(is)));
  });
  return cuts.length === 0 ? { apply, held } : { apply: apply.filter((edit) => !cuts.includes(edit)), held: [...held, ...cuts] };
}

/** Bullets that look new and are known to the document, by a text that they have or had: new name -> the document's. */
function recognise(before: BoundBlock, after: BoundBlock, known: KnownBlock, isLate: boolean, away: ReadonlySet<BulletId>): Map<BulletId, BulletId> {
  const names = new Map<BulletId, BulletId>();
  const own = new Set(before.bullets.map(({ id }) => id));
  const there = new Set(after.bullets.map(({ id }) => id));
  const shown = new Map(before.bullets.map(({ id, text }) => [id, text]));
  const fresh = after.bullets.filter(({ id, text }) => !own.has(id) && !isBlank(text));
  const blank = after.bullets.filter(({ id, text }) => !own.has(id) && isBlank(text));
  /** Taken for others because they are alike. */
  const mistaken = after.bullets.filter(({ id, text }) => own.has(id) && shown.get(id) !== text && text.trim() !== '' && known.tree.get(id)?.text !== text && !known.had(id, text));
  if (fresh.length + blank.length + mistaken.length === 0) return names;
  const unseen = idsOf(known.tree).filter((id) => !there.has(id));
  const take = (bullet: BoundBullet, fits: (id: BulletId) => boolean): void => {
    const at = names.has(bullet.id) ? -1 : unseen.findIndex(fits);
    const [id] = at < 0 ? [] : unseen.splice(at, 1);
    if (id === undefined) return;
    names.set(bullet.id, id);
    // What it was taken for is to be found, too.
    if (own.has(bullet.id)) unseen.push(bullet.id);
  };
  for (const bullet of [...mistaken, ...fresh]) take(bullet, (id) => known.tree.get(id)?.text === bullet.text);
  for (const bullet of [...mistaken, ...fresh]) take(bullet, (id) => known.had(id, bullet.text));
  // One that was deleted is no other, however alike.
  const edited = fresh.filter(({ text }) => known.trashedWith(text) === undefined);
  if (isLate) for (const bullet of edited) take(bullet, (id) => similarity(known.tree.get(id)?.text ?? '', bullet.text) >= ALIKE);
  for (const bullet of edited) take(bullet, (id) => away.has(id) && isLikeOne(id, bullet.text, known));
  for (const bullet of blank) take(bullet, (id) => isBlank(known.tree.get(id)?.text));
  return names;
}

function isBlank(text: string | undefined): boolean {
  return text?.trim() === '';
}

/** Whether a text is like what the bullet is or was, and has most of that: words that two have in common may be chance. */
function isLikeOne(id: BulletId, text: string, known: KnownBlock): boolean {
  return [known.tree.get(id)?.text ?? '', ...known.recently(id)].some((had) => similarity(had, text) >= ALIKE && distance(had, text).loss <= MOST_LOST * had.length);
}

/** All live bullets of a document, in the order of the text. */
export function idsOf(tree: DocumentTree): BulletId[] {
  const ids: BulletId[] = [];
  const stack: BulletId[] = [ROOT];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const view = tree.get(id);
    if (!view) continue;
    ids.push(id);
    stack.push(...[...view.children].reverse());
  }
  return ids;
}

function renamed(edit: Edit, names: ReadonlyMap<BulletId, BulletId>, tree: DocumentTree): Edit {
  if (!('to' in edit)) return edit;
  const parent = names.get(edit.to.parent) ?? edit.to.parent;
  const after = edit.to.after === null ? null : (names.get(edit.to.after) ?? edit.to.after);
  // A recognised neighbour stands where the document has it, which may be under another bullet.
  const elsewhere = after !== null && after !== edit.to.after && tree.get(after)?.parent !== parent;
  return { ...edit, to: { parent, after: elsewhere ? (tree.get(parent)?.children.at(-1) ?? null) : after } };
}
