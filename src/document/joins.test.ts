/** A bullet joined to another shows its text there: one text, however many devices join or type at once. */
import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT, seed } from './index';
import type { BulletId, Edit, PlainBullet } from './index';

let clients = 1;
const by = (device: string) => ({ device, time: 1 });
const plain = (text: string, ...children: PlainBullet[]): PlainBullet => ({ text, attributes: DEFAULT_ATTRIBUTES, children });
const insert = (id: BulletId, at: number, text: string): Edit => ({ type: 'text', id, changes: [{ from: at, to: at, insert: text }] });
const join = (document: LiveDocument, id: BulletId, into: BulletId, text = document.get(id)?.text ?? ''): Edit[] => [
  insert(into, document.get(into)?.text.length ?? 0, text),
  { type: 'trash', id, mergedInto: into },
];

function pair() {
  const { update, ids } = seed('bw-1', plain('root', plain('above'), plain('below', plain('child')), plain('third')), String);
  const [above, below, third] = ids.children.map(({ id }) => id) as [string, string, string];
  const a = LiveDocument.load(clients++, update, []);
  const b = LiveDocument.load(clients++, update, []);
  const sync = () => {
    const [toA, toB] = [b.encodeSince(a.stateVector()), a.encodeSince(b.stateVector())];
    const changes = [a.merge([toA]).change, b.merge([toB]).change];
    expect(a.canonical()).toBe(b.canonical());
    expect(a.digest()).toBe(b.digest());
    expect(LiveDocument.load(clients++, a.encode(), []).digest()).toBe(a.digest());
    return changes;
  };
  return { a, b, above, below, third, sync };
}

test('joined here, typed into there: one bullet with the late text, and a late child', () => {
  const { a, b, above, below, sync } = pair();
  a.apply(join(a, below, above), by('A'));
  expect(a.get(above)?.text).toBe('abovebelow');
  b.apply([insert(below, 5, ' late'), insert(above, 5, '!'), { type: 'create', id: 'n', text: 'new', attributes: DEFAULT_ATTRIBUTES, to: { parent: below, after: null } }], by('B'));
  const [, change] = sync();
  expect([...(change?.texts ?? [])]).toContain(above);
  expect(a.canonical()).toBe('- root\n\t- above!below late\n\t\t- new\n\t\t- child\n\t- third\n');
});

test('joined with its lines at another depth here, split there: each line once', () => {
  const { a, b, above, below, sync } = pair();
  a.apply([insert(below, 5, '\none\ntwo')], by('A'));
  sync();
  a.apply(join(a, below, above, 'below\n  one\n  two'), by('A'));
  b.apply([{ type: 'text', id: below, changes: [{ from: 5, to: 13, insert: '' }] }, { type: 'create', id: 'n', text: '\none\ntwo', attributes: DEFAULT_ATTRIBUTES, to: { parent: ROOT, after: below } }], by('B'));
  sync();
  for (const line of ['one', 'two']) expect(a.canonical().split(line)).toHaveLength(2);
});

test('both join the same two: joined once', () => {
  const { a, b, above, below, sync } = pair();
  a.apply([insert(above, 5, ' A ')], by('A'));
  a.apply(join(a, below, above), by('A'));
  b.apply(join(b, below, above), by('B'));
  sync();
  expect(a.get(above)?.text.match(/below/g)).toHaveLength(1);
});

test('joined here, moved away there: the text once', () => {
  const { a, b, above, below, third, sync } = pair();
  a.apply(join(a, below, above), by('A'));
  b.apply([{ type: 'move', id: below, to: { parent: third, after: null } }], by('B'));
  sync();
  expect(a.canonical().match(/below/g)).toHaveLength(1);
});

test('edits of the joined text go where its characters are', () => {
  const { a, b, above, below, third, sync } = pair();
  a.apply(join(a, below, above, ' below'), by('A'));
  expect(a.get(above)?.text).toBe('above below');
  a.apply(join(a, third, above), by('A'));
  expect(a.get(above)?.text).toBe('above belowthird');
  a.apply([{ type: 'text', id: above, changes: [{ from: 0, to: 1, insert: 'A' }, { from: 4, to: 7, insert: '-' }, { from: 11, to: 12, insert: ' T' }, { from: 16, to: 16, insert: '.' }] }], by('A'));
  expect(a.get(above)?.text).toBe('Abov-elow Third.');
  b.apply([insert(below, 5, '?')], by('B'));
  sync();
  expect(a.get(above)?.text).toBe('Abov-elow? Third.');
});

test('undoing a join gives both bullets back', () => {
  const { a, above, below, third, sync } = pair();
  const before = a.canonical();
  a.apply([{ type: 'move', id: a.get(below)?.children[0] ?? '', to: { parent: above, after: null } }, ...join(a, below, above)], by('A'));
  sync();
  a.apply([
    { type: 'text', id: above, changes: [{ from: 5, to: 10, insert: '' }] },
    { type: 'restore', id: below, to: { parent: ROOT, after: above } },
    { type: 'move', id: a.get(above)?.children[0] ?? '', to: { parent: below, after: null } },
  ], by('A'));
  sync();
  expect(a.canonical()).toBe(before);
  expect(a.get(third)?.text).toBe('third');
});

test('each of two joined to the other: both texts, once', () => {
  const { a, b, above, below, sync } = pair();
  a.apply(join(a, below, above), by('A'));
  b.apply(join(b, above, below), by('B'));
  sync();
  expect(a.canonical().match(/above|below/g)?.sort()).toEqual(['above', 'below']);
  expect(a.size).toBe(4);
});

test('the bullet that others were joined to goes to the trash with all its text and comes back with it', () => {
  const { a, b, above, below, sync } = pair();
  a.apply(join(a, below, above), by('A'));
  b.apply([{ type: 'trash', id: above }], by('B'));
  sync();
  expect(b.trashed(above)?.plain).toEqual(plain('abovebelow', plain('child')));
  b.apply([{ type: 'restore', id: above, to: { parent: ROOT, after: null } }], by('B'));
  sync();
  expect(a.canonical()).toBe('- root\n\t- abovebelow\n\t\t- child\n\t- third\n');
});
