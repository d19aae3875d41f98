/** A block's lines, shortened to what would change and a little around it. Pure. */
import type { LossLine } from './ports';

/** `stays`: so many bullets that stay and are left out; `more`: so many lines beyond the most that are shown. */
export type ShownLine<Line extends LossLine = LossLine> = Line | { readonly kind: 'stays' | 'more'; readonly count: number };

/** Bullets that stay and are shown before and after one that changes. */
const AROUND = 1;

/** @param most lines of which no more is shown */
export function shortened<Line extends LossLine>(lines: readonly Line[], most: number): readonly ShownLine<Line>[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, i) => {
    if (kind !== 'kept') for (let at = i - AROUND; at <= i + AROUND; at += 1) near.add(at);
  });
  const shown: ShownLine<Line>[] = [];
  let left = 0;
  const rest = (): void => {
    if (left > 0) shown.push({ kind: 'stays', count: left });
    left = 0;
  };
  lines.forEach((line, i) => {
    if (line.kind === 'kept' && i > 0 && !near.has(i)) {
      left += 1;
      return;
    }
    rest();
    shown.push(line);
  });
  rest();
  return shown.length <= most ? shown : [...shown.slice(0, most - 1), { kind: 'more', count: shown.length - most + 1 }];
}
