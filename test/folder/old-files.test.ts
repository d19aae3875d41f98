/** Files that know less than the device: vaults that are copies of each other, tagged apart, or written by an engine that brings an old copy. */
import { utimesSync } from 'node:fs';
import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const TODAY = '2026-11-22.md';
const BLOCK = '- plan #live\n\t- first of all\n\t- second to that\n\t- third and last\n';

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(() => world.end());

/** Both folders have each of these once, also when what files took away counts. */
async function haveOnce(folders: readonly TestFolder[], ...parts: readonly string[]): Promise<void> {
  const isSo = (): boolean => folders.every((folder) => parts.every((part) => folder.read(TODAY).split(part).length === 2));
  for (const skipped of [20_000, 60_000]) {
    await until('all is sent', () => folders.every((folder) => folder.peer.report().unacknowledged === 0));
    for (const folder of folders) folder.clock.skip(skipped);
    await until(`both have ${parts.join(', ')} once`, isSo).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${folders.map((folder) => folder.read(TODAY)).join('---\n')}`);
    });
    await until('both say the same', () => folders.every(({ digest }) => digest !== null && digest === folders[0]?.digest));
  }
  for (const folder of folders) expect(folder.peer.report().pending).toEqual([]);
}

it('two folders that begin as copies of each other, with the same live ids, are one block with what each wrote since', async () => {
  const laptop = world.folder('laptop', { [TODAY]: '' });
  await laptop.join(await world.setUpLink());
  laptop.write(TODAY, BLOCK);
  await laptop.waitFor(TODAY, /\^bw-/);
  const server = world.folder('server', { [TODAY]: laptop.read(TODAY).replace('second to that', 'second to that, SERVER').replace('\t- third', '\t- NEW\n\t- third') });
  laptop.write(TODAY, laptop.read(TODAY).replace('first of all', 'first of all, LAPTOP'));
  await until('it is sent', () => laptop.peer.report().unacknowledged === 0);
  await server.join(laptop.peer.peer.pairingLink());
  await haveOnce([laptop, server], 'LAPTOP', 'SERVER', 'NEW', 'first of', 'second to', 'third and', '^bw-');
  server.write(TODAY, server.read(TODAY).replace('third and last', 'third and last, LATER'));
  await haveOnce([laptop, server], 'LAPTOP', 'SERVER', 'NEW', 'LATER', 'first of', 'second to', 'third and');
});

it('two folders that tag the same text before they meet have one block', async () => {
  const laptop = world.folder('laptop', { [TODAY]: '' });
  await laptop.join(await world.setUpLink());
  const link = laptop.peer.peer.pairingLink();
  const server = world.folder('server', { [TODAY]: '' });
  await server.join(link);
  await world.stopRelay();
  laptop.write(TODAY, BLOCK);
  server.write(TODAY, BLOCK);
  for (const folder of [laptop, server]) await folder.waitFor(TODAY, /\^bw-/);
  laptop.write(TODAY, laptop.read(TODAY).replace('first of all', 'first of all, LAPTOP'));
  server.write(TODAY, server.read(TODAY).replace('second to that', 'second to that, SERVER'));
  await world.startRelay();
  await haveOnce([laptop, server], 'LAPTOP', 'SERVER', 'first of', 'second to', 'third and', '^bw-');
});

describe('two folders of one block', () => {
  let laptop: TestFolder;
  let server: TestFolder;
  beforeEach(async () => {
    [laptop, server] = await world.pair({ [TODAY]: '' }, { [TODAY]: '' });
    laptop.write(TODAY, BLOCK);
    await laptop.waitFor(TODAY, /\^bw-/);
    await server.waitFor(TODAY, 'third and last');
    await until('both say the same', () => laptop.digest !== null && laptop.digest === server.digest);
  });

  it('a stale file, with the time that it had, takes nothing back', async () => {
    const stale = laptop.read(TODAY);
    server.write(TODAY, server.read(TODAY).replace('first of all', 'first of all, SERVER').replace('\t- third', '\t- NEW\n\t- third'));
    await laptop.waitFor(TODAY, 'NEW');
    laptop.write(TODAY, laptop.read(TODAY).replace('second to that', 'second to that, LAPTOP'));
    await server.waitFor(TODAY, 'LAPTOP');
    await laptop.saveByReplacing(TODAY, stale);
    const before = Date.now() / 1000 - 30;
    utimesSync(laptop.file(TODAY), before, before);
    await haveOnce([laptop, server], 'LAPTOP', 'SERVER', 'NEW', 'first of', 'second to', 'third and');
  });
});
