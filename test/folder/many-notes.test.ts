import { utimesSync } from 'node:fs';
import { FolderVault } from '../../src/folder/folder-vault';
import { FolderWorld, until } from './folder-world';

const ID = /\^bw-[a-z2-7]{12}/;

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.end();
});

describe('a folder of 2,000 notes, 3 with live blocks', () => {
  it('after the first start no other note is read, and a change is found all the same', async () => {
    const notes = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`old/${i % 40}/note ${i}.md`, `# Note ${i}\n\n- something\n\t- nested\n`]));
    const folder = world.folder('large', notes);
    // A start looks into notes that were written in the last seconds of the run before, because disks tell times coarsely.
    const hourAgo = Date.now() / 1000 - 3_600;
    for (const path of Object.keys(notes)) utimesSync(folder.file(path), hourAgo, hourAgo);
    await folder.join(await world.setUpLink());
    const live = [3, 500, 1_999].map((i) => `old/${i % 40}/note ${i}.md`);
    for (const path of live) folder.write(path, `- plan for ${path} #live\n`);
    for (const path of live) await folder.waitFor(path, ID);
    await until('all is sent', () => folder.peer.report().unacknowledged === 0);
    await folder.stop();

    folder.write(live[0] ?? '', folder.read(live[0] ?? '').replace('- plan', '- new plan'));
    const read = jest.spyOn(FolderVault.prototype, 'read');
    await folder.start();
    await until('the change is found', () => folder.peer.report().blocks.some(({ title }) => title.startsWith('new plan')));
    await until('it is connected', () => folder.isLive);
    const paths = new Set(read.mock.calls.map(([path]) => path));
    expect([...paths].filter((path) => !live.includes(path))).toEqual([]);
  }, 60_000);
});
