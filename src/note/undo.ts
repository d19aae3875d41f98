/** Undo by bullet: CodeMirror's history knows positions only, and after a remote move they are another bullet's. */
import { blockAt, bulletAt, offsetOf, sourceOffset } from './bound';
import { applyChanges } from './grapheme';
import { diffLetters, rebase } from './text-diff';
import type { BoundBullet, BoundNote, BulletId, DocumentTree, ShapeMark, TextChange, TextMark, UndoMark } from './types';

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
  // Of what was joined history has lost its place.
  const isJoined = waiting.some(({ mark, bullet }) => mark.id !== bullet.id);
  if (!isJoined && hit.size === wanted.size && [...hit].every((key) => wanted.has(key))) return null;
  const texts = new Map<string, { mark: TextMark; bullet: BoundBullet; text: string }>();
  const textNow = ({ key, bullet }: { readonly key: string; readonly bullet: BoundBullet }): string => texts.get(key)?.text ?? bullet.text;
  while (waiting.length > 0) {
    // Newest first: the one whose edit led to the text as it is so far.
    const at = Math.max(0, waiting.findIndex((one) => textNow(one) === one.mark.after));
    const [one] = waiting.splice(at, 1);
    if (!one) break;
    const text = textNow(one);
    texts.set(one.key, { mark: { ...one.mark, id: one.bullet.id }, bullet: one.bullet, text: applyChanges(text, resolve(one.mark, text)) });
  }
  const result: TextChange[] = [];
  for (const { mark, bullet, text } of texts.values()) {
    const start = (offsetOf(note, { ...mark, offset: 0 }) ?? 0) - sourceOffset(bullet, 0);
    for (const { from, to, insert } of diffLetters(bullet.text, text)) {
      result.push({ from: start + sourceOffset(bullet, from), to: start + sourceOffset(bullet, to), insert });
    }
  }
  return changes.length === 0 && result.length === 0 ? null : result.sort((a, b) => a.from - b.from);
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
