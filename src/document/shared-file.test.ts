import { LiveDocument } from './live-document';
import { seed } from './seed';
import { decodeFile } from './shared-file';
import { DEFAULT_ATTRIBUTES } from './types';

const hash = (digit: string): string => digit.repeat(64);
const photo = { hash: hash('a'), size: 3, was: [], lost: false };
const made = (run: number): LiveDocument => LiveDocument.load(run, seed('bw-a', { text: '![[photo.jpg]]', attributes: DEFAULT_ATTRIBUTES, children: [] }, () => 'x').update, []);

describe('the table of files of a block [A2]', () => {
  it('is the same where its updates came, in whatever order, and no part of the digest', () => {
    const [here, there] = [made(1), made(2)];
    const before = here.digest();
    const first = here.setFile('photo.jpg', photo);
    const second = here.setFile('photo.jpg', { ...photo, hash: hash('b'), was: [photo.hash] });
    there.merge([second]);
    there.merge([first]);
    expect([...there.files()]).toEqual([['photo.jpg', { hash: hash('b'), size: 3, was: [photo.hash], lost: false }]]);
    expect([here.digest(), there.digest()]).toEqual([before, before]);
    there.merge([here.setFile('photo.jpg', null)]);
    expect([...there.files()]).toEqual([]);
    expect([...LiveDocument.load(3, there.encode(), []).files()]).toEqual([]);
  });

  it('keeps the last 16 contents that one replaced', () => {
    const document = made(1);
    const was = Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(64, '0'));
    document.setFile('photo.jpg', { ...photo, was });
    expect(document.files().get('photo.jpg')?.was).toEqual(was.slice(-16));
  });

  it.each([
    ['', photo],
    ['x'.repeat(1025), photo],
    ['a.png', null],
    ['a.png', 'text'],
    ['a.png', { ...photo, hash: '../../x' }],
    ['a.png', { ...photo, hash: hash('A') }],
    ['a.png', { ...photo, size: -1 }],
    ['a.png', { ...photo, size: 1.5 }],
    ['a.png', { ...photo, size: '3' }],
    ['a.png', { ...photo, was: 'x' }],
    ['a.png', { ...photo, was: ['x'] }],
    ['a.png', { ...photo, was: Array<string>(17).fill(hash('b')) }],
    ['a.png', { ...photo, lost: 1 }],
  ])('has no entry for what is none: %j %j', (target, value) => expect(decodeFile(target, value)).toBeNull());
});
