/** Bullets that an undo or redo brings back, known by its marks: their texts may be others than those that they were removed with. */
import { rebase, diffLetters } from './text-diff';
import type { FreshBullet, Identities, OldBullet } from './identity';
import { applyChanges } from './grapheme';
import type { BoundBlock, BoundBullet, BulletId, DocumentTree, Edit, Expected, ExpectedBullet } from './types';

type TextEdit = Extract<Edit, { type: 'text' }>;

/** @returns index of a fresh bullet -> the one that it is; nothing unless the text is just what was expected, and what is there already is what it was taken for */
export function expectedBack(
  { blockId, bullets }: Expected,
  fresh: readonly FreshBullet[],
  old: readonly OldBullet[],
  { matching }: Identities,
  tree: DocumentTree | undefined,
): Map<number, ExpectedBullet> {
  const back = new Map<number, ExpectedBullet>();
  const own = fresh.flatMap((bullet, index) => (bullet.blockId === blockId ? [{ ...bullet, index }] : []));
  if (!tree || own.length !== bullets.length) return back;
  const isExpected = own.every(({ draft, index }, i) => {
    const bullet = bullets[i] as ExpectedBullet; // as long as `own`
    const known = old[matching.oldOf[index] ?? -1];
    if (draft.depth !== bullet.depth || draft.text !== bullet.text) return false;
    if (known?.block.blockId === blockId) return known.bullet.id === bullet.id;
    back.set(index, bullet);
    return tree.get(bullet.id) === undefined && tree.textOf?.(bullet.id) !== undefined;
  });
  if (!isExpected) back.clear();
  return back;
}

/** What those that come back say beyond what they are in the trash. */
export function retold(back: Iterable<ExpectedBullet>, tree: DocumentTree | undefined): Edit[] {
  return [...back].flatMap(({ id, was, text }): Edit[] => {
    const now = tree?.textOf?.(id) ?? text;
    // One that was joined to another has left there what was changed in it since.
    const isJoined = typeof tree?.trashed?.(id)?.mergedInto === 'string';
    const changes = isJoined ? diffLetters(now, text) : rebase(diffLetters(was, text), diffLetters(was, now));
    return changes.length > 0 ? [{ type: 'text', id, changes }] : [];
  });
}

/** What of their texts is taken back in bullets that go: else it would come back with them. */
export function leftBehind({ gone }: Expected, { bullets }: BoundBlock, left: readonly BoundBullet[], mergedInto: ReadonlyMap<BulletId, BulletId>): TextEdit[] {
  const present = new Set(left.map(({ id }) => id));
  return bullets.flatMap(({ id, text }): TextEdit[] => {
    const then = gone.get(id);
    return then === undefined || present.has(id) || mergedInto.has(id) ? [] : [{ type: 'text', id, changes: diffLetters(text, then) }];
  });
}

/** The texts in the trash, where these are others than in the block: of those that go, and of those that come back. */
export function textsInTrash({ bullets }: BoundBlock, left: readonly TextEdit[], back: Iterable<ExpectedBullet>): { id: BulletId; text: string }[] {
  const texts = new Map(bullets.map(({ id, text }) => [id, text]));
  return [
    ...left.map(({ id, changes }) => ({ id, text: applyChanges(texts.get(id) ?? '', changes) })),
    ...[...back].flatMap(({ id, was, text }) => (was === text ? [] : [{ id, text: was }])),
  ];
}
