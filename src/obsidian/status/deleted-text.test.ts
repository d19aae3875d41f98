import type { TrashedBlock } from '../../peer';
import { deletedText, deletedTitle } from './deleted-text';

const NOW = new Date(2026, 10, 22, 12, 0).getTime();

const block = (over: Partial<TrashedBlock>): TrashedBlock => ({
  blockId: 'bw-a', home: { day: null, path: 'Plans/house.md', headings: [], after: null }, text: '- plan #live', deletedAt: NOW - 300_000, deletedOn: 'Phone', ...over,
}); // prettier-ignore

test.each([
  ['- plan #live\n\t- child', 'plan #live'],
  ['* [x] done', 'done'],
  ['12. [ ] open', 'open'],
  ['- [[a link]] first', '[[a link]] first'],
  ['-', 'A block without text'],
  ['- [ ]', 'A block without text'],
  ['', 'A block without text'],
])('the title of %j is %j', (text, title) => {
  expect(deletedTitle(block({ text }))).toBe(title);
});

test('a long title is cut', () => {
  const title = deletedTitle(block({ text: `- ${'word '.repeat(100)}` }));
  expect(title).toMatch(/word…$/);
  expect(title.length).toBeLessThanOrEqual(80);
});

test('says when, on which device, and where it stood', () => {
  expect(deletedText(block({}), NOW)).toBe('Deleted on Phone, 5 min ago · Plans/house.md');
  expect(deletedText(block({ home: { day: '2026-11-22', path: 'x/2026-11-22.md', headings: [], after: null } }), NOW)).toContain('· 2026-11-22');
});
