/**
 * The check points of the log that a device keeps: the newest first, older ones at growing distances, at most LIMITS.cursors.
 * A relay that lost its tail still holds one of them, so that only what follows it is read again. [S20]
 */
import { LIMITS, type Cursor } from '../protocol';

export type CursorLadder = readonly Cursor[];

/** A new rung is kept beside the newest one only when this many entries lie between. */
const FIRST_STEP = 16;

/** The ladder after reading up to `cursor`; unchanged if that is not ahead. */
export function advance(ladder: CursorLadder, cursor: Cursor): CursorLadder {
  const newest = ladder[0];
  if (newest !== undefined && cursor.sequence <= newest.sequence) return ladder;
  const second = ladder[1];
  const keepsNewest = newest !== undefined && newest.sequence - (second?.sequence ?? 0) >= FIRST_STEP;
  const rungs = [cursor, ...(keepsNewest ? ladder : ladder.slice(1))];
  if (rungs.length > LIMITS.cursors) rungs.splice(mostCrowded(rungs), 1);
  return rungs;
}

/** The ladder up to a sequence that the log was found to hold. */
export function retreat(ladder: CursorLadder, match: number): CursorLadder {
  return ladder.filter((cursor) => cursor.sequence <= match);
}

/** Sequence of the newest rung, 0 for none. */
export function position(ladder: CursorLadder): number {
  return ladder[0]?.sequence ?? 0;
}

/** The rung whose neighbours are nearest to each other, seen from the newest. */
function mostCrowded(rungs: readonly Cursor[]): number {
  let best = rungs.length - 1;
  let least = Number.POSITIVE_INFINITY;
  const top = rungs[0]?.sequence ?? 0;
  for (let i = 1; i < rungs.length - 1; i++) {
    const newer = rungs[i - 1]?.sequence ?? 0;
    const older = rungs[i + 1]?.sequence ?? 0;
    const crowding = (newer - older) / (top - older + 1);
    if (crowding < least) {
      least = crowding;
      best = i;
    }
  }
  return best;
}
