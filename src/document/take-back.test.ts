/** Local edits taken back, and made again, beside another device's: what is left is what that one alone had made. */
import fc from 'fast-check';
import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT, seed } from './index';
import type { BulletId, Edit, PlainBullet, Step } from './index';

let clients = 1_000;
const by = (device: string) => ({ device, time: 1 });
const plain = (text: string, ...children: PlainBullet[]): PlainBullet => ({ text, attributes: DEFAULT_ATTRIBUTES, children });
const OUTLINE = plain('root', plain('one', plain('child')), plain('two'), plain('three'));

/** One device: its document, and what takes its edits back, the newest first. */
class Side {
  readonly steps: Step[] = [];
  constructor(
    readonly name: string,
    readonly document: LiveDocument,
  ) {}

  make(...edits: Edit[]): void {
    const { step } = this.document.apply(edits, by(this.name));
    if (step) this.steps.unshift(step);
  }

  /** @returns what makes them again */
  takeBack(steps: readonly Step[]): Step[] {
    const { step } = this.document.takeBack(steps, by(this.name));
    return step ? [step] : [];
  }

  get text(): string {
    return this.document.canonical();
  }
}

function pair(outline = OUTLINE) {
  const { update, ids } = seed('bw-1', outline, String);
  const [here, there] = ['A', 'B'].map((name) => new Side(name, LiveDocument.load(clients++, update, []))) as [Side, Side];
  const sync = (): void => {
    const [a, b] = [here.document, there.document];
    const [toA, toB] = [b.encodeSince(a.stateVector()), a.encodeSince(b.stateVector())];
    a.merge([toA]);
    b.merge([toB]);
    expect(a.canonical()).toBe(b.canonical());
    expect(a.digest()).toBe(b.digest());
    expect(LiveDocument.load(clients++, a.encode(), []).digest()).toBe(a.digest());
  };
  const [one, two, three] = ids.children.map(({ id }) => id) as [BulletId, BulletId, BulletId];
  const child = ids.children[0]?.children[0]?.id ?? '';
  /** Both have edited apart, and hear of each other; this device takes all back, one by one or at once, and makes it again. */
  const check = (): void => {
    const alone = there.text;
    sync();
    const merged = here.text;
    const digest = here.document.digest();
    for (const steps of [here.steps.map((step) => [step]), [here.steps]]) {
      const again = steps.flatMap((some) => here.takeBack(some)).reverse();
      expect(here.text).toBe(alone);
      sync();
      expect(there.text).toBe(alone);
      here.steps.splice(0, Infinity, ...[...again].flatMap((step) => here.takeBack([step])).reverse());
      expect(here.text).toBe(merged);
      expect(here.document.digest()).toBe(digest);
      sync();
    }
  };
  return { here, there, one, two, three, child, sync, check };
}

const text = (id: BulletId, from: number, to: number, insert: string): Edit => ({ type: 'text', id, changes: [{ from, to, insert }] });
const create = (id: BulletId, parent: BulletId, after: BulletId | null, content: string): Edit => ({ type: 'create', id, to: { parent, after }, text: content, attributes: DEFAULT_ATTRIBUTES });
const move = (id: BulletId, parent: BulletId, after: BulletId | null): Edit => ({ type: 'move', id, to: { parent, after } });
const trash = (id: BulletId, mergedInto?: BulletId): Edit => ({ type: 'trash', id, ...(mergedInto === undefined ? {} : { mergedInto }) });
const tick = (id: BulletId, value: string | null): Edit => ({ type: 'attribute', id, name: 'task', value });

type Ids = Pick<ReturnType<typeof pair>, 'one' | 'two' | 'three' | 'child'>;
const together: readonly (readonly [string, (ids: Ids) => Edit[][], (ids: Ids) => Edit[][]])[] = [
  ['[N1] letters in a bullet that the other moved', ({ one }) => [[text(one, 3, 3, '!')]], ({ one, two }) => [[move(one, two, null)]]],
  ['[N1] a move of a bullet that the other wrote into', ({ one, two }) => [[move(one, two, null)]], ({ one }) => [[text(one, 1, 1, 'X')]]],
  ['[N1] a move of a bullet that the other moved, too', ({ one, two }) => [[move(one, two, null)]], ({ one, three }) => [[move(one, three, null)]]],
  ['[N2] letters among which the other typed', ({ one }) => [[text(one, 3, 3, ' and')]], ({ one }) => [[text(one, 3, 3, ' more')]]],
  ['[N2] letters typed over others over which the other typed, too', ({ one }) => [[text(one, 0, 2, 'XY')]], ({ one }) => [[text(one, 3, 3, 'Z')]]],
  ['[N2] a split of a bullet at whose end the other typed', ({ three }) => [[text(three, 2, 5, ''), create('n', ROOT, three, 'ree')]], ({ three }) => [[text(three, 5, 5, 'X')]]],
  ['[N2] a split between whose halves the other moved a bullet', ({ two }) => [[text(two, 1, 3, ''), create('n', ROOT, two, 'wo')]], ({ one, two }) => [[move(one, ROOT, two)]]],
  ['[N4] a join to a bullet at whose end the other typed', ({ two, three }) => [[text(two, 3, 3, 'three'), trash(three, two)]], ({ two }) => [[text(two, 3, 3, 'X')]]],
  ['[N4] a join of a bullet that the other wrote into', ({ two, three }) => [[text(two, 3, 3, 'three'), trash(three, two)]], ({ three }) => [[text(three, 1, 2, 'X')]]],
  ['[N4] letters in a bullet that the other joined', ({ three }) => [[text(three, 5, 5, '!')]], ({ two, three }) => [[text(two, 3, 3, 'three'), trash(three, two)]]],
  ['[N4] a deletion of a bullet that the other joined', ({ three }) => [[trash(three)]], ({ two, three }) => [[text(two, 3, 3, 'three'), trash(three, two)]]],
  ['[N4] a join of a bullet that the other deleted', ({ two, three }) => [[text(two, 3, 3, 'three'), trash(three, two)]], ({ three }) => [[trash(three)]]],
  ['[N5] letters in a bullet that the other deleted', ({ two }) => [[text(two, 3, 3, '!')]], ({ two }) => [[trash(two)]]],
  ['[N7] a word at whose end the other typed', ({ two }) => [[text(two, 0, 3, '')]], ({ two }) => [[text(two, 3, 3, 'X')]]],
  ['[N7] a word before which the other typed', ({ two }) => [[text(two, 0, 3, '')]], ({ two }) => [[text(two, 0, 0, 'X')]]],
  ['[N7] a word within which the other typed', ({ two }) => [[text(two, 0, 3, '')]], ({ two }) => [[text(two, 1, 1, 'X')]]],
  ['[N7] letters of a word, one after the other, among which the other typed', ({ two }) => [[text(two, 1, 2, '')], [text(two, 1, 2, '')], [text(two, 0, 1, '')]], ({ two }) => [[text(two, 2, 2, 'X')]]],
  ['[N8] a move of a bullet that the other deleted', ({ one, two }) => [[move(one, two, null)]], ({ one }) => [[trash(one)]]],
  ['[N8] several moves of a bullet that the other deleted', ({ one, two, three }) => [[move(one, two, null)], [move(one, three, null)], [move(one, ROOT, null)]], ({ one }) => [[trash(one)]]],
  ['[N8] a move of a bullet that the other joined', ({ one, three }) => [[move(three, one, null)]], ({ two, three }) => [[text(two, 3, 3, 'three'), trash(three, two)]]],
  ['[N8] a move out of what the other deleted', ({ child }) => [[move(child, ROOT, null)]], ({ one }) => [[trash(one)]]],
  ['[N8] a move to what the other deleted', ({ three, two }) => [[move(three, two, null)]], ({ two }) => [[trash(two)]]],
  ['bullets that were made, one under the other, and written into', ({ two }) => [[create('n', two, null, 'new')], [create('m', 'n', null, 'more')], [text('m', 4, 4, '!')]], ({ two }) => [[text(two, 3, 3, 'X')]]],
  ['a bullet that was made and joined', ({ one, two }) => [[create('n', ROOT, two, 'new')], [text(two, 3, 3, 'new'), trash('n', two)], [text(one, 3, 3, 'X')]], ({ two }) => [[text(two, 3, 3, 'Y')]]],
  ['a tick beside another of the other', ({ one, two }) => [[tick(one, 'x'), tick(two, ' ')], [tick(two, 'x')]], ({ one }) => [[tick(one, '/')]]],
  ['a deletion taken back and made again by hand', ({ one, child }) => [[trash(one)], [{ type: 'restore', id: one, to: { parent: ROOT, after: null } }], [move(child, ROOT, one)]], ({ child }) => [[text(child, 5, 5, 'ren')]]],
];

test.each(together)('beside another device [N1, N2, N4, N5, N7, N8]: %s', (_, own, others) => {
  const { here, there, check, ...ids } = pair();
  for (const edits of own(ids)) here.make(...edits);
  for (const edits of others(ids)) there.make(...edits);
  check();
});

test('[N1] a bullet that the other moved later stays where it was put', () => {
  const { here, there, sync, one, two, three } = pair();
  here.make(move(one, two, null));
  sync();
  there.make(move(one, three, null));
  sync();
  here.takeBack(here.steps);
  expect(here.document.get(one)?.parent).toBe(three);
});

test('[N2] a bullet that was made here keeps what others wrote into it or put under it, and goes without', () => {
  const { here, there, sync, one } = pair();
  here.make(create('n', ROOT, one, 'new'));
  sync();
  there.make(text('n', 1, 1, 'theirs'));
  sync();
  const again = here.takeBack(here.steps);
  expect(here.document.get('n')?.text).toBe('theirs');
  here.takeBack(again);
  expect(here.document.get('n')?.text).toBe('ntheirsew');
  sync();
  there.make(text('n', 1, 7, ''), move(one, 'n', null));
  sync();
  const once = here.takeBack(here.steps);
  expect(here.document.get('n')).toMatchObject({ text: '', children: [one] });
  here.takeBack(once);
  expect(here.document.get('n')).toMatchObject({ text: 'new', children: [one] });
});

test('[N2] what was written into a bullet that comes back is not in it when the step before brings it back', () => {
  const { here, two } = pair();
  const before = here.text;
  here.make(trash(two));
  here.make({ type: 'restore', id: two, to: { parent: ROOT, after: null } }, text(two, 3, 3, '!'));
  here.takeBack(here.steps.slice(0, 1));
  expect(here.document.get(two)).toBeUndefined();
  here.takeBack(here.steps.slice(1));
  expect(here.text).toBe(before);
});

test('[N3] letters that both deleted come back when either takes that back', () => {
  const { here, there, sync, child } = pair();
  const before = here.text;
  for (const side of [here, there]) side.make(text(child, 1, 4, ''));
  sync();
  there.takeBack(there.steps);
  sync();
  expect(here.text).toBe(before);
});

test('what another device deleted since stays deleted when an edit is taken back, and when it is made again', () => {
  const { here, there, sync, two } = pair();
  here.make(text(two, 3, 3, ' more'));
  sync();
  there.make(text(two, 3, 6, ''));
  sync();
  const again = here.takeBack(here.steps);
  expect(here.document.get(two)?.text).toBe('two');
  here.takeBack(again);
  expect(here.document.get(two)?.text).toBe('twore');
});

test('a step is plain data, and holds in a document that was loaded anew', () => {
  const { here, two } = pair();
  const before = here.text;
  here.make(text(two, 0, 2, 'X'), trash(two));
  const again = LiveDocument.load(clients++, here.document.encode(), []);
  again.takeBack(JSON.parse(JSON.stringify(here.steps)) as Step[], by('A'));
  expect(again.canonical()).toBe(before);
});

/** An edit of this device at random. It deletes letters of its own half of the alphabet only, as what both delete comes back ([N3]). */
function randomEdits(document: LiveDocument, half: 0 | 1, [kind = 0, p = 0, q = 0, r = 0]: readonly number[], fresh: () => BulletId): Edit[] {
  const ids: BulletId[] = [];
  const add = (id: BulletId): void => {
    ids.push(id);
    document.get(id)?.children.forEach(add);
  };
  add(ROOT);
  const id = ids[p % ids.length] ?? ROOT;
  const content = document.get(id)?.text ?? '';
  const isIn = (one: BulletId, of: BulletId): boolean => {
    for (let at: BulletId | null | undefined = one; at; at = document.get(at)?.parent) if (at === of) return true;
    return false;
  };
  const place = (moving: BulletId | null) => {
    const parents = ids.filter((one) => moving === null || !isIn(one, moving));
    const parent = parents[q % parents.length] ?? ROOT;
    const children = [null, ...(document.get(parent)?.children ?? []).filter((one) => one !== moving)];
    return { parent, after: children[r % children.length] ?? null };
  };
  const at = q % (content.length + 1);
  const sibling = ids.filter((one) => !isIn(one, id));
  switch (kind % 7) {
    case 0:
      return [text(id, at, at, String.fromCharCode(65 + (r % 26)).repeat(1 + (r % 3)))];
    case 1:
      return content.charCodeAt(at) % 2 === half ? [text(id, at, at + 1, '')] : [];
    case 2:
      return [create(fresh(), place(null).parent, place(null).after, 'new')];
    case 3:
      return id === ROOT ? [] : [{ type: 'move', id, to: place(id) }];
    case 4:
      return id === ROOT ? [] : [trash(id)];
    case 5: {
      const into = sibling[r % Math.max(1, sibling.length)];
      if (id === ROOT || into === undefined) return [];
      const end = document.get(into)?.text.length ?? 0;
      return [text(into, end, end, document.get(id)?.text ?? ''), trash(id, into)];
    }
    default:
      return [tick(id, r % 2 ? 'x' : null)];
  }
}

test('whatever two devices did apart: what is left is what the other alone had made, and it can be done again', () => {
  const picks = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(picks, { maxLength: 8 }), fc.array(picks, { maxLength: 8 }), (own, others) => {
      const { here, there, check } = pair();
      let made = 0;
      for (const one of own) here.make(...randomEdits(here.document, 0, one, () => `a${made++}`));
      for (const one of others) there.make(...randomEdits(there.document, 1, one, () => `b${made++}`));
      check();
    }),
    { numRuns: Number(process.env['UNDO_RUNS'] ?? 300) },
  );
});
