import { gainOf } from './gain';
import { diffWords } from './text-diff';

/** What a text found becomes part of. */
function added(present: string, found: string): string {
  let text = present;
  for (const { from, to, insert } of gainOf(diffWords(present, found), present, found).reverse()) text = text.slice(0, from) + insert + text.slice(to);
  return text;
}

describe('gainOf', () => {
  test.each([
    ['takes nothing away', 'buy bread and milk', 'buy milk', 'buy bread and milk'],
    ['adds beside what it does not know', 'buy bread', 'buy butter', 'buy bread butter'],
    ['knows a word that stands elsewhere', 'buy monday bread', 'buy bread monday', 'buy monday bread'],
    ['adds what comes once more', 'monday bread', 'monday bread monday', 'monday bread monday'],
    ['does not count short words', 'the cat', 'cat the', 'the cat the'],
    ['parts what is written without blanks by letters', '牛乳を買う', '牛乳とパンを買う', '牛乳とパンを買う'],
  ])('%s', (_, present, found, text) => expect(added(present, found)).toBe(text));

  test('a short line that stands elsewhere is known', () => {
    expect(gainOf([{ from: 0, to: 3, insert: 'new\nok' }], 'one two\nok', 'new\nok')).toEqual([{ from: 3, to: 3, insert: ' new' }]);
    expect(gainOf([{ from: 3, to: 3, insert: ' ok' }], 'one\nok', 'one ok\nok')).toEqual([{ from: 3, to: 3, insert: ' ok' }]);
  });

  test('words stay words, where one that is known is left out between them', () => {
    expect(gainOf([{ from: 0, to: 0, insert: 'today friday ' }], 'call friday mother', 'today friday call mother')).toEqual([{ from: 0, to: 0, insert: 'today ' }]);
    expect(gainOf([{ from: 4, to: 4, insert: 'today friday' }], 'call friday', 'call today friday')).toEqual([{ from: 4, to: 4, insert: ' today' }]);
    // Within a word, letters are letters.
    expect(gainOf([{ from: 2, to: 2, insert: 'lle' }], 'card', 'callerd')).toEqual([{ from: 2, to: 2, insert: 'lle' }]);
  });
});
