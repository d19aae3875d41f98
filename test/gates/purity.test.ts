import { impureNames } from './impure-names';
import { filesBelow, textOf } from './source-files';

const pure = /^src\/(outline|document|note|protocol|doctor)\/|^src\/sync\/step/;

describe('pure folders', () => {
  test('use no clock, timer, randomness or I/O of their own', () => {
    const sources = filesBelow('src', ['.ts']).filter((path) => pure.test(path) && !/\.(test|arbitrary|contract)\.ts$|\/(testing|fuzz)[/.-]/.test(path));
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.flatMap((path) => impureNames(path, textOf(path)))).toEqual([]);
  });

  test.each(['const a = Date.now();', 'new Date();', 'Math.random()', 'setTimeout(f, 1)', 'crypto.subtle', 'const a = { fetch };', 'f(process.env)'])(
    '%s is found',
    (text) => expect(impureNames('x.ts', text)).toHaveLength(1),
  );

  test.each(['new Date(2026, 1, 2)', 'Date.UTC(2026, 1)', 'vault.process(a)', 'type A = Crypto; let a: { fetch: typeof fetch };', 'const o = { process: 1 };'])(
    '%s is pure',
    (text) => expect(impureNames('x.ts', text)).toEqual([]),
  );
});
