import { EditorState } from '@codemirror/state';
import { idGuard, liveTag } from './id-guard';
import { marksField, setMarks } from './marks';
import { TestView } from './test-view';

/** `|` is the cursor, which need not be given. */
function open(marked: string): { view: TestView; at: number } {
  const at = marked.indexOf('|');
  const doc = marked.replace('|', '');
  const view = new TestView(doc, [marksField, idGuard(), liveTag.of(() => '#live')]);
  const idFrom = doc.indexOf('^bw-');
  const rootLine = view.state.doc.lineAt(idFrom);
  const rootIndent = /^\s*/.exec(rootLine.text)?.[0].length ?? 0;
  let last = rootLine;
  for (let n = rootLine.number + 1; n <= view.state.doc.lines; n++) {
    const line = view.state.doc.line(n);
    if ((/^\s*/.exec(line.text)?.[0].length ?? 0) <= rootIndent) break;
    last = line;
  }
  const block = { blockId: 'bw-x', from: rootLine.from, to: last.to, idFrom, idTo: idFrom + 6, state: 'on-relay' as const };
  view.dispatch({ effects: setMarks.of({ blocks: [block], cursors: [] }) });
  return { view, at };
}

function shown(view: TestView): string {
  const { head } = view.state.selection.main;
  return `${view.text.slice(0, head)}|${view.text.slice(head)}`;
}

const enter = (view: TestView, at: number, text: string): void => view.type(at, text, 'input');

test('typing behind the id acts before it', () => {
  const { view, at } = open('- root ^bw-xx|\n- next');
  view.type(at, '!');
  expect(shown(view)).toBe('- root!| ^bw-xx\n- next');
});

test.each(['- root #live ^bw-xx|\n- next', '- root #live| ^bw-xx\n- next'])('a blank typed at the end of a root is the user’s, and what follows stands behind it: %j', (before) => {
  const { view, at } = open(before);
  for (const letter of ' me') view.type(letter === ' ' ? at : view.state.selection.main.head, letter);
  expect(shown(view)).toBe('- root #live me| ^bw-xx\n- next');
});

test('a split leaves the tag with the first half where a blank of the user’s stands behind it', () => {
  const { view, at } = open('- ro|ot #live  ^bw-xx\n- next');
  enter(view, at, '\n- ');
  expect(view.text).toMatch(/^- ro #live +\^bw-xx\n- ot/);
});

test('typing before the id is left alone', () => {
  const { view, at } = open('- root| ^bw-xx\n- next');
  view.type(at, ' and');
  expect(shown(view)).toBe('- root and| ^bw-xx\n- next');
});

test.each([
  ['behind the id', '-  ^bw-xx|', '- x| ^bw-xx'],
  ['before its blank', '- | ^bw-xx', '- x| ^bw-xx'],
  ['at the id', '-  |^bw-xx', '- x| ^bw-xx'],
  ['of a task', '- [ ]  ^bw-xx|', '- [ ] x| ^bw-xx'],
  ['of which not even a blank is left', '- |^bw-xx', '- x| ^bw-xx'],
])('an emptied root is written in again %s', (_, before, after) => {
  const { view, at } = open(before);
  view.type(at, 'x');
  expect(shown(view)).toBe(after);
});

test('Enter at the end of the text keeps the id with the first half', () => {
  const { view, at } = open('- root| ^bw-xx\n- next');
  enter(view, at, '\n- ');
  expect(shown(view)).toBe('- root ^bw-xx\n- |\n- next');
});

test('Enter behind the id is right as it is', () => {
  const { view, at } = open('- root ^bw-xx|\n- next');
  enter(view, at, '\n- ');
  expect(shown(view)).toBe('- root ^bw-xx\n- |\n- next');
});

test('a split leaves tag, id and children with the first half', () => {
  const { view, at } = open('- ro|ot #live ^bw-xx\n\t- child\n- next');
  enter(view, at, '\n- ');
  expect(shown(view)).toBe('- ro #live ^bw-xx\n\t- |ot\n\t- child\n- next');
});

test('Enter at the end of a root with children makes its first child', () => {
  const { view, at } = open('- root #live| ^bw-xx\n    - child');
  enter(view, at, '\n- ');
  expect(shown(view)).toBe('- root #live ^bw-xx\n    - |\n    - child');
});

test('a continuation line stays in the paragraph that the id ends', () => {
  const { view, at } = open('- ro|ot ^bw-xx');
  enter(view, at, '\n  ');
  expect(shown(view)).toBe('- ro\n  |ot ^bw-xx');
});

test('Backspace at the next line joins it before the id', () => {
  const { view } = open('- root ^bw-xx\ntext\n- next');
  view.delete(13, 14);
  expect(shown(view)).toBe('- root|text ^bw-xx\n- next');
});

test('Delete at the end of the text joins the next line', () => {
  const { view, at } = open('- root| ^bw-xx\ntext');
  view.delete(at, at + 7, 'delete.forward');
  expect(shown(view)).toBe('- root|text ^bw-xx');
});

test('Backspace behind the id deletes what is before it', () => {
  const { view } = open('- root ^bw-xx\n- next');
  view.delete(6, 13);
  expect(shown(view)).toBe('- roo| ^bw-xx\n- next');
});

test('deleting from the root into a later bullet keeps the id with what is left', () => {
  const { view } = open('- root ^bw-xx\n\t- child\n- next');
  view.delete(4, 20, 'delete.selection');
  expect(shown(view)).toBe('- ro|ld ^bw-xx\n- next');
});

test('deleting whole lines takes the id with them', () => {
  const { view } = open('- a\n- root ^bw-xx\n- next');
  view.delete(4, 18, 'delete.selection');
  expect(view.text).toBe('- a\n- next');
});

test.each(['', 'x'])('a root that goes with the line break before it takes its id along, so that the bullet above does not become live (%j in its place)', (insert) => {
  const { view } = open('- plain\n- root ^bw-xx\n- next');
  view.dispatch({ changes: { from: 7, to: 14, insert }, userEvent: insert === '' ? 'delete.selection' : 'input.type' });
  expect(view.text).toBe(`- plain${insert}\n- next`);
  view.undo();
  expect(view.text).toBe('- plain\n- root ^bw-xx\n- next');
});

test.each([
  ['joined to it', '- plain\n- root ^bw-xx\n- next', 7, 12, '', '- plainot\n- next'],
  ['a paragraph of it', '- plain\n- root #live ^bw-xx\n- next', 8, 10, '  ', '- plain\n  root #live\n- next'],
  ['a line of it', '- plain\n- root ^bw-xx\n\t- child', 8, 10, '', '- plain\nroot\n\t- child'],
  ['a paragraph of its child', '- plain\n\t- child\n\t- root ^bw-xx', 17, 20, '\t  ', '- plain\n\t- child\n\t  root'],
])('a root that is made %s loses its id, so that the bullet above does not become live', (_, before, from, to, insert, after) => {
  const { view } = open(before);
  view.dispatch({ changes: { from, to, insert }, userEvent: 'delete.backward' });
  expect(view.text).toBe(after);
  view.undo();
  expect(view.text).toBe(before);
});

test.each([
  ['with nothing above it', '- root ^bw-xx\n- next', 0, 2, '', 'root ^bw-xx\n- next'],
  ['below a heading', '# a\n- root ^bw-xx\n- next', 4, 6, '', '# a\nroot ^bw-xx\n- next'],
  ['that gets another marker', '- plain\n- root ^bw-xx\n- next', 8, 9, '*', '- plain\n* root ^bw-xx\n- next'],
])('a root %s keeps its id', (_, before, from, to, insert, after) => {
  const { view } = open(before);
  view.dispatch({ changes: { from, to, insert }, userEvent: 'delete.backward' });
  expect(view.text).toBe(after);
});

test('the cursor has no place in or behind the id', () => {
  const { view } = open('- root ^bw-xx\n- next');
  for (const at of [7, 9, 13]) {
    view.dispatch({ selection: { anchor: at }, userEvent: 'select.pointer' });
    expect(view.state.selection.main.head).toBe(6);
  }
  view.dispatch({ selection: { anchor: 0, head: 13 }, userEvent: 'select' });
  expect(view.state.selection.main).toMatchObject({ anchor: 0, head: 6 });
  view.dispatch({ selection: { anchor: 14 }, userEvent: 'select' });
  expect(view.state.selection.main.head).toBe(14);
});

test('undo passes, also where it touches the id', () => {
  const { view, at } = open('- root| ^bw-xx\n- next');
  const before = view.text;
  enter(view, at, '\n- ');
  view.undo();
  expect(view.text).toBe(before);
});

test('changes without a user event pass', () => {
  const { view } = open('- root ^bw-xx\n- next');
  view.dispatch({ changes: { from: 13, insert: '!' } });
  expect(view.text).toBe('- root ^bw-xx!\n- next');
});

test('an editor without live blocks is left alone', () => {
  const state = EditorState.create({ doc: '- plain', extensions: [marksField, idGuard()] });
  expect(state.update({ changes: { from: 7, insert: '!' }, userEvent: 'input.type' }).newDoc.toString()).toBe('- plain!');
});
