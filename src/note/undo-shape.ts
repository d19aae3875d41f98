/**
 * Undo of structure by bullet: bullets that were moved, made, deleted, ticked, parted or joined here go back, and what others did meanwhile stays. An editor's
 * history holds text: where another device changed the same lines, taking that back takes the other's edits along.
 */
import { ROOT } from '../document';
import { bulletAt } from './bound';
import { applyChanges } from './grapheme';
import { changedText } from './note-text';
import { namedOf, read } from './read';
import type { Named } from './structure';
import { diffLetters, rebase } from './text-diff';
import type { Attributes, BoundBlock, BoundNote, BulletId, DocumentTree, NoteText, ReadContext, Redirect, ShapeMark, TextChange, TextMark, UndoMark } from './types';
import { isShapeMark, resolve } from './undo';
import { write } from './write';
import { Written } from './written';

interface Node {
  readonly id: BulletId;
  parent: BulletId | null;
  text: string;
  attributes: Attributes;
  readonly children: BulletId[];
  /** Its text when it came back here. */
  readonly was: string;
  readonly wentAlong?: true;
}

/** A block as it is to be: starts as what the text shows. */
class Shape implements DocumentTree {
  private readonly nodes = new Map<BulletId, Node>();
  private readonly texts = new Map<BulletId, Written>();
  /** What was taken back in those that go. */
  readonly gone = new Map<BulletId, string>();

  constructor(
    named: readonly Named[],
    private readonly document: DocumentTree | undefined,
  ) {
    for (const { id, parent, text, attributes } of named) {
      this.nodes.set(id, { id, parent, text, attributes, children: [], was: text });
      if (parent !== null) this.nodes.get(parent)?.children.push(id);
    }
  }

  get size(): number {
    return this.nodes.size;
  }
  get(id: BulletId): Node | undefined {
    return this.nodes.get(id);
  }
  trashed(id: BulletId): ReturnType<NonNullable<DocumentTree['trashed']>> {
    return this.nodes.has(id) ? undefined : this.document?.trashed?.(id);
  }
  trashedIds(id: BulletId): readonly BulletId[] {
    return this.document?.trashedIds?.(id) ?? [id];
  }

  list(): string {
    return this.bullets().map(({ id, depth, text, attributes: { marker, task, gap } }) => JSON.stringify([depth, id, text, marker, task, gap])).join('\n');
  }

  /** In the order of the text. */
  bullets(): (Node & { readonly depth: number })[] {
    const list: (Node & { readonly depth: number })[] = [];
    const add = (id: BulletId, depth: number): void => {
      const node = this.nodes.get(id) as Node; // ids of nodes
      list.push({ ...node, depth });
      for (const child of node.children) add(child, depth + 1);
    };
    add(ROOT, 0);
    return list;
  }

  takeBack(mark: ShapeMark): void {
    const [was, then] = [namedOf(mark.before), namedOf(mark.after)];
    const after = new Map(then.map((bullet) => [bullet.id, bullet]));
    const before = new Set(was.map(({ id }) => id));
    for (const bullet of was) {
      const made = after.get(bullet.id);
      const node = this.nodes.get(bullet.id);
      if (!made) {
        // Where another device joined it to a bullet that is there its text is, too.
        const isThere = node ?? (!mark.joined.includes(bullet.id) && this.nodes.has(this.document?.trashed?.(bullet.id)?.mergedInto ?? ''));
        if (!isThere) this.put({ ...bullet, children: [], was: mark.gone?.find(({ id }) => id === bullet.id)?.text ?? bullet.text }, bullet, was);
        continue;
      }
      if (!node) {
        if (this.wentAlong(mark, bullet)) this.put({ ...bullet, children: [], was: made.text, wentAlong: true }, bullet, was);
        continue;
      }
      if (bullet.text !== made.text) this.takeBackIn(node, rebase(diffLetters(made.text, bullet.text), diffLetters(made.text, node.text)), made.text);
      // Where another device put it meanwhile it stays.
      if (mark.moved.includes(bullet.id) && node.parent === made.parent) this.moveBack(node, bullet, was);
      for (const name of ['marker', 'task', 'gap'] as const) {
        if (bullet.attributes[name] !== made.attributes[name] && node.attributes[name] === made.attributes[name]) node.attributes = { ...node.attributes, [name]: bullet.attributes[name] };
      }
    }
    for (const { id, text } of then.reverse()) {
      if (mark.made.includes(id)) this.takeOut(id, text);
      else if (!before.has(id)) {
        const [node, inTrash] = [this.nodes.get(id), mark.gone?.find((one) => one.id === id)?.text];
        if (node && inTrash !== undefined) this.takeBackIn(node, rebase(diffLetters(text, inTrash), diffLetters(text, node.text)), text);
        this.remove(id);
      }
    }
  }

  takeBackText(mark: TextMark): void {
    const node = this.nodes.get(mark.id);
    if (node) this.takeBackIn(node, resolve(mark, node.text), mark.after);
  }

  private takeBackIn(node: Node, changes: readonly TextChange[], after: string): void {
    const written = this.texts.get(node.id) ?? new Written(node.text, this.document?.written?.(node.id));
    written.takeBack(changes, after);
    node.text = written.text;
    this.texts.set(node.id, written);
  }

  /** Whether a bullet that was moved here is gone only because the other device deleted what it was moved to; or stood under one of which that is so. */
  private wentAlong({ moved }: ShapeMark, { id, parent }: Named): boolean {
    if (this.document?.trashed?.(id) || this.document?.textOf?.(id) === undefined) return false;
    return moved.includes(id) || (parent !== null && this.nodes.get(parent)?.wentAlong === true);
  }

  /** What the other device deleted, alone or with what it stood under, was kept by the move only. */
  private moveBack(node: Node, bullet: Named, was: readonly Named[]): void {
    if (this.document?.isTrashOverruled?.(node.id) || (bullet.parent !== null && !this.living(bullet.parent))) this.remove(node.id);
    else this.put(node, bullet, was);
  }

  /** A bullet, or the one that it was joined to. */
  private living(id: BulletId): Node | undefined {
    const seen = new Set<BulletId>();
    for (let at: BulletId | null | undefined = id; typeof at === 'string' && !seen.has(at); at = this.document?.trashed?.(at)?.mergedInto) {
      const node = this.nodes.get(at);
      if (node) return node;
      seen.add(at);
    }
    return undefined;
  }

  /** Where it was: behind the nearest of the siblings that it stood behind, else before those that it stood before. */
  private put(node: Node, { id, parent }: Named, was: readonly Named[]): void {
    const to = parent === null ? undefined : this.living(parent);
    if (!to || this.isUnder(to.id, id)) return;
    this.detach(node);
    const family = was.filter((one) => one.parent === parent).map((one) => one.id);
    const own = family.indexOf(id);
    const above = family.slice(0, own).reverse().find((one) => to.children.includes(one));
    const below = family.slice(own + 1).find((one) => to.children.includes(one));
    const at = above !== undefined ? to.children.indexOf(above) + 1 : below !== undefined ? to.children.indexOf(below) : to.children.length;
    to.children.splice(at, 0, id);
    node.parent = to.id;
    this.nodes.set(id, node);
  }

  /** A bullet that was made here goes, unless others wrote into it, or put bullets under it: then it keeps what is theirs. */
  private takeOut(id: BulletId, text: string): void {
    const node = this.nodes.get(id);
    if (!node) return;
    if (node.children.length > 0 || node.text !== text) {
      node.text = applyChanges(node.text, rebase(text === '' ? [] : [{ from: 0, to: text.length, insert: '' }], diffLetters(text, node.text)));
      if (node.children.length > 0 || node.text !== '') return;
    }
    this.remove(id);
  }

  /** With all under it. */
  private remove(id: BulletId): void {
    const node = this.nodes.get(id);
    if (!node) return;
    this.detach(node);
    this.nodes.delete(id);
    if (this.texts.has(id) && node.text !== node.was) this.gone.set(id, node.text);
    for (const child of [...node.children]) this.remove(child);
  }

  private detach({ id, parent }: Node): void {
    const siblings = parent === null ? undefined : this.nodes.get(parent)?.children;
    const at = siblings?.indexOf(id) ?? -1;
    if (at >= 0) siblings?.splice(at, 1);
  }

  private isUnder(id: BulletId, ancestor: BulletId): boolean {
    for (let at: BulletId | null | undefined = id; at !== null && at !== undefined; at = this.nodes.get(at)?.parent) if (at === ancestor) return true;
    return false;
  }
}

/**
 * What an undo or redo of structure has to do instead of `changes` (of the text that `note` describes).
 * @param marks of the transactions that it takes back, newest first
 */
export function redirectShape(note: BoundNote, text: NoteText, changes: readonly TextChange[], marks: readonly UndoMark[], context: ReadContext): Redirect {
  const blockId = marks[0]?.blockId ?? '';
  const block = note.blocks.find((one) => one.blockId === blockId);
  if (!block || marks.some((mark) => mark.blockId !== blockId)) return { changes: null, expected: null };
  const shape = new Shape(namedOf(block.bullets), context.tree?.(blockId));
  for (const mark of marks) {
    if (isShapeMark(mark)) shape.takeBack(mark);
    else shape.takeBackText(mark);
  }
  const expected = { blockId, bullets: shape.bullets(), gone: shape.gone };
  if (marks.some(isOfTexts) && areWithin(block, changes, partsOf(marks))) return { changes: null, expected };
  const wanted = shape.list();
  const reading = read(note, changes, changedText(text, changes), { ...context, expected });
  const found = reading.note.blocks.find((one) => one.blockId === blockId);
  // What others wrote in text that goes may be left glued to the id.
  if (found && listOf(found) === wanted && reading.facts.damaged.length === 0 && reading.facts.repairs.length === 0) return { changes: null, expected };
  const writing = write(note, text, blockId, shape);
  return writing.edits && writing.edits.length > 0 ? { changes: null, expected: null } : { changes: writing.changes, expected };
}

function listOf(block: BoundBlock): string {
  return new Shape(namedOf(block.bullets), undefined).list();
}

/** Whether texts were parted or joined, which the editor undoes best itself as long as its changes hit the very bullets. */
function isOfTexts(mark: UndoMark): boolean {
  return isShapeMark(mark) && mark.after.some(({ id, text }) => mark.before.some((was) => was.id === id && was.text !== text));
}

/** The bullets that came, went, or got another text. */
function partsOf(marks: readonly UndoMark[]): Set<BulletId> {
  const parts = new Set<BulletId>();
  for (const mark of marks) {
    if (!isShapeMark(mark)) parts.add(mark.id);
    else {
      const was = new Map(mark.before.map(({ id, text }) => [id, text]));
      for (const { id, text } of mark.after) if (was.get(id) !== text) parts.add(id);
      for (const { id } of mark.after) was.delete(id);
      for (const id of was.keys()) parts.add(id);
    }
  }
  return parts;
}

function areWithin(block: BoundBlock, changes: readonly TextChange[], ids: ReadonlySet<BulletId>): boolean {
  const isOf = (at: number): boolean => at >= block.from && at <= block.to && ids.has(block.bullets[bulletAt(block, at).index]?.id ?? '');
  return changes.length > 0 && changes.every(({ from, to }) => isOf(from) && isOf(to));
}
