import type { BlockCheck } from './api';
import { verifiedWords } from './verified-words';

const block = (title: string, ...on: [string, BlockCheck['on'][number]['state']][]): BlockCheck => ({ blockId: 'bw-a', title, path: 'a.md', on: on.map(([name, state]) => ({ name, state })) });

test('what all devices have alike is said once, and who was not asked', () => {
  expect(verifiedWords({ asked: ['Phone', 'Mac'], notAsked: ['Tablet'], blocks: [block('one', ['Phone', 'same'], ['Mac', 'same'])] })).toEqual({
    summary: 'The one live block is the same on Phone, Mac. Not connected, so not asked: Tablet.',
    blocks: [{ title: 'one', path: 'a.md', worst: 'same', text: 'The same on Phone, Mac.' }],
    isGood: true,
  });
});

test('what differs comes first, and is not good', () => {
  const words = verifiedWords({ asked: ['Phone', 'Mac'], notAsked: [], blocks: [block('', ['Phone', 'mended'], ['Mac', 'same']), block('two', ['Phone', 'differs'], ['Mac', 'no-answer'])] });
  expect(words.blocks.map(({ text }) => text)).toEqual(['Still different on Phone; not answered for by Mac.', 'Differed, and was mended, on Phone; the same on Mac.']);
  expect(words.summary).toBe('1 of 2 live blocks could not be shown to be the same on Phone, Mac. 1 differed and was mended; what was there before is in the history.');
  expect(words.isGood).toBe(false);
});

test('nothing compared is not good', () => {
  expect(verifiedWords({ asked: [], notAsked: ['Phone'], blocks: [block('one')] })).toMatchObject({ isGood: false, summary: 'No other device is connected, so nothing was compared. Not connected, so not asked: Phone.' });
});
