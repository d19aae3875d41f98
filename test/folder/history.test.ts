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

interface Version {
  readonly id: string;
  readonly devices: readonly string[];
}
const versionsOf = async (folder: TestFolder, block: string): Promise<Version[]> => JSON.parse((await blockwire(folder, 'history', block, '--json')).text) as Version[];

/** Both have the block, and each knows a version of it; then the server changes it. */
async function editedTwice(): Promise<{ laptop: TestFolder; server: TestFolder; block: string; first: string }> {
  const [laptop, server] = await world.pair({ [NOTE]: '' }, { [NOTE]: '- before\n' });
  laptop.write(NOTE, '- plan #live\n\t- [ ] one\n\t- two\n\t- three\n');
  await server.waitFor(NOTE, '- three');
  const block = laptop.peer.report().blocks[0]?.blockId ?? '';
  await versionsOf(laptop, block);
  const first = (await versionsOf(server, block))[0]?.id ?? '';
  server.write(NOTE, server.read(NOTE).replace('[ ] one', '[x] one, done').replace('\t- two\n\t- three\n', '\t- three\n\t- two\n\t- four\n'));
  await laptop.waitFor(NOTE, '- four');
  return { laptop, server, block, first };
}

describe('the history of a block', () => {
  it('has each version with when and by whom, its text, and gives it back on every device; another restore undoes that', async () => {
    const { laptop, server, block, first } = await editedTwice();
    expect((await blockwire(server, 'history')).text).toMatch(new RegExp(`^${block} {2}plan\\.md {2}plan`));
    const versions = await versionsOf(server, block);
    expect(versions.map(({ devices }) => devices)).toEqual([['server'], ['laptop']]);
    expect((await blockwire(server, 'history', `^${block}`)).text).toMatch(new RegExp(`^\\w+ {2}\\d{4}-\\S+Z {2}server\n${first} {2}\\S+ {2}laptop\n`));
    expect((await blockwire(server, 'history', block, first)).text).toBe('- plan #live\n\t- [ ] one\n\t- two\n\t- three\n');
    const second = versions[0]?.id ?? '';

    expect(await blockwire(server, 'restore-version', block, first)).toMatchObject({ status: 0 });
    for (const folder of [laptop, server]) await folder.waitFor(NOTE, /- plan #live \^bw-\w+\n\t- \[ \] one\n\t- two\n\t- three\n$/);
    expect(await blockwire(server, 'restore-version', block, second)).toMatchObject({ status: 0 });
    for (const folder of [laptop, server]) await folder.waitFor(NOTE, /\n\t- \[x\] one, done\n\t- three\n\t- two\n\t- four\n$/);
  });

  it('is kept over a restart, and can be had while the folder is not running', async () => {
    const { laptop, server, block, first } = await editedTwice();
    await server.stop();
    expect((await versionsOf(server, block)).map(({ devices }) => devices)).toEqual([['server'], ['laptop']]);
    expect(await blockwire(server, 'restore-version', block, first)).toMatchObject({ status: 0 });
    await laptop.waitFor(NOTE, /- \[ \] one\n\t- two\n\t- three\n$/);
  });

  it('is made in a quiet moment, and says what it has not', async () => {
    const { laptop, block } = await editedTwice();
    laptop.clock.skip(31_000);
    await until('a version was made', async () => (await versionsOf(laptop, block)).length === 2);
    expect(await blockwire(laptop, 'history', block, 'zz')).toMatchObject({ status: 1, errors: expect.stringContaining('NO_VERSION') });
    expect(await blockwire(laptop, 'restore-version', 'bw-aaaa', 'zz')).toMatchObject({ status: 1, errors: expect.stringContaining('NO_BLOCK') });
    for (const running of [true, false]) {
      if (!running) await laptop.stop();
      expect((await blockwire(laptop, 'history', block, 'zz')).errors).toMatch(new RegExp(`See: blockwire history \\S+ ${block}\n$`));
      expect((await blockwire(laptop, 'history', 'bw-aaaa')).errors).toMatch(/See: blockwire history \S+\n$/);
      expect((await blockwire(laptop, 'copies', 'zz')).errors).toMatch(/NO_COPY[^]*See: blockwire copies \S+\n$/);
    }
    expect(await blockwire(laptop, 'history', 'plan')).toMatchObject({ status: 2, errors: expect.stringContaining('NO_BLOCK') });
  });
});
