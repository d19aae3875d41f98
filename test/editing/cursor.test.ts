import { whereIs, whereItWent } from './cursor';

const place = whereIs('- 㐀㐁㐂㐃', 4);

test.each([
  ['where it was', '- 㐀㐁㐂㐃', 4],
  ['behind its left letter, the other one elsewhere', '- 㐀㐁\n- 㐂㐃', 4],
  ['before its right letter, the other one elsewhere', '- 㐁\n- 㐀㐂㐃', 7],
  ['beside what another device typed', '- 㐀㐁㐄㐂㐃', 5],
])('[N6] a cursor is at its letters: %s', (_, text, at) => {
  expect(whereItWent(place, text, at)).toBeNull();
});

test.each([
  ['one letter further', '- 㐀㐁㐂㐃', 5],
  ['in another line', '- 㐀㐁㐂㐃\n- ', 9],
  ['between two letters, neither of them its own neighbour', '- 㐁㐂㐀㐃', 5],
])('[N6] a cursor is not at its letters: %s', (_, text, at) => {
  expect(whereItWent(place, text, at)).not.toBeNull();
});
