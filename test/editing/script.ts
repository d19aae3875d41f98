/** What happens in a trial, as plain data: a step says who does what, and a number from which all its choices come, so that a script with steps left out still means something. */
import { SimRandom } from '../sim/random';

export const DEEDS = {
  type: 30, 'several cursors': 3, enter: 9, 'soft break': 2, backspace: 6, 'delete forward': 2, 'delete word': 2, join: 2, 'type over': 3, 'delete across': 1,
  indent: 5, outdent: 3, 'move up': 3, 'move down': 3, 'move line up': 1, 'move line down': 1, 'outliner move': 4, drag: 4, sort: 2,
  cut: 3, paste: 5, 'delete line': 2, 'delete with children': 1, tick: 2, compose: 3, fold: 3, unfold: 2, go: 6, select: 3, undo: 5, redo: 2,
} as const;

export type Deed = keyof typeof DEEDS;

/** Deeds that are not taken back one by one where a whole episode is. */
const BETWEEN: readonly Deed[] = ['undo', 'redo', 'compose'];

export interface Step {
  readonly who: 0 | 1;
  readonly deed: Deed;
  readonly choice: number;
  /** Turns of the event loop until the next: what was sent arrives meanwhile, or a part of it. */
  readonly turns: number;
}

/**
 * `live`: both edit, and each other's edits arrive at any moment. `undo`: both edit without hearing of each other, hear, and then one takes
 * back all that it did: what the other alone had made must be left.
 */
export interface Episode {
  readonly kind: 'live' | 'undo';
  /** Who takes back. */
  readonly who: 0 | 1;
  readonly steps: readonly Step[];
}

export interface Script {
  readonly seed: number;
  readonly episodes: readonly Episode[];
}

/** Of this many steps, about: one pair of devices and one note. */
export function scriptOf(seed: number, steps: number): Script {
  const random = new SimRandom(seed);
  const episodes: Episode[] = [];
  for (let left = steps; left > 0; ) {
    const kind = random.chance(0.5) ? 'live' : 'undo';
    const count = Math.min(left, kind === 'live' ? 8 + random.below(25) : 2 + random.below(9));
    let who: 0 | 1 = 0;
    const list = Array.from({ length: count }, (): Step => {
      if (random.chance(0.4)) who = who === 0 ? 1 : 0;
      return { who, deed: pick(random, kind === 'undo' ? BETWEEN : []), choice: random.below(2 ** 31), turns: random.chance(0.5) ? 0 : random.below(12) };
    });
    episodes.push({ kind, who: random.chance(0.5) ? 0 : 1, steps: list });
    left -= count;
  }
  return { seed, episodes };
}

function pick(random: SimRandom, without: readonly Deed[]): Deed {
  const deeds = (Object.entries(DEEDS) as [Deed, number][]).filter(([deed]) => !without.includes(deed));
  let at = random.unit() * deeds.reduce((sum, [, weight]) => sum + weight, 0);
  return deeds.find(([, weight]) => (at -= weight) < 0)?.[0] ?? 'type';
}
