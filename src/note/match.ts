/** Which bullet of before a bullet of now is, told by content and place alone. */

/** What matching looks at. Lists are in the order of the text. */
export interface Line {
  readonly text: string;
  readonly depth: number;
  /** Index of the parent in the same list, -1 for none. */
  readonly parent: number;
}

/** Similarity below which two texts are two bullets. */
const LEAST = 0.5;
/** The same for the only bullet that went and the only one that came at one place. */
const LEAST_ALONE = 0.34;
/** A best match that is not better than the second by this is no match. */
const MARGIN = 0.1;
/** Pairs compared in one gap; what came in a larger one is new text. */
const MOST_PAIRS = 4_000;

/** A growing one-to-one relation between lines of before and lines of now. */
export class Matching {
  /** Index of now -> index of before, -1 for none. */
  readonly oldOf: Int32Array;
  /** Index of before -> index of now, -1 for none. */
  readonly freshOf: Int32Array;

  constructor(
    readonly old: readonly Line[],
    readonly fresh: readonly Line[],
  ) {
    this.oldOf = new Int32Array(fresh.length).fill(-1);
    this.freshOf = new Int32Array(old.length).fill(-1);
  }

  /** False if either is taken already. */
  pair(old: number, fresh: number): boolean {
    if (this.freshOf[old] !== -1 || this.oldOf[fresh] !== -1) return false;
    this.freshOf[old] = fresh;
    this.oldOf[fresh] = old;
    return true;
  }

  /** Lines of equal text: the same place first, then the only two of a text, then the same parent, then the order. */
  byEqualText(): void {
    this.ends();
    const groups = this.equalGroups();
    for (const group of groups) {
      const [one] = group.old;
      const [other] = group.fresh;
      if (one !== undefined && other !== undefined && group.old.length === 1 && group.fresh.length === 1) this.pair(one, other);
    }
    for (const group of groups) {
      if (group.old.length === 1 && group.fresh.length === 1) continue;
      for (const fresh of group.fresh) {
        const parent = this.oldOf[parentOf(this.fresh, fresh)] ?? -1;
        const old = group.old.find((index) => this.freshOf[index] === -1 && parentOf(this.old, index) === parent);
        if (old !== undefined) this.pair(old, fresh);
      }
      let next = 0;
      for (const fresh of group.fresh) {
        if (this.oldOf[fresh] !== -1) continue;
        while (next < group.old.length && this.freshOf[group.old[next] as number] !== -1) next++; // next < length
        const old = group.old[next];
        if (old === undefined) break;
        this.pair(old, fresh);
      }
    }
  }

  /** Lines that changed where they stand: similar enough, and clearly more so than any other. */
  bySimilarity(): void {
    let from = 0;
    while (from < this.fresh.length) {
      if (this.oldOf[from] !== -1) {
        from++;
        continue;
      }
      let to = from;
      while (to < this.fresh.length && this.oldOf[to] === -1) to++;
      const low = from === 0 ? 0 : (this.oldOf[from - 1] as number) + 1;
      const high = to === this.fresh.length ? this.old.length : (this.oldOf[to] as number);
      const gone: number[] = [];
      for (let index = low; index < high; index++) if (this.freshOf[index] === -1) gone.push(index);
      if (gone.length > 0 && gone.length * (to - from) <= MOST_PAIRS) this.gap(gone, from, to);
      from = to;
    }
  }

  private gap(gone: readonly number[], from: number, to: number): void {
    for (const old of gone) for (let fresh = from; fresh + 1 < to; fresh++) if (this.isSplit(old, fresh)) this.pair(old, fresh);
    const alone = gone.length === 1 && to - from === 1;
    const scores: { old: number; fresh: number; score: number }[] = [];
    for (const old of gone) {
      const before = this.old[old] as Line; // an index of the list
      for (let fresh = from; fresh < to; fresh++) {
        const now = this.fresh[fresh] as Line;
        if (alone && before.text === '' && before.depth === now.depth) return void this.pair(old, fresh);
        if (before.text === '' && now.text === '' && before.depth === now.depth) scores.push({ old, fresh, score: LEAST });
        else {
          const score = similarity(before.text, now.text);
          if (score >= LEAST_ALONE - MARGIN) scores.push({ old, fresh, score });
        }
      }
    }
    scores.sort((a, b) => b.score - a.score || a.old - b.old || a.fresh - b.fresh);
    const least = alone ? LEAST_ALONE : LEAST;
    for (const best of scores) {
      if (best.score < least) break;
      const rival = scores.find(
        (other) =>
          other !== best &&
          (other.old === best.old) !== (other.fresh === best.fresh) &&
          this.freshOf[other.old] === -1 &&
          this.oldOf[other.fresh] === -1,
      );
      if (rival && rival.score > best.score - MARGIN && (this.old[best.old] as Line).text !== '') continue;
      this.pair(best.old, best.fresh);
    }
  }

  /** Whether a line of now and the next are one of before, with or without something new between. */
  private isSplit(old: number, fresh: number): boolean {
    const [before, first, second] = [this.old[old]?.text ?? '', this.fresh[fresh]?.text ?? '', this.fresh[fresh + 1]?.text ?? ''];
    const rest = before.slice(first.length).trimStart();
    return first !== '' && rest !== '' && before.startsWith(first) && second.endsWith(rest);
  }

  private ends(): void {
    const same = (old: number, fresh: number): boolean => {
      const [a, b] = [this.old[old], this.fresh[fresh]];
      return a !== undefined && b !== undefined && a.text === b.text && a.depth === b.depth && this.freshOf[old] === -1 && this.oldOf[fresh] === -1;
    };
    const [n, m] = [this.old.length, this.fresh.length];
    let start = 0;
    while (start < n && start < m && (same(start, start) || this.freshOf[start] === start)) this.pair(start, start++);
    let end = 1;
    while (end <= n - start && end <= m - start && (same(n - end, m - end) || this.freshOf[n - end] === m - end)) this.pair(n - end, m - end++);
  }

  /** Unmatched lines by text, on both sides; empty ones are told by place only. */
  private equalGroups(): { old: number[]; fresh: number[] }[] {
    const groups = new Map<string, { old: number[]; fresh: number[] }>();
    this.old.forEach((line, index) => {
      if (this.freshOf[index] !== -1 || line.text === '') return;
      const group = groups.get(line.text);
      if (group) group.old.push(index);
      else groups.set(line.text, { old: [index], fresh: [] });
    });
    this.fresh.forEach((line, index) => {
      if (this.oldOf[index] === -1 && line.text !== '') groups.get(line.text)?.fresh.push(index);
    });
    return [...groups.values()].filter((group) => group.fresh.length > 0);
  }
}

function parentOf(lines: readonly Line[], index: number): number {
  return lines[index]?.parent ?? -1;
}

/** 0..1. Shared pairs of characters (Dice), or the shared ends of a text that grew or shrank. */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  if (a === '' || b === '') return 0;
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < least - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  const ends = least >= 3 && start + end === least ? 0.9 : (start + end) / Math.max(a.length, b.length);
  return Math.max(ends, dice(a, b));
}

function dice(a: string, b: string): number {
  if (a.length < 2 || b.length < 2) return 0;
  const pairs = new Map<number, number>();
  for (let i = 1; i < a.length; i++) {
    const pair = a.charCodeAt(i - 1) * 65_536 + a.charCodeAt(i);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let shared = 0;
  for (let i = 1; i < b.length; i++) {
    const pair = b.charCodeAt(i - 1) * 65_536 + b.charCodeAt(i);
    const left = pairs.get(pair) ?? 0;
    if (left > 0) {
      shared++;
      pairs.set(pair, left - 1);
    }
  }
  return (2 * shared) / (a.length + b.length - 2);
}

/** Indices (into `values`) of one longest strictly increasing subsequence. */
export function longestIncreasing(values: readonly number[]): number[] {
  const tails: number[] = [];
  const before = new Array<number>(values.length).fill(-1);
  values.forEach((value, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] as number] as number) < value) low = middle + 1; // middle < tails.length
      else high = middle;
    }
    if (low > 0) before[index] = tails[low - 1] as number;
    tails[low] = index;
  });
  const result: number[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] as number) result.push(at);
  return result.reverse();
}
