import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../../src/cli/testing/test-terminal';
import type { Outcome } from '../../src/cli/testing/test-terminal';
import { FolderWorld } from './folder-world';
import type { TestFolder } from './folder-world';

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(async () => world.end());

const blockwire = (folder: TestFolder, command: string, ...more: string[]): Promise<Outcome> => runToEnd(world.directory, [command, folder.root, ...more, '--data', folder.data]);

async function shared(): Promise<[TestFolder, TestFolder]> {
  const [laptop, server] = await world.pair({ 'plan.md': '' }, { 'plan.md': '' });
  laptop.write('plan.md', '- plan #live\n\t- one\n');
  await server.waitFor('plan.md', '- one');
  for (const { clock } of [laptop, server]) clock.skip(15_000);
  return [laptop, server];
}

describe('the checks of a folder', () => {
  it('verify compares with the devices that are connected, running or not, and says who was not asked', async () => {
    const [laptop, server] = await shared();
    const running = await blockwire(laptop, 'verify');
    expect(running).toMatchObject({ status: 0, text: '  plan.md  plan #live\n    The same on server.\nThe one live block is the same on server.\n' });
    await laptop.stop();
    expect(await blockwire(laptop, 'verify')).toMatchObject({ status: 0, text: expect.stringContaining('The same on server.') });
    expect(await blockwire(server, 'verify')).toMatchObject({ status: 1, text: 'No other device is connected, so nothing was compared. Not connected, so not asked: laptop.\n', errors: expect.stringContaining('NOT_VERIFIED') });
  });

  it('export gives all live blocks on standard output, or in a file that did not exist', async () => {
    const [laptop] = await shared();
    const text = '# Live blocks\n\n## plan\n\n- plan \\#live\n\t- one\n';
    expect(await blockwire(laptop, 'export')).toMatchObject({ status: 0, text });
    await laptop.stop();
    const file = join(world.directory, 'blocks.md');
    expect(await blockwire(laptop, 'export', '--out', file)).toMatchObject({ status: 0 });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(await blockwire(laptop, 'export', '--out', file)).toMatchObject({ status: 2, errors: expect.stringContaining('FILE_EXISTS') });
    expect(existsSync(file)).toBe(true);
    expect(await blockwire(laptop, 'export', '--out', join(world.directory, 'none', 'blocks.md'))).toMatchObject({ status: 1, errors: expect.stringContaining('NOT_WRITTEN') });
  });
});
