import { redirectText, resolve } from './undo';
import { openNote } from './bind';
import { textOf } from './note-text';
import { noteOf } from './bound';
import type { BoundBullet, BoundNote } from '.';

const bullet = (id: string, text: string, depth = 1): BoundBullet => {
  const head = '\t'.repeat(depth) + '- ';
  return { id, depth, source: head + text, lines: [{ from: head.length, to: head.length + text.length }], text, attributes: { marker: '- ', task: null, gap: 0 } };
};
function noteWith(...bullets: BoundBullet[]): { note: BoundNote; text: string } {
  const all = [bullet('root', 'root', 0), ...bullets];
  const text = all.map(({ source }) => source).join('\n');
  const block = { blockId: 'bw-x', from: 0, to: text.length, cut: { from: 6, to: 6 }, bullets: all };
  return { note: noteOf(openNote('').style, [block], textOf(text)), text };
}

const mark = { blockId: 'bw-x', id: 'a', changes: [{ from: 3, to: 4, insert: '' }], after: 'one!' };

test('the inverse finds its characters in a text that others changed meanwhile', () => {
  expect(resolve(mark, 'now one! and more')).toEqual([{ from: 7, to: 8, insert: '' }]);
});

test('an undo that hits the right bullet is left alone', () => {
  const { note, text } = noteWith(bullet('a', 'one!'), bullet('b', 'two'));
  const at = text.indexOf('!');
  expect(redirectText(note, [{ from: at, to: at + 1, insert: '' }], [mark])).toBeNull();
});

test('[N1] an undo that would hit another bullet goes to where its own is now', () => {
  const { note, text } = noteWith(bullet('b', 'two'), bullet('a', 'one!'));
  const wrong = text.indexOf('two') + 2;
  const at = text.indexOf('!');
  expect(redirectText(note, [{ from: wrong, to: wrong + 1, insert: '' }], [mark])).toEqual([{ from: at, to: at + 1, insert: '' }]);
});

test('an undo of which a move left nothing is made where its bullet is now', () => {
  const { note, text } = noteWith(bullet('a', 'one!'), bullet('b', 'two'));
  const at = text.indexOf('!');
  expect(redirectText(note, [], [mark])).toEqual([{ from: at, to: at + 1, insert: '' }]);
  expect(redirectText(noteWith(bullet('a', 'one')).note, [], [mark])).toBeNull();
});

test('an undo of several bullets of which a move left one out is made in all', () => {
  const { note, text } = noteWith(bullet('b', 'two!'), bullet('a', 'one!'));
  const [there, here] = [text.indexOf('two!') + 3, text.indexOf('one!') + 3];
  const marks = [mark, { blockId: 'bw-x', id: 'b', changes: [{ from: 3, to: 4, insert: '' }], after: 'two!' }];
  expect(redirectText(note, [{ from: here, to: here + 1, insert: '' }], marks)).toEqual([there, here].map((from) => ({ from, to: from + 1, insert: '' })));
});

test('several edits of one bullet are taken back newest first', () => {
  const { note, text } = noteWith(bullet('b', 'two'), bullet('a', 'one!?'));
  const marks = [mark, { blockId: 'bw-x', id: 'a', changes: [{ from: 4, to: 5, insert: '' }], after: 'one!?' }];
  const at = text.indexOf('!');
  expect(redirectText(note, [{ from: 2, to: 3, insert: '' }], marks)).toEqual([{ from: at, to: at + 2, insert: '' }]);
});

test('[N5] an undo in a bullet that is gone does nothing to what stands in its place', () => {
  const { note, text } = noteWith(bullet('b', 'two!'));
  const at = text.indexOf('!');
  expect(redirectText(note, [{ from: at, to: at + 1, insert: '' }], [mark])).toEqual([]);
});
