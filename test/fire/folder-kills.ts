/**
 * kill -9 of `blockwire folder` after an entry was written to its outbox and sent, and before it could be acknowledged: the line holds
 * the entry or its acknowledgement back until the process is dead.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatLink, parseLink } from '../../src/protocol';
import { Program } from '../../src/relay/testing/built';
import { FolderWorld, type TestFolder } from '../folder/folder-world';
import { FrameTap } from './frame-tap';
import { Line, type Direction } from './line';
import { until } from './patience';

export interface FolderKillsOptions {
  readonly times: number;
  readonly program: string;
  readonly log?: (line: string) => void;
}

export interface FolderKillsResult {
  readonly faults: readonly string[];
  readonly kills: number;
  /** Kills after which the relay had the entry, and that it told the device of, or not. */
  readonly stored: number;
  readonly entries: number;
}

const NOTE = '2026-11-22.md';
const OPEN = 1;
const APPEND = 2;

export async function runFolderKills({ times, program, log = () => undefined }: FolderKillsOptions): Promise<FolderKillsResult> {
  const world = await FolderWorld.start();
  const line = await Line.open(world.relay.port);
  const seen = new Map<number, number>();
  const count = (type: number): number => seen.get(type) ?? 0;
  line.tap = () => new FrameTap((type) => void seen.set(type, count(type) + 1));
  const laptop = new FolderProcess(program, join(world.directory, 'laptop'), join(world.directory, 'd'));
  try {
    const link = await world.relay.relay.setupLink(line.url);
    laptop.write('');
    await laptop.start('--yes', '--join', link ?? '');
    // A tag that was there before would wait for a person's word.
    laptop.write('- plan #live\n\t- thought 0\n');
    const server = await joined(world, await laptop.pairingLink());
    await server.waitFor(NOTE, 'thought 0');
    let stored = 0;
    for (let kill = 1; kill <= times; kill++) {
      await until('the laptop is in step', () => laptop.read().includes('^bw-') && count(OPEN) >= kill, 30);
      const direction: Direction = kill % 2 === 0 ? 'up' : 'down';
      line.hold(direction);
      const before = count(APPEND);
      const known = await entriesOf(world);
      laptop.write(`${laptop.read().trimEnd()}\n\t- thought ${kill}\n`);
      await until('an entry has left the laptop', () => count(APPEND) > before, 30).catch((error: unknown) => {
        throw new Error(`${String(error)} (kill ${kill}, ${direction})\n${laptop.read()}\n${laptop.output}`);
      });
      if (direction === 'down') await until('the relay has stored it', async () => (await entriesOf(world)).length > known.length, 10);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      await laptop.kill();
      line.reset();
      line.release();
      stored += direction === 'down' ? 1 : 0;
      await laptop.start();
      await until(`thought ${kill} has arrived`, () => server.read(NOTE).includes(`- thought ${kill}\n`), 60).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${server.read(NOTE)}\n${laptop.output}`);
      });
      if (kill % 10 === 0) log(`${kill} kills`);
    }
    const entries = await entriesOf(world);
    return { faults: faultsIn(times, [laptop.read(), server.read(NOTE)], entries), kills: times, stored, entries: entries.length };
  } finally {
    await laptop.kill();
    await line.close();
    await world.end();
  }
}

async function joined(world: FolderWorld, pairing: string): Promise<TestFolder> {
  const link = parseLink(pairing);
  if (link.type !== 'pairing') throw new Error('Not a pairing link.');
  const server = world.folder('server', { [NOTE]: '' });
  // The other side is not on the bad line.
  await server.join(formatLink({ ...link, relays: [world.url] }));
  return server;
}

/** Every entry that the relay holds, as device, lane and counter. */
async function entriesOf(world: FolderWorld): Promise<string[]> {
  const [space] = await world.relay.relay.spaces();
  if (space === undefined) return [];
  const entries = await world.relay.relay.inspect(space, { entries: Infinity, bytes: 0 });
  return entries.map(({ device, lane, counter }) => `${device}/${lane}/${counter}`);
}

function faultsIn(times: number, texts: readonly string[], entries: readonly string[]): string[] {
  const faults: string[] = [];
  for (const [i, text] of texts.entries()) {
    for (let kill = 0; kill <= times; kill++) {
      const found = text.split(`- thought ${kill}\n`).length - 1;
      if (found !== 1) faults.push(`thought ${kill} stands ${found} times in the note of ${i === 0 ? 'the laptop' : 'the server'}`);
    }
  }
  if (new Set(entries).size < entries.length) faults.push('the log holds an entry twice');
  const devices = new Set(entries.map((entry) => entry.split('/')[0]));
  if (devices.size !== 2) faults.push(`${devices.size} devices have written: one took a new identity`);
  return faults;
}

/** `blockwire folder` as a process. */
class FolderProcess {
  private running: Program | null = null;

  constructor(
    private readonly program: string,
    private readonly folder: string,
    private readonly data: string,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  get output(): string {
    return `${this.running?.out}${this.running?.error}`;
  }

  async start(...more: string[]): Promise<void> {
    this.running = Program.start(this.program, ['folder', this.folder, '--data', this.data, ...more]);
    await this.running.printed(/Watching/, 30_000);
  }

  async pairingLink(): Promise<string> {
    const pair = Program.start(this.program, ['pair', this.folder, '--data', this.data]);
    const [link] = await pair.printed(/obsidian:\/\/\S+/, 30_000);
    await pair.end('SIGTERM');
    return link;
  }

  async kill(): Promise<void> {
    await this.running?.end('SIGKILL');
  }

  read(): string {
    return existsSync(join(this.folder, NOTE)) ? readFileSync(join(this.folder, NOTE), 'utf8') : '';
  }

  write(text: string): void {
    writeFileSync(join(this.folder, NOTE), text);
  }
}
