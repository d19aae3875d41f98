import { couldHold, DiskNews } from './disk-news';

test('a change is news for three seconds', () => {
  let now = 1000;
  const news = new DiskNews(() => now);
  news.changed('a.md', 7);
  now += 3000;
  expect(news.latest('a.md')).toEqual({ at: 1000, size: 7 });
  now += 1;
  expect(news.latest('a.md')).toBeNull();
  expect(news.latest('b.md')).toBeNull();
});

test.each([
  ['a\nb', 3, true],
  ['a\nb', 4, true],
  ['é', 2, true],
  ['é', 1, false],
  ['ab', 2 + 3, true],
  ['ab', 2 + 4, false],
])('%j in a file of %i bytes: %s', (text, size, possible) => {
  expect(couldHold(size, text)).toBe(possible);
});
