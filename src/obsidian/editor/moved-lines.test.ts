import { ChangeSet, Text } from '@codemirror/state';
import { findMovedLines, followPosition } from './moved-lines';

const doc = Text.of(['- root', '\t- first one', '\t- second one', '- after']);

test('a line that moves with another indent is found, and positions in it follow', () => {
  const from = doc.line(2).from;
  const changes = ChangeSet.of([{ from, to: doc.line(3).from }, { from: doc.length, insert: '\n\t\t- first one' }], doc.length);
  const moved = findMovedLines(doc, changes);
  const after = changes.apply(doc);
  expect(moved).toHaveLength(1);
  const inside = doc.toString().indexOf('one');
  expect(after.sliceString(followPosition(inside, moved, changes, -1), after.length)).toBe('one');
});

test('typing moves nothing', () => {
  expect(findMovedLines(doc, ChangeSet.of({ from: 3, insert: 'x' }, doc.length))).toEqual([]);
});

test('of two equal lines each goes to a place of its own', () => {
  const twice = Text.of(['- same', '- same', 'end']);
  const changes = ChangeSet.of([{ from: 0, to: 14 }, { from: twice.length, insert: '\n\t- same\n\t- same' }], twice.length);
  const targets = findMovedLines(twice, changes).map((line) => line.target);
  expect(new Set(targets).size).toBe(2);
});
