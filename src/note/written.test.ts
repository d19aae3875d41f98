import { Written } from './written';

/** Deleted letters stand in brackets. */
function lettersOf(shown: string): { unit: string; deleted: boolean }[] {
  let deleted = false;
  return shown.split('').flatMap((unit) => {
    if (unit === '[' || unit === ']') deleted = unit === '[';
    return unit === '[' || unit === ']' ? [] : [{ unit, deleted }];
  });
}
const textOf = (shown: string): string => shown.replace(/\[.*?\]/g, '');
const written = (shown: string): Written => new Written(textOf(shown), lettersOf(shown));

test.each([
  ['before what was typed at its end', 'one [two]!', 'one ', 'one two!'],
  ['behind what was typed at its start', 'one ![two]', 'one ', 'one !two'],
  ['around what was typed within it', 'one [tw]XY[o] three', 'one  three', 'one twXYo three'],
  ['the latest, of two that were alike', 'a[b]b[b]X', 'ab', 'abbX'],
])('[N7] a deleted word comes back %s', (_, shown, after, wanted) => {
  const text = written(shown);
  const word = shown.startsWith('one') ? 'two' : 'b';
  // Where an editor's history brings it back: behind all that was typed there.
  const at = textOf(shown).length - (shown.endsWith(' three') ? 6 : 0);
  const made = text.takeBack([{ from: at, to: at, insert: word }], after);
  expect(text.text).toBe(wanted);
  expect(made.map(({ insert }) => insert).join('')).toBe(word);
});

test('[N7] letters come back at their places one step after the other', () => {
  const text = written('[ab]X[c]');
  text.takeBack([{ from: 1, to: 1, insert: 'c' }], '');
  text.takeBack([{ from: 1, to: 1, insert: 'ab' }], 'c');
  expect(text.text).toBe('abXc');
});

test('letters that the document has no place for come back where they are told to', () => {
  const text = written('oneX');
  expect(text.takeBack([{ from: 4, to: 4, insert: 'two' }], 'one')).toEqual([{ from: 4, to: 4, insert: 'two' }]);
  expect(text.text).toBe('oneXtwo');
});

test('letters of a document that is ahead of the text are of no use', () => {
  const text = new Written('X', lettersOf('[a]XY'));
  text.takeBack([{ from: 1, to: 1, insert: 'a' }], '');
  expect(text.text).toBe('Xa');
});
