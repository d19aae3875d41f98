import { rmSync } from 'node:fs';
import { runToEnd } from '../../src/cli/testing/test-terminal';
import type { Outcome } from '../../src/cli/testing/test-terminal';
import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const NOTE = 'plan.md';

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(async () => world.end());

const blockwire = (folder: TestFolder, command: string, ...more: string[]): Promise<Outcome> => runToEnd(world.directory, [command, folder.root, ...more, '--data', folder.data]);

/** Two folders, and one deletes the note with the block that both had. */
async function oneDeleted(): Promise<[TestFolder, TestFolder]> {
  const [laptop, server] = await world.pair({ [NOTE]: '' }, { [NOTE]: '- before\n' });
  laptop.write(NOTE, '- goes #live\n\t- child\n');
  await server.waitFor(NOTE, '- child');
  rmSync(laptop.file(NOTE));
  await until('it is missed', () => laptop.peer.report().blocks[0]?.path === null);
  laptop.clock.skip(61_000);
  await until('it asks', () => laptop.peer.report().pending.length === 1);
  expect(await blockwire(laptop, 'accept')).toMatchObject({ status: 0 });
  await until('it is gone there', () => !server.read(NOTE).includes('goes'));
  return [laptop, server];
}

describe('deleted blocks of a folder', () => {
  it('are listed with their text, when and by whom, and come back on every device by their number', async () => {
    const [laptop, server] = await oneDeleted();
    await until('it is known there', async () => (await blockwire(server, 'deleted')).text.includes('goes'));
    const { status, text } = await blockwire(server, 'deleted');
    expect(status).toBe(0);
    expect(text).toMatch(/^1\. - goes #live \(2 lines\)\n {3}\d{4}-\d\d-\d\dT\S+, on laptop, from plan\.md\n/);
    expect(JSON.parse((await blockwire(server, 'deleted', '--json')).text)).toMatchObject([{ text: '- goes #live\n\t- child', deletedOn: 'laptop', home: { path: NOTE } }]);
    laptop.write(NOTE, '');
    expect(await blockwire(server, 'restore-block', '1')).toMatchObject({ status: 0, text: 'Brought back: - goes #live\n' });
    await server.waitFor(NOTE, /- goes #live \^bw-\w+\n\t- child/);
    await laptop.waitFor(NOTE, /- goes #live \^bw-\w+\n\t- child/);
    expect(await blockwire(laptop, 'deleted')).toMatchObject({ status: 0, text: 'Nothing was deleted in the last 30 days.\n' });
  });

  it('come back while the folder is not running, too', async () => {
    const [laptop, server] = await oneDeleted();
    await laptop.stop();
    laptop.write(NOTE, '');
    expect(await blockwire(laptop, 'restore-block', '2')).toMatchObject({ status: 2, errors: expect.stringContaining('NOT_TRASHED') });
    expect(await blockwire(laptop, 'restore-block', '1')).toMatchObject({ status: 0 });
    await server.waitFor(NOTE, '- child');
    await laptop.start();
    await laptop.waitFor(NOTE, '- child');
  });
});
