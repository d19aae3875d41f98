/** A document's remote change -> the smallest changes of the note's text. */
import { childIndent, contentIndent, readLine, sameShape } from '../outline';
import type { Style } from '../outline';
import { ROOT } from '../document';
import type { Change } from '../document';
import { noteOf, startOf, withBullets } from './bound';
import { describing } from './described-text';
import { columnOf, indentOf, rewriteBullet, sourceChanges, withIdInSource, writeBullet, writePlain } from './layout';
import type { Wanted } from './layout';
import { longestIncreasing } from './match';
import { changedText } from './note-text';
import { releasedIds, writeReleased } from './released';
import { treeAsRead } from './read-tree';
import { reread, settle } from './settle';
import type { Settled } from './settle';
import type { Attributes, BoundBlock, BoundBullet, BoundNote, BulletId, DocumentTree, NoteText, ReleasedText, TextChange, Writing } from './types';

/**
 * What makes the text show `tree`. Only what differs is written: a bullet that stays keeps every byte, a moved one is re-indented only if it
 * must be, edits inside a line are cut at grapheme borders. `change` says what differs (else all is compared); a change of texts alone costs
 * by those bullets. Changes are of `text`, which must be the one that `note` describes. A block that isn't bound is left alone.
 *
 * What is written is read again where it could be read otherwise than it is meant. If so it is written more plainly, and if that doesn't help
 * either, the text is right: `edits` bring it into the document.
 */
export function write(note: BoundNote, text: NoteText, blockId: string, tree: DocumentTree, change?: Change): Writing {
  const at = note.blocks.findIndex((block) => block.blockId === blockId);
  const block = note.blocks[at];
  if (!block) return { note, changes: [] };
  const base = describing({ ...note }, text);
  const { tabSize } = note.style;
  let manner: Manner = { plainly: new Set(), apart: false };
  for (;;) {
    const writing = writeAs(base, text, at, tree, change, manner);
    const { rewrite } = writing;
    if (rewrite.calm || (writing.changes.length === 0 && rewrite.changed.length === 0)) return writing;
    const written = writing.note.blocks[at] as BoundBlock; // as many blocks as before
    const after = changedText(text, writing.changes);
    const now = reread(written, after, tabSize);
    if (!now || now.drafts.length === 0) return writing;
    const more: Manner = {
      plainly: new Set([...manner.plainly, ...rewrite.changed, ...(now.first === null ? [] : [now.first])]),
      apart: manner.apart || now.swallows,
    };
    if (more.plainly.size > manner.plainly.size || more.apart !== manner.apart) {
      manner = more;
      continue;
    }
    const settled = settle(written, now, after, tabSize, tree);
    const anew = writeAsRead(base, text, at, settled, written, tree, manner);
    if (anew) return anew;
    const blocks = writing.note.blocks.map((other, index) => (index === at ? settled.block : other));
    // What the block has drawn in is a bullet of it now, and no text of one that left.
    const apart = writing.note.released?.filter(({ from }) => from < settled.block.from || from > settled.block.to) ?? [];
    return { note: noteOf(base.style, blocks, after, [...apart, ...settled.released]), changes: writing.changes, edits: settled.edits };
  }
}

/**
 * What is read otherwise than it was meant, written as what it is: in one form on every device, its id where it counts.
 * @returns null if that is not read as the same, either
 */
function writeAsRead(base: BoundNote, text: NoteText, at: number, { block, edits, released }: Settled, written: BoundBlock, tree: DocumentTree, manner: Manner): Writing | null {
  if (released.length > 0) return null;
  const kept = new Set<BoundBullet>(written.bullets);
  const other = block.bullets.flatMap((bullet, index) => (index > 0 && kept.has(bullet) ? [] : [bullet.id]));
  const { note, changes } = writeAs(base, text, at, treeAsRead(block, tree), undefined, { ...manner, plainly: new Set([...manner.plainly, ...other]) });
  return reread(note.blocks[at] as BoundBlock, changedText(text, changes), base.style.tabSize) === null ? { note, changes, edits } : null; // as many blocks as before
}

/** How freely a block is written. */
interface Manner {
  /** Bullets that don't keep their bytes. */
  readonly plainly: ReadonlySet<BulletId>;
  /** A blank line keeps what stands behind the block out of it. */
  readonly apart: boolean;
}

function writeAs(base: BoundNote, text: NoteText, at: number, tree: DocumentTree, change: Change | undefined, manner: Manner): Writing & { readonly rewrite: Rewrite } {
  const block = base.blocks[at] as BoundBlock; // the caller found it
  const isText = change && change.places.size === 0 && change.trashed.size === 0 && manner.plainly.size === 0;
  const rewrite = isText ? rewriteSome(base, block, tree, change) : rewriteAll(base, block, tree, manner.plainly);
  const { bullets, cut, left } = rewrite;
  const late = writeReleased(base, block.blockId, tree);
  const all = [...withGuard(rewrite.changes, block, manner), ...late.changes].sort((one, other) => one.from - other.from);
  if (all.length === 0 && rewrite.changed.length === 0) return { note: late.released === base.released ? base : noteOf(base.style, base.blocks, text, late.released), changes: all, rewrite };
  const now = withBullets({ ...block, cut }, bullets);
  const moved = (from: number): number => all.reduce((to, change) => (change.to <= from ? to + change.insert.length - (change.to - change.from) : to), from);
  const after = changedText(text, all);
  const blocks = base.blocks.map((other, index) => {
    const from = moved(other.from);
    return index === at ? { ...now, from, to: from + now.to - now.from } : from === other.from ? other : { ...other, from, to: from + other.to - other.from };
  });
  const end = (blocks[at] as BoundBlock).to;
  const released = late.released?.map((one) => ({ ...one, from: one.from + moved(one.from) - one.from })) ?? [];
  return { note: noteOf(base.style, blocks, after, [...released, ...left.map((one) => ({ ...one, from: one.from + end }))]), changes: all, rewrite };
}

/** The changes with a blank line behind the block, if it needs one. */
function withGuard(changes: readonly TextChange[], block: BoundBlock, { apart }: Manner): readonly TextChange[] {
  if (!apart) return changes;
  const last = changes.at(-1);
  if (last?.to !== block.to) return [...changes, { from: block.to, to: block.to, insert: '\n' }];
  return [...changes.slice(0, -1), { ...last, insert: `${last.insert}\n` }];
}

interface Rewrite {
  readonly bullets: readonly BoundBullet[];
  readonly cut: BoundBlock['cut'];
  /** Of the note's text. */
  readonly changes: readonly TextChange[];
  /** Written right behind the block, positions from its end. */
  readonly left: readonly ReleasedText[];
  /** Bullets that got other bytes. */
  readonly changed: readonly BulletId[];
  /** Every line is read as the one that it was, but for its own text. */
  readonly calm: boolean;
}

/** Texts and attributes of some bullets; no bullet came, went or moved. */
function rewriteSome(note: BoundNote, block: BoundBlock, tree: DocumentTree, change: Change): Rewrite {
  const ids = new Set([...change.texts, ...change.attributes]);
  let bullets: BoundBullet[] | null = null;
  let { cut } = block;
  let calm = true;
  const changes: TextChange[] = [];
  const changed: BulletId[] = [];
  for (let index = 0; index < block.bullets.length && ids.size > 0; index++) {
    const bullet = block.bullets[index] as BoundBullet; // index < length
    if (!ids.delete(bullet.id)) continue;
    const view = tree.get(bullet.id);
    if (!view || isShown(bullet, view)) continue;
    const wanted = { text: view.text, attributes: view.attributes, depth: bullet.depth, indent: indentOf(bullet) };
    const done = index === 0 ? rewriteRoot(block, wanted, note.style) : { bullet: rewriteBullet(bullet, wanted, note.style), cut };
    cut = done.cut;
    bullets ??= block.bullets.slice();
    bullets[index] = done.bullet;
    changed.push(bullet.id);
    calm &&= isCalm(bullet, done.bullet, note.style.tabSize);
    changes.push(...shifted(sourceChanges(bullet, done.bullet), startOf(block, index)));
  }
  return { bullets: bullets ?? block.bullets, cut, changes, left: [], changed, calm };
}

/** Whether a bullet's new lines are certain to be read as its old ones were, and its head as it is meant. */
function isCalm(before: BoundBullet, after: BoundBullet, tabSize: number): boolean {
  const [old, fresh] = [before.source.split('\n'), after.source.split('\n')];
  const { marker } = readLine(fresh[after.attributes.gap] ?? '', tabSize);
  return marker === after.attributes.marker && old.length === fresh.length && old.every((line, index) => sameShape(line, fresh[index] ?? '', tabSize));
}

function isShown(bullet: BoundBullet, view: { text: string; attributes: Attributes }): boolean {
  const [a, b] = [bullet.attributes, view.attributes];
  return bullet.text === view.text && a.marker === b.marker && a.task === b.task && (a.gap === b.gap || bullet.depth === 0);
}

function shifted(changes: readonly TextChange[], by: number): TextChange[] {
  return changes.map(({ from, to, insert }) => ({ from: from + by, to: to + by, insert }));
}

/** The root keeps its id, in its place behind whatever the text is now. */
function rewriteRoot(block: BoundBlock, wanted: Wanted, style: Style, plainly = false): { bullet: BoundBullet; cut: BoundBlock['cut'] } {
  const root = block.bullets[0] as BoundBullet; // a block has a root
  const { cut } = block;
  const length = cut.to - cut.from;
  const bare: BoundBullet = {
    ...root,
    source: root.source.slice(0, cut.from) + root.source.slice(cut.to),
    lines: root.lines.map((line) => (line.from >= cut.to ? { from: line.from - length, to: line.to - length } : line)),
  };
  const marker = /[ \t]$/.test(wanted.attributes.marker) ? wanted.attributes.marker : `${wanted.attributes.marker} `;
  const whole = { ...wanted, attributes: { ...wanted.attributes, marker, gap: root.attributes.gap } };
  const bullet = plainly ? writeBullet(root.id, whole, style) : rewriteBullet(bare, whole, style);
  const done = withIdInSource(bullet, block.blockId, style);
  return { ...done, bullet: { ...done.bullet, attributes: wanted.attributes } };
}

interface Target {
  readonly id: BulletId;
  readonly depth: number;
  readonly parent: number;
  readonly text: string;
  readonly attributes: Attributes;
  /** Index among the bound bullets, -1 for a new one. */
  readonly was: number;
}

/** The whole block: what stays, moves, comes and goes. */
function rewriteAll(note: BoundNote, block: BoundBlock, tree: DocumentTree, plainly: ReadonlySet<BulletId>): Rewrite {
  const old = block.bullets;
  const targets = targetsOf(tree, old);
  const anchored = new Set<number>([0]);
  const existing = targets.flatMap((target, index) => (target.was > 0 ? [{ index, was: target.was }] : []));
  // From the end: of two bullets that changed places the upper one jumps, as the next line of a recurring task does, which is nobody's yet.
  existing.reverse();
  for (const at of longestIncreasing(existing.map(({ was }) => -was))) anchored.add((existing[at] as { index: number }).index); // indices of the list

  const indents = new Indents(note.style);
  let { cut } = block;
  const bullets = targets.map((target, index) => {
    const was = old[target.was];
    const indent = indents.next(target, was, bulletsAhead(targets, old, index));
    const wanted = { text: target.text, attributes: target.attributes, depth: target.depth, indent };
    if (!was || (index > 0 && plainly.has(target.id))) return writeBullet(target.id, wanted, note.style);
    const anew = plainly.has(target.id);
    if (was.depth === target.depth && isShown(was, target) && indentOf(was) === indent && !anew) return was;
    if (index > 0) return rewriteBullet(was, wanted, note.style);
    const done = rewriteRoot(block, wanted, note.style, anew);
    cut = done.cut;
    return done.bullet;
  });

  const edits = new ChangeList();
  let pending = '';
  /** First bound bullet not yet passed, and the place of its source. */
  let next = 0;
  let place = block.from;
  targets.forEach((target, index) => {
    const bullet = bullets[index] as BoundBullet; // one for each target
    if (!anchored.has(index)) {
      pending += `\n${bullet.source}`;
      return;
    }
    const gapFrom = place - 1;
    while (next < target.was) place += (old[next++] as BoundBullet).source.length + 1; // next < was < length
    if (index > 0) edits.add({ from: gapFrom, to: place - 1, insert: pending });
    pending = '';
    const was = old[next++] as BoundBullet; // target.was
    if (bullet !== was) for (const change of shifted(sourceChanges(was, bullet), place)) edits.add(change);
    place += was.source.length + 1;
  });
  const released = releasedText(note, block, tree, new Set(targets.map(({ id }) => id)));
  edits.add({ from: place - 1, to: block.to, insert: pending + released.text });
  const changed = bullets.flatMap((bullet, index) => (bullet === old[targets[index]?.was ?? -1] ? [] : [bullet.id]));
  return { bullets, cut, changes: edits.changes, left: released.left, changed, calm: false };
}

/** Bullets of the document in the order of the text. */
function targetsOf(tree: DocumentTree, old: readonly BoundBullet[]): Target[] {
  const places = new Map(old.map((bullet, index) => [bullet.id, index]));
  const targets: Target[] = [];
  const stack: { id: BulletId; depth: number; parent: number }[] = [{ id: ROOT, depth: 0, parent: -1 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const view = tree.get(next.id);
    if (!view) continue;
    const index = targets.length;
    targets.push({ ...next, text: view.text, attributes: view.attributes, was: places.get(next.id) ?? -1 });
    for (let i = view.children.length - 1; i >= 0; i--) {
      stack.push({ id: view.children[i] as BulletId, depth: next.depth + 1, parent: index }); // i < length
    }
  }
  return targets;
}

/** The indent of the nearest later sibling that stands in the note already, for a bullet that comes first among its siblings. */
function bulletsAhead(targets: readonly Target[], old: readonly BoundBullet[], index: number): () => string | null {
  return () => {
    const own = targets[index] as Target; // called for an index of the list
    for (let at = index + 1; at < targets.length; at++) {
      const target = targets[at] as Target; // at < length
      if (target.depth < own.depth) return null;
      const was = target.depth === own.depth && target.attributes.marker !== '' ? old[target.was] : undefined;
      if (was && was.depth === target.depth) return indentOf(was);
    }
    return null;
  };
}

/** Chooses indents one bullet after the other, so that the text nests as the document does. */
class Indents {
  /** Open bullets, one a depth. */
  private readonly open: { column: number; indent: string; marker: string; paragraph: boolean }[] = [];
  private readonly columns = new Map<string, number>();

  constructor(private readonly style: Style) {}

  next(target: Target, was: BoundBullet | undefined, ahead: () => string | null): string {
    const { depth, attributes } = target;
    const parent = this.open[depth - 1];
    const sibling = this.open[depth];
    const indent = this.choose(target, was, parent, sibling, ahead);
    this.open.length = depth;
    this.open.push({ column: this.column(indent), indent, marker: attributes.marker, paragraph: attributes.marker === '' });
    return indent;
  }

  private column(indent: string): number {
    let column = this.columns.get(indent);
    if (column === undefined) this.columns.set(indent, (column = columnOf(indent, this.style)));
    return column;
  }

  private choose(
    target: Target,
    was: BoundBullet | undefined,
    parent: Indents['open'][number] | undefined,
    sibling: Indents['open'][number] | undefined,
    ahead: () => string | null,
  ): string {
    if (!parent) return was ? indentOf(was) : '';
    if (target.attributes.marker === '') {
      if (was && was.depth === target.depth && this.column(indentOf(was)) > parent.column) return indentOf(was);
      return contentIndent(parent.indent, parent.marker, this.style);
    }
    const fits = (indent: string): boolean => {
      const column = this.column(indent);
      return column >= parent.column + 2 && (!sibling || sibling.paragraph || column < sibling.column + 2);
    };
    const own = was && was.depth === target.depth && was.attributes.marker !== '' ? indentOf(was) : null;
    if (own !== null && fits(own)) return own;
    if (sibling && !sibling.paragraph) return sibling.indent;
    const other = ahead();
    if (other !== null && fits(other)) return other;
    return childIndent(parent.indent, parent.marker, this.style);
  }
}

/** Ascending changes; what touches is one change. */
class ChangeList {
  readonly changes: TextChange[] = [];

  add(change: TextChange): void {
    if (change.from === change.to && change.insert === '') return;
    const last = this.changes.at(-1);
    if (last?.to === change.from) {
      this.changes[this.changes.length - 1] = { from: last.from, to: change.to, insert: last.insert + change.insert };
    } else this.changes.push(change);
  }
}

/** Bullets that another device took out of the block by outdenting: plain text right behind it. */
function releasedText({ style, released }: BoundNote, block: BoundBlock, tree: DocumentTree, present: ReadonlySet<BulletId>): { text: string; left: ReleasedText[] } {
  const left: ReleasedText[] = [];
  if (!tree.trashed) return { text: '', left };
  const indent = indentOf(block.bullets[0] as BoundBullet); // a block has a root
  const standing = releasedIds(released, block.blockId);
  let text = '';
  for (const { id } of block.bullets) {
    const trashed = present.has(id) ? undefined : tree.trashed(id);
    if (!trashed?.released) continue;
    const ids = tree.trashedIds?.(id) ?? [id];
    const all = writePlain(trashed.plain, style, indent).map((bullet, index) => ({ ...bullet, id: ids[index] ?? '' }));
    const bullets = all.filter((bullet) => !standing.has(bullet.id));
    if (bullets.length === 0) continue;
    for (const bullet of bullets) standing.add(bullet.id);
    left.push({ blockId: block.blockId, head: id, from: text.length + 1, bullets });
    text += `\n${bullets.map(({ source }) => source).join('\n')}`;
  }
  return { text, left };
}
