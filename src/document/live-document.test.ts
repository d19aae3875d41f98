import * as Y from 'yjs';
import { canonical, DEFAULT_ATTRIBUTES, DocumentError, importClientId, LiveDocument, ROOT, seed } from './index';
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
    expect(() => document.apply([insert('under', 0, 'first'), ...edits], by('A'))).toThrow(expect.objectContaining({ name: 'DocumentError', code }) as Error);
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

  test('three bullets appended here, two there: both groups in one piece', () => {
    const { a, b, id } = pair(plain('root', plain('x')));
    const append = (document: LiveDocument, names: string[], device: string) => {
      let after = id('x');
      for (const name of names) {
        document.apply([create(name, name, after)], by(device));
        after = name;
      }
    };
    append(a, ['a1', 'a2', 'a3'], 'A');
    append(b, ['b1', 'b2'], 'B');
    sync(a, b);
    expect(['x a1 a2 a3 b1 b2', 'x b1 b2 a1 a2 a3']).toContain(a.plain().children.map(({ text }) => text).join(' '));
  });

  test('three bullets indented here, reordered there: three bullets, once each', () => {
    const { a, b, id } = pair(plain('root', plain('p'), plain('1'), plain('2'), plain('3')));
    const [p, one, two, three] = ['p', '1', '2', '3'].map(id) as [string, string, string, string];
    const move = (bullet: string, parent: string, after: string | null): Edit => ({ type: 'move', id: bullet, to: { parent, after } });
    a.apply([move(one, p, null), move(two, p, one), move(three, p, two)], by('A'));
    b.apply([move(three, ROOT, p), move(one, ROOT, two)], by('B'));
    sync(a, b);
    expect(a.canonical().match(/[123]/g)?.sort()).toEqual(['1', '2', '3']);
    expect(a.size).toBe(5);
  });

  test('split here, typed into the second half there: the typed text once', () => {
    const { a, b, id } = pair(plain('root', plain('one two')));
    const bullet = id('one two');
    a.apply([{ type: 'text', id: bullet, changes: [{ from: 3, to: 7, insert: '' }] }, create('second', 'two', bullet)], by('A'));
    b.apply([insert(bullet, 6, 'X')], by('B'));
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- oneX\n\t- two\n');
  });

  test('an emoji replaced here, text typed beside it there: both', () => {
    const { a, b, id } = pair(plain('root', plain('a 👍🏽 b')));
    const bullet = id('a 👍🏽 b');
    a.apply([{ type: 'text', id: bullet, changes: [{ from: 2, to: 6, insert: '👍🏿' }] }], by('A'));
    b.apply([insert(bullet, 6, '!')], by('B'));
    sync(a, b);
    expect(['a 👍🏿! b', 'a !👍🏿 b']).toContain(a.get(bullet)?.text);
  });

  test('bullets with equal keys, as two copies of one device make them, can be parted', () => {
    const { a, b, id } = pair(plain('root', plain('x'), plain('y')));
    const x = id('x');
    a.apply([create('n1', 'n1', x)], by('same'));
    b.apply([create('n2', 'n2', x), create('n3', 'n3', 'n2')], by('same'));
    sync(a, b);
    const [first, second] = a.get(ROOT)?.children.slice(1) ?? [];
    a.apply([create('between', 'between', first)], by('A'));
    sync(a, b);
    expect(a.get(ROOT)?.children.slice(1, 4)).toEqual([first, 'between', second]);
    expect(a.size).toBe(7);
  });

  test('both find the same outside edit: imported once', () => {
    const { a, b, id } = pair(plain('root', plain('x')));
    const x = id('x');
    b.merge([a.apply([insert(x, 1, 'y')], by('A')).update]);
    const edits = [insert(x, 2, ' from outside'), create('out', 'new line', x)];
    for (const document of [a, b]) {
      document.apply(edits, { device: '', time: 0 }, { importAs: importClientId(document.digest(), 'the text') });
    }
    sync(a, b);
    expect(a.canonical()).toBe('- root\n\t- xy from outside\n\t- new line\n');
    a.apply([insert(x, 0, '> ')], by('A'));
    sync(a, b);
    expect(b.get(x)?.text).toBe('> xy from outside');
  });

  test('an outside edit found on states that differ never makes them diverge', () => {
    const { a, b, id } = pair(plain('root', plain('x')));
    const as = importClientId(a.digest(), 'the text');
    a.apply([{ type: 'trash', id: id('x') }], by('A'));
    a.apply([create('n', 'n')], by('A'));
    for (const document of [a, b]) document.apply([insert(ROOT, 4, '!')], { device: '', time: 0 }, { importAs: as });
    sync(a, b);
  });
});

describe('what a document puts up with', () => {
  const raw = (write: (doc: Y.Doc) => void): Uint8Array => {
    const doc = new Y.Doc();
    write(doc);
    return Y.encodeStateAsUpdate(doc);
  };

  test('a bullet whose place or parent is missing hangs at the end of the root until they come', () => {
    const document = seeded(plain('root', plain('a'), plain('b')));
    document.merge([raw((doc) => {
      doc.getMap('texts').set('a-lost', new Y.Text('a-lost'));
      doc.getMap('texts').set('child', new Y.Text('child'));
      doc.getMap('places').set('child', ['nobody', '/a0.r.a0', '']);
    })]);
    expect(document.canonical()).toBe('- root\n\t- a\n\t- b\n\t- a-lost\n\t- child\n');
    expect([document.isMisplaced('a-lost'), document.isMisplaced('child'), document.isMisplaced(ROOT)]).toEqual([true, true, false]);
    document.apply([create('after', 'after', 'a-lost')], by('A'));
    expect(document.canonical()).toMatch(/\t- a-lost\n\t- after\n\t- child\n$/);
    const { change } = document.merge([raw((doc) => doc.getMap('texts').set('nobody', new Y.Text('parent')))]);
    expect(document.get('child')?.parent).toBe('nobody');
    expect(change.places.has('child')).toBe(true);
    expect(LiveDocument.load(clients++, document.encode(), []).digest()).toBe(document.digest());
  });

  test('values of the wrong kind count as missing', () => {
    const document = seeded(plain('root', plain('a')));
    const a = idOf(document, 'a');
    document.merge([raw((doc) => {
      doc.getMap('places').set(ROOT, [a, '/', '']);
      doc.getMap('places').set('n', [1, 2]);
      doc.getMap('texts').set('m', 'no text');
      doc.getMap('attributes').set(`${a}/gap`, 'many');
      doc.getMap('attributes').set('stray', true);
      doc.getMap('seeds').set('bad', ['x', 'y', 1, 'z', 0]);
    })]);
    expect(document.get(a)?.attributes).toEqual(DEFAULT_ATTRIBUTES);
    expect(document.get(ROOT)?.parent).toBeNull();
    expect(document.get(ROOT)?.children).toEqual([a, 'm', 'n']);
  });

  test('a newer schema is refused in words', () => {
    const newer = raw((doc) => doc.getMap('meta').set('schema', 2));
    const refusal = expect.objectContaining({ code: 'NEWER_SCHEMA', message: expect.stringContaining('Update Blockwire') as string }) as Error;
    expect(() => LiveDocument.create(clients++).merge([newer])).toThrow(refusal);
    expect(() => LiveDocument.load(clients++, newer, [])).toThrow(refusal);
  });

  test('half a surrogate pair becomes one replacement character on every device', () => {
    const a = LiveDocument.create(clients++);
    const b = LiveDocument.create(clients++);
    a.apply([insert(ROOT, 0, 'x\ud83dy')], by('A'));
    sync(a, b);
    expect(b.get(ROOT)?.text).toBe('x\ufffdy');
  });

  test('10,000 updates after their base load in one go, in any order', () => {
    const document = seeded(plain('root', plain('a')));
    const base = document.encode();
    const a = idOf(document, 'a');
    const updates = Array.from({ length: 10_000 }, (_, i) => document.apply([insert(a, i % 50, 'x')], by('A')).update);
    const loaded = LiveDocument.load(clients++, base, updates);
    expect(loaded.digest()).toBe(document.digest());
  });
});

describe('the digest', () => {
  test('is the same again when an edit is taken back, and knows no blanks at line ends', () => {
    const document = seeded(plain('root', plain('a'), plain('b')));
    const [a, b] = [idOf(document, 'a'), idOf(document, 'b')];
    const before = document.digest();
    const seen = new Set([before]);
    const step = (edit: Edit) => {
      document.apply([edit], by('A'));
      return document.digest();
    };
    for (const edit of [insert(a, 1, '!'), { type: 'attribute', id: a, name: 'gap', value: 1 }, { type: 'move', id: a, to: { parent: ROOT, after: b } }] as Edit[]) {
      const digest = step(edit);
      expect(seen.has(digest)).toBe(false);
      seen.add(digest);
    }
    step({ type: 'move', id: b, to: { parent: ROOT, after: a } });
    step({ type: 'attribute', id: a, name: 'gap', value: 0 });
    expect(step({ type: 'text', id: a, changes: [{ from: 1, to: 2, insert: '' }] })).toBe(before);
    expect(step(insert(a, 1, ' \t'))).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('a released bullet says so in the trash of every device', () => {
  const a = seeded(plain('root', plain('a')));
  const b = copy(a);
  const id = idOf(a, 'a');
  b.merge([a.apply([{ type: 'trash', id, released: true }], by('A')).update]);
  expect(b.trashed(id)).toMatchObject({ released: true, mergedInto: null, plain: plain('a') });
});
