import { kindOf } from './line-kind';
import { LineTable } from './line-table';
import { RawSpans } from './raw-span';

/** [from, to) of a text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A part of a text that is read as one. */
export interface OpaqueRange extends Range {
  /** What it begins with: '[[' of a link, '](' of a link's target, '`', '%%', …; '' for a fence, comment or formula of whole lines. */
  readonly mark: string;
}

/**
 * The parts of an item's text in which nothing is a tag, a phrase or a block id: fences, comments, formulas, inline code, links, addresses and
 * HTML tags. Ascending, not overlapping. Linear.
 */
export function opaqueRanges(text: string): OpaqueRange[] {
  const ranges: OpaqueRange[] = [];
  const lines = new LineTable(text, 0, 4);
  const raw = new RawSpans(lines);
  let proseFrom = 0;
  for (let line = 0; lines.has(line); line++) {
    const at = lines.textFrom(line);
    if (kindOf(text, at, lines.end(line)) !== 'raw') continue;
    const last = raw.end(line, at, 0);
    if (last < 0) continue;
    scanInline(text, proseFrom, lines.start(line), ranges);
    ranges.push({ from: lines.start(line), to: lines.end(last), mark: '' });
    line = last;
    proseFrom = lines.end(last);
  }
  scanInline(text, proseFrom, text.length, ranges);
  return ranges;
}

/** Whether an offset is in one of ascending ranges. */
export function isIn(ranges: readonly Range[], offset: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Range).to <= offset) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.from <= offset;
}

const MARKS = /\\|`+|\[\[|\]\(|%%|<!--|<[A-Za-z/][^<>\n]*>|\$+|[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s<>]*/g;

function scanInline(text: string, from: number, to: number, ranges: OpaqueRange[]): void {
  if (from >= to) return;
  const part = text.slice(from, to);
  const ends = new Ends(part);
  MARKS.lastIndex = 0;
  for (let match = MARKS.exec(part); match; match = MARKS.exec(part)) {
    const mark = match[0];
    const at = match.index;
    const inside = at + mark.length;
    let end = -1;
    if (mark === '\\') {
      MARKS.lastIndex = inside + 1;
      continue;
    }
    if (mark.startsWith('`')) end = ends.ofCode(inside, mark.length);
    else if (mark === '[[') end = ends.onLine(']]', inside);
    else if (mark === '](') end = ends.onLine(')', inside);
    else if (mark === '%%') end = ends.of('%%', inside);
    else if (mark === '<!--') end = ends.of('-->', inside);
    else if (mark.startsWith('$')) end = mark.length > 2 ? -1 : ends.ofFormula(mark, inside);
    else end = inside;
    if (end < 0) continue;
    ranges.push({ from: from + at, to: from + end, mark });
    MARKS.lastIndex = end;
  }
}

/** Ends of inline spans. Remembers what it has searched for, so that openers without an end stay cheap. */
class Ends {
  private readonly found = new Map<string, number>();
  private codeRuns: Map<number, number[]> | null = null;

  constructor(private readonly text: string) {}

  /** End of the first `closer` at or behind `from`, or -1. */
  of(closer: string, from: number): number {
    let at = this.found.get(closer);
    if (at === undefined || at < from) {
      at = this.text.indexOf(closer, from);
      if (at < 0) at = Infinity;
      this.found.set(closer, at);
    }
    return at === Infinity ? -1 : at + closer.length;
  }

  onLine(closer: string, from: number): number {
    const end = this.of(closer, from);
    if (end < 0) return -1;
    const lineEnd = this.of('\n', from);
    return lineEnd >= 0 && lineEnd < end ? -1 : end;
  }

  /** End of the next run of exactly `length` backticks. */
  ofCode(from: number, length: number): number {
    if (!this.codeRuns) {
      this.codeRuns = new Map();
      for (const run of this.text.matchAll(/`+/g)) {
        const known = this.codeRuns.get(run[0].length);
        if (known) known.push(run.index);
        else this.codeRuns.set(run[0].length, [run.index]);
      }
      for (const runs of this.codeRuns.values()) runs.reverse();
    }
    const runs = this.codeRuns.get(length);
    while (runs && runs.length > 0 && (runs[runs.length - 1] as number) < from) runs.pop();
    const at = runs?.[runs.length - 1];
    return at === undefined ? -1 : at + length;
  }

  /** As in Obsidian, `$` has no blank inside and no digit behind it, so that sums of money are text. */
  ofFormula(mark: string, from: number): number {
    if (mark === '$' && /\s/.test(this.text.charAt(from))) return -1;
    const end = mark === '$' ? this.onLine(mark, from) : this.of(mark, from);
    if (end < 0 || mark === '$$') return end;
    return /\s/.test(this.text.charAt(end - 2)) || /\d/.test(this.text.charAt(end)) ? -1 : end;
  }
}
