/** All live blocks as one text. */
import { findTags, parse } from '../../src/outline';
import { Pair } from './pair';

test('an export has every live block under its note, also one in no note, without ids, and its tags make nothing live', async () => {
  const pair = await Pair.make();
  await pair.live();
  pair.laptop.vault.write('ideas.md', '- an idea #live\n\t- [x] with a `#live` in code\n');
  const editor = await pair.open(pair.laptop, 'ideas.md');
  await pair.laptop.peer.makeLive('ideas.md', 0);
  await pair.close(pair.laptop, 'ideas.md', editor);
  const [here, there] = ['## daily/2026-11-22\n\n', '## 2026-11-22\n\n'];
  const thoughts = '- tracking thoughts \\#live\n\t- first\n\t- second\n';
  const idea = '## ideas\n\n- an idea \\#live\n\t- [x] with a `#live` in code\n';
  expect(await pair.laptop.peer.exportBlocks()).toBe(`# Live blocks\n\n${here}${thoughts}\n${idea}`);
  await pair.world.until('the phone has both', () => pair.phone.peer.blocks().length === 2);
  await pair.world.pass(1_000);
  expect((await pair.phone.peer.exportBlocks()).replaceAll('    ', '\t')).toBe(`# Live blocks\n\n${there}${thoughts}\n${idea}`);
  expect(findTags(parse(await pair.laptop.peer.exportBlocks()), '#live')).toEqual([]);
  await pair.end();
});

test('without live blocks it is empty', async () => {
  const pair = await Pair.make();
  expect(await pair.laptop.peer.exportBlocks()).toBe('');
  await pair.end();
});
