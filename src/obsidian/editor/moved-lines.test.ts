import { ChangeSet, Text } from '@codemirror/state';
import { findMovedLines, followerOf } from './moved-lines';

const doc = Text.of(['- root', '\t- first one', '\t- second one', '- after']);

test('a line that moves with another indent is found, and positions in it follow', () => {
  const from = doc.line(2).from;
  const changes = ChangeSet.of([{ from, to: doc.line(3).from }, { from: doc.length, insert: '\n\t\t- first one' }], doc.length);
  const follow = (position: number): number => followerOf(doc, changes)?.follow(position, -1) ?? -1;
  const after = changes.apply(doc);
  const inside = doc.toString().indexOf('one');
  expect(after.sliceString(follow(inside), after.length)).toBe('one');
});

test('typing moves nothing', () => {
  expect(followerOf(doc, ChangeSet.of({ from: 3, insert: 'x' }, doc.length))).toBeNull();
});

test('of two equal lines each goes to a place of its own', () => {
  const twice = Text.of(['- same', '- same', 'end']);
  const changes = ChangeSet.of([{ from: 0, to: 14 }, { from: twice.length, insert: '\n\t- same\n\t- same' }], twice.length);
  const targets = findMovedLines(twice, changes).map((line) => line.target);
  expect(new Set(targets).size).toBe(2);
});

test.each([
  ['joined to the line above', '\t- first one, and the second one'],
  ['changed as it moved', '\n\t- [x] the second one!'],
  ['changed right beside it as it moved', '\n\t- my second one, yes'],
])('a cursor in a line that was %s stays at its letters', (_, insert) => {
  const line = doc.line(3);
  const changes = ChangeSet.of([{ from: 0, insert }, { from: line.from - 1, to: line.to }], doc.length);
  const after = changes.apply(doc);
  const at = followerOf(doc, changes)?.follow(doc.toString().indexOf('cond'), -1) ?? -1;
  expect(after.sliceString(at, at + 8)).toBe('cond one');
  expect(after.sliceString(at - 2, at)).toBe('se');
});

test('a cursor in text that is gone stands where it was, though a few letters of it came elsewhere', () => {
  const line = doc.line(3);
  const changes = ChangeSet.of([{ from: 0, insert: 'one\n' }, { from: line.from - 1, to: line.to }], doc.length);
  expect(followerOf(doc, changes)?.follow(line.from + 5, -1)).toBe(changes.mapPos(line.from + 5, -1));
});

test.each([
  ['the only letter that another device left of a line', 'abcdXefghi #live', '- ', ' X#live', 'X', '#live'],
  ['letters that came to the first half of a parted line', 'abc defgh', '- ', 'abc d\n\t- efgh', 'bc', ' d\n'],
  ['letters that came to the second half of a parted line', 'abc defgh', '- ', 'abc d\n\t- efgh', 'efg', 'h'],
])('[N6] a cursor stays behind %s', (_, old, lead, now, behind, before) => {
  const line = Text.of([lead + old]);
  const changes = ChangeSet.of({ from: lead.length, to: line.length, insert: now }, line.length);
  const at = followerOf(line, changes)?.follow(line.toString().indexOf(behind) + behind.length, -1) ?? -1;
  const after = changes.apply(line).toString();
  expect([after.slice(0, at).endsWith(behind), after.slice(at).startsWith(before)]).toEqual([true, true]);
});

test('[N6] a cursor in the root of which another device parted a large piece goes with its letters', () => {
  const line = Text.of(['- what was here before, and the rest ^bw-abcdefghijkl']);
  const from = line.toString().indexOf('the rest');
  const changes = ChangeSet.of([{ from, to: from + 8 }, { from: line.length, insert: '\n\t- now the rest' }], line.length);
  const at = followerOf(line, changes)?.follow(from + 5, -1) ?? -1;
  expect(changes.apply(line).sliceString(at - 1, at + 3)).toBe('rest');
});
