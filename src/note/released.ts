/**
 * Bullets that left their block by outdenting stand in the note as plain text. What another device typed into one before it heard of that is
 * still written here, as long as nobody has changed the text since.
 */
import { flatten } from '../document';
import { itemIndexAt, parse } from '../outline';
import type { Style } from '../outline';
import { draftBlock } from './draft';
import type { Draft } from './draft';
import { indentOf, rewriteBullet, sourceChanges, writeBullet } from './layout';
import { originOf } from './kept';
import type { Kept } from './kept';
import { readFrom } from './locate';
import { lineRange } from './note-text';
import type { Named } from './structure';
import { diffText, mapOffset, rebase } from './text-diff';
import type { BoundBlock, BoundBullet, BoundNote, BulletId, DocumentTree, Edit, NoteText, PlainBullet, ReleasedText, TextChange } from './types';

/** Touched texts remembered in a note; the oldest are forgotten. */
const MOST_TOUCHED = 200;

/** The released texts where they are after changes. One that was changed is parted into its bullets, each known by the place of its marker. */
export function carryReleased(released: readonly ReleasedText[] | undefined, changes: readonly TextChange[]): readonly ReleasedText[] | undefined {
  if (!released || released.length === 0 || changes.length === 0) return released;
  const whole: ReleasedText[] = [];
  const touched: ReleasedText[] = [];
  for (const one of released) {
    if (one.touched) touched.push(...stillThere(one, changes));
    else if (changes.some((change) => touches(change, one))) touched.push(...partsOf(one).flatMap((part) => stillThere(part, changes)));
    else whole.push({ ...one, from: mapOffset(one.from, changes) });
  }
  return [...whole, ...touched.slice(-MOST_TOUCHED)];
}

/** Whether a change alters the lines of a text. New lines right above or below don't. */
function touches({ from, to, insert }: TextChange, one: ReleasedText): boolean {
  const end = one.from + lengthOf(one);
  if (from > end || to < one.from) return false;
  if (to === one.from) return !insert.endsWith('\n');
  return from !== end || to !== end || !insert.startsWith('\n');
}

function partsOf(one: ReleasedText): ReleasedText[] {
  let start = one.from;
  return one.bullets.flatMap((bullet) => {
    const from = start + markerOf(bullet);
    start += bullet.source.length + 1;
    return bullet.id === '' ? [] : [{ blockId: one.blockId, head: one.head, from, bullets: [bullet], touched: true as const }];
  });
}

/** Where the marker, or the text of a child paragraph, starts in the source. */
function markerOf({ source, lines }: Pick<BoundBullet, 'source' | 'lines'>): number {
  const first = lines[0]?.from ?? 0;
  let at = source.lastIndexOf('\n', first - 1) + 1;
  while (at < first && (source.charAt(at) === ' ' || source.charAt(at) === '\t')) at++;
  return at;
}

function stillThere(one: ReleasedText, changes: readonly TextChange[]): ReleasedText[] {
  if (changes.some((change) => change.from <= one.from && change.to > one.from)) return [];
  return [{ ...one, from: mapOffset(one.from, changes) }];
}

/** The bullet that a draft of the block was before it was released, if it is one: its marker stands where the edit left it. */
export function releasedBefore(released: readonly ReleasedText[] | undefined, blockId: string, draft: Draft, kept: readonly Kept[]): BoundBullet | undefined {
  if (!released || released.length === 0) return undefined;
  const at = originOf(kept, draft.from + markerOf(draft));
  if (at < 0) return undefined;
  for (const one of released) {
    if (one.blockId !== blockId) continue;
    const part = (one.touched ? [one] : partsOf(one)).find(({ from }) => from === at);
    if (part?.bullets[0]) return part.bullets[0];
  }
  return undefined;
}

/** What brings released bullets back where their text came back: what was typed meanwhile goes into them, and of their children only those come along. */
export function takeBack(back: ReadonlyMap<BulletId, BoundBullet>, now: readonly Named[], released: readonly ReleasedText[], tree: DocumentTree | undefined): Edit[] {
  const edits: Edit[] = [];
  for (const { id, text, attributes } of now) {
    const was = back.get(id);
    if (!was) continue;
    const known = tree?.textOf?.(id) ?? was.text;
    const changes = diffText(was.text, text);
    const fitted = known === was.text ? changes : rebase(changes, diffText(was.text, known));
    if (fitted.length > 0) edits.push({ type: 'text', id, changes: fitted });
    for (const name of ['marker', 'task', 'gap'] as const) {
      if (was.attributes[name] !== attributes[name]) edits.push({ type: 'attribute', id, name, value: attributes[name] });
    }
  }
  const present = new Set(now.map(({ id }) => id));
  const heads = new Set(released.flatMap(({ head }) => (back.has(head) ? [head] : [])));
  for (const { head, bullets } of released) {
    if (!heads.has(head)) continue;
    for (const { id } of bullets) {
      if (id === '' || present.has(id)) continue;
      edits.push({ type: 'restore', id, to: { parent: head, after: null } }, { type: 'trash', id, released: true });
    }
  }
  return edits;
}

function lengthOf({ bullets }: ReleasedText): number {
  return bullets.reduce((length, { source }) => length + source.length + 1, -1);
}

/**
 * What stands at the line of `at`: released from `block` as `head`, with the bullets that stand under it now. `places` are where text of released
 * bullets stands in the note. Undefined if it is not the text that the head had.
 */
export function releasedAt(text: NoteText, at: number, block: BoundBlock, head: BulletId, places: ReadonlyMap<BulletId, number>, tabSize: number): ReleasedText | undefined {
  const first = block.bullets.find(({ id }) => id === head);
  if (!first) return undefined;
  const { from } = lineRange(text, at);
  const last = Math.max(at, ...places.values());
  const { source, reading } = readFrom(text, from, last, tabSize);
  const drafts = draftBlock(source, reading.items, null, from);
  if (drafts[0]?.text !== first.text) return undefined;
  const sorted = [...places].sort((a, b) => a[1] - b[1]);
  const bullets: BoundBullet[] = [];
  let next = 0;
  let partly = false;
  for (const draft of drafts) {
    const end = draft.from + draft.source.length;
    while ((sorted[next]?.[1] ?? Infinity) < draft.from) next++;
    const place = sorted[next];
    const id = place && place[1] <= end ? place[0] : '';
    if (id === '' && draft.text.trim() !== '') {
      partly = true;
      break;
    }
    const { depth, source: own, lines, text: itsText, attributes } = draft;
    bullets.push({ id, depth, source: own, lines, text: itsText, attributes });
  }
  while (bullets.length > 1 && bullets.at(-1)?.id === '') bullets.pop();
  return { blockId: block.blockId, head, from, bullets, ...(partly ? { partly } : {}) };
}

/** The released bullet, if any, that each released bullet stands under as plain text. `places` are of the note's text now. */
export function releasedParents(text: NoteText, places: ReadonlyMap<BulletId, number>, tabSize: number): Map<BulletId, BulletId> {
  const parents = new Map<BulletId, BulletId>();
  const sorted = [...places].sort((a, b) => a[1] - b[1]);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last || sorted.length < 2) return parents;
  const { from } = lineRange(text, first[1]);
  const { items } = parse(text.sliceString(from, lineRange(text, last[1]).to), { tabSize });
  const owners = new Map<number, BulletId>();
  for (const [id, at] of sorted) {
    const index = itemIndexAt(items, at - from);
    const item = items[index];
    if (!item || owners.has(index)) continue;
    owners.set(index, id);
    const parent = owners.get(item.parent);
    if (parent !== undefined) parents.set(id, parent);
  }
  return parents;
}

/** Bullets of a block that stand in the note as released text. */
export function releasedIds(released: readonly ReleasedText[] | undefined, blockId: string): Set<BulletId> {
  return new Set((released ?? []).flatMap((one) => (one.blockId === blockId ? one.bullets.map(({ id }) => id) : [])).filter((id) => id !== ''));
}

/** Late edits of released bullets, and what was taken back into the block: changes of the note's text, ascending, and the texts after them. */
export function writeReleased(note: BoundNote, blockId: string, tree: DocumentTree): { changes: TextChange[]; released: readonly ReleasedText[] | undefined } {
  const changes: TextChange[] = [];
  let any = false;
  const known = releasedIds(note.released, blockId);
  const list = note.released?.flatMap((one) => {
    if (one.blockId !== blockId) return [one];
    if (one.touched) {
      const isBack = one.bullets.some(({ id }) => tree.get(id));
      any ||= isBack;
      return isBack ? [] : [one];
    }
    const plain = tree.trashed?.(one.head)?.plain;
    const wanted = new Map(plain ? zip(tree.trashedIds?.(one.head) ?? [], flatten(plain)) : []);
    let start = one.from;
    let changed = false;
    const bullets = one.bullets.flatMap((bullet) => {
      const at = start;
      start += bullet.source.length + 1;
      const into = tree.trashed?.(bullet.id)?.mergedInto ?? null;
      if (bullet.id !== '' && (tree.get(bullet.id) || (into !== null && (wanted.has(into) || tree.get(into))))) {
        // Taken back into the block, or joined to another of these: it stands there.
        changed = true;
        changes.push(at > 0 ? { from: at - 1, to: start - 1, insert: '' } : { from: 0, to: Math.min(note.length, start), insert: '' });
        return [];
      }
      const own = wanted.get(bullet.id);
      let now = bullet;
      if (own && own.text !== bullet.text) {
        changed = true;
        now = rewriteBullet(bullet, { text: own.text, attributes: bullet.attributes, depth: bullet.depth, indent: indentOf(bullet) }, note.style);
        changes.push(...sourceChanges(bullet, now).map(({ from, to, insert }) => ({ from: from + at, to: to + at, insert })));
      }
      const late = one.partly ? [] : lateChildren(now, wanted, known, tree, note.style);
      if (late.length === 0) return [now];
      changed = true;
      const insert = late.map(({ source }) => `\n${source}`).join('');
      const last = changes.at(-1);
      if (last && last.to === start - 1 && now !== bullet) changes[changes.length - 1] = { ...last, insert: last.insert + insert };
      else changes.push({ from: start - 1, to: start - 1, insert });
      return [now, ...late];
    });
    any ||= changed;
    const [first] = bullets;
    if (!first) return [];
    return [changed ? { ...one, head: tree.get(one.head) ? first.id : one.head, bullets } : one];
  });
  return { changes: changes.sort((a, b) => a.from - b.from), released: any ? list : note.released };
}

/** Bullets that another device put right behind this one before it heard of the release; named as written once they are in `known`. */
function lateChildren(after: BoundBullet, wanted: ReadonlyMap<BulletId, PlainBullet>, known: Set<BulletId>, tree: DocumentTree, style: Style): BoundBullet[] {
  const ids = [...wanted.keys()];
  const late: BoundBullet[] = [];
  const depths = depthsOf(wanted);
  const own = depths.get(after.id);
  if (own === undefined) return [];
  const base = indentOf(after);
  for (let at = ids.indexOf(after.id) + 1; at < ids.length; at++) {
    const id = ids[at] as BulletId; // at < length
    const plain = wanted.get(id);
    if (known.has(id) || !plain || tree.get(id)) break;
    known.add(id);
    const depth = (depths.get(id) ?? own) - own;
    const indent = depth > 0 ? base + style.indent.repeat(depth) : base.slice(0, Math.max(0, base.length + depth * style.indent.length));
    late.push({ ...writeBullet(id, { text: plain.text, attributes: plain.attributes, depth: after.depth + depth, indent }, style) });
  }
  return late;
}

function depthsOf(wanted: ReadonlyMap<BulletId, PlainBullet>): Map<BulletId, number> {
  const depths = new Map<PlainBullet, number>();
  const byId = new Map<BulletId, number>();
  for (const [id, plain] of wanted) {
    const depth = depths.get(plain) ?? 0;
    byId.set(id, depth);
    for (const child of plain.children) depths.set(child, depth + 1);
  }
  return byId;
}

function zip(ids: readonly BulletId[], plains: readonly PlainBullet[]): [BulletId, PlainBullet][] {
  return plains.flatMap((plain, index) => (ids[index] === undefined ? [] : [[ids[index], plain] as [BulletId, PlainBullet]]));
}
