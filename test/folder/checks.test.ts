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

describe('the copies of a folder’s notes', () => {
  it('can be read and written back, running or not, and what that changed, too', async () => {
    const [laptop, server] = await shared();
    const now = server.read('plan.md');
    const list = await blockwire(server, 'copies');
    const [id = ''] = list.text.split(' ');
    expect(list.text).toMatch(new RegExp(`^${id} {2}\\S+Z {2}plan\\.md\n`));
    expect(await blockwire(server, 'copies', id)).toMatchObject({ status: 0, text: '' });
    laptop.write('plan.md', laptop.read('plan.md').replace('- one', '- two'));
    await server.waitFor('plan.md', '- two');
    const later = server.read('plan.md');
    for (const { clock } of [laptop, server]) clock.skip(25 * 60 * 60_000);
    laptop.write('plan.md', `${laptop.read('plan.md')}\t- three\n`);
    await server.waitFor('plan.md', '- three');
    const [copy] = JSON.parse((await blockwire(server, 'copies', '--json')).text) as { id: string; path: string }[];
    expect((await blockwire(server, 'copies', copy?.id ?? '')).text).toBe(later);
    const done = await blockwire(server, 'write-back', copy?.id ?? '');
    expect(done.text).toMatch(/^Written back\. To undo it: blockwire write-back \S+ \w+\n$/);
    expect(server.read('plan.md')).toBe(later);
    await laptop.waitFor('plan.md', /- two\n$/);
    await server.stop();
    expect(await blockwire(server, 'write-back', done.text.trim().split(' ').at(-1) ?? '')).toMatchObject({ status: 0 });
    await laptop.waitFor('plan.md', '- three');
    expect(now).not.toBe(later);
    expect(await blockwire(server, 'copies', 'zz')).toMatchObject({ status: 1, errors: expect.stringContaining('NO_COPY') });
  });
});
