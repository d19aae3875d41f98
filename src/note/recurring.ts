/**
 * Tasks that recur: a program that ticks one (the Tasks plugin) writes two lines for it, the finished one and the next, above or below. The finished
 * line stays the bullet that it was, with what was under it; the next is new.
 */
import { itemText } from '../outline';
import type { Draft } from './draft';
import type { FreshBullet, OldBullet } from './identity';
import { readFrom } from './locate';
import type { Located } from './locate';
import type { Matching } from './match';
import type { Named } from './structure';
import type { BulletId, NoteText, TextChange } from './types';

const RECURS = /🔁|[[(]repeat::/u;
const DONE = /✅|[[(]completion::/u;
/** What begins the fields behind a task's own words. */
const FIELD = /\s*(?:[🔁📅⏳🛫➕✅❌🔺⏫🔼🔽⏬🏁🆔⛔]|[[(]\w+::)/u;

/** Pairs each task that has recurred with its finished line. -> index of each next line in `fresh` -> index of its finished line. */
export function pairFinished(matching: Matching, old: readonly OldBullet[], fresh: readonly FreshBullet[]): Map<number, number> {
  const finished = new Map<number, number>();
  const open = old.flatMap((bullet, index) => (RECURS.test(bullet.text) && isOpen(bullet.text, bullet.bullet.attributes.task) ? [index] : []));
  if (open.length === 0) return finished;
  fresh.forEach((next, at) => {
    if (!RECURS.test(next.text) || !isOpen(next.text, next.draft.attributes.task)) return;
    const one = open.findIndex((index) => old[index]?.block.blockId === next.blockId && wordsOf(old[index]?.text ?? '') === wordsOf(next.text));
    const done = one < 0 ? undefined : neighbours(fresh, at).find((index) => isFinished((fresh[index] as FreshBullet).draft, next.text) && isNew(fresh[index] as FreshBullet, old, fresh)); // indices of the list
    if (done === undefined || !matching.pair(open[one] as number, done)) return; // one >= 0
    open.splice(one, 1);
    finished.set(at, done);
  });
  return finished;
}

/** An undo that makes one line of the two again: it is the finished one's. For an editor's changes, when what they left alone is paired. */
export function pairReopened(matching: Matching, old: readonly OldBullet[], fresh: readonly FreshBullet[]): void {
  fresh.forEach(({ text, draft, blockId }, at) => {
    if (matching.oldOf[at] !== -1 || !RECURS.test(text) || !isOpen(text, draft.attributes.task)) return;
    const isOne = (bullet: OldBullet | undefined, open: boolean): boolean =>
      bullet?.block.blockId === blockId && isOpen(bullet.text, bullet.bullet.attributes.task) === open && wordsOf(bullet.text) === wordsOf(text);
    const next = old.findIndex((bullet, index) => matching.freshOf[index] === -1 && isOne(bullet, true));
    const done = next < 0 ? undefined : [next + 1, next - 1].find((index) => matching.freshOf[index] === -1 && isOne(old[index], false) && old[index]?.parent === old[next]?.parent);
    if (done !== undefined) matching.pair(done, at);
  });
}

/**
 * The bullets of a block with what a next line took from its finished one by standing right below it given back; the same list if none did.
 * @param finished id of a next line -> id of its finished one
 */
export function giveBack(named: readonly Named[], finished: ReadonlyMap<BulletId, BulletId>): readonly Named[] {
  let list = named;
  for (const [next, done] of finished) {
    const at = list.findIndex(({ id }) => id === next);
    if (list[at - 1]?.id !== done) continue;
    const under = new Set([next]);
    let end = at + 1;
    for (let bullet = list[end]; bullet?.parent != null && under.has(bullet.parent); bullet = list[++end]) under.add(bullet.id);
    if (end === at + 1) continue;
    const children = list.slice(at + 1, end).map((bullet) => (bullet.parent === next ? { ...bullet, parent: done } : bullet));
    list = [...list.slice(0, at), ...children, ...list.slice(at, at + 1), ...list.slice(end)];
  }
  return list;
}

/** The same for a live root, whose next line is outside its block: what the next line took is given back by moving it behind. */
export function giveBackToRoots(located: readonly Located[], text: NoteText, tabSize: number): TextChange[] {
  return located.flatMap(({ block, drafts }) => {
    const [root] = drafts;
    const was = block.bullets[0];
    if (!root || !was || drafts.length > 1 || block.bullets.length === 1 || !RECURS.test(was.text) || !isOpen(was.text, was.attributes.task)) return [];
    const from = root.from + root.source.length;
    if (from >= text.length) return [];
    const { source, reading } = readFrom(text, from + 1, from + 1, tabSize);
    const [next, child] = reading.items;
    if (next?.from !== 0 || !child || next.indent !== /^[ \t]*/.exec(root.source)?.[0]) return [];
    const own = itemText({ text: source }, next);
    if (!RECURS.test(own) || !isOpen(own, next.task) || !isFinished(root, own)) return [];
    const to = from + 1 + reading.to - (source.charAt(reading.to - 1) === '\n' ? 1 : 0);
    return [
      { from, to: from + next.to, insert: '' },
      { from: to, to, insert: `\n${source.slice(0, next.to - 1)}` },
    ];
  });
}

function isOpen(text: string, task: string | null): boolean {
  return task !== null && !/[xX-]/.test(task) && !DONE.test(text);
}

function wordsOf(text: string): string {
  return text.split(FIELD, 1)[0]?.trim() ?? '';
}

/** Siblings right above and below. */
function neighbours(fresh: readonly FreshBullet[], at: number): number[] {
  const own = fresh[at] as FreshBullet; // an index of the list
  const isSibling = (index: number): boolean => fresh[index]?.parent === own.parent && fresh[index].blockId === own.blockId;
  let above = at - 1;
  while (above >= 0 && (fresh[above] as FreshBullet).depth > own.depth) above--;
  let below = at + 1;
  while (below < fresh.length && (fresh[below] as FreshBullet).depth > own.depth) below++;
  return [below, above].filter(isSibling);
}

function isFinished({ text, attributes: { task } }: Draft, next: string): boolean {
  return task !== null && !isOpen(text, task) && RECURS.test(text) && wordsOf(text) === wordsOf(next);
}

/** Whether a finished line is one more than there were. */
function isNew(done: FreshBullet, old: readonly OldBullet[], fresh: readonly FreshBullet[]): boolean {
  const isSame = (text: string, task: string | null): boolean => text === done.text && task === done.draft.attributes.task;
  const before = old.filter(({ text, bullet }) => isSame(text, bullet.attributes.task)).length;
  return fresh.filter(({ text, draft }) => isSame(text, draft.attributes.task)).length > before;
}
