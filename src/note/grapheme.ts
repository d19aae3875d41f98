/** Cuts edits at grapheme borders: half an emoji replaced by half of another, merged with someone's typing, is a broken character. */
import type { TextChange } from './types';

let segmenter: Intl.Segmenter | undefined;

/** Tells grapheme borders of one text; the segmenter is asked only near characters that can combine. */
class Borders {
  private segments: Intl.Segments | undefined;
  constructor(private readonly text: string) {}

  has(at: number): boolean {
    if (at <= 0 || at >= this.text.length) return true;
    const before = this.text.charCodeAt(at - 1);
    const after = this.text.charCodeAt(at);
    if (before < 0x300 && after < 0x300) return before !== 13;
    segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    this.segments ??= segmenter.segment(this.text);
    return this.segments.containing(at)?.index === at;
  }
}

/** The text after ascending, non-overlapping changes. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = '';
  let at = 0;
  for (const change of changes) {
    result += text.slice(at, change.from) + change.insert;
    at = change.to;
  }
  return result + text.slice(at);
}

/**
 * The same edit of `before` with every cut at a border of both the text before and the text after. Changes that come to touch are joined;
 * changes that do nothing are dropped.
 */
export function snapToGraphemes(before: string, changes: readonly TextChange[], after = applyChanges(before, changes)): TextChange[] {
  const old = new Borders(before);
  const fresh = new Borders(after);
  const result: TextChange[] = [];
  /** Offset in `after` minus offset in `before`, left of the change in hand. */
  let shift = 0;
  for (const change of changes) {
    if (change.from === change.to && change.insert === '') continue;
    let { from, to } = change;
    const right = shift + change.insert.length - (change.to - change.from);
    while (!(old.has(from) && fresh.has(from + shift))) from--;
    while (!(old.has(to) && fresh.has(to + right))) to++;
    const last = result.at(-1);
    if (last && from < last.to) {
      // Both reach into one grapheme: take the text after between their outer ends. What lies left of `last` has not moved by more than it did.
      const left = last.from + startShift(result);
      result[result.length - 1] = { from: last.from, to: Math.max(to, last.to), insert: after.slice(left, Math.max(to, last.to) + right) };
    } else {
      result.push({ from, to, insert: after.slice(from + shift, to + right) });
    }
    shift = right;
  }
  return result;
}

/** Shift left of the last change of a list. */
function startShift(changes: readonly TextChange[]): number {
  let shift = 0;
  for (let i = 0; i < changes.length - 1; i++) {
    const change = changes[i] as TextChange; // i is in range
    shift += change.insert.length - (change.to - change.from);
  }
  return shift;
}
