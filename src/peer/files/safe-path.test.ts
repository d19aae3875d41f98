import fc from 'fast-check';
import { distinctTarget, isSafeName, placeOf } from './safe-path';

const NOTE = 'daily/2026/22.md';
const at = (target: string, note = NOTE): string | null => placeOf(target, note)?.path ?? null;

describe('where a file may be put [A3]', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['img/photo.jpg', 'img/photo.jpg'],
    ['/img/photo.jpg', 'img/photo.jpg'],
    ['../photo.jpg', 'daily/photo.jpg'],
    ['../../assets/a.b.png', 'assets/a.b.png'],
    ['./a.png', 'daily/2026/a.png'],
    ['\u00fcber uns.pdf', '\u00fcber uns.pdf'],
    ['.../x', null],
  ])('%s: %s', (target, path) => expect(at(target)).toBe(path));

  it.each([
    ['out of the vault', '../../../x.png'],
    ['out of it and in again', '../../../daily/x.png'],
    ['hidden', '.obsidian/plugins/x/main.js'],
    ['hidden, further down', 'a/.git/config.txt'],
    ['hidden by dots', '../../.obsidian/app.json'],
    ['a dot file', '.bashrc.txt'],
    ['a note', 'a/note.MD'],
    ['a name without an extension', 'Makefile'],
    ['a folder', 'a.png/'],
    ['an empty step', 'a//b.png'],
    ['a backslash', '..\\..\\x.png'],
    ['a drive', 'C:/x.png'],
    ['a stream of NTFS', 'a.png:evil.exe'],
    ['reserved letters', 'a?.png'],
    ['reserved names', 'con.png'],
    ['reserved folders', 'a/LPT1/b.png'],
    ['reserved names with superscripts', 'com\u00b9.png'],
    ['a trailing dot', 'a.png.'],
    ['a trailing blank', 'a.png '],
    ['a folder with a trailing dot', 'a./b.png'],
    ['a leading blank', ' a.png'],
    ['a line end', 'a\nb.png'],
    ['an end turned round', 'a\u202egnp.exe'],
    ['nothing visible', '\u200b.png'],
    ['decomposed letters', 'u\u0308.png'],
    ['a name that is too long', `${'x'.repeat(200)}.png`],
    ['a path that is too long', `${'x/'.repeat(450)}a.png`],
  ])('never %s: %j', (_what, target) => expect(at(target)).toBeNull());

  it('is inside the vault, whatever the target', () => {
    const step = fc.oneof(fc.constantFrom('..', '.', '', '.obsidian', 'a', 'con', 'x.md', 'x.png', '..\\..'), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.constantFrom(NOTE, 'root.md'), (steps, note) => {
        const place = placeOf(steps.join('/'), note);
        return place === null || place.path.split('/').every((part) => part !== '..' && isSafeName(part));
      }),
    );
  });

  it('has a name of its own for a content, where one is taken', () => {
    const hash = '3fa9c1'.padEnd(64, '0');
    expect(['photo.jpg', 'a.b/c.tar.gz', '../x y.png'].map((target) => distinctTarget(target, hash))).toEqual(['photo-3fa9c1.jpg', 'a.b/c.tar-3fa9c1.gz', '../x y-3fa9c1.png']);
  });
});
