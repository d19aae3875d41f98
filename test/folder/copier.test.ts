import { CopiedLife, QUICK } from './copied-life';

it('beside a file copier, late, out of order, stale and torn, two folders lose, double and take back nothing', async () => {
  // Side by side: they mostly wait.
  const told = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => new CopiedLife(seed, QUICK).run()));
  expect(told.join('\n')).toBe('\n'.repeat(5));
});
