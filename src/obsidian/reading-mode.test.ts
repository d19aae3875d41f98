import { idLines } from './reading-mode';

test('ids at line ends are found, others are not', () => {
  const lines = ['- thoughts #live ^bw-abcdefgh2345', '\t- child', '- other ^abc123', 'text ^bw-abcdefgh2345 more', '- damaged ^bw-abc', '- last ^bw-zzzzzzzz2345  '];
  expect(idLines(lines)).toEqual([
    { blockId: 'bw-abcdefgh2345', line: 0 },
    { blockId: 'bw-zzzzzzzz2345', line: 5 },
  ]);
});
