/** What a folder with nobody to ask holds, and how `blockwire pending`, `accept` and `restore` show and decide it. */
import { truncateSync } from 'node:fs';
import { runToEnd } from '../../src/cli/testing/test-terminal';
import { FolderWorld, until } from './folder-world';
import type { TestFolder } from './folder-world';

const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'];

let world: FolderWorld;
beforeEach(async () => {
  world = await FolderWorld.start();
});
afterEach(() => world.end());

async function run(folder: TestFolder, command: string, ...more: string[]): Promise<{ status: number; out: string }> {
  const { status, text } = await runToEnd(folder.data, [command, folder.root, '--data', folder.data, ...more]);
  return { status, out: text };
}

/** Two folders with a block of seven bullets; the first one's file is then cut off in its third. */
async function truncated(): Promise<[TestFolder, TestFolder]> {
  const [laptop, server] = await world.pair({ 'plan.md': '- keep\n' }, { 'plan.md': '' });
  laptop.write('plan.md', `- keep\n- plan #live\n${NAMES.map((name) => `\t- step ${name}\n`).join('')}`);
  await server.waitFor('plan.md', 'step six');
  await laptop.waitFor('plan.md', '^bw-');
  await until('its text is safe', () => laptop.peer.report().unacknowledged === 0);
  truncateSync(laptop.file('plan.md'), laptop.read('plan.md').indexOf('step two') + 3);
  await until('it waits', () => laptop.clock.isSet(20_000));
  for (let round = 0; round < 8 && laptop.peer.report().pending.length === 0; round += 1) {
    laptop.clock.skip(20_000);
    await until('it waits again, or asks', () => laptop.clock.isSet(20_000) || laptop.peer.report().pending.length === 1);
  }
  expect(laptop.peer.report().pending).toMatchObject([{ kind: 'emptied', path: 'plan.md' }]);
  return [laptop, server];
}

describe('a truncated file in a folder', () => {
  it('is held; `pending` shows what would go and ends with 3; nothing is sent', async () => {
    const [laptop, server] = await truncated();
    const { status, out } = await run(laptop, 'pending');
    expect(status).toBe(3);
    expect(out).toContain(`   plan.md
       • plan #live
         • step one
     -   • step two
     +   • ste
     -   • step three
     -   • step four
     -   • step five
     -   • step six
   accept = Delete everywhere, restore = Put it back
`);
    const json = await run(laptop, 'pending', '--json');
    expect(json.status).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject([{ kind: 'emptied', losses: [{ path: 'plan.md', title: 'plan #live', gone: 5, lines: { length: 8 } }] }]);
    for (const name of NAMES) expect(server.read('plan.md')).toContain(`step ${name}`);
  });

  it('is whole again after `restore`', async () => {
    const [laptop, server] = await truncated();
    expect((await run(laptop, 'restore')).status).toBe(0);
    await laptop.waitFor('plan.md', 'step six');
    for (const name of NAMES) expect(laptop.read('plan.md').split(`step ${name}`)).toHaveLength(2);
    for (const name of NAMES) expect(server.read('plan.md')).toContain(`step ${name}`);
    expect(await run(laptop, 'pending')).toEqual({ status: 0, out: 'Nothing is waiting.\n' });
  });

  it('is decided while nothing runs, too', async () => {
    const [laptop, server] = await truncated();
    await laptop.stop();
    expect((await run(laptop, 'pending')).out).toContain('-   • step six');
    expect((await run(laptop, 'accept')).status).toBe(0);
    await until('it counts', () => !server.read('plan.md').includes('step three'));
    expect(server.read('plan.md')).toContain('step one');
  });
});
