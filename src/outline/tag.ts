import { itemIndexAt } from './block-id';
import { itemText } from './item-text';
import type { Range } from './opaque';
import { isIn, opaqueRanges } from './opaque';
import type { Outline, SourceChange } from './types';

/** What an item's first line holds that may make it live. Offsets are into the note. */
export interface FoundTag {
  readonly item: number;
  readonly from: number;
  readonly to: number;
}

/** What can't be in a tag: blanks and the punctuation that ends one in Obsidian. */
const NO_TAG_LETTER = /[\s\u2000-\u206F\u2E00-\u2E7F'!"#$%&()*+,.:;<=>?@^`{|}~[\]\\]/;
/** What may stand right before a tag. */
const BEFORE_TAG = /[\s("'*_~=\u2018\u201c]/;
const CALLOUT_TITLE = /^[ \t]*(?:>[ \t]*)+\[![^\]]*\]/;

/**
 * Items on whose own first line `tag` (with its '#') stands, or a tag nested in it (`#live/x`), in any case; the first of each item. Not
 * in code, comments, formulas, links, addresses, callout titles and frontmatter.
 */
export function findTags(outline: Pick<Outline, 'text' | 'items'>, tag: string): FoundTag[] {
  return findOnFirstLines(outline, [tag], isTagAt);
}

/**
 * Items on whose own first line one of the phrases stands as whole words, in any case, outside the places where a tag wouldn't count either.
 */
export function findPhrases(outline: Pick<Outline, 'text' | 'items'>, phrases: readonly string[]): FoundTag[] {
  return findOnFirstLines(outline, phrases, isPhraseAt);
}

/** Whether a tag stands on the first line of an item's text. */
export function hasTag(text: string, tag: string): boolean {
  if (CALLOUT_TITLE.test(firstLine(text))) return false;
  const tags = matchesOf([tag], firstLine(text)).filter((match) => isTagAt(text, match.from, match.to));
  if (tags.length === 0) return false;
  const opaque = opaqueRanges(text);
  return tags.some((match) => !isIn(opaque, match.from));
}

/** Takes a tag out, with one blank beside it. */
export function removeTag(outline: Pick<Outline, 'text'>, tag: FoundTag): SourceChange {
  const { text } = outline;
  const blankAt = (offset: number) => /[ \t]/.test(text.charAt(offset));
  if (blankAt(tag.to) && (tag.from === 0 || /\s/.test(text.charAt(tag.from - 1)))) return { from: tag.from, to: tag.to + 1, insert: '' };
  const atLineEnd = tag.to === text.length || /[\r\n]/.test(text.charAt(tag.to));
  // At the line's end the blank before goes, but not the one that belongs to the marker.
  if (atLineEnd && blankAt(tag.from - 1) && /\S[ \t]+$/.test(text.slice(lineStart(text, tag.from), tag.from)) && !isAfterMarker(text, tag.from)) {
    return { from: tag.from - 1, to: tag.to, insert: '' };
  }
  return { from: tag.from, to: tag.to, insert: '' };
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function isAfterMarker(text: string, offset: number): boolean {
  return /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[^\n]{1,2}\][ \t])?$/u.test(text.slice(lineStart(text, offset), offset));
}

function findOnFirstLines(
  outline: Pick<Outline, 'text' | 'items'>,
  needles: readonly string[],
  matches: (text: string, from: number, to: number) => boolean,
): FoundTag[] {
  const { text, items } = outline;
  const found: FoundTag[] = [];
  let read = -1;
  let itsText = '';
  let opaque: Range[] | null = null;
  for (const { from, to } of matchesOf(needles, text)) {
    const index = itemIndexAt(items, from);
    const item = items[index];
    const line = item?.lines[0];
    if (!line || from < line.from || to > line.to || found[found.length - 1]?.item === index) continue;
    if (read !== index) {
      read = index;
      opaque = null;
      itsText = itemText(outline, item);
    }
    const offset = from - line.from;
    if (!matches(itsText, offset, offset + to - from) || CALLOUT_TITLE.test(firstLine(itsText))) continue;
    opaque ??= opaqueRanges(itsText);
    if (!isIn(opaque, offset)) found.push({ item: index, from, to: tagEnd(text, from, to) });
  }
  return found;
}

/** A nested tag ends behind what is nested in it. */
function tagEnd(text: string, from: number, to: number): number {
  if (text.charAt(from) !== '#') return to;
  while (to < text.length && !NO_TAG_LETTER.test(text.charAt(to))) to++;
  return to;
}

function matchesOf(needles: readonly string[], text: string): { from: number; to: number }[] {
  const used = needles.map((needle) => needle.trim()).filter((needle) => needle !== '' && needle !== '#');
  if (used.length === 0) return [];
  const pattern = new RegExp(used.map((needle) => needle.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '[ \\t]+')).join('|'), 'giu');
  return Array.from(text.matchAll(pattern), (match) => ({ from: match.index, to: match.index + match[0].length }));
}

function isTagAt(text: string, from: number, to: number): boolean {
  if (from > 0 && !BEFORE_TAG.test(text.charAt(from - 1))) return false;
  const next = text.charAt(to);
  return next === '' || next === '/' || NO_TAG_LETTER.test(next);
}

function isPhraseAt(text: string, from: number, to: number): boolean {
  return !isWordBorderInside(text, from) && !isWordBorderInside(text, to);
}

/** Whether letters or digits stand on both sides of an offset. */
function isWordBorderInside(text: string, offset: number): boolean {
  const letter = /[\p{L}\p{N}\p{M}_]/u;
  const before = text.slice(Math.max(0, offset - 2), offset);
  return letter.test([...before].pop() ?? '') && letter.test(String.fromCodePoint(text.codePointAt(offset) ?? 32));
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
