import fc from 'fast-check';
import { findPlace, homeOf, itemText, landingChange, parse, writeItem } from '.';
import type { Home, Item } from '.';
import { anyMarkdown, outlineText } from './outline.arbitrary';

const ID = 'bw-abcdefghij23';

function homeIn(text: string, first: string): Home {
  const outline = parse(text);
  const item = outline.items.find((other) => itemText(outline, other).startsWith(first)) as Item;
  return homeOf(outline, item, 'a/b.md', null);
}

function land(text: string, home: Partial<Home>, written = 'X\nx'): string {
  const outline = parse(text, { indent: '\t' });
  const place = findPlace(outline, { headings: [], after: null, ...home });
  const block = writeItem(place.indent, { text: written, marker: '- ', task: null, gap: 0 }, outline.style);
  const change = landingChange(outline, place, block);
  return text.slice(0, change.from) + change.insert + text.slice(change.to);
}

describe('a home', () => {
  const text = `# T\n\n## A\n- a ^${ID}\n- b\n  more\n\t- c\n\n\t- d\n## B\np\n\n- e\n### C\n- f\n# U\n- g`;
  test.each([
    ['a', ['T', 'A'], null],
    ['b', ['T', 'A'], 'a'],
    ['c', ['T', 'A'], null],
    ['d', ['T', 'A'], 'c'],
    ['e', ['T', 'B'], null],
    ['f', ['T', 'B', 'C'], null],
    ['g', ['U'], null],
  ])('of %s', (first, headings, after) => {
    expect(homeIn(text, first)).toEqual({ day: null, path: 'a/b.md', headings, after });
  });
  test('keeps the day, and skips a child paragraph’s text but not its place', () => {
    const outline = parse('- a\n  - b\n\n  p\n  - c\n- d');
    expect(homeOf(outline, outline.items[3] as Item, 'x.md', '2026-11-22')).toEqual({ day: '2026-11-22', path: 'x.md', headings: [], after: 'p' });
    expect(homeOf(outline, outline.items[4] as Item, 'x.md', null).after).toBe('a');
  });
});

describe('a block lands', () => {
  test.each<[string, string, Partial<Home>, string]>([
    ['in an empty note', '', {}, '- X\n  x\n'],
    ['behind frontmatter', '---\na: 1\n---\n', {}, '---\na: 1\n---\n- X\n  x\n'],
    ['behind frontmatter without a line end', '---\na: 1\n---', {}, '---\na: 1\n---\n- X\n  x'],
    ['at the end of a list', '- a\n- b\n', {}, '- a\n- b\n- X\n  x\n'],
    ['at the end of a note without a final line end', '- a', {}, '- a\n- X\n  x'],
    ['with the line ends of the note', '- a\r\n- b\r\n', {}, '- a\r\n- b\r\n- X\r\n  x\r\n'],
    ['apart from prose', 'p\n', {}, 'p\n\n- X\n  x\n'],
    ['apart from prose without a line end', 'p', {}, 'p\n\n- X\n  x'],
    ['after its neighbour and what is under it', '- a\n\t- b\n- c\n', { after: 'a' }, '- a\n\t- b\n- X\n  x\n- c\n'],
    ['after a neighbour that is live itself', `- a ^${ID}\n- c\n`, { after: 'a' }, `- a ^${ID}\n- X\n  x\n- c\n`],
    ['at the depth of its neighbour', '- a\n\t- b\n\t- c\n', { after: 'b' }, '- a\n\t- b\n\t- X\n\t  x\n\t- c\n'],
    ['not inside another live block', `- l ^${ID}\n\t- b\n- z\n`, { after: 'b' }, `- l ^${ID}\n\t- b\n- z\n- X\n  x\n`],
    ['after the outermost of equal neighbours', '- a\n\t- b\n- b\n- c\n', { after: 'b' }, '- a\n\t- b\n- b\n- X\n  x\n- c\n'],
    ['under its heading', '# A\n- a\n\n# B\n- b\n', { headings: ['A'] }, '# A\n- a\n- X\n  x\n\n# B\n- b\n'],
    ['under an empty heading', '# A\n\n# B\n', { headings: ['A'] }, '# A\n- X\n  x\n\n# B\n'],
    ['under a heading at the end', '# A', { headings: ['A'] }, '# A\n- X\n  x'],
    ['under the heading whatever its case', '# log\n# B\n', { headings: ['T', 'Log'] }, '# log\n- X\n  x\n# B\n'],
    ['under the heading with the same ones above', '# A\n## L\n# B\n## L\n- b\n# C\n', { headings: ['B', 'L'] }, '# A\n## L\n# B\n## L\n- b\n- X\n  x\n# C\n'],
    ['after a neighbour only under its heading', '# A\n- a\n# B\n- a\n- b\n', { headings: ['B'], after: 'a' }, '# A\n- a\n# B\n- a\n- X\n  x\n- b\n'],
    ['at the section’s end without the neighbour', '# A\n- b\n\np\n# B\n', { headings: ['A'], after: 'a' }, '# A\n- b\n\np\n\n- X\n  x\n# B\n'],
    ['before nested sections', '# A\n- b\n## B\n', { headings: ['A'] }, '# A\n- b\n- X\n  x\n## B\n'],
    ['at the note’s end without the heading', '# A\n- a\n', { headings: ['Z'] }, '# A\n- a\n- X\n  x\n'],
    ['before the first heading', '- a\n\n# A\n', {}, '- a\n- X\n  x\n\n# A\n'],
    ['at the end, where nothing stands before the first heading', '\n# A\n- a\n', {}, '\n# A\n- a\n- X\n  x\n'],
    ['apart from lazy lines behind it', '- a\n  ```\n  ```\np\n', { after: 'a' }, '- a\n  ```\n  ```\n- X\n  x\n\np\n'],
    ['at the end where a paragraph behind would become its own', '1. a\n\n  p\n', { after: 'a' }, '1. a\n\n  p\n\n- X\n  x\n'],
    ['in a fragment that is indented', '  - a\n    - b\n', { after: 'b' }, '  - a\n    - b\n    - X\n      x\n'],
    ['behind a fence that never ends', '- a\n\n```\nx', {}, '- a\n\n```\nx\n\n- X\n  x'],
  ])('%s', (_name, text, home, expected) => expect(land(text, home)).toBe(expected));

  test('whole, alone, and without a change to the rest, in any note', () => {
    fc.assert(
      fc.property(fc.oneof(outlineText, anyMarkdown), fc.nat(), fc.boolean(), (text, pick, section) => {
        const outline = parse(text);
        const neighbour = outline.items[pick % Math.max(1, outline.items.length)];
        const heading = outline.headings[pick % Math.max(1, outline.headings.length)];
        const after = neighbour ? homeOf(outline, neighbour, '', null).after : null;
        const place = findPlace(outline, { headings: section && heading ? [heading.title] : [], after });
        const block = writeItem(place.indent, { text: 'X\nx', marker: '- ', task: null, gap: 0 }, outline.style);
        const change = landingChange(outline, place, block);
        expect(change.to).toBe(change.from);
        const landed = text.slice(0, change.from) + change.insert + text.slice(change.to);
        const again = parse(landed);
        const roots = again.items.filter((item) => itemText(again, item) === 'X\nx');
        expect(roots).toHaveLength(1);
        expect(again.items.length).toBe(outline.items.length + 1);
        expect((roots[0] as Item).blockTo).toBe((roots[0] as Item).to);
      }),
      { numRuns: 500 },
    );
  });
});
