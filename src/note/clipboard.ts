/** Bullets that this run removed, so that a cut and a later paste, or an undo, is a move. */
import type { BulletId, Clipboard, RemovedBullet } from './types';

/** Removed bullets remembered; the oldest are forgotten. */
const MOST = 5_000;

export function emptyClipboard(): Clipboard {
  return { removed: [] };
}

/** The clipboard with these, newest first. */
export function remember(clipboard: Clipboard, removed: readonly RemovedBullet[]): Clipboard {
  return removed.length === 0 ? clipboard : { removed: [...removed, ...clipboard.removed].slice(0, MOST) };
}

/** What a text that came by paste, undo or redo may be. Each removed bullet is taken once. */
export class Retrieval {
  private readonly byText = new Map<string, number[]>();
  private readonly taken = new Set<number>();
  private lastTaken = -2;

  constructor(private readonly clipboard: Clipboard) {
    clipboard.removed.forEach((bullet, index) => {
      const list = this.byText.get(bullet.text);
      if (list) list.push(index);
      else this.byText.set(bullet.text, [index]);
    });
  }

  /** The removed bullet of this text: the one after that taken last if it fits, then one of the same block, then the newest. One without text is known by its place alone. */
  take(blockId: string, text: string, isFree: (bullet: RemovedBullet) => boolean): RemovedBullet | null {
    const list = (this.byText.get(text) ?? []).filter((index) => !this.taken.has(index) && isFree(this.clipboard.removed[index] as RemovedBullet));
    const found =
      list.find((index) => index === this.lastTaken + 1) ??
      (text.trim() === '' ? undefined : (list.find((index) => this.clipboard.removed[index]?.blockId === blockId) ?? list[0]));
    if (found === undefined) return null;
    this.taken.add(found);
    this.lastTaken = found;
    return this.clipboard.removed[found] ?? null;
  }

  /** What is left. */
  rest(): Clipboard {
    return this.taken.size === 0 ? this.clipboard : { removed: this.clipboard.removed.filter((_, index) => !this.taken.has(index)) };
  }
}

/** For `isFree`: `present` are the ids that a block holds now, as a bullet that is back already is not taken again. One that was joined comes back by an undo, into its block. */
export function isGone(blockId: string, present: ReadonlySet<BulletId>, isUndoing: boolean): (bullet: RemovedBullet) => boolean {
  return (bullet) => (bullet.joined ? isUndoing && bullet.blockId === blockId && !present.has(bullet.id) : bullet.blockId !== blockId || !present.has(bullet.id));
}
