import { frontmatterEnd } from './frontmatter';
import { ListReader } from './list-reader';
import { learnStyle } from './style';
import type { Item, Outline, Style } from './types';

/**
 * Reads a note. Linear in its length; never throws. How items nest and where lists end is told in README.md.
 * `defaults` gives what the text itself doesn't show (a tab, '\n', and tabs of 4 columns otherwise).
 */
export function parse(text: string, defaults: Partial<Style> = {}): Outline {
  const bodyFrom = frontmatterEnd(text);
  const tabSize = defaults.tabSize ?? 4;
  const reader = new ListReader(text, bodyFrom, tabSize);
  reader.readAll();
  return {
    text,
    items: reader.items,
    headings: reader.headings,
    bodyFrom,
    style: learnStyle(text, reader.items, { ...defaults, tabSize }),
  };
}

/** One block read alone, see `parseBlock`. */
export interface BlockReading {
  /** The root item and its descendants; indices, parents and depths count from the root (index 0, parent -1, depth 0). Empty if no item starts at `from`. */
  readonly items: readonly Item[];
  /** End of the last item's own lines: the root's `blockTo`. */
  readonly to: number;
  /** False if the text ended before anything showed that the block has ended: what follows in the note, if anything, may belong to it. */
  readonly ended: boolean;
}

/**
 * Reads the block whose root's line starts at `from`, and nothing behind it. Offsets are into `text`, which may be a slice of
 * a note: of a slice that goes on to the end of the first non-blank line behind the block, the reading is the same as
 * `parse` gives for the whole note, as long as what stands before the block has not changed. Costs by the block's size.
 */
export function parseBlock(text: string, from = 0, tabSize = 4): BlockReading {
  const reader = new ListReader(text, from, tabSize);
  const ended = reader.readBlock();
  return { items: reader.items, to: reader.items[0]?.blockTo ?? from, ended };
}

/** The text that an outline was read from, put together from what stands between its items and their own lines. */
export function render(outline: Outline): string {
  const { text } = outline;
  let at = 0;
  const parts: string[] = [];
  for (const item of outline.items) {
    parts.push(text.slice(at, item.from), item.indent, item.marker);
    let inside = item.from + item.indent.length + item.marker.length;
    for (const line of item.lines) {
      parts.push(text.slice(inside, line.from), text.slice(line.from, line.to));
      inside = line.to;
    }
    parts.push(text.slice(inside, item.to));
    at = item.to;
  }
  parts.push(text.slice(at));
  return parts.join('');
}
