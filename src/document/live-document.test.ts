import { canonical, DEFAULT_ATTRIBUTES, DocumentError, LiveDocument, ROOT, seed } from './index';
import type { BulletId, Edit, PlainBullet } from './index';

let clients = 1;
const by = (device: string) => ({ device, time: 1_700_000_000_000 });
const plain = (text: string, ...children: PlainBullet[]): PlainBullet => ({ text, attributes: DEFAULT_ATTRIBUTES, children });
const create = (id: BulletId, text: string, after: BulletId | null = null, parent: BulletId = ROOT): Edit => ({
  type: 'create', id, text, attributes: DEFAULT_ATTRIBUTES, to: { parent, after },
});
const insert = (id: BulletId, at: number, text: string): Edit => ({ type: 'text', id, changes: [{ from: at, to: at, insert: text }] });
const noRandom = () => {
  throw new Error('no random was needed');
};
const seeded = (outline: PlainBullet) => LiveDocument.load(clients++, seed('bw-1', outline, noRandom).update, []);
const idOf = (document: LiveDocument, text: string): BulletId => {
  const stack: BulletId[] = [ROOT];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const bullet = document.get(id);
    if (bullet?.text === text) return id;
    stack.push(...(bullet?.children ?? []));
  }
  throw new Error(`no bullet ${text}`);
};
const copy = (document: LiveDocument) => LiveDocument.load(clients++, document.encode(), []);
const sync = (a: LiveDocument, b: LiveDocument) => {
  const [toA, toB] = [b.encodeSince(a.stateVector()), a.encodeSince(b.stateVector())];
  a.merge([toA]);
  b.merge([toB]);
  expect(a.canonical()).toBe(b.canonical());
  expect(a.digest()).toBe(b.digest());
};

describe('one document', () => {
  test('renders what it was seeded from', () => {
    const outline = plain('root', plain('a', plain('a1'), plain('a1')), { ...plain('b'), attributes: { marker: '1. ', task: 'x', gap: 1 } });
    expect(canonical(seeded(outline).plain())).toBe('- root\n\t- a\n\t\t- a1\n\t\t- a1\n\n\t1. [x] b\n');
    expect(seeded(outline).plain()).toEqual(outline);
  });

  test('makes edits in order and as one update', () => {
    const document = LiveDocument.create(clients++);
    const other = LiveDocument.create(clients++);
    const { update, change } = document.apply(
      [insert(ROOT, 0, 'todo'), create('a', 'one'), create('b', 'two', 'a'), create('c', 'under', null, 'b'), { type: 'attribute', id: 'b', name: 'task', value: ' ' }],
      by('A'),
    );
    expect(document.canonical()).toBe('- todo\n\t- one\n\t- [ ] two\n\t\t- under\n');
    expect([...change.places]).toEqual(['a', 'b', 'c']);
    expect([...other.merge([update]).change.places].sort()).toEqual(['a', 'b', 'c']);
    expect(other.canonical()).toBe(document.canonical());
    expect(other.digest()).toBe(document.digest());
    expect(other.size).toBe(4);
  });

  test('a keystroke changes one text and nothing else', () => {
    const document = seeded(plain('root', plain('a'), plain('b')));
    const other = copy(document);
    const a = idOf(document, 'a');
    const before = document.get(ROOT);
    const { update } = document.apply([insert(a, 1, '!')], by('A'));
    const { change } = other.merge([update]);
    expect([[...change.texts], [...change.places], [...change.attributes]]).toEqual([[a], [], []]);
    expect(document.get(ROOT)).toBe(before);
    expect(other.get(a)?.text).toBe('a!');
  });

  test('trash takes children along and restore brings them back', () => {
    const document = seeded(plain('root', plain('a', plain('a1')), plain('b')));
    const a = idOf(document, 'a');
    const a1 = idOf(document, 'a1');
    const { change } = document.apply([{ type: 'trash', id: a }], by('A'));
    expect([...change.trashed].sort()).toEqual([a, a1].sort());
    expect(document.get(a1)).toBeUndefined();
    expect(document.size).toBe(2);
    expect(document.trash()).toEqual([{ id: a, time: by('A').time, device: 'A', mergedInto: null, from: ROOT, plain: plain('a', plain('a1')) }]);
    document.apply([{ type: 'restore', id: a, to: { parent: ROOT, after: idOf(document, 'b') } }], by('A'));
    expect(document.canonical()).toBe('- root\n\t- b\n\t- a\n\t\t- a1\n');
    expect(document.trash()).toEqual([]);
  });

  test.each<[string, Edit[]]>([
    ['UNKNOWN_BULLET', [insert('nobody', 0, 'x')]],
    ['BAD_EDIT', [insert('a', 9, 'x')]],
    ['BAD_EDIT', [{ type: 'text', id: 'a', changes: [{ from: 1, to: 2, insert: '' }, { from: 0, to: 0, insert: '' }] }]],
    ['BAD_EDIT', [{ type: 'text', id: 'emoji', changes: [{ from: 1, to: 2, insert: '' }] }]],
    ['BAD_EDIT', [create('x', 'x', 'under')]],
    ['BAD_EDIT', [create('a/b', 'x')]],
    ['BAD_EDIT', [{ type: 'attribute', id: 'a', name: 'gap', value: -1 }]],
    ['DUPLICATE_BULLET', [create('a', 'x')]],
    ['BAD_MOVE', [{ type: 'move', id: 'a', to: { parent: 'under', after: null } }]],
    ['BAD_MOVE', [{ type: 'trash', id: ROOT }]],
    ['UNKNOWN_BULLET', [{ type: 'trash', id: 'a' }, insert('under', 0, 'x')]],
    ['UNKNOWN_BULLET', [{ type: 'restore', id: 'nobody', to: { parent: ROOT, after: null } }]],
  ])('refuses with %s and changes nothing: %j', (code, edits) => {
    const document = LiveDocument.create(clients++);
    document.apply([create('a', 'text'), create('under', 'u', null, 'a'), create('emoji', '😀', 'a')], by('A'));
    const before = document.encode();
    expect(() => document.apply([insert('under', 0, 'first'), ...edits], by('A'))).toThrow(expect.objectContaining({ name: 'DocumentError', code }));
    expect(document.encode()).toEqual(before);
    expect(document.get('under')?.text).toBe('u');
  });

  test('bytes that are no update are refused by their index, the others are merged', () => {
    const document = LiveDocument.create(clients++);
    const { update } = LiveDocument.create(clients++).apply([create('a', 'text')], by('B'));
    const { refused } = document.merge([Uint8Array.of(1, 2, 3, 250), update, Uint8Array.of(9)]);
    expect(refused).toEqual([0, 2]);
    expect(document.get('a')?.text).toBe('text');
    expect(() => LiveDocument.load(clients++, Uint8Array.of(1, 2, 3, 250), [])).toThrow(DocumentError);
  });
});

describe('two devices', () => {
  const pair = (outline: PlainBullet) => {
    const a = seeded(outline);
    return { a, b: copy(a), id: (text: string) => idOf(a, text) };
  };

  test('both type in one bullet: both texts', () => {
    const { a, b, id } = pair(plain('root', plain('middle')));
    const bullet = id('middle');
    a.apply([insert(bullet, 0, 'left ')], by('A'));
    b.apply([insert(bullet, 6, ' right')], by('B'));
    sync(a, b);
    expect(a.get(bullet)?.text).toBe('left middle right');
  });

  test('a bullet moved here, edited and given a child there: once, with both', () => {
    const { a, b, id } = pair(plain('root', plain('x', plain('x1')), plain('y')));
    const [x, y] = [id('x'), id('y')];
    a.apply([{ type: 'move', id: x, to: { parent: y, after: null } }], by('A'));
    b.apply([insert(x, 1, '!'), create('new', 'child', null, x)], by('B'));
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- y\n\t\t- x!\n\t\t\t- child\n\t\t\t- x1\n');
  });

  test('each moved under the other: both there, no cycle', () => {
    const { a, b, id } = pair(plain('root', plain('p', plain('x')), plain('q', plain('y'))));
    const [x, y, p, q] = [id('x'), id('y'), id('p'), id('q')];
    a.apply([{ type: 'move', id: x, to: { parent: y, after: null } }], by('A'));
    b.apply([{ type: 'move', id: y, to: { parent: x, after: null } }], by('B'));
    sync(a, b);
    const [first, home] = x < y ? [x, p] : [y, q];
    expect(a.get(first)?.parent).toBe(home);
    expect(a.size).toBe(5);
    // The other of the two moves away: the first stays where it is seen.
    const second = first === x ? y : x;
    b.apply([{ type: 'move', id: second, to: { parent: ROOT, after: null } }], by('B'));
    sync(a, b);
    expect(a.get(first)?.parent).toBe(home);
    expect(a.get(second)?.parent).toBe(ROOT);
  });

  test('moved to two places: one of them', () => {
    const { a, b, id } = pair(plain('root', plain('x'), plain('p'), plain('q')));
    a.apply([{ type: 'move', id: id('x'), to: { parent: id('p'), after: null } }], by('A'));
    b.apply([{ type: 'move', id: id('x'), to: { parent: id('q'), after: null } }], by('B'));
    sync(a, b);
    expect(a.canonical().match(/x/g)).toHaveLength(1);
    expect(a.size).toBe(4);
  });

  test('deleted here, given a child there: gone, the child recoverable with it', () => {
    const { a, b, id } = pair(plain('root', plain('x'), plain('y')));
    const x = id('x');
    a.apply([{ type: 'trash', id: x }], by('A'));
    b.apply([create('child', 'late', null, x), insert(x, 1, ' edited')], by('B'));
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- y\n');
    expect(b.trashed(x)?.plain).toEqual(plain('x edited', plain('late')));
    b.apply([{ type: 'restore', id: x, to: { parent: ROOT, after: null } }], by('B'));
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- x edited\n\t\t- late\n\t- y\n');
  });

  test('both tick a task: one mark', () => {
    const { a, b, id } = pair(plain('root', { ...plain('task'), attributes: { marker: '- ', task: ' ', gap: 0 } }));
    for (const [document, device] of [[a, 'A'], [b, 'B']] as const) document.apply([{ type: 'attribute', id: id('task'), name: 'task', value: 'x' }], by(device));
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- [x] task\n');
  });

  test.each([['at the end', 'b'], ['in the middle', 'a'], ['at the front', null]])('each puts 200 lines %s: both groups in one piece', (_where, after) => {
    const { a, b, id } = pair(plain('root', plain('a'), plain('b')));
    const paste = (document: LiveDocument, device: string) => {
      let last = after === null ? null : id(after);
      for (let i = 0; i < 200; i++) {
        document.apply([create(`${device}${i}`, `${device}${i}`, last)], by(device));
        last = `${device}${i}`;
      }
    };
    paste(a, 'A');
    paste(b, 'B');
    sync(a, b);
    const order = a.plain().children.map(({ text }) => text.replace(/\d+/, '')).join('');
    expect(order.replace(/A{200}/, '<A>').replace(/B{200}/, '<B>')).toMatch(after === 'b' ? /^ab(<A><B>|<B><A>)$/ : after === 'a' ? /^a(<A><B>|<B><A>)b$/ : /^(<A><B>|<B><A>)ab$/);
    const numbers = (device: string) => a.plain().children.map(({ text }) => text).filter((text) => text.startsWith(device));
    expect(numbers('A')).toEqual(Array.from({ length: 200 }, (_, i) => `A${i}`));
  });

  test('both tag the same text with different neighbours: one block, and the later edits of both', () => {
    const a = seeded(plain('root', plain('only A'), plain('x', plain('x1')), plain('y')));
    const b = seeded(plain('root', plain('x', plain('x1'), plain('only B')), plain('y'), plain('last B')));
    const x = idOf(a, 'x');
    expect(idOf(b, 'x')).toBe(x);
    a.apply([insert(x, 1, ' from A'), { type: 'move', id: idOf(a, 'x1'), to: { parent: ROOT, after: null } }], by('A'));
    b.apply([insert(x, 0, 'from B '), { type: 'attribute', id: x, name: 'task', value: 'x' }, create('n', 'new', idOf(b, 'y'))], by('B'));
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- x1\n\t- only A\n\t- [x] from B x from A\n\t\t- only B\n\t- y\n\t- new\n\t- last B\n');
  });
});
