import { renameSync, rmSync } from 'node:fs';
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
  laptop.write(TODAY, '- plan #live\n\t- first\n');
  await laptop.waitFor(TODAY, ID);
  await server.waitFor(TODAY, '- first');
  await until('both say the same', () => laptop.digest === server.digest);
});
afterEach(() => world.end());

/** Types on the server and waits until the laptop has it. */
async function typedThere(before: string, after: string): Promise<void> {
  server.write(TODAY, server.read(TODAY).replace(before, after));
  await laptop.waitFor(TODAY, after);
}

describe('a folder that another engine syncs, too', () => {
  it('a note that iCloud takes off the disk is neither missing nor deleted, and goes on when it is back', async () => {
    const text = laptop.read(TODAY);
    renameSync(laptop.file(TODAY), laptop.file(`.${TODAY}.icloud`));
    server.write(TODAY, server.read(TODAY).replace('- first', '- first, meanwhile'));
    await until('that is sent', () => server.peer.report().unacknowledged === 0);
    laptop.clock.skip(120_000);
    expect(laptop.peer.report().pending).toEqual([]);
    expect(laptop.has(TODAY)).toBe(false);
    rmSync(laptop.file(`.${TODAY}.icloud`));
    laptop.write(TODAY, text);
    await laptop.waitFor(TODAY, '- first, meanwhile');
    expect(laptop.read(TODAY).match(/first/g)).toHaveLength(1);
  });

  it('a conflict copy with the same id stays as it is, and the block is not doubled', async () => {
    const copy = '2026-11-22.sync-conflict-20261122-101112-ABCDEFG.md';
    const text = laptop.read(TODAY);
    await typedThere('- first', '- first, newer');
    laptop.write(copy, text);
    await typedThere('newer', 'newest');
    expect(laptop.read(copy)).toBe(text);
    expect(laptop.peer.report().blocks).toMatchObject([{ path: TODAY }]);
    rmSync(laptop.file(copy));
    await typedThere('newest', 'newest of all');
    expect(laptop.peer.report().pending).toEqual([]);
  });

  it.each([
    ['keep-newer', '- first, newer'],
    ['use-this', '- first\n'],
  ])('a whole older version that comes back (git checkout) is held and asked about: %s', async (answer, kept) => {
    const old = laptop.read(TODAY);
    await typedThere('- first', '- first, newer');
    await typedThere('newer', 'newer\n\t- second');
    await typedThere('- plan', '- our plan');
    await until('the laptop is at rest', () => laptop.digest === server.digest);
    laptop.write(TODAY, old);
    await until('it asks', () => laptop.peer.report().pending.length === 1);
    expect(laptop.peer.report().pending).toMatchObject([{ kind: 'older-version', path: TODAY }]);
    expect(server.read(TODAY)).toContain('- first, newer');
    expect(laptop.read(TODAY)).toBe(old);
    await laptop.peer.answer({ type: 'answer', question: laptop.peer.report().pending[0]?.id ?? '', answer });
    for (const folder of [laptop, server]) await until(`both have ${kept}`, () => folder.read(TODAY).includes(kept));
    expect(laptop.peer.report().pending).toEqual([]);
  });
});
