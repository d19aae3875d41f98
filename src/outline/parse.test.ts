import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { itemText, parse, parseBlock, render } from '.';
import type { Item, Outline } from '.';
import { anyMarkdown, outlineText } from './outline.arbitrary';

const root = join(__dirname, '..', '..');

/** An outline as lines of `depth marker|task|text|gap`, for tables. */
function tree(text: string): string[] {
  const outline = parse(text);
  return outline.items.map((item) => {
    const task = item.task === null ? '' : `[${item.task}]`;
    const gap = item.gap ? ` +${item.gap}` : '';
    return `${'.'.repeat(item.depth)}${item.marker.trim() || '¶'}${task} ${JSON.stringify(itemText(outline, item)).slice(1, -1)}${gap}`;
  });
}

function checkInvariants(outline: Outline): void {
  const { text, items } = outline;
  let at = outline.bodyFrom;
  for (const item of items) {
    expect(item.index).toBe(items.indexOf(item));
    expect(item.from).toBeGreaterThanOrEqual(at);
    expect(item.to).toBeGreaterThan(item.from);
    expect(item.parent).toBeLessThan(item.index);
    expect(item.depth).toBe(item.parent < 0 ? 0 : (items[item.parent] as Item).depth + 1);
    expect(item.lines.length).toBeGreaterThan(0);
    expect(text.slice(item.from, item.from + item.indent.length + item.marker.length)).toBe(item.indent + item.marker);
    let inside = item.from;
    for (const line of item.lines) {
      expect(line.start).toBeGreaterThanOrEqual(inside);
      expect(line.from).toBeGreaterThanOrEqual(line.start);
      expect(line.to).toBeGreaterThanOrEqual(line.from);
      inside = line.to;
    }
    expect(inside).toBeLessThanOrEqual(item.to);
    const children = items.filter((other) => other.parent === item.index);
    expect(item.blockTo).toBe(Math.max(item.to, ...children.map((child) => child.blockTo)));
    at = item.to;
  }
}

describe('render(parse(text)) === text', () => {
  test('for arbitrary strings', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), anyMarkdown), (text) => {
        const outline = parse(text);
        expect(render(outline)).toBe(text);
        checkInvariants(outline);
      }),
      { numRuns: 1000 },
    );
  });

  test('for generated outlines', () => {
    fc.assert(
      fc.property(outlineText, (text) => {
        const outline = parse(text);
        expect(render(outline)).toBe(text);
        checkInvariants(outline);
      }),
      { numRuns: 300 },
    );
  });

  const files = markdownFiles(root);
  test('for every Markdown file here', () => {
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      expect(render(parse(text))).toBe(text);
    }
  });
});

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

test('the sample: an indented fragment, four levels, a blank line inside a list, no final newline', () => {
  const text = readFileSync(join(root, 'samples/websockets.md'), 'utf8');
  const { items, style } = parse(text);
  expect(items).toHaveLength(text.split('\n').filter((line) => line.trim()).length);
  expect(items.filter((item) => item.depth === 0).map((item) => text.slice(item.lines[0]?.from, item.lines[0]?.to))).toEqual([
    'tracking thoughts from other people',
    'tracking thoughts when setting up myself',
    'what are they?',
    'questions',
  ]);
  expect(Math.max(...items.map((item) => item.depth))).toBe(4);
  expect(items.filter((item) => item.gap > 0).map((item) => item.depth)).toEqual([1]);
  expect(style).toEqual({ indent: '  ', eol: '\n', tabSize: 4 });
});

describe('nesting', () => {
  const table: [name: string, text: string, items: string[]][] = [
    ['markers', '- a\n* b\n+ c\n1. d\n2) e', ['- a', '* b', '+ c', '1. d', '2) e']],
    ['no marker', '-a\n1.b\n1234567890. c\n*b*\n-- x\n+1', []],
    ['two columns deeper is a child, one is a sibling', '- a\n - b\n  - c\n- d', ['- a', '- b', '- c', '- d']],
    ['two columns deeper than the last', '- a\n  - b\n    - c\n  - d', ['- a', '.- b', '..- c', '.- d']],
    ['tabs', '- a\n\t- b\n\t\t- c\n\t- d', ['- a', '.- b', '..- c', '.- d']],
    ['mixed', '- a\n  - b\n\t- c\n    - d\n\t  - e', ['- a', '.- b', '..- c', '..- d', '...- e']],
    ['a jump of two levels is one', '- a\n\t\t- b\n\t- c', ['- a', '.- b', '.- c']],
    ['out to a level that was not there', '- a\n    - b\n  - c', ['- a', '.- b', '.- c']],
    ['an ordered parent and two spaces', '1. a\n  - b', ['1. a', '.- b']],
    ['an indented fragment', '    - a\n      - b\n  - c\n- d', ['- a', '.- b', '- c', '- d']],
    ['a fragment indented by tabs', '\t\t- a\n\t\t\t- b', ['- a', '.- b']],
    ['tasks', '- [ ] a\n- [x] b\n- [🎉] c\n1. [-] d\n- [ab] e\n- [x]f\n- [ ]\n- [[n]]', ['-[ ] a', '-[x] b', '-[🎉] c', '1.[-] d', '- [ab] e', '- [x]f', '- [ ]', '- [[n]]']],
    ['an empty task', '- [ ] \n- [x]  two', ['-[ ] ', '-[x]  two']],
    ['empty items', '-\n- \n  -\n1.', ['- ', '- ', '.- ', '1. ']],
    ['two markers on one line', '- - a\n  b', ['- - a\\nb']],
    ['an item may start at any number', '- a\n\t7. b', ['- a', '.7. b']],
  ];
  test.each(table)('%s', (_name, text, items) => expect(tree(text)).toEqual(items));
});

describe('what belongs to an item', () => {
  const table: [name: string, text: string, items: string[]][] = [
    ['continuation lines', '- a\n  b\n    c\n- d', ['- a\\nb\\n  c', '- d']],
    ['with tabs', '- a\n\tb\n\t- c\n\t  d\n\t\te', ['- a\\nb', '.- c\\nd\\ne']],
    ['lazy continuation', '- a\nb\n\t- c\nd', ['- a\\nb', '.- c\\nd']],
    ['no lazy continuation of an empty item', '- \na\n- b', ['- ', '- b']],
    ['blank lines inside', '- a\n\n  b\n\n\n  c\n- d', ['- a\\n\\nb\\n\\n\\nc', '- d']],
    ['blank lines between', '- a\n\n- b\n\n\n\t- c', ['- a', '- b +1', '.- c +2']],
    ['blanks in a blank line', '- a\n      \n  b\n   \n- c', ['- a\\n    \\nb', '- c +1']],
    ['a child paragraph', '- a\n\t- b\n\n  p\n  q\n\t- c', ['- a', '.- b', '.¶ p\\nq +1', '.- c']],
    ['two child paragraphs', '- a\n\t- b\n\n\tp\n\n\tq\n- c', ['- a', '.- b', '.¶ p +1', '.¶ q +1', '- c']],
    ['a child paragraph belongs to the deepest item that it is indented to', '- a\n  - b\n    - c\n\n    p', ['- a', '.- b', '..- c', '..¶ p +1']],
    ['a child paragraph has no children', '- a\n  - b\n\n  p\n    - c', ['- a', '.- b', '.¶ p +1', '.- c']],
    ['a fence behind children needs no blank line', '- a\n  - b\n  ```\n  - x\n  ```\n  y', ['- a', '.- b', '.¶ ```\\n- x\\n```\\ny']],
    ['fences', '- a\n  ```js\n  - x\n\n    y\n  ```\n- b', ['- a\\n```js\\n- x\\n\\n  y\\n```', '- b']],
    ['tildes, longer ends, other fences inside', '- a\n  ~~~~\n  ```\n  - x\n  ~~~\n  ~~~~~\n- b', ['- a\\n~~~~\\n```\\n- x\\n~~~\\n~~~~~', '- b']],
    ['a fence as first line', '- ```\n  - x\n  ```\n  - y', ['- ```\\n- x\\n```', '.- y']],
    ['a fence in a nested item, with tabs', '- a\n\t- b\n\t  ```\n\t  - x\n\t  \ty\n\t  ```\n\t- c', ['- a', '.- b\\n```\\n- x\\n\\ty\\n```', '.- c']],
    ['a fence that never ends hides nothing', '- a\n  ```\n  - x\n- b', ['- a\\n```', '.- x', '- b']],
    ['a fence ends with its item', '- a\n  ```\n- b\n  ```\n- c', ['- a\\n```', '- b\\n```', '- c']],
    ['inline code is no fence', '- a\n  ```x```\n  - b\n  ```\n  ```', ['- a\\n```x```', '.- b', '.¶ ```\\n```']],
    ['no indented code that starts with a marker', '- a\n\n      - x\n      y\n- b', ['- a', '.- x\\ny +1', '- b']],
    ['indented code', '- a\n\n      y\n      - x\n\n      - z\n  - c\n- b', ['- a\\n\\n    y\\n    - x\\n\\n    - z', '.- c', '- b']],
    ['code behind five blanks', '-      x\n- y', ['-      x', '- y']],
    ['tables', '- a\n  | x | y |\n  | - | - |\n  | 1 | 2 |\n- b', ['- a\\n| x | y |\\n| - | - |\\n| 1 | 2 |', '- b']],
    ['quotes and callouts', '- a\n  > [!note] t\n  > - x\n- > q\n  > r\nlazy\n- b', ['- a\\n> [!note] t\\n> - x', '- > q\\n> r\\nlazy', '- b']],
    ['headings', '- # h\n  x\n- a\n  ## g\n  b', ['- # h\\nx', '- a\\n## g\\nb']],
    ['comments', '- a\n  %%\n  - x\n  %%\n- b %% c %%\n- <!-- x\n  - y -->\n- d', ['- a\\n%%\\n- x\\n%%', '- b %% c %%', '- <!-- x\\n- y -->', '- d']],
    ['formulas', '- a\n  $$\n  - x\n  $$\n- b', ['- a\\n$$\\n- x\\n$$', '- b']],
    ['an underline of dashes', '- a\n  ---\n  b', ['- a\\n---\\nb']],
    ['CRLF and lone CR', '- a\r\n  b\r\n\r\n- c\r- d\r\te\r\n', ['- a\\nb', '- c +1', '- d\\ne']],
    ['unicode', '- a\u0301 \u{1F469}\u200D\u{1F4BB}\n  \u05E9\u05DC\u05D5\u05DD\u00A0\n\u3000- x', ['- a\u0301 👩‍💻\\nשלום\u00A0\\n\u3000- x']],
  ];
  test.each(table)('%s', (_name, text, items) => expect(tree(text)).toEqual(items));
});

describe('what ends a list', () => {
  const table: [name: string, text: string, items: string[]][] = [
    ['a paragraph behind a blank line', '- a\n\np\n\n- b', ['- a', '- b']],
    ['a heading', '- a\n# h\n- b', ['- a', '- b']],
    ['a thematic break', '- a\n* * *\n- b\n\n- - -\n- c\n***\n- d', ['- a', '- b', '- c', '- d']],
    ['a quote', '- a\n> q\nlazy\n- b', ['- a', '- b']],
    ['a fence', '- a\n```\n- x\n```\n- b', ['- a', '- b']],
    ['text behind a fence', '- a\n  ```\n  ```\np\n- b', ['- a\\n```\\n```', '- b']],
    ['a paragraph that is indented less than the content', '1. a\n\n  p\n- b', ['1. a', '- b']],
    ['the end of a block starts a new list', '- a\n\t- b\n\np\n\t- c', ['- a', '.- b', '- c']],
  ];
  test.each(table)('%s', (_name, text, items) => {
    expect(tree(text)).toEqual(items);
    const outline = parse(text);
    expect(outline.items.every((item) => item.gap === 0)).toBe(true);
  });
});

describe('no items', () => {
  const table: [name: string, text: string][] = [
    ['frontmatter', '---\ntags:\n  - a\n- b\n---\n'],
    ['frontmatter with CRLF', '---\r\ntags:\r\n- a\r\n---\r\n'],
    ['frontmatter behind a byte order mark', '\uFEFF---\ntags:\n- a\n---'],
    ['a fence', '```\n- x\n```'],
    ['a longer fence around a fence', '````\n```\n- x\n```\n- y\n````'],
    ['tildes with info', '~~~ js `x`\n- x\n~~~'],
    ['comments', '%%\n- x\n%%\n<!--\n- y\n-->'],
    ['a comment that starts with text', '%% x\n- y\nz %%'],
    ['a formula', '$$\n- x\n$$'],
    ['indented code', 'p\n\n    code\n    - x\n\n    - y'],
    ['quotes and callouts', '> - a\n> > - b\n> [!todo] c\n> - [ ] d'],
    ['thematic breaks', '- - -\n***\n * * *\n---'],
    ['a table', '| - a | b |\n| --- | --- |'],
    ['nothing', ''],
    ['blank lines', '\n\n \t\n'],
  ];
  test.each(table)('in %s', (_name, text) => expect(tree(text)).toEqual([]));

  test('but in frontmatter that is not closed, or not at the start', () => {
    expect(tree('---\n- a\n')).toEqual(['- a']);
    expect(tree('\n---\n- a\n---\n')).toEqual(['- a']);
  });
  test('but behind a fence or comment that never ends', () => {
    expect(tree('```\n- a\n\n%%\n- b\n\n<!--\n- c\n')).toEqual(['- a', '- b', '- c']);
  });
});

test('headings outside lists, with their levels', () => {
  const { headings } = parse('---\n# no: 1\n---\n# A #\np\n\n##\tB\n- x\n  # no\n```\n# no\n```\n#no\n\nC\nD\n===\n####### no\n\nE\n---\n\n---\n    # no\n');
  expect(headings.map(({ level, title }) => [level, title])).toEqual([
    [1, 'A'],
    [2, 'B'],
    [1, 'C D'],
    [2, 'E'],
  ]);
});

describe('style', () => {
  test.each([
    ['- a\n\t- b', '\t', '\n'],
    ['- a\n   - b\n   - c\n\t- d', '   ', '\n'],
    ['- a\r\n    - b\r\n', '    ', '\r\n'],
    ['', '  ', '\r\n'],
    ['- a', '  ', '\r\n'],
  ])('of %j', (text, indent, eol) => {
    expect(parse(text, { indent: '  ', eol: '\r\n' }).style).toEqual({ indent, eol, tabSize: 4 });
  });
});

describe('parseBlock', () => {
  test('gives what parse gives, of a slice that ends with the first line behind the block', () => {
    fc.assert(
      fc.property(fc.oneof(outlineText, anyMarkdown), (text) => {
        const outline = parse(text);
        for (const item of outline.items) {
          if (item.marker === '') continue;
          const rest = /^(?:[ \t]*(?:\r\n?|\n))*[^\r\n]*(?:\r\n?|\n)?/.exec(text.slice(item.blockTo)) as RegExpExecArray;
          const slice = text.slice(item.from, item.blockTo + rest[0].length);
          const atEnd = item.from + slice.length === text.length;
          const reading = parseBlock(slice, 0);
          if (!reading.ended && !atEnd) continue;
          expect(reading.to).toBe(item.blockTo - item.from);
          const expected = outline.items.filter((other) => other.from >= item.from && other.from < item.blockTo);
          expect(reading.items.map((other) => [other.from + item.from, other.to + item.from, other.marker, other.depth + item.depth, other.lines.length])).toEqual(
            expected.map((other) => [other.from, other.to, other.marker, other.depth, other.lines.length]),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('knows that a block has ended', () => {
    expect(parseBlock('- a\n  - b\n\n- c').ended).toBe(true);
    expect(parseBlock('- a\n  - b\n\np').ended).toBe(true);
    expect(parseBlock('- a\n  - b\n\n').ended).toBe(false);
    expect(parseBlock('- a\n```\n').ended).toBe(false);
    expect(parseBlock('no item').items).toEqual([]);
  });

  test('reads from an offset and stops at the end of the block', () => {
    const text = '# h\n- a\n  - b\n- c\n';
    const { items, to } = parseBlock(text, 4);
    expect(items.map((item) => text.slice(item.from, item.to))).toEqual(['- a\n', '  - b\n']);
    expect(to).toBe(14);
  });
});
