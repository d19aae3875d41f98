/** The real clock and randomness, as the engine's ports. */
import type { Clock, Random } from '../sync';

/** Longest delay that timers of browsers and Node take, ms; longer ones would run at once. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(LONGEST, Math.max(0, ms)));
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  unit: () => Math.random(),
};
