import fc from 'fast-check';
import { parseKey, pathBetween, runOf } from './order';

const A = runOf('A');
const B = runOf('B');

/** Inserts one key after another; `spot` gives the index to insert at. */
function insertions(count: number, run: (i: number) => string, spot: (i: number, length: number) => number): string[] {
  const keys: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = spot(i, keys.length);
    keys.splice(at, 0, pathBetween(keys[at - 1] ?? '', keys[at] ?? null, run(i)));
  }
  return keys;
}
const longest = (keys: readonly string[]) => Math.max(...keys.map((key) => key.length));
const sorted = (keys: readonly string[]) => keys.every((key, i) => i === 0 || (keys[i - 1] ?? '') < key);

test.each([
  ['at the end', (_: number, length: number) => length, 20],
  ['at the front', () => 0, 20],
  ['at one spot in the middle', (_: number, length: number) => length >> 1, 80],
  ['always after the first', (_: number, length: number) => Math.min(1, length), 80],
] as const)('300 insertions %s by one device give short keys', (_, spot, most) => {
  const keys = insertions(300, () => A, spot);
  expect(sorted(keys)).toBe(true);
  expect(longest(keys)).toBeLessThanOrEqual(most);
});

test.each([
  ['at the end', (_: number, length: number) => length],
  ['at the front', () => 0],
  ['at one spot in the middle', (_: number, length: number) => length >> 1],
  ['always after the first', (_: number, length: number) => Math.min(1, length)],
] as const)('300 insertions %s by two devices in turn stay under 1 kB', (_, spot) => {
  const keys = insertions(300, (i) => (i % 2 ? A : B), spot);
  expect(sorted(keys)).toBe(true);
  expect(longest(keys)).toBeLessThanOrEqual(1024);
});

test('any insertions by any devices sort where they were put, and can be stored', () => {
  const runs = ['A', 'B', 'C', 'D'].map(runOf);
  fc.assert(
    fc.property(fc.array(fc.record({ run: fc.nat(3), at: fc.nat(10_000) }), { maxLength: 200 }), (steps) => {
      const keys = insertions(steps.length, (i) => runs[steps[i]?.run ?? 0] ?? '', (i, length) => (steps[i]?.at ?? 0) % (length + 1));
      expect(sorted(keys)).toBe(true);
      for (const key of keys) expect(parseKey(`anchor/${key}`)).toEqual({ anchor: 'anchor', path: key });
    }),
  );
});

test('what two devices insert at one spot, each not knowing of the other, stays apart', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(3), { maxLength: 20 }), (where, _seed, count, before) => {
      const base = insertions(before.length, (i) => runOf(String(before[i])), (i, length) => (i * 7) % (length + 1));
      const at = where % (base.length + 1);
      const run = (name: string) => {
        const keys = [...base];
        for (let i = 0; i < count; i++) keys.splice(at + i, 0, pathBetween(keys[at + i - 1] ?? '', keys[at + i] ?? null, runOf(name)));
        return keys.slice(at, at + count);
      };
      const [a, b] = [run('Phone'), run('Laptop')];
      const order = [...a.map((key) => ({ key, by: 'a' })), ...b.map((key) => ({ key, by: 'b' }))].sort((x, y) => (x.key < y.key ? -1 : 1));
      expect(order.map(({ by }) => by).join('')).toMatch(/^(a+b+|b+a+)$/);
    }),
  );
});

test.each(['', 'anchor', 'x/a0', 'x/a0.r', 'x/a0.r.a0/', '/../', 'x/a0.r.a0/b'])('%j is no key', (key) => {
  expect(parseKey(key)).toBeNull();
});

test('paths that no Blockwire wrote are put up with', () => {
  expect(pathBetween('zz.q.zz', null, A) > 'zz.q.zz').toBe(true);
  expect(pathBetween('b.q.b', 'a.q.a', A) > 'b.q.b').toBe(true);
});
