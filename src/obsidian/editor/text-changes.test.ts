import fc from 'fast-check';
import { ChangeSet, Text } from '@codemirror/state';
import { difference, toChangeSet, toText, toTextChanges } from './text-changes';

test('a difference leads from the one text to the other, without splitting a character', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀', '😁'), maxLength: 20 });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const before = Text.of(a.split('\n'));
      const changes = difference(before, Text.of(b.split('\n')));
      expect(changes.apply(before).toString()).toBe(b);
      for (const { insert } of toTextChanges(changes)) expect(insert).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
    }),
  );
});

test('changes keep their place on the way there and back', () => {
  const changes = [
    { from: 1, to: 2, insert: 'x\ny' },
    { from: 4, to: 4, insert: 'z' },
  ];
  expect(toTextChanges(toChangeSet(changes, 6))).toEqual(changes);
  expect(toChangeSet(changes, 6).apply(Text.of(['abcdef'])).toString()).toBe('ax\nycdzef');
  expect(() => ChangeSet.of({ from: 7, insert: 'x' }, 6)).toThrow(RangeError);
});

test('a text from disk is as an editor holds it', () => {
  expect(toText('\uFEFFa\r\nb\rc\nd').toString()).toBe('a\nb\nc\nd');
});
