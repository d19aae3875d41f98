/** The live blocks of a text and what stands around them, read afresh. */
import { canonical } from '../../../src/document';
import { findIds, seedFrom } from '../../../src/note';
import { parse } from '../../../src/outline';

export interface Region {
  readonly blockId: string;
  readonly from: number;
  readonly to: number;
}

/** Marks that a person types into live blocks: one letter each, so that nothing can part them. */
export const FIRST_MARK = 0x4e00;
/** Marks that are typed outside of live blocks and stay on their device. */
export const FIRST_PRIVATE = 0x3400;
export const MARK = /[\u4e00-\u9fff]/g;

export function regionsOf(text: string): Region[] {
  return findIds(text).map(({ blockId, from, to }) => ({ blockId, from, to }));
}

/** Marks by the block in which they stand; in a text with a mark twice it is listed twice. */
export function marksIn(text: string, regions = regionsOf(text)): { readonly mark: string; readonly blockId: string }[] {
  const found: { mark: string; blockId: string }[] = [];
  for (const { blockId, from, to } of regions) for (const [mark] of text.slice(from, to).matchAll(MARK)) found.push({ mark, blockId });
  return found;
}

/** What may have come out of a live block: its marks, the words it began with, and empty bullets. */
const RELEASED = /[\u4e00-\u9fff]|\b(?:alpha|beta|gamma|thoughts)\b|^[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]*)?(?:\[.\][ \t]*)?$/;

/** The words that live blocks begin with, and those that people type around their marks. */
const WORDS = ['alpha', 'beta', 'gamma', 'thoughts', 'CANARY', 'so', 'it'];

function isReleased(line: string): boolean {
  if (RELEASED.test(line)) return true;
  const left = line.replace(/^[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]*)?(?:\[.\][ \t]*)?/, '').replace(new RegExp(WORDS.join('|'), 'g'), ' ');
  // What a backspace, a split or a join leaves of a word.
  return left.split(/[ \t]+/).every((part) => WORDS.some((word) => word.includes(part)));
}

/**
 * The lines outside of live blocks that are the user's alone. What was released from a block is not: late edits still go into it until
 * somebody touches it. Blank lines are left out.
 */
export function outsideOf(text: string, regions = regionsOf(text)): string[] {
  let rest = '';
  let at = 0;
  for (const { from, to } of [...regions].sort((a, b) => a.from - b.from)) {
    rest += `${text.slice(at, from)}\n`;
    at = Math.max(at, to);
  }
  return (rest + text.slice(at)).split('\n').filter((line) => !isReleased(line));
}

/**
 * How the lines around live blocks became others: in order, each stands still, or has become part of a live block.
 * @returns the lines that are new, and those that are nowhere any more
 */
export function compareOutside(before: readonly string[], text: string): { readonly added: string[]; readonly lost: string[] } {
  const regions = regionsOf(text);
  const after = outsideOf(text, regions);
  const inside = new Set(regions.flatMap(({ from, to }) => text.slice(from, to).split('\n')).map((line) => line.replace(/[ \t]+\^bw-\w+/, '')));
  const added: string[] = [];
  const lost: string[] = [];
  let at = 0;
  for (const line of before) {
    const found = after.indexOf(line, at);
    if (found < 0) {
      if (!inside.has(line)) lost.push(line);
      continue;
    }
    added.push(...after.slice(at, found));
    at = found + 1;
  }
  return { added: [...added, ...after.slice(at)], lost };
}

/** Each block of a text in its canonical form. */
export function blocksOf(text: string): Map<string, string> {
  const blocks = new Map<string, string>();
  const ids = findIds(text);
  if (ids.length === 0) return blocks;
  const outline = parse(text);
  for (const { blockId, from } of ids) {
    const item = outline.items.find((one) => one.from === from);
    if (item !== undefined && !blocks.has(blockId)) blocks.set(blockId, canonical(seedFrom(outline, item)));
  }
  return blocks;
}

/** The canonical form of a block rendered alone. */
export function blockAlone(text: string): string {
  const outline = parse(text);
  const [item] = outline.items;
  return item === undefined ? '' : canonical(seedFrom(outline, item));
}
