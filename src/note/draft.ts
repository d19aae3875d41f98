/** A block as the text has it now, before its bullets are told from each other. */
import { itemText } from '../outline';
import type { Item } from '../outline';
import type { Attributes, BoundBullet } from './types';

/** A bullet without a name. `from` is where its source starts in the note. */
export interface Draft extends Omit<BoundBullet, 'id'> {
  readonly from: number;
  /** Start of the bullet's first line in the note (behind its gap). */
  readonly lineFrom: number;
  /** Index of the parent in the list of drafts, -1 for the root. */
  readonly parent: number;
}

/** The separating blank and the id at the end of a root's paragraph, as a range of the note. */
export interface IdCut {
  readonly from: number;
  readonly to: number;
}

/**
 * The items of one block (root first, as `parseBlock` gives them) as drafts. Positions of items are of `text`; `offset` is where `text`
 * starts in the note. `cut` (of `text`) is left out of the root's text.
 */
export function draftBlock(text: string, items: readonly Item[], cut: IdCut | null, offset: number): Draft[] {
  const drafts: Draft[] = [];
  let from = items[0]?.from ?? 0;
  items.forEach((item, index) => {
    const to = item.to > item.from && text.charCodeAt(item.to - 1) === 10 ? item.to - 1 : item.to;
    const own = index === 0 && cut ? withoutCut(item, cut) : item;
    drafts.push({
      from: from + offset,
      lineFrom: item.from + offset,
      depth: item.depth,
      parent: item.parent,
      source: text.slice(from, to),
      lines: own.lines.map((line) => ({ from: line.from - from, to: line.to - from })),
      text: itemText({ text }, own),
      attributes: attributesOf(item, index === 0),
    });
    from = to + 1;
  });
  return drafts;
}

/** An item's registers as a document holds them; a root has no gap. */
export function attributesOf(item: Item, root = false): Attributes {
  return { marker: item.marker, task: item.task, gap: root ? 0 : item.gap };
}

/** The item without its id; a line that holds nothing else is no line of the text. */
export function withoutCut(item: Item, cut: IdCut): Item {
  const lines = item.lines.flatMap((line, index) => {
    if (cut.to < line.from || cut.from > line.to) return [line];
    // An id alone on its line brought the line end before it, too.
    return index > 0 && cut.from < line.from ? [] : [{ ...line, to: cut.from }];
  });
  return { ...item, lines };
}
