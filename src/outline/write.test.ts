import fc from 'fast-check';
import { canWrite, childIndent, contentIndent, itemText, offsetToSource, parse, readLine, sameShape, sourceToOffset, writeItem } from '.';
import type { Item, Style } from '.';
import { anyMarkdown, outlineText } from './outline.arbitrary';

const spaces: Style = { indent: '  ', eol: '\n', tabSize: 4 };
const tabs: Style = { indent: '\t', eol: '\r\n', tabSize: 4 };
const bullet = { text: 'a', marker: '- ', task: null, gap: 0 };

describe('a written item', () => {
  test.each([
    ['', bullet, spaces, '- a\n'],
    ['  ', { ...bullet, text: 'a\nb\n\n  c' }, spaces, '  - a\n    b\n\n      c\n'],
    ['\t', { ...bullet, text: 'a\nb', gap: 2 }, tabs, '\r\n\r\n\t- a\r\n\t  b\r\n'],
    ['', { ...bullet, marker: '10. ', text: 'a\nb' }, spaces, '10. a\n    b\n'],
    ['', { ...bullet, task: 'x', text: 'a\nb' }, spaces, '- [x] a\n  b\n'],
    ['', { ...bullet, task: ' ', text: '' }, spaces, '- [ ] \n'],
    ['', { ...bullet, marker: '-' }, spaces, '- a\n'],
    ['', { ...bullet, marker: '-', text: '' }, spaces, '-\n'],
    ['\t', { ...bullet, marker: '-\t', text: 'a\nb' }, tabs, '\t-\ta\r\n\t    b\r\n'],
    ['\t  ', { ...bullet, marker: '', text: 'a\nb' }, tabs, '\r\n\t  a\r\n\t  b\r\n'],
  ])('%j %j', (indent, item, style, source) => expect(writeItem(indent, item, style)).toBe(source));

  test('is read back as it was', () => {
    fc.assert(
      fc.property(anyMarkdown, fc.constantFrom('- ', '* ', '1. ', '10) ', '-   ', ''), fc.constantFrom(null, ' ', 'x', '🎉'), fc.constantFrom(spaces, tabs), fc.nat(2), (text, marker, task, style, gap) => {
        const item = { text: text.replace(/\r\n?/g, '\n'), marker, task: marker === '' ? null : task, gap };
        if (!canWrite(item, style)) return;
        const outer = childIndent('', '- ', style);
        const indent = marker === '' ? contentIndent('', '- ', style) : outer;
        const source = `- x${style.eol}${outer}- y${style.eol}${writeItem(indent, item, style)}${outer}- z`;
        const outline = parse(source);
        expect(outline.items.map((read) => read.depth)).toEqual([0, 1, 1, 1]);
        const read = outline.items[2] as Item;
        expect({ text: itemText(outline, read), marker: read.marker, task: read.task }).toEqual({ text: item.text, marker, task: item.task });
        expect(read.gap).toBe(marker === '' ? Math.max(1, gap) : gap);
      }),
      { numRuns: 1000 },
    );
  });

  test('and so is every item that was read, in any style', () => {
    fc.assert(
      fc.property(outlineText, fc.constantFrom(spaces, tabs), (text, style) => {
        const outline = parse(text);
        for (const item of outline.items) expect(canWrite({ text: itemText(outline, item), marker: item.marker, task: item.task }, style)).toBe(true);
      }),
    );
  });

  test.each(['a\n- b', 'a\n1. b', ' a', 'a\n', 'a\n\n', '[x] a', '- -', 'a\rb'])('can not hold %j', (text) => {
    expect(canWrite({ ...bullet, text }, spaces)).toBe(false);
  });
  test.each(['', 'a', 'a\n\n\nb', 'a\n    code', 'a\n```\n- b\n\n- c\n```', '- a', '# a', 'a\n# b', 'a\n---'])('can hold %j', (text) => {
    expect(canWrite({ ...bullet, text }, spaces)).toBe(true);
    expect(canWrite({ ...bullet, text }, tabs)).toBe(true);
  });
});

test('children of a wide marker are indented to its text, by tabs where the note has tabs', () => {
  expect(childIndent('  ', '- ', spaces)).toBe('    ');
  expect(childIndent('', '1. ', spaces)).toBe('   ');
  expect(childIndent('', '- ', { ...spaces, indent: '    ' })).toBe('    ');
  expect(childIndent('\t', '10. ', tabs)).toBe('\t\t');
});

describe('offsets', () => {
  test('of text and note, where line ends, indents, markers and tasks lie between', () => {
    const text = '- [ ] ab\r\n\tcd\r\n\r\n  e';
    const item = parse(text).items[0] as Item;
    expect(itemText({ text }, item)).toBe('ab\ncd\n\ne');
    const starts = [6, 7, 8, 11, 12, 13, 15, 19, 20];
    expect(starts.map((_, offset) => offsetToSource(item, offset))).toEqual(starts);
    expect(starts.map((source) => sourceToOffset(item, source))).toEqual(starts.map((_, offset) => offset));
    expect([0, 5, 9, 10, 14, 16, 17, 18, 99].map((source) => sourceToOffset(item, source))).toEqual([0, 0, 2, 3, 5, 6, 7, 7, 8]);
    expect([-1, 99].map((offset) => offsetToSource(item, offset))).toEqual([6, 20]);
  });

  test('go there and back in every item', () => {
    fc.assert(
      fc.property(fc.oneof(outlineText, anyMarkdown), (text) => {
        const outline = parse(text);
        for (const item of outline.items) {
          const whole = itemText(outline, item);
          for (let offset = 0; offset <= whole.length; offset++) {
            const source = offsetToSource(item, offset);
            expect(sourceToOffset(item, source)).toBe(offset);
            if (offset < whole.length && whole[offset] !== '\n') expect(text[source]).toBe(whole[offset]);
          }
        }
      }),
    );
  });
});

test('a line alone', () => {
  expect(readLine('\t- [x] a', 4)).toEqual({ indent: '\t', column: 4, marker: '- ', task: 'x', textFrom: 7, blank: false });
  expect(readLine('  a', 4)).toEqual({ indent: '  ', column: 2, marker: '', task: null, textFrom: 2, blank: false });
  expect(readLine(' \t', 4)).toEqual({ indent: ' \t', column: 4, marker: '', task: null, textFrom: 2, blank: true });
  expect(readLine('- - -', 4).marker).toBe('');
});

describe('sameShape', () => {
  test.each([
    ['- a', '- ab', true],
    ['  a', '  ab', true],
    ['- [ ] a', '- [ ] ', false],
    ['- a', '- ', false],
    ['- a', ' - a', false],
    ['- a', '-a', false],
    ['- [ ] a', '- [x] a', false],
    ['- a', '- ```', false],
    ['  ``', '  ```', false],
    ['a %', 'a %%', false],
    ['a', '# a', false],
    ['a', '', false],
    ['', ' ', false],
    ['--', '---', false],
    ['> a', '> b', false],
  ])('%j -> %j: %j', (before, after, same) => expect(sameShape(before, after, 4)).toBe(same));

  test('if it says so, nothing but that line is read otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(outlineText, anyMarkdown), fc.nat(), fc.nat(), fc.constantFrom('x', ' ', '-', '`', '%', '#', '>', '1', '.', '[x]', '|', '=', '~', '$', ''), (text, pickItem, pickAt, insert) => {
        const outline = parse(text);
        const item = outline.items[pickItem % Math.max(1, outline.items.length)];
        const line = item?.lines[pickAt % item.lines.length];
        if (!item || !line) return;
        const at = line.from + (pickAt % (line.to - line.from + 1));
        const cut = insert === '' && at < line.to ? 1 : 0;
        const changed = text.slice(0, at) + insert + text.slice(at + cut);
        const before = text.slice(line.start, line.to);
        const after = changed.slice(line.start, line.to + insert.length - cut);
        if (!sameShape(before, after, 4)) return;
        const shift = insert.length - cut;
        const start = (offset: number) => (offset > line.to ? offset + shift : offset);
        const end = (offset: number) => (offset >= line.to ? offset + shift : offset);
        const shape = (read: Item, starts: (offset: number) => number, ends: (offset: number) => number) => [
          [read.parent, read.gap, read.indent, read.marker, read.task, starts(read.from), ends(read.to)],
          read.lines.map((own) => [starts(own.start), starts(own.from)]),
        ];
        const asIs = (offset: number) => offset;
        expect(parse(changed).items.map((read) => shape(read, asIs, asIs))).toEqual(
          outline.items.map((read) => (read.to < line.to ? shape(read, asIs, asIs) : shape(read, start, end))),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
