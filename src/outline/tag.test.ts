import { findPhrases, findTags, hasTag, itemText, parse, removeTag } from '.';
import type { Item } from '.';

function found(text: string): string[] {
  return findTags(parse(text), '#live').map((tag) => text.slice(tag.from, tag.to));
}

describe('a tag', () => {
  test.each([
    ['- a #live', '#live'],
    ['- #live a', '#live'],
    ['- a #live/x b', '#live/x'],
    ['- a #LIVE.', '#LIVE'],
    ['- (#live)', '#live'],
    ['- **#live**', '#live'],
    ['- [ ] #live', '#live'],
    ['1. #live ^bw-abcdefghij23', '#live'],
    ['- > #live', '#live'],
    ['- `a` #live `b`', '#live'],
    ['- $5 #live and $6', '#live'],
    ['- a %% b %% #live', '#live'],
    ['- # #live', '#live'],
    ['- a #live #live', '#live'],
    ['- é👩‍💻 #live', '#live'],
    ['- [[x]] #live ](', '#live'],
  ])('counts in %j', (text, tag) => expect(found(text)).toEqual([tag]));

  test.each([
    '- a #lively',
    '- a #live-x',
    '- a #live_x',
    '- a #liveé',
    '- a#live',
    '- a ##live',
    '- a \\#live',
    '- `#live`',
    '- ``a ` #live``',
    '- `a\n  #live`',
    '- a\n  #live',
    '- ```\n  #live\n  ```',
    '- ``` #live\n  ```',
    '- %% #live %%',
    '- %% #live\n  %%',
    '- a %% b\n  c #live %%',
    '- <!-- #live -->',
    '- <a href="#live">',
    '- [[n#live]] [[#live]]',
    '- [a](#live)',
    '- https://x.y/#live',
    '- $x #live$',
    '- > [!note] #live',
    'a #live',
    '# #live',
    '---\n- #live\n---\n',
    '> - #live',
  ])('does not count in %j', (text) => expect(found(text)).toEqual([]));

  test('counts once an item, for the item on whose own line it stands', () => {
    const text = '- a\n  - b #live\n    c\n    - #live d #live\n- e';
    expect(findTags(parse(text), '#live').map((tag) => tag.item)).toEqual([1, 2]);
  });

  test('is told of a text alone', () => {
    expect(hasTag('a #live/x\nb', '#live')).toBe(true);
    expect(hasTag('a\n#live', '#live')).toBe(false);
    expect(hasTag('`#live`', '#live')).toBe(false);
    expect(hasTag('> [!a] #live', '#live')).toBe(false);
  });

  test.each([
    ['- a #live', '- a'],
    ['- a #live b', '- a b'],
    ['- #live a', '- a'],
    ['- #live', '- '],
    ['- [ ] #live\n', '- [ ] \n'],
    ['- a (#live)', '- a ()'],
    ['- a #live/x ^bw-abcdefghij23', '- a ^bw-abcdefghij23'],
    ['- a #live\r\n- b', '- a\r\n- b'],
  ])('is taken out of %j', (text, expected) => {
    const outline = parse(text);
    const change = removeTag(outline, findTags(outline, '#live')[0] as NonNullable<ReturnType<typeof findTags>[number]>);
    expect(text.slice(0, change.from) + change.insert + text.slice(change.to)).toBe(expected);
  });
});

describe('a phrase', () => {
  test('counts as whole words, in any case, on the first line, outside code and links', () => {
    const text = [
      '- Tracking  thoughts from others',
      '- backtracking thoughts',
      '- tracking thoughtsé',
      '- `tracking thoughts`',
      '- [[tracking thoughts]]',
      '- a',
      '  tracking thoughts',
      '- my (tracking thoughts)',
    ].join('\n');
    const outline = parse(text);
    expect(findPhrases(outline, ['tracking thoughts', '', ' ']).map((tag) => itemText(outline, outline.items[tag.item] as Item))).toEqual([
      'Tracking  thoughts from others',
      'my (tracking thoughts)',
    ]);
  });
  test('may hold any character', () => {
    expect(findPhrases(parse('- a (b)? [c-d]'), ['(b)? [c-d]'])).toHaveLength(1);
    expect(findPhrases(parse('- a'), [])).toEqual([]);
  });
});
