import type { LineTable } from './line-table';
import { isBlank } from './line-table';

/** Kinds of spans whose lines are not read as Markdown. */
const enum Opener {
  Backticks = 0,
  Tildes = 1,
  Comment = 2,
  HtmlComment = 3,
  Formula = 4,
}
const KINDS = 5;
const CLOSERS = ['', '', '%%', '-->', '$$'] as const;

/** What a search that found no end has seen: up to `stop`, no fence of at least `length`. */
interface Failure {
  stop: number;
  length: number;
}

/**
 * Finds where fences, comments and formulas end. One that never ends inside its container opens nothing: else a fence that
 * is just being typed would turn all bullets below it into code, and a live block into a deleted one, for a moment.
 * Failures are remembered per container column, so that many openers without an end cost no more than one.
 */
export class RawSpans {
  private readonly failures = new Map<number, Failure>();

  constructor(private readonly lines: LineTable) {}

  /**
   * The line on which the span that opens at `at` in `line` ends, or -1 if none opens there. Its container's content starts
   * at column `scope`: a line that is indented less ends the container.
   */
  end(line: number, at: number, scope: number): number {
    const { lines } = this;
    const { text } = lines;
    const lineEnd = lines.end(line);
    const code = text.charCodeAt(at);
    let kind: Opener;
    let length = 0;
    if (code === 96 || code === 126) {
      kind = code === 96 ? Opener.Backticks : Opener.Tildes;
      while (at + length < lineEnd && text.charCodeAt(at + length) === code) length++;
      if (length < 3) return -1;
      if (code === 96 && contains(text, '`', at + length, lineEnd)) return -1;
    } else {
      kind = code === 37 ? Opener.Comment : code === 60 ? Opener.HtmlComment : Opener.Formula;
      const opener = kind === Opener.HtmlComment ? 4 : 2;
      // Closed on the same line: text like any other.
      if (contains(text, CLOSERS[kind], at + opener, lineEnd)) return -1;
    }
    const key = scope * KINDS + kind;
    const failure = this.failures.get(key);
    if (failure && line < failure.stop && length >= failure.length) return -1;

    let now = line + 1;
    for (; lines.has(now); now++) {
      if (lines.blank(now)) continue;
      const column = lines.column(now);
      if (column < scope) break;
      const from = lines.textFrom(now);
      const end = lines.end(now);
      if (length > 0) {
        if (column - scope < 4 && text.charCodeAt(from) === code && closesFence(text, from, end, code, length)) return now;
      } else if (contains(text, CLOSERS[kind], from, end)) return now;
    }
    if (failure && line < failure.stop) {
      failure.stop = now;
      failure.length = Math.min(failure.length, length);
    } else this.failures.set(key, { stop: now, length });
    return -1;
  }
}

function closesFence(text: string, from: number, end: number, code: number, length: number): boolean {
  let at = from;
  while (at < end && text.charCodeAt(at) === code) at++;
  if (at - from < length) return false;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at === end;
}

/** Searches a line only: `indexOf` alone would look on to the end of the note. */
function contains(text: string, what: string, from: number, end: number): boolean {
  const first = what.charCodeAt(0);
  for (let at = from; at + what.length <= end; at++) {
    if (text.charCodeAt(at) === first && text.startsWith(what, at)) return true;
  }
  return false;
}
