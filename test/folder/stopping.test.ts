import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const TODAY = '2026-11-22.md';
const ID = /\^bw-[a-z2-7]{12}/;

let world: FolderWorld;
let laptop: TestFolder;
let server: TestFolder;
beforeEach(async () => {
  world = await FolderWorld.start();
  [laptop, server] = await world.pair({ [TODAY]: '' }, { [TODAY]: '' });
  laptop.write(TODAY, '- plan #live\n\t- first\n- other\n');
  await laptop.waitFor(TODAY, ID);
  await server.waitFor(TODAY, '- first');
  await until('both say the same', () => laptop.digest === server.digest);
});
afterEach(() => world.end());

async function asked(): Promise<string> {
  await until('it asks', () => laptop.peer.report().pending.length > 0);
  expect(laptop.peer.report().pending).toMatchObject([{ kind: 'stop' }]);
  return laptop.peer.report().pending[0]?.id ?? '';
}

describe.each([
  ['the id', / \^bw-[a-z2-7]{12}/],
  ['tag and id', / #live \^bw-[a-z2-7]{12}/],
])('%s taken out of a file', (_what, taken) => {
  beforeEach(() => laptop.write(TODAY, laptop.read(TODAY).replace(taken, '')));

  it('is asked about; stopping everywhere leaves plain text on both', async () => {
    const question = await asked();
    expect(server.read(TODAY)).toMatch(ID);
    await laptop.peer.answer({ type: 'answer', question, answer: 'everywhere' });
    await until('it is plain there', () => server.read(TODAY) === '- plan\n\t- first\n');
    await until('it is plain here', () => laptop.read(TODAY) === '- plan\n\t- first\n- other\n');
    expect(laptop.peer.report().pending).toEqual([]);
  });

  it('is asked about; keeping it puts the id back, once', async () => {
    await laptop.peer.answer({ type: 'answer', question: await asked(), answer: 'keep' });
    await laptop.waitFor(TODAY, /^- plan(?: #live)? \^bw-[a-z2-7]{12}\n\t- first\n- other\n$/);
    laptop.write(TODAY, laptop.read(TODAY).replace('- first', '- first, still live'));
    await server.waitFor(TODAY, '- first, still live');
  });

  it('is asked about; stopping here leaves the other one live', async () => {
    await laptop.peer.answer({ type: 'answer', question: await asked(), answer: 'here' });
    await until('it is plain here', () => laptop.read(TODAY) === '- plan\n\t- first\n- other\n');
    expect(server.read(TODAY)).toMatch(ID);
    server.write(TODAY, server.read(TODAY).replace('- first', '- first, over there'));
    await until('that is sent', () => server.peer.report().unacknowledged === 0);
    expect(laptop.read(TODAY)).toBe('- plan\n\t- first\n- other\n');
  });
});
