import type { Loss, LossLine } from '../../peer';
import { lossText, wholeLossText } from './loss-text';

const loss = (kinds: readonly LossLine['kind'][], path = 'a.md'): Loss => ({ blockId: 'x', path, title: '', gone: kinds.filter((kind) => kind === 'removed').length, lines: kinds.map((kind) => ({ kind, depth: 0, text: kind })) });

test.each<[LossLine['kind'][], string]>([
  [['removed'], 'Its only bullet would go'],
  [['removed', 'removed'], 'All 2 bullets would go'],
  [['kept', 'removed', 'kept'], '1 of 3 bullets would go'],
  [['kept', 'removed', 'added', 'removed'], '1 of 3 bullets would go, 1 of 3 bullets would change'],
  [['kept', 'added'], '1 bullet would come back'],
  [['kept'], 'Nothing would change'],
])('%j is told as %s', (kinds, words) => expect(lossText(loss(kinds))).toBe(words));

test('several blocks are counted together', () => {
  expect(wholeLossText([loss(['removed', 'removed']), loss(['removed'], 'b.md'), loss(['kept', 'removed'], 'b.md')])).toBe('3 blocks in 2 notes, 4 bullets');
});
