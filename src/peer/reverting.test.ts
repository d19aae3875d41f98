import fc from 'fast-check';
import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT } from '../document';
import type { Edit } from '../document';
import { idsOf } from './found-text';
import { revert } from './reverting';

const BY = { device: 'A', time: 1 };

/** One edit that can be made, chosen by numbers. */
function editOf(document: LiveDocument, [kind, a, b, n]: readonly [number, number, number, number]): Edit {
  const ids = idsOf(document);
  const pick = (i: number): string => ids[i % ids.length] ?? ROOT;
  const [one, other] = [pick(a), pick(b)];
  const isUnder = (id: string | null, top: string): boolean => id !== null && (id === top || isUnder(document.get(id)?.parent ?? null, top));
  const create: Edit = { type: 'create', id: `n${n}`, to: { parent: one, after: document.get(one)?.children[0] ?? null }, text: `t${n}`, attributes: DEFAULT_ATTRIBUTES };
  if (kind === 0 || one === ROOT) return create;
  if (kind === 1) return { type: 'text', id: one, changes: [{ from: 0, to: Math.min(1, document.get(one)?.text.length ?? 0), insert: `x${n}` }] };
  if (kind === 2) return { type: 'trash', id: one };
  if (kind === 3) return { type: 'attribute', id: one, name: 'task', value: n % 2 ? 'x' : ' ' };
  if (isUnder(other, one)) return create;
  return kind === 4 ? { type: 'move', id: one, to: { parent: other, after: null } } : { type: 'trash', id: one, mergedInto: other };
}

test('a document becomes exactly what any version of it was, and again what it is', () => {
  const numbers = fc.tuple(fc.nat(5), fc.nat(50), fc.nat(50));
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 2, maxLength: 25 }), fc.nat(24), (steps, at) => {
      const document = LiveDocument.create(7);
      let [snapshot, was] = [document.snapshot(), document.canonical()];
      steps.forEach(([kind, a, b], n) => {
        document.apply([editOf(document, [kind, a, b, n])], BY);
        if (n === at % steps.length) [snapshot, was] = [document.snapshot(), document.canonical()];
      });
      const [now, is] = [document.snapshot(), document.canonical()];
      for (const [to, text] of [[snapshot, was], [now, is]] as const) {
        const then = document.at(to);
        revert(document, then, (edits) => document.apply(edits, BY));
        expect(document.canonical()).toBe(text);
      }
    }),
    {
      numRuns: 100,
      // A bullet with a child is joined to the root, which then shows that child.
      examples: [[[[0, 0, 0], [0, 0, 0], [4, 4, 26], [0, 0, 0], [3, 1, 0], [2, 31, 0], [5, 4, 0]], 22]],
    },
  );
});
