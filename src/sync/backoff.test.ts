import { backoff, pauseAfter } from './backoff';

test('[S40] pauses grow from half a second to a minute, for ever, and never to nothing', () => {
  expect(backoff(0, 0)).toBe(500);
  expect(backoff(1, 1)).toBe(2000);
  expect(backoff(20, 1)).toBe(60_000);
  expect(backoff(20, 0)).toBe(30_000);
  for (const attempt of [0, 3, 100, 1e6]) {
    for (const unit of [0, 0.5, 0.999]) {
      expect(backoff(attempt, unit)).toBeGreaterThanOrEqual(500);
      expect(backoff(attempt, unit)).toBeLessThanOrEqual(60_000);
    }
  }
});

test('[S40] devices that a relay lost at the same moment come back spread, from the first attempt on', () => {
  for (const attempt of [0, 1, 9]) expect(backoff(attempt, 0.999)).toBeGreaterThan(1.9 * backoff(attempt, 0));
});

test('[S49] what the relay says counts in place of the own pause, spread over a second', () => {
  expect([pauseAfter({ after: 7_000 }, 0, 0), pauseAfter({ after: 7_000 }, 9, 0.5)]).toEqual([7_000, 7_500]);
  expect(pauseAfter({ after: 1e9 }, 0, 0.999)).toBeLessThanOrEqual(121_000);
  expect(pauseAfter({}, 3, 0.25)).toBe(backoff(3, 0.25));
});
