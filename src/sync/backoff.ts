/** How long to wait before trying again. Times in milliseconds. [S40] */
const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * @param attempt failed attempts in a row so far, from 0
 * @param unit uniform in [0, 1), so that a relay's devices don't come back all at once
 * @returns between half of and the whole of the attempt's bound, which doubles from 1 s to 60 s
 */
export function backoff(attempt: number, unit: number): number {
  const bound = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 16));
  return Math.round(bound * (0.5 + unit / 2));
}
