import fc from 'fast-check';
import { applyChanges, snapToGraphemes } from './grapheme';
import { diffNaturally } from './natural-diff';
import { diffLetters, diffText, mapOffset, rebase, rebaseBeyond } from './text-diff';
import { invert } from './typist';
import { longestIncreasing, similarity } from './match';
import { changedText, lineRange, textOf } from './note-text';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '👩‍🚒', '👩‍🚀', '🇩🇪', 'ש', '\n'), maxLength: 30 });

describe('differences of texts', () => {
  it.each([
    ['as few changes as look like an edit', diffText],
    ['letter by letter', diffLetters],
  ])('give the text after, cut at grapheme borders: %s', (_, diff) => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    const borders = (whole: string) => new Set([...segmenter.segment(whole)].map(({ index }) => index).concat(whole.length));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = diff(before, after);
        expect(applyChanges(before, changes)).toBe(after);
        for (const { from, to } of changes) {
          expect(borders(before).has(from)).toBe(true);
          expect(borders(before).has(to)).toBe(true);
        }
        for (const { from, to } of invert(before, changes)) {
          expect(borders(after).has(from)).toBe(true);
          expect(borders(after).has(to)).toBe(true);
        }
        expect(applyChanges(after, invert(before, changes))).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('keep what is equal between two changes', () => {
    expect(diffText('one two three four', 'one TWO three FOUR')).toEqual([
      { from: 4, to: 7, insert: 'TWO' },
      { from: 14, to: 18, insert: 'FOUR' },
    ]);
  });

  it('keep a single letter between two changes, rather than a blank, where letters count', () => {
    expect(diffText('thoXught', 'thXYZught')).toEqual([{ from: 2, to: 4, insert: 'XYZ' }]);
    expect(diffLetters('thoXught', 'thXYZught')).toEqual([
      { from: 2, to: 3, insert: '' },
      { from: 4, to: 4, insert: 'YZ' },
    ]);
    expect(diffLetters('tXghts #', ' X#')).toEqual([
      { from: 0, to: 1, insert: ' ' },
      { from: 2, to: 7, insert: '' },
    ]);
  });

  it('of a bullet are in one piece, and by whole words and lines, where they can be', () => {
    expect(diffNaturally('gjuuc3 alpha', 'umfwg4 gjuuc3 alpha beta')).toEqual([
      { from: 0, to: 0, insert: 'umfwg4 ' },
      { from: 12, to: 12, insert: ' beta' },
    ]);
    expect(diffNaturally('x about', 'x abound about')).toEqual([{ from: 2, to: 2, insert: 'abound ' }]);
    expect(diffNaturally('x abound about', 'x about')).toEqual([{ from: 2, to: 9, insert: '' }]);
    expect(diffNaturally('wwmww2 wodgo0', 'tkbmy8 cwwyg7 mdwdw5 wwmww2 wodgo0 fftuz4')).toEqual([
      { from: 0, to: 0, insert: 'tkbmy8 cwwyg7 mdwdw5 ' },
      { from: 13, to: 13, insert: ' fftuz4' },
    ]);
    expect(diffNaturally('a cat sat', 'the cats sat up')).toEqual([
      { from: 0, to: 1, insert: 'the' },
      { from: 5, to: 5, insert: 's' },
      { from: 9, to: 9, insert: ' up' },
    ]);
    expect(diffNaturally('foo', 'foo foo')).toEqual([{ from: 3, to: 3, insert: ' foo' }]);
    expect(diffNaturally('- a\n- b\n', '- a\n- c\n- b\n')).toEqual([{ from: 4, to: 4, insert: '- c\n' }]);
  });

  it('replace an emoji as a whole', () => {
    expect(diffText('a 👩‍🚒 b', 'a 👩‍🚀 b')).toEqual([{ from: 2, to: 7, insert: '👩‍🚀' }]);
    expect(snapToGraphemes('cafe', [{ from: 4, to: 4, insert: '\u0301' }])).toEqual([{ from: 3, to: 4, insert: 'e\u0301' }]);
  });

  it('are rebased over others: both stay, what both delete goes once', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        const over = diffText(base, theirs);
        const rebased = rebase(diffText(base, mine), over);
        rebased.forEach((change, index) => expect(change.from).toBeGreaterThanOrEqual(rebased[index - 1]?.to ?? 0));
        const both = applyChanges(theirs, rebased);
        if (theirs === base) expect(both).toBe(mine);
        if (mine === base) expect(both).toBe(theirs);
      }),
      { numRuns: 500 },
    );
    const base = 'one two three';
    const over = diffText(base, 'one TWO two three');
    expect(applyChanges('one TWO two three', rebase(diffText(base, 'one three'), over))).toBe('one TWO three');
  });

  it('of a file that holds some of what the document got meanwhile add the rest alone', () => {
    const merged = (base: string, file: string, document: string): string => applyChanges(document, rebaseBeyond(diffText(base, file), diffText(base, document), base));
    expect(merged('one\ntwo', 'one\nmore\ntwo', 'one!\nmore\ntwo')).toBe('one!\nmore\ntwo');
    expect(merged('one\ntwo', 'one\nmore\ntwo', 'one\nmore\n!two')).toBe('one\nmore\n!two');
    expect(merged('one', 'mine one', 'mine one')).toBe('mine one');
    expect(merged('one', 'one more and more', 'one more')).toBe('one more and more');
    expect(merged('one', 'all mine one', 'mine one')).toBe('all mine one');
    expect(merged('one', 'a mine z one', 'mine one')).toBe('a mine z one');
    expect(merged('one', 'one mo', 'one more')).toBe('one more');
    expect(merged('one two', 'one file two', 'one two other')).toBe('one file two other');
    fc.assert(fc.property(text, text, (base, document) => expect(merged(base, document, document)).toBe(document)));
    fc.assert(fc.property(text, text, (base, document) => expect(merged(base, base, document)).toBe(document)));
  });

  it('map offsets', () => {
    const changes = [{ from: 2, to: 4, insert: 'xyz' }, { from: 6, to: 6, insert: '!' }];
    expect([0, 2, 4, 5, 6, 7].map((at) => mapOffset(at, changes, 1))).toEqual([0, 2, 5, 6, 8, 9]);
    expect(mapOffset(6, changes, -1)).toBe(7);
  });
});

test('a changed text reads like the whole one', () => {
  fc.assert(
    fc.property(text, text, fc.nat(30), fc.nat(30), (before, after, x, y) => {
      const changed = changedText(textOf(before), diffText(before, after));
      const [from, to] = [Math.min(x, y, after.length), Math.min(Math.max(x, y), after.length)];
      expect(changed.length).toBe(after.length);
      expect(changed.sliceString(from, to)).toBe(after.slice(from, to));
      expect(changed.toString()).toBe(after);
      const line = lineRange(changed, from);
      expect(after.slice(line.from, line.to)).not.toContain('\n');
    }),
  );
});

test('longest increasing subsequence', () => {
  expect(longestIncreasing([3, 1, 2, 5, 4]).map((at) => [3, 1, 2, 5, 4][at])).toEqual([1, 2, 4]);
  expect(longestIncreasing([])).toEqual([]);
});

test('likeness: grown texts are alike, different ones are not', () => {
  expect(similarity('buy milk', 'buy milk and bread')).toBeGreaterThan(0.8);
  expect(similarity('call the bank', 'water plants')).toBeLessThan(0.3);
});
