import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, Program } from '../../src/relay/testing/built';
import { FolderWorld, until } from './folder-world';

const TODAY = '2026-11-22.md';

let program: string;
let world: FolderWorld;
let started: Program[];
beforeAll(() => {
  program = bundle('src/cli/main.ts', 'blockwire');
});
beforeEach(async () => {
  world = await FolderWorld.start();
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.end('SIGKILL')));
  await world.end();
});

function folder(name: string): string {
  const directory = join(world.directory, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, TODAY), '', { flag: 'a' });
  return directory;
}

const text = (name: string): string => readFileSync(join(world.directory, name, TODAY), 'utf8');
const withData = (args: readonly string[]): string[] => [...args, '--data', join(world.directory, 'data')];

async function start(name: string, ...more: string[]): Promise<Program> {
  const one = Program.start(program, withData(['folder', folder(name), ...more]));
  started.push(one);
  await one.printed(/Watching/, 20_000);
  return one;
}

/** Runs a command to its end. */
function run(...args: string[]): Promise<{ status: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...withData(args)], { timeout: 30_000 }, (failure, out, error) => resolve({ status: typeof failure?.code === 'number' ? failure.code : failure ? -1 : 0, out, error }));
  });
}

describe('two `blockwire folder` processes', () => {
  it('sync through a relay; SIGTERM ends them well; killed ones go on where they were', async () => {
    const laptop = await start('laptop', '--yes', '--join', await world.setUpLink());
    const link = (await run('pair', folder('laptop'))).out.trim();
    const server = await start('server', '--yes', '--join', link);

    writeFileSync(join(world.directory, 'laptop', TODAY), '- plan #live\n\t- first\n');
    await until('the server has it', () => text('server').includes('- first'));

    await laptop.end('SIGKILL');
    await server.end('SIGKILL');
    writeFileSync(join(world.directory, 'laptop', TODAY), text('laptop').replace('- first', '- first, after the crash'));
    const laptopAgain = await start('laptop');
    await start('server');
    await until('the edit made between arrived', () => text('server').includes('- first, after the crash'));

    const second = await run('folder', folder('laptop'));
    expect(second).toMatchObject({ status: 1, error: expect.stringContaining('IN_USE') });
    expect(second.error).not.toMatch(/\n\s+at /);
    expect(JSON.parse((await run('status', folder('laptop'), '--json')).out)).toMatchObject({ running: true, blocks: [{ path: TODAY }] });

    expect(await laptopAgain.end('SIGTERM')).toBe(0);
    expect(laptopAgain.out).toContain('Everything was sent.');
    expect(laptopAgain.error.split('\n').filter(Boolean)).toEqual(laptopAgain.error.split('\n').filter((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z \w+ /.test(line)));
    expect(laptopAgain.error).not.toMatch(/first|plan|bw-|obsidian:/);
    expect(JSON.parse((await run('status', folder('laptop'), '--json')).out)).toMatchObject({ running: false, blocks: [{ path: TODAY }] });
  }, 90_000);
});
