import { sift } from './echoes';
import type { BoundBlock, Edit, KnownTexts } from '.';

const bullet = (id: string, text: string, depth = 1) => ({ id, depth, source: `- ${text}`, lines: [{ from: 2, to: 2 + text.length }], text, attributes: { marker: '- ', task: null, gap: 0 } });
const block: BoundBlock = { blockId: 'bw-x', from: 0, to: 0, cut: { from: 0, to: 0 }, bullets: [bullet('root', 'root', 0), bullet('a', 'alpha now'), bullet('b', 'beta now'), bullet('c', 'gamma')] };
const past: Record<string, string[]> = { a: ['alpha'], b: ['beta'] };
const known: KnownTexts = { had: (id, text) => past[id]?.includes(text) ?? false, trashedWith: (text) => (text === 'deleted long ago' ? 't' : undefined) };
const shorter = (id: string, length: number): Edit => ({ type: 'text', id, changes: [{ from: length, to: length + 4, insert: '' }] });
const longer = (id: string, at: number): Edit => ({ type: 'text', id, changes: [{ from: at, to: at, insert: '!' }] });
const create = (id: string, text: string, after: string | null = null, parent = 'root'): Edit => ({ type: 'create', id, to: { parent, after }, text, attributes: { marker: '- ', task: null, gap: 0 } });

test('texts that the bullets never had are edits', () => {
  expect(sift(block, [longer('a', 9)], known)).toMatchObject({ apply: [longer('a', 9)], held: [], stale: false });
});

test('several texts of the past make the file stale: it deletes and moves nothing, its own edits count', () => {
  const edits: Edit[] = [shorter('a', 5), shorter('b', 4), longer('c', 5), { type: 'trash', id: 'd' }, { type: 'move', id: 'c', to: { parent: 'root', after: null } }];
  const sifted = sift(block, edits, known);
  expect(sifted.apply).toEqual([longer('c', 5)]);
  expect(sifted).toMatchObject({ held: [], stale: true });
  expect(sifted.verdicts.get('a')).toBe('stale');
  expect(sifted.verdicts.get('d')).toBe('stale');
});

test('a single text of the past with a deletion is stale, too', () => {
  expect(sift(block, [shorter('a', 5), { type: 'trash', id: 'c' }], known)).toMatchObject({ apply: [], held: [], stale: true });
});

test('a single reversal in an otherwise current file waits', () => {
  const sifted = sift(block, [shorter('a', 5), longer('c', 5)], known);
  expect(sifted).toMatchObject({ apply: [longer('c', 5)], held: [shorter('a', 5)], stale: false });
  expect(sifted.verdicts.get('a')).toBe('reversal');
});

test('a split that leaves a text of the past is an edit: what the bullet lacks stands in a new one', () => {
  const sifted = sift(block, [shorter('a', 5), create('n', 'now', 'a')], known);
  expect(sifted).toMatchObject({ apply: [shorter('a', 5), create('n', 'now', 'a')], held: [], stale: false });
  expect(sift(block, [shorter('a', 5), create('n', 'something else', 'a')], known).held).toEqual([shorter('a', 5)]);
});

test('a deletion in a current file waits', () => {
  const sifted = sift(block, [{ type: 'trash', id: 'c' }], known);
  expect(sifted).toMatchObject({ apply: [], held: [{ type: 'trash', id: 'c' }], stale: false });
  expect(sifted.verdicts.get('c')).toBe('deletion');
});

test('a deleted bullet is not brought back, with what it bore, and others find their place', () => {
  const sifted = sift(block, [create('n', 'deleted long ago', 'a'), create('m', 'under it', null, 'n'), create('o', 'really new', 'n')], known);
  expect(sifted.apply).toEqual([create('o', 'really new', 'a')]);
  expect(sifted.stale).toBe(true);
});

test('what the file shows decides where edits were rebased', () => {
  const found = { ...block, bullets: [bullet('root', 'root', 0), bullet('a', 'alpha'), bullet('b', 'beta now'), bullet('c', 'gamma')] };
  expect(sift(block, [{ type: 'text', id: 'a', changes: [{ from: 0, to: 0, insert: '?' }] }], known, found).verdicts.get('a')).toBe('reversal');
});
