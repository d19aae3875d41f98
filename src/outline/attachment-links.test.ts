import fc from 'fast-check';
import { attachmentLinks, targetIn } from './attachment-links';

const targets = (text: string): string[] => attachmentLinks(text).map(({ target }) => target);

describe('links to attachments [A1]', () => {
  it.each([
    ['![[photo.jpg]]', ['photo.jpg']],
    ['see [[img/paper.pdf|the paper]] and ![[photo.jpg|300]]', ['img/paper.pdf', 'photo.jpg']],
    ['[[paper.pdf#page=2]], [[paper.pdf#page=2|two]]', ['paper.pdf', 'paper.pdf']],
    ['a table’s [[photo.jpg\\|300]]', ['photo.jpg']],
    ['![](voice.m4a)', ['voice.m4a']],
    ['![alt](my%20photo%20%231.jpg "a title")', ['my photo #1.jpg']],
    ['![](<my photo (1).jpg>) ![](<a.png> "t")', ['my photo (1).jpg', 'a.png']],
    ['![](photo(1).jpg)', ['photo(1).jpg']],
    ['[![](small.png)](large.pdf)', ['small.png', 'large.pdf']],
    ['[x](./a/b.png) [x](../b.png) [x](/c.png) [x](b.pdf#page=3)', ['a/b.png', '../b.png', '/c.png', 'b.pdf']],
    ['![](100%.png)', ['100%.png']],
    ['first line\nsecond ![[u\u0308.png]]', ['\u00fc.png']],
  ])('are found in %s', (text, found) => expect(targets(text)).toEqual(found));

  it.each([
    '[[A note]]', '[[note.md]]', '[[folder/Note.MD|x]]', '[x](note.md)', '[[#heading]]', '[[2026-11-22#^bw-abc]]',
    '[x](https://example.org/a.png)', '![](http://a/b.jpg)', '[x](mailto:a@b.de)', '[x](file:///etc/a.png)', '[x](//host/a.png)', '[x](data:image/png;base64,xx.png)',
    '`![[photo.jpg]]`', '```\n![[photo.jpg]]\n```', '%%![[photo.jpg]]%%', '$a ![](b.jpg)$', 'no link](a.png)', '\\[[photo.jpg]]', '[x](a.png', '![](<a.png)', '[x](a b.png)', '[[.png]]',
  ])('are not: %s', (text) => expect(targets(text)).toEqual([]));

  it('lead elsewhere when the path is replaced, whatever it is and however it is written', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/[[\]|#^\\\n\r/:]|^\.|\s$|^\s/.test(text) && text.trim() !== '').map((text) => `${text}.png`.normalize('NFC').replace(/[\u00a0\u202f]/g, ' '));
    fc.assert(
      fc.property(name, fc.constantFrom('![[old.png|300]]', '![a](old.png "t")', '[a](<old.png#page=2>)'), (to, text) => {
        const [link] = attachmentLinks(text);
        if (!link) throw new Error('no link');
        const next = text.slice(0, link.from) + targetIn(link.form, to) + text.slice(link.to);
        return targets(next)[0] === to && next.length >= to.length;
      }),
    );
  });
});
