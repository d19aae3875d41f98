/** How a block's text differs from what it is now, line by line and word by word. */
import { diffArrays } from 'diff';
import type { LossLine } from '../../peer';

export interface DiffLine extends LossLine {
  /** The text in pieces; those that the other text lacks are `changed`. Only of a line that stands there in two versions. */
  readonly parts?: readonly Part[];
}
interface Part {
  readonly text: string;
  readonly changed: boolean;
}

/** Two lines are versions of one when they share at least this part of the longer one. */
const SHARED = 0.3;
/** Above so many differing lines or words the rest is shown as wholly different: a text of thousands must not block the app. */
const MOST_EDITS = 2_000;

/** @returns the lines of both: `removed` those that `now` has, `added` those that `then` has and `now` lacks */
export function differences(now: string, then: string): readonly DiffLine[] {
  const unit = indentOf(now + then);
  const line = (kind: LossLine['kind'], text: string, parts?: readonly Part[]): DiffLine => {
    const [blank = ''] = /^[\t ]*/.exec(text) ?? [];
    const depth = Math.floor(widthOf(blank) / unit);
    const cut = [...blank].findIndex((_, i) => widthOf(blank.slice(0, i)) >= depth * unit);
    const from = cut < 0 ? blank.length : cut;
    return { kind, depth, text: text.slice(from), ...(parts && { parts: without(parts, from) }) };
  };
  const lines: DiffLine[] = [];
  const [a, b] = [linesOf(now), linesOf(then)];
  const chunks = diffArrays(a, b, { maxEditLength: MOST_EDITS }) ?? [{ value: a, removed: true }, { value: b, added: true }]; // prettier-ignore
  chunks.forEach((chunk, at) => {
    if (chunk.added && chunks[at - 1]?.removed) return;
    const next = chunks[at + 1];
    if (!chunk.removed || !next?.added) {
      lines.push(...chunk.value.map((text) => line(chunk.removed ? 'removed' : chunk.added ? 'added' : 'kept', text)));
      return;
    }
    for (let i = 0; i < Math.max(chunk.value.length, next.value.length); i += 1) {
      const [gone, come] = [chunk.value[i], next.value[i]];
      const [goneParts, comeParts] = gone === undefined || come === undefined ? [] : words(gone, come);
      if (gone !== undefined) lines.push(line('removed', gone, goneParts));
      if (come !== undefined) lines.push(line('added', come, comeParts));
    }
  });
  return lines;
}

/** Both texts in pieces, if they are versions of one. */
function words(gone: string, come: string): [] | [readonly Part[], readonly Part[]] {
  const split = (text: string): string[] => text.match(/[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]/gu) ?? [];
  const parts = (diffArrays(split(gone), split(come), { maxEditLength: MOST_EDITS }) ?? []).map((part) => ({ ...part, text: part.value.join('') }));
  const shared = parts.filter(({ added, removed }) => !added && !removed).reduce((sum, { text }) => sum + text.trim().length, 0);
  if (shared < SHARED * Math.max(gone.length, come.length)) return [];
  const of = (side: 'added' | 'removed'): Part[] => parts.filter((part) => !part[side === 'added' ? 'removed' : 'added']).map((part) => ({ text: part.text, changed: part[side] }));
  return [of('removed'), of('added')];
}

/** The pieces behind the first `length` characters. */
function without(parts: readonly Part[], length: number): Part[] {
  let left = length;
  return parts.flatMap(({ text, changed }) => {
    const rest = text.slice(left);
    left = Math.max(0, left - text.length);
    return rest === '' ? [] : [{ text: rest, changed }];
  });
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Columns that one level takes. */
function indentOf(text: string): number {
  const widths = [...text.matchAll(/^[\t ]+(?=[-*+\d])/gm)].map(([blank]) => widthOf(blank));
  return Math.min(4, ...widths);
}

function widthOf(blank: string): number {
  return [...blank].reduce((sum, one) => sum + (one === '\t' ? 4 : 1), 0);
}
