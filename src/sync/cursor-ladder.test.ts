import fc from 'fast-check';
import type { Digest } from '../protocol';
import { advance, position, retreat, type CursorLadder } from './cursor-ladder';

const at = (sequence: number): { sequence: number; digest: Digest } => ({ sequence, digest: sequence.toString(16).padStart(32, '0') as Digest });
const climb = (steps: readonly number[]): CursorLadder => {
  let sequence = 0;
  return steps.reduce<CursorLadder>((ladder, step) => advance(ladder, at((sequence += step))), []);
};

test('[S20] at most eight check points, the newest first, descending', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 400 }), (steps) => {
      const ladder = climb(steps);
      expect(ladder.length).toBeLessThanOrEqual(8);
      expect(position(ladder)).toBe(steps.reduce((sum, step) => sum + step, 0));
      for (let i = 1; i < ladder.length; i++) expect(ladder[i]?.sequence).toBeLessThan(ladder[i - 1]?.sequence ?? 0);
    }),
  );
});

test('[S20] what lies between two check points grows with their age, and the oldest stays', () => {
  const ladder = climb(Array.from({ length: 100_000 }, () => 1));
  const gaps = ladder.slice(1).map((cursor, i) => (ladder[i]?.sequence ?? 0) - cursor.sequence);
  expect(gaps[0]).toBeLessThan(64);
  expect(ladder[ladder.length - 1]?.sequence).toBeLessThan(50_000);
  expect(gaps[gaps.length - 1]).toBeGreaterThan(10_000);
});

test('[S20] the cursor never goes back by itself', () => {
  const ladder = climb([100, 100]);
  expect(advance(ladder, at(150))).toBe(ladder);
  expect(advance(ladder, at(200))).toBe(ladder);
});

test('[S22] it goes back to what the log holds', () => {
  const ladder = climb([100, 100, 100]);
  expect(retreat(ladder, 200).map(({ sequence }) => sequence)).toEqual([200, 100]);
  expect(retreat(ladder, 0)).toEqual([]);
  expect(position([])).toBe(0);
});
