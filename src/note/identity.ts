/** Who is who: which bound bullet each bullet of the changed text is. */
import { keptPieces } from './kept';
import type { Kept } from './kept';
import { Matching } from './match';
import type { Line } from './match';
import { pairFinished, pairReopened } from './recurring';
import type { Draft } from './draft';
import type { BoundBlock, BoundBullet } from './types';

/** A bound bullet with the places that the comparison needs. */
export interface OldBullet extends Line {
  readonly block: BoundBlock;
  readonly bullet: BoundBullet;
  /** Start of `source` in the note before. */
  readonly start: number;
}

/** A bullet of the text now. */
export interface FreshBullet extends Line {
  readonly blockId: string;
  readonly draft: Draft;
}

export interface Identities {
  readonly matching: Matching;
  /** Old index -> fresh index of the bullet that its text was joined to. */
  readonly joined: ReadonlyMap<number, number>;
  /** Old bullets whose text stands outside the live blocks now -> where; of those without text only such that went with their parent. */
  readonly outside: ReadonlyMap<number, number>;
  /** Fresh index of a recurring task's next line -> that of its finished line. */
  readonly finished: ReadonlyMap<number, number>;
}

/** Old bullets of blocks, in one list. */
export function oldBullets(blocks: readonly BoundBlock[]): OldBullet[] {
  const list: OldBullet[] = [];
  for (const block of blocks) {
    const path: number[] = [];
    let start = block.from;
    for (const bullet of block.bullets) {
      path.length = bullet.depth;
      list.push({ block, bullet, start, text: bullet.text, depth: bullet.depth, parent: path[bullet.depth - 1] ?? -1 });
      path.push(list.length - 1);
      start += bullet.source.length + 1;
    }
  }
  return list;
}

/** Drafts of blocks, ascending, in one list. */
export function freshBullets(blocks: readonly { readonly blockId: string; readonly drafts: readonly Draft[] }[]): FreshBullet[] {
  const list: FreshBullet[] = [];
  for (const { blockId, drafts } of blocks) {
    const base = list.length;
    for (const draft of drafts) {
      list.push({ blockId, draft, text: draft.text, depth: draft.depth, parent: draft.parent < 0 ? -1 : base + draft.parent });
    }
  }
  return list;
}

/**
 * `kept` is what an editor's changes left alone; null for a text found on disk, where content alone tells. A block's root is
 * always its root.
 */
export function identify(old: readonly OldBullet[], fresh: readonly FreshBullet[], kept: readonly Kept[] | null): Identities {
  const matching = new Matching(old, fresh);
  const roots = new Map<string, number>();
  fresh.forEach((bullet, index) => {
    if (bullet.draft.depth === 0) roots.set(bullet.blockId, index);
  });
  old.forEach((bullet, index) => {
    const root = bullet.depth === 0 ? roots.get(bullet.block.blockId) : undefined;
    if (root !== undefined) matching.pair(index, root);
  });
  const finished = pairFinished(matching, old, fresh);
  if (kept) {
    pairUntouched(matching, old, fresh, kept);
    pairReopened(matching, old, fresh);
  }
  const traces = kept ? trace(matching, old, fresh, kept) : null;
  if (traces) pairByTraces(matching, traces);
  matching.byEqualText();
  if (traces) {
    traces.markers.forEach((at, index) => {
      if (at >= 0 && old[index]?.block.blockId === fresh[at]?.blockId) matching.pair(index, at);
    });
  }
  matching.bySimilarity();
  const joined = new Map<number, number>();
  const outside = new Map<number, number>();
  if (traces) {
    traces.homes.forEach((homes, index) => {
      if (matching.freshOf[index] !== -1) return;
      const home = homes.find((at) => matching.oldOf[at] !== -1);
      const host = home === undefined ? undefined : old[matching.oldOf[home] as number];
      if (home !== undefined && host?.block === old[index]?.block) joined.set(index, home);
      else if (homes.length === 0 && (traces.outside[index] ?? -1) >= 0 && (old[index]?.text.trim() !== '' || outside.has(old[index]?.parent ?? -1))) {
        outside.set(index, traces.outside[index] as number);
      }
    });
  }
  if (kept) pairEmpty(matching, old, fresh, outside);
  return { matching, joined, outside, finished };
}

/** Bullets without text that jumped leave no trace: what went and what came are taken for the same, so that what others type into them stays. */
function pairEmpty(matching: Matching, old: readonly OldBullet[], fresh: readonly FreshBullet[], outside: ReadonlyMap<number, number>): void {
  const gone = old.flatMap(({ text, depth }, index) => (text === '' && depth > 0 && matching.freshOf[index] === -1 && !outside.has(index) ? [index] : []));
  if (gone.length === 0) return;
  fresh.forEach(({ text, blockId }, index) => {
    if (text !== '' || matching.oldOf[index] !== -1) return;
    const at = gone.findIndex((one) => old[one]?.block.blockId === blockId);
    const [was] = at < 0 ? [] : gone.splice(at, 1);
    if (was !== undefined) matching.pair(was, index);
  });
}

interface Traces {
  /** Per old bullet: the fresh bullets that hold kept characters of its text, in order. */
  readonly homes: readonly (readonly number[])[];
  /** Per old bullet: the fresh bullet that has its marker, or -1. */
  readonly markers: readonly number[];
  /** Per old bullet: where kept text of it, or the marker of one without text, stands outside all blocks, or -1. */
  readonly outside: readonly number[];
}

/** Bullets that the changes did not come near: the same source where it has shifted to. */
function pairUntouched(matching: Matching, old: readonly OldBullet[], fresh: readonly FreshBullet[], kept: readonly Kept[]): void {
  let at = 0;
  let next = 0;
  for (let index = 0; index < old.length; index++) {
    const { bullet, start, block } = old[index] as OldBullet; // index < length
    while (at < kept.length && (kept[at] as Kept).to < start + bullet.source.length) at++;
    const stretch = kept[at];
    if (!stretch || stretch.from > start) continue;
    const from = start + stretch.shift;
    while (next < fresh.length && (fresh[next] as FreshBullet).draft.from < from) next++;
    const now = fresh[next];
    if (now?.draft.from === from && now.blockId === block.blockId && now.draft.source === bullet.source) matching.pair(index, next);
  }
}

function trace(matching: Matching, old: readonly OldBullet[], fresh: readonly FreshBullet[], kept: readonly Kept[]): Traces {
  const homes: number[][] = [];
  const markers: number[] = [];
  const outside: number[] = [];
  const nowhere: number[] = [];
  old.forEach(({ bullet, start, depth }, index) => {
    if (matching.freshOf[index] !== -1 && depth > 0) {
      homes.push(nowhere);
      markers.push(-1);
      outside.push(-1);
      return;
    }
    const own: number[] = [];
    let lost = -1;
    for (const line of bullet.lines) {
      for (const piece of keptPieces(kept, start + line.from, start + line.to)) {
        const at = bulletOver(fresh, piece.from);
        if (bullet.source.slice(piece.from - piece.shift - start, piece.to - piece.shift - start).trim() === '') continue;
        if (at < 0) lost = lost < 0 ? piece.from : lost;
        else if (own.at(-1) !== at) own.push(at);
      }
    }
    homes.push(own);
    const first = bullet.lines[0];
    const line = start + bullet.source.lastIndexOf('\n', (first?.from ?? 0) - 1) + 1;
    const [head] = keptPieces(kept, line + indentLength(bullet), start + (first?.from ?? 0));
    const at = head ? bulletOver(fresh, head.from) : -1;
    const draft = fresh[at]?.draft;
    outside.push(lost < 0 && own.length === 0 && head && at < 0 && bullet.text.trim() === '' ? head.from : lost);
    markers.push(head && draft && head.from < draft.from + (draft.lines[0]?.from ?? 0) ? at : -1);
  });
  return { homes, markers, outside };
}

function indentLength(bullet: BoundBullet): number {
  const first = bullet.lines[0]?.from ?? 0;
  const line = bullet.source.lastIndexOf('\n', first - 1) + 1;
  return /^[ \t]*/.exec(bullet.source.slice(line, first))?.[0].length ?? 0;
}

/** Index of the fresh bullet whose source holds a position; -1 outside the blocks. */
function bulletOver(fresh: readonly FreshBullet[], at: number): number {
  let low = 0;
  let high = fresh.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fresh[middle] as FreshBullet).draft.from <= at) low = middle + 1; // middle < length
    else high = middle;
  }
  const found = fresh[low - 1]?.draft;
  return found && at <= found.from + found.source.length ? low - 1 : -1;
}

/** The first half of a split, the upper one of a join: the bullet with the kept text whose marker is there too, else the first. */
function pairByTraces(matching: Matching, traces: Traces): void {
  const guests = new Map<number, number[]>();
  traces.homes.forEach((homes, index) => {
    for (const home of homes) {
      const list = guests.get(home);
      if (list) list.push(index);
      else guests.set(home, [index]);
    }
  });
  for (const home of [...guests.keys()].sort((a, b) => a - b)) {
    if (matching.oldOf[home] !== -1) continue;
    const list = guests.get(home) ?? [];
    const free = list.filter((index) => matching.freshOf[index] === -1);
    const owner = free.find((index) => traces.markers[index] === home) ?? free[0];
    if (owner !== undefined) matching.pair(owner, home);
  }
  traces.homes.forEach((homes, index) => {
    const at = traces.markers[index] ?? -1;
    if (homes.length === 0 && at >= 0 && matching.old[index]?.text === '') matching.pair(index, at);
  });
}
