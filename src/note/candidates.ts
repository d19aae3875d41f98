/** Plain bullets that ask to become live: by the tag, or by a phrase, on their own first line. */
import { findBlockIds, findPhrases, findTags, itemText, parse } from '../outline';
import type { Item, Outline } from '../outline';
import { itemOver } from './locate';
import type { BoundNote, Candidate, NoteText } from './types';

export interface CandidateRules {
  /** With the '#'. */
  readonly tag: string;
  readonly phrases: readonly string[];
}

/** What makes a line worth a look. */
export function marksOf(rules: CandidateRules): string[] {
  return [rules.tag, ...rules.phrases].filter((mark) => mark !== '');
}

/** Whether a text holds a mark in any case; says nothing of whether it counts there. */
export function bearsMark(text: string, marks: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return marks.some((mark) => lower.includes(mark.toLowerCase()));
}

/**
 * Candidates outside live blocks whose first line meets [from, to]; none under another. A bullet that bears an id is none: it is
 * a block that is not bound (yet), and a second id would part it from its document.
 */
export function candidatesIn(note: BoundNote, outline: Outline, rules: CandidateRules, from = 0, to = outline.text.length): Candidate[] {
  const tags = findTags(outline, rules.tag).map(({ item }) => ({ item, reason: 'tag' as const }));
  const tagged = new Set(tags.map(({ item }) => item));
  const phrased = findPhrases(outline, rules.phrases).flatMap(({ item }) => (tagged.has(item) ? [] : [{ item, reason: 'phrase' as const }]));
  const found: Candidate[] = [];
  let covered = -1;
  const marked = tags.length + phrased.length > 0 && outline.text.includes('^bw-') ? new Set(findBlockIds(outline).map(({ item }) => item)) : new Set<number>();
  for (const { item: index, reason } of [...tags, ...phrased].sort((a, b) => a.item - b.item)) {
    const item = outline.items[index];
    const first = item?.lines[0];
    if (!item || !first || item.marker === '' || item.from > to || first.to < from || item.from < covered) continue;
    if (marked.has(index) || note.blocks.some((block) => item.from >= block.from && item.from <= block.to)) continue;
    found.push(candidateOf(outline, item, reason));
    covered = item.blockTo;
  }
  return found;
}

/** The same for a text: whole by default. Reads the note. */
export function findCandidates(note: BoundNote, text: NoteText, rules: CandidateRules, from = 0, to = text.length): Candidate[] {
  return candidatesIn(note, parse(text.toString(), note.style), rules, from, to);
}

/** The plain bullet whose own lines hold a position, whether it bears a tag or not; null in a live block or where there is none. */
export function candidateAt(note: BoundNote, text: NoteText, pos: number): Candidate | null {
  const outline = parse(text.toString(), note.style);
  let item = itemOver(outline.items, pos);
  if (item?.marker === '') item = outline.items[item.parent] ?? null;
  if (!item || note.blocks.some((block) => pos >= block.from && pos <= block.to)) return null;
  return candidateOf(outline, item, 'tag');
}

function candidateOf(outline: Outline, item: Item, reason: 'tag' | 'phrase'): Candidate {
  const to = outline.text.charCodeAt(item.blockTo - 1) === 10 ? item.blockTo - 1 : item.blockTo;
  return { reason, from: item.from, to, text: itemText(outline, item) };
}
