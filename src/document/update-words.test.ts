import { DEFAULT_ATTRIBUTES, LiveDocument, ROOT, seed, updateWords } from './index';
import type { Edit } from './index';

const outline = { text: 'shopping #live', attributes: DEFAULT_ATTRIBUTES, children: [{ text: 'milk', attributes: DEFAULT_ATTRIBUTES, children: [] }] };
const seeded = seed('bw-1', outline, () => '1');
const milk = seeded.ids.children[0]?.id ?? '';

/** The update of one edit of the block. */
function edited(...edits: Edit[]): string[] {
  return updateWords(LiveDocument.load(7, seeded.update, []).apply(edits, { device: 'd1', time: 1_700_000_000_000 }).update);
}

describe('an update in words', () => {
  test('of a whole block gives its bullets', () => {
    expect(updateWords(seeded.update)).toEqual(['bullet “shopping #live”', 'bullet “milk”']);
  });

  test('gives typed text, a new bullet, a tick, a deletion', () => {
    const text = edited({ type: 'text', id: milk, changes: [{ from: 4, to: 4, insert: ', two' }] });
    expect(text).toEqual(expect.arrayContaining([`text of bullet ${milk.slice(0, 8)}`, 'text “, two”']));
    const made = edited({ type: 'create', id: 'abcdefghij', text: 'tea', attributes: DEFAULT_ATTRIBUTES, to: { parent: ROOT, after: milk } });
    expect(made).toEqual(['text of bullet abcdefgh', 'text “tea”', 'bullet abcdefgh placed under the block']);
    expect(edited({ type: 'attribute', id: milk, name: 'task', value: 'x' })).toEqual([`attributes ${milk.slice(0, 8)} task = "x"`]);
    expect(edited({ type: 'trash', id: milk })).toEqual([`bullet ${milk.slice(0, 8)} deleted`]);
  });

  test('says what takes the place of an earlier value, and how much went', () => {
    const document = LiveDocument.load(7, seeded.update, []);
    const by = { device: 'd1', time: 1_700_000_000_000 };
    document.apply([{ type: 'trash', id: milk }], by);
    const { update } = document.apply([{ type: 'restore', id: milk, to: { parent: ROOT, after: null } }], by);
    expect(updateWords(update)).toEqual(['a bullet placed under the block', '1 taken out or replaced']);
  });

  test('is bounded, and what is no update is an error', () => {
    const document = LiveDocument.load(7, seeded.update, []);
    const many = Array.from({ length: 60 }, (_, i): Edit => ({ type: 'create', id: `bullet${i}`, text: 'x'.repeat(500), attributes: DEFAULT_ATTRIBUTES, to: { parent: ROOT, after: null } }));
    const lines = updateWords(document.apply(many, { device: 'd1', time: 0 }).update);
    expect(lines).toHaveLength(41);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    expect(lines.at(-1)).toBe('… and 140 more');
    expect(() => updateWords(Uint8Array.of(1, 2, 3))).toThrow();
  });
});
