import { DEFAULT_SETTINGS, peerSettings, readMegabytes, readPhrases, readSettings, readTag } from './settings';

test('nothing, or nonsense, gives the defaults', () => {
  for (const data of [null, undefined, 7, [], { tag: 7, phrases: 'x', createNotes: 'yes', files: 'no', largestFile: 0, webTransport: 'yes' }, { tag: '' }]) expect(readSettings(data)).toEqual(DEFAULT_SETTINGS);
});

test('what is set is kept, and nothing else', () => {
  const data = { tag: 'shared/now', phrases: ['tracking thoughts', 7], createNotes: true, files: false, largestFile: 20, webTransport: true, secret: 'x' };
  expect(readSettings(data)).toEqual({ tag: '#shared/now', phrases: ['tracking thoughts'], createNotes: true, files: false, largestFile: 20, webTransport: true });
});

test.each([
  ['live', '#live'],
  [' #live/ ', '#live'],
  ['#жить', '#жить'],
  ['#a b', null],
  ['#2026', null],
  ['##', null],
  ['#a^b', null],
])('tag %j is read as %j', (text, tag) => {
  expect(readTag(text)).toBe(tag);
});

test('a block may be as large as the docs say', () => {
  expect(peerSettings(DEFAULT_SETTINGS).limits).toEqual({ bullets: 5_000, bytes: 2 * 1024 * 1024 });
});

test('files come along up to a limit, or not at all [A14]', () => {
  expect(peerSettings(DEFAULT_SETTINGS).largestFile).toBe(200 * 1024 * 1024);
  expect(peerSettings({ ...DEFAULT_SETTINGS, files: false }).largestFile).toBe(0);
  expect(['7', 7, ' 20 ', '', '0', '-1', '1.5', '2001', 'x', null].map(readMegabytes)).toEqual([7, 7, 20, null, null, null, null, null, null, null]);
});

test('phrases are one a line', () => {
  expect(readPhrases(' tracking  thoughts \n\nshared\r\nshared')).toEqual(['tracking thoughts', 'shared']);
});
