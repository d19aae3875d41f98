/** Random edits on several devices, delivered late, twice and out of order: all devices come to the same sound tree. */
import fc from 'fast-check';
import { canonical, DEFAULT_ATTRIBUTES, LiveDocument, ROOT, seed } from './index';
import type { BulletId, Edit, PlainBullet } from './index';

interface Step {
  readonly replica: number;
  readonly kind: number;
  /** Picks bullets and places, modulo what there is. */
  readonly picks: readonly number[];
  readonly text: string;
}

const step = fc.record({
  replica: fc.nat(2),
  kind: fc.nat(12),
  picks: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
  text: fc.string({ unit: 'grapheme', maxLength: 4 }),
});
const plain = (text: string, ...children: PlainBullet[]): PlainBullet => ({ text, attributes: DEFAULT_ATTRIBUTES, children });
const outlines = [
  plain('root', plain('a', plain('a1'), plain('a2')), plain('b'), plain('b'), plain('c', plain('c1', plain('c2')))),
  plain('root', plain('z'), plain('a', plain('a2'), plain('a3')), plain('b'), plain('c')),
  plain('root', plain('c', plain('c1'), plain('c0')), plain('a')),
];

function liveIds(document: LiveDocument): BulletId[] {
  const ids: BulletId[] = [];
  const seen = new Set<BulletId>();
  const stack: BulletId[] = [ROOT];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) throw new Error(`bullet ${id} stands twice`);
    seen.add(id);
    ids.push(id);
    const view = document.get(id);
    if (!view) throw new Error(`child ${id} isn't live`);
    for (const child of view.children) {
      if (document.get(child)?.parent !== id) throw new Error(`child ${child} names another parent`);
      stack.push(child);
    }
  }
  return ids;
}

/** One to three edits that can be made on this document. */
function editsFor(document: LiveDocument, { kind, picks: [p = 0, q = 0, r = 0, s = 0], text }: Step, fresh: () => BulletId): Edit[] {
  const ids = liveIds(document);
  const at = (n: number): BulletId => ids[n % ids.length] ?? ROOT;
  const inside = (id: BulletId, ancestor: BulletId): boolean => {
    for (let up: BulletId | null | undefined = id; up; up = document.get(up)?.parent) if (up === ancestor) return true;
    return false;
  };
  const place = (without: BulletId | null) => {
    const parents = ids.filter((id) => without === null || !inside(id, without));
    const parent = parents[q % parents.length] ?? ROOT;
    const children = (document.get(parent)?.children ?? []).filter((id) => id !== without);
    return { parent, after: r % 3 === 0 ? null : (children[r % Math.max(1, children.length)] ?? null) };
  };
  const id = at(p);
  const length = document.get(id)?.text.length ?? 0;
  switch (kind) {
    case 0:
    case 1:
    case 2: {
      const offsets = [...(document.get(id)?.text ?? '')].reduce((all, point) => [...all, (all.at(-1) ?? 0) + point.length], [0]);
      const from = offsets[q % offsets.length] ?? 0;
      const to = kind === 2 ? (offsets[Math.min(offsets.length - 1, offsets.indexOf(from) + (r % 3))] ?? length) : from;
      return [{ type: 'text', id, changes: [{ from, to, insert: text }] }];
    }
    case 3:
    case 4: {
      const to = place(null);
      const first = fresh();
      const second = fresh();
      return [
        { type: 'create', id: first, to, text, attributes: DEFAULT_ATTRIBUTES },
        { type: 'create', id: second, to: { parent: to.parent, after: first }, text: 'next', attributes: { marker: '* ', task: ' ', gap: 1 } },
      ];
    }
    case 5:
    case 6:
    case 7:
      return id === ROOT ? [] : [{ type: 'move', id, to: place(id) }];
    case 8:
      return id === ROOT ? [] : [{ type: 'trash', id }];
    case 9: {
      const trash = document.trash();
      const found = trash[p % Math.max(1, trash.length)];
      return found ? [{ type: 'restore', id: found.id, to: place(null) }] : [];
    }
    case 10:
      return [{ type: 'attribute', id, name: 'task', value: s % 2 ? 'x' : null }];
    case 11: {
      const target = document.get(id)?.parent;
      const into = document.get(at(s));
      if (id === ROOT || !target || !into || inside(into.id, id)) return [];
      const joined = document.get(id)?.text ?? '';
      return [
        ...(document.get(id)?.children ?? []).map((child): Edit => ({ type: 'move', id: child, to: { parent: into.id, after: null } })),
        { type: 'text', id: into.id, changes: [{ from: into.text.length, to: into.text.length, insert: joined }] },
        { type: 'trash', id, mergedInto: into.id },
      ];
    }
    default:
      return [];
  }
}

interface Delivery {
  readonly from: number;
  readonly update: Uint8Array;
}

function play(steps: readonly Step[], apart: boolean): void {
  let made = 0;
  const fresh = () => `n${made++}`;
  const log: Delivery[] = [];
  const got = [new Set<number>(), new Set<number>(), new Set<number>()];
  const replicas = [0, 1, 2].map((i) => {
    const { update } = seed('bw-1', outlines[apart ? i : 0] ?? plain('root'), fresh);
    if (apart) log.push({ from: i, update });
    return LiveDocument.load(i + 1, update, []);
  });
  const merge = (replica: number, indices: readonly number[]) => {
    const document = replicas[replica] as LiveDocument;
    document.merge(indices.map((index) => (log[index] as Delivery).update));
    for (const index of indices) got[replica]?.add(index);
  };
  for (const step of steps) {
    const document = replicas[step.replica] as LiveDocument;
    if (step.kind === 12) {
      // Some of what the others sent, in an odd order, some of it again.
      const wanted = log.map((_, index) => index).filter((index) => (index * 7 + (step.picks[0] ?? 0)) % 3 !== 0).reverse();
      merge(step.replica, wanted);
    } else {
      const edits = editsFor(document, step, fresh);
      const expected = edits.length > 0;
      const { update } = document.apply(edits, { device: `device ${step.replica}`, time: 1000 + log.length });
      if (expected && update.length > 0) log.push({ from: step.replica, update });
    }
    liveIds(document);
  }
  for (let round = 0; round < 8; round++) {
    const end = log.length;
    for (const replica of [0, 1, 2]) {
      const missing = log.map((_, index) => index).filter((index) => !got[replica]?.has(index));
      if (missing.length > 0) merge(replica, missing);
    }
    if (log.length === end) break;
    if (round === 7) throw new Error('the replicas never stop answering one another');
  }
  const [first, ...others] = replicas as [LiveDocument, ...LiveDocument[]];
  const ids = liveIds(first);
  expect(ids).toHaveLength(first.size);
  const reloaded = LiveDocument.load(9, first.encode(), []);
  for (const other of [...others, reloaded]) {
    expect(other.canonical()).toBe(canonical(first.plain()));
    expect(other.digest()).toBe(first.digest());
    expect(liveIds(other)).toEqual(ids);
    expect(other.trash()).toEqual(first.trash());
    expect(ids.map((id) => other.get(id))).toEqual(ids.map((id) => first.get(id)));
  }
}

describe('three devices come to the same tree', () => {
  test.each([[false], [true]])('seeded apart: %s', (apart) => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => play(steps, apart)), { numRuns: 100 });
  });

  const pinned: [string, boolean, Step[]][] = [
    ['a bullet restored from a join, then its old owner typed into', false, [
      { replica: 1, kind: 11, picks: [238, 0, 0, 469], text: '' },
      { replica: 1, kind: 9, picks: [0, 0, 980, 0], text: '' },
      { replica: 1, kind: 0, picks: [2, 569, 0, 0], text: '' },
    ]],
    ['a join that reaches a device with the seed of its bullet', true, [
      { replica: 0, kind: 11, picks: [239, 0, 0, 0], text: '' },
      { replica: 1, kind: 5, picks: [625, 0, 0, 0], text: '' },
    ]],
    ['a restored join that reaches the others after their seeds met', true, [
      { replica: 0, kind: 0, picks: [0, 0, 0, 0], text: ' ' },
      { replica: 1, kind: 11, picks: [1, 0, 0, 0], text: '' },
      { replica: 0, kind: 12, picks: [0, 0, 0, 0], text: '' },
      { replica: 0, kind: 9, picks: [0, 0, 0, 0], text: '' },
    ]],
  ];
  test.each(pinned)('once failed: %s', (_, apart, steps) => play(steps, apart));
});
