/** How long to wait before trying again. Times in milliseconds. [S40] */
const FIRST = 1_000;
const LONGEST = 60_000;
/** What a relay may ask for, and the time over which those that it told the same come again. [S49] */
const LONGEST_TOLD = 120_000;
const SPREAD = 1_000;

/**
 * @param attempt failed attempts in a row so far, from 0
 * @param unit uniform in [0, 1), so that a relay's devices don't come back all at once
 * @returns between half of and the whole of the attempt's bound, which doubles from 1 s to 60 s
 */
export function backoff(attempt: number, unit: number): number {
  const bound = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 16));
  return Math.round(bound * (0.5 + unit / 2));
}

/** @param after what the relay said, ms; without it the pause is `backoff` */
export function pauseAfter({ after }: { readonly after?: number }, attempt: number, unit: number): number {
  return after === undefined ? backoff(attempt, unit) : Math.min(LONGEST_TOLD, after) + Math.round(unit * SPREAD);
}
