/** Undo by bullet: CodeMirror's history knows positions only, and after a remote move they are another bullet's. */
import { contentIndent } from '../outline';
import { blockAt, bulletAt, offsetOf, sourceOffset, textOffset } from './bound';
import { applyChanges } from './grapheme';
import { indentOf } from './layout';
import { diffLetters, rebase } from './text-diff';
import type { BoundBullet, BoundNote, BulletId, DocumentTree, ShapeMark, TextChange, TextMark, UndoMark } from './types';
import { Written } from './written';

type TreeOf = (blockId: string) => DocumentTree | undefined;

/** The bullet that a mark's text is in now: its own, or the one that it was joined to. */
function find(note: BoundNote, { blockId, id }: TextMark, treeOf: TreeOf | undefined): BoundBullet | undefined {
  const bullets = note.blocks.find((block) => block.blockId === blockId)?.bullets ?? [];
  const tree = treeOf?.(blockId);
  const seen = new Set<BulletId>();
  for (let at: BulletId | null | undefined = id; typeof at === 'string' && !seen.has(at); at = tree?.trashed?.(at)?.mergedInto) {
    const bullet = bullets.find((one) => one.id === at);
    if (bullet) return bullet;
    seen.add(at);
  }
  return undefined;
}

function keyOf({ blockId, id }: Pick<TextMark, 'blockId' | 'id'>): string {
  return `${blockId}/${id}`;
}

/** The inverse of a local edit as changes of the bullet's present text. */
export function resolve(mark: TextMark, text: string): TextChange[] {
  return text === mark.after ? [...mark.changes] : rebase(mark.changes, diffLetters(mark.after, text));
}

/**
 * What an undo or redo has to do instead of `changes` (of the text that `note` describes, the one before it), or null if these hit the bullets
 * that they were made in. `marks` are of the transactions that it takes back.
 */
export function redirectText(note: BoundNote, changes: readonly TextChange[], marks: readonly TextMark[], treeOf?: TreeOf): TextChange[] | null {
  const waiting = marks.flatMap((mark) => {
    const bullet = find(note, mark, treeOf);
    return bullet ? [{ mark, bullet, key: keyOf({ ...mark, id: bullet.id }) }] : [];
  });
  // A bullet that another device deleted is not there to be edited; a block that isn't bound is plain text.
  if (waiting.length === 0) return marks.some(({ blockId }) => note.blocks.some((block) => block.blockId === blockId)) ? [] : null;
  // A bullet that was moved as text leaves nothing of the edit where history looks for it.
  const wanted = new Set(waiting.map(({ key }) => key));
  const hit = new Set(changes.map((change) => bulletOf(note, change)));
  const texts = takenBack(waiting, treeOf);
  // Of what was joined history has lost its place, and of what was once taken back elsewhere than it thinks.
  const isJoined = waiting.some(({ mark, bullet }) => mark.id !== bullet.id);
  const isWhole = !isJoined && hit.size === wanted.size && [...hit].every((key) => wanted.has(key)) && texts.every((one) => hasSameLetters(note, changes, one));
  if (isWhole) return amongTheirs(note, changes, waiting, treeOf);
  const result = texts.flatMap(({ mark, bullet, written }) => inNote(note, mark, bullet, diffLetters(bullet.text, written.text)));
  return changes.length === 0 && result.length === 0 ? null : result.sort((x, y) => x.from - y.from);
}

interface Waiting {
  readonly mark: TextMark;
  readonly bullet: BoundBullet;
  readonly key: string;
}

interface TakenBack extends Waiting {
  readonly written: Written;
}

/** By bullet, the text without the edits of all marks. */
function takenBack(waiting: readonly Waiting[], treeOf: TreeOf | undefined): TakenBack[] {
  const texts = new Map<string, TakenBack>();
  const left = [...waiting];
  const textNow = ({ key, bullet }: Waiting): string => texts.get(key)?.written.text ?? bullet.text;
  while (left.length > 0) {
    // Newest first: the one whose edit led to the text as it is so far.
    const at = Math.max(0, left.findIndex((one) => textNow(one) === one.mark.after));
    const [one] = left.splice(at, 1);
    if (!one) break;
    const written = texts.get(one.key)?.written ?? new Written(one.bullet.text, treeOf?.(one.mark.blockId)?.written?.(one.bullet.id));
    written.takeBack(resolve(one.mark, written.text), one.mark.after);
    texts.set(one.key, { ...one, written });
  }
  return [...texts.values()];
}

/** Whether history's changes leave a bullet the letters that its marks do, in whatever order. */
function hasSameLetters(note: BoundNote, changes: readonly TextChange[], { mark, bullet, key, written }: TakenBack): boolean {
  const sorted = (text: string): string => text.split('').sort().join('');
  return sorted(applyChanges(bullet.text, inBullet(note, changes, { mark, bullet, key }))) === sorted(written.text);
}

/** Those of the changes that lie in a bullet, as changes of its text. */
function inBullet(note: BoundNote, changes: readonly TextChange[], { mark, bullet, key }: Waiting): TextChange[] {
  const start = startOfBullet(note, mark, bullet);
  return changes
    .filter((change) => bulletOf(note, change) === key)
    .map(({ from, to, insert }) => ({ from: textOffset(bullet, from - start), to: textOffset(bullet, to - start), insert: insert.replace(/\n[ \t]*/g, '\n') }));
}

/** Changes of a bullet's text as changes of the note. */
function inNote(note: BoundNote, mark: TextMark, bullet: BoundBullet, changes: readonly TextChange[]): TextChange[] {
  const start = startOfBullet(note, mark, bullet);
  const lineStart = `\n${contentIndent(indentOf(bullet), bullet.attributes.marker, note.style)}`;
  return changes.map(({ from, to, insert }) => ({ from: start + sourceOffset(bullet, from), to: start + sourceOffset(bullet, to), insert: insert.replaceAll('\n', lineStart) }));
}

function startOfBullet(note: BoundNote, { blockId }: TextMark, bullet: BoundBullet): number {
  return (offsetOf(note, { blockId, id: bullet.id, offset: 0 }) ?? 0) - sourceOffset(bullet, 0);
}

/** The same changes, each within its bullet, with deleted letters between the very ones that they were between; null if they do that themselves. */
function amongTheirs(note: BoundNote, changes: readonly TextChange[], waiting: readonly Waiting[], treeOf: TreeOf | undefined): TextChange[] | null {
  const result: TextChange[] = [];
  let isOther = false;
  for (const key of new Set(waiting.map((one) => one.key))) {
    const { mark, bullet } = waiting.find((one) => one.key === key) as Waiting; // the newest
    const own = inBullet(note, changes, { mark, bullet, key });
    const written = new Written(bullet.text, bullet.text === mark.after ? undefined : treeOf?.(mark.blockId)?.written?.(bullet.id));
    const made = written.takeBack(own, mark.after);
    isOther ||= written.text !== applyChanges(bullet.text, own);
    result.push(...inNote(note, mark, bullet, made));
  }
  return isOther ? result.sort((a, b) => a.from - b.from) : null;
}

/** Key of the bullet in whose text a change lies; '' if it lies in none. */
function bulletOf(note: BoundNote, change: TextChange): string {
  const block = blockAt(note, change.from);
  if (!block || change.to > block.to) return '';
  const { index, start } = bulletAt(block, change.from);
  const bullet = block.bullets[index] as BoundBullet; // bulletAt gives an index of the list
  const inside = bullet.lines.some((line) => change.from - start >= line.from && change.to - start <= line.to);
  return inside ? `${block.blockId}/${bullet.id}` : '';
}

export function isShapeMark(mark: UndoMark): mark is ShapeMark {
  return 'moved' in mark;
}

/** What undoes `changes` of `before`, as changes of the text after them. */
export function invert(before: string, changes: readonly TextChange[]): TextChange[] {
  let shift = 0;
  return changes.map((change) => {
    const from = change.from + shift;
    shift += change.insert.length - (change.to - change.from);
    return { from, to: from + change.insert.length, insert: before.slice(change.from, change.to) };
  });
}
