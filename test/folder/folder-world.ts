/** Folders of real files, synced by real folder peers through a real relay on 127.0.0.1. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { credentialsFrom, FolderPeer, FolderState } from '../../src/folder';
import type { FolderSettings } from '../../src/folder';
import { startRelay } from '../../src/relay';
import type { RunningRelay } from '../../src/relay';
import { systemClock } from '../../src/transport';
import type { Clock } from '../../src/sync';

/** Waits until something holds, for at most so many seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; ; ) {
    if (await holds()) return;
    if (Date.now() > deadline) throw new Error(`Still not so after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The real clock, which a test can put forward: what was due meanwhile happens at once. */
export class SkippingClock implements Clock {
  private skipped = 0;
  private readonly timers = new Set<{ ms: number; due: number; run: () => void; cancel: () => void }>();

  now(): number {
    return Date.now() + this.skipped;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { ms, due: this.now() + ms, run, cancel: () => undefined as void };
    const ended = systemClock.after(ms, () => {
      this.timers.delete(timer);
      run();
    });
    timer.cancel = () => {
      this.timers.delete(timer);
      ended();
    };
    this.timers.add(timer);
    return timer.cancel;
  }

  /** Whether something waits for exactly this long. */
  isSet(ms: number): boolean {
    return [...this.timers].some((timer) => timer.ms === ms);
  }

  skip(ms: number): void {
    this.skipped += ms;
    for (const timer of [...this.timers].sort((a, b) => a.due - b.due)) {
      if (timer.due > this.now() || !this.timers.has(timer)) continue;
      timer.cancel();
      timer.run();
    }
  }
}

export class FolderWorld {
  readonly directory = mkdtempSync(join(tmpdir(), 'blockwire-folders-'));
  private running: RunningRelay | null = null;
  private port = 0;
  private readonly folders: TestFolder[] = [];

  static async start(): Promise<FolderWorld> {
    const world = new FolderWorld();
    await world.startRelay();
    return world;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get relay(): RunningRelay {
    if (!this.running) throw new Error('The relay is not running');
    return this.running;
  }

  async startRelay(): Promise<void> {
    this.running = await startRelay({ port: this.port, data: join(this.directory, 'relay') });
    this.port = this.running.port;
  }

  async stopRelay(): Promise<void> {
    await this.running?.stop();
    this.running = null;
  }

  async setUpLink(): Promise<string> {
    const link = await this.relay.relay.setupLink(this.url);
    if (link === null) throw new Error('The set-up link is used');
    return link;
  }

  folder(name: string, notes: Readonly<Record<string, string>> = {}, settings: Partial<FolderSettings> = {}): TestFolder {
    const folder = new TestFolder(join(this.directory, name), join(this.directory, `${name}-data`), { daily: 'YYYY-MM-DD', tag: '#live', name, indent: '\t', ...settings });
    mkdirSync(folder.root, { recursive: true });
    for (const [path, text] of Object.entries(notes)) folder.write(path, text);
    this.folders.push(folder);
    return folder;
  }

  /** Two folders of one space, running and connected. */
  async pair(first: Readonly<Record<string, string>>, second: Readonly<Record<string, string>>, settings: readonly Partial<FolderSettings>[] = []): Promise<[TestFolder, TestFolder]> {
    const here = this.folder('laptop', first, settings[0]);
    const there = this.folder('server', second, settings[1]);
    await here.join(await this.setUpLink());
    await there.join(here.peer.peer.pairingLink());
    await until('both are connected', () => here.isLive && there.isLive);
    return [here, there];
  }

  async end(): Promise<void> {
    const ends = await Promise.allSettled(this.folders.map((folder) => folder.stop()));
    await this.stopRelay();
    rmSync(this.directory, { recursive: true, force: true });
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
}

export class TestFolder {
  readonly log: string[] = [];
  readonly clock = new SkippingClock();
  private running: FolderPeer | null = null;

  constructor(
    readonly root: string,
    readonly data: string,
    private readonly settings: Omit<FolderSettings, 'root'>,
  ) {}

  get peer(): FolderPeer {
    if (!this.running) throw new Error(`${this.root} is not running`);
    return this.running;
  }

  get isLive(): boolean {
    return this.peer.peer.status().phase === 'live';
  }

  /** The digest of the only block. */
  get digest(): string | null {
    return this.peer.report().blocks[0]?.digest ?? null;
  }

  async join(link: string): Promise<void> {
    const state = FolderState.of(this.root, this.data);
    await state.saveCredentials(await credentialsFrom(link));
    await state.saveSettings({ root: this.root, ...this.settings });
    await this.start();
    await until('it is connected', () => this.isLive);
  }

  async start(): Promise<void> {
    const state = FolderState.of(this.root, this.data);
    const [settings, credentials] = [await state.settings(), await state.credentials()];
    if (!settings || !credentials) throw new Error('Join first');
    this.running = await FolderPeer.start(state, settings, credentials, { log: (event, detail) => this.log.push(`${event} ${detail}`), clock: this.clock });
  }

  async stop(): Promise<void> {
    const { running } = this;
    this.running = null;
    await running?.stop();
  }

  file(path: string): string {
    return join(this.root, path);
  }

  has(path: string): boolean {
    return existsSync(this.file(path));
  }

  read(path: string): string {
    return existsSync(this.file(path)) ? readFileSync(this.file(path), 'utf8') : '';
  }

  /** As `echo > file` does: in place. */
  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.file(path)), { recursive: true });
    writeFileSync(this.file(path), text);
    // The file's time is by the device's own clock, which may have been set on.
    const now = this.clock.now() / 1_000;
    utimesSync(this.file(path), now, now);
  }

  /** As Vim does with `backupcopy=no`: the old file becomes a backup, the new one is written in its place, the backup goes. */
  async saveByRename(path: string, text: string): Promise<void> {
    await rename(this.file(path), this.file(`${path}~`));
    await writeFile(this.file(path), text);
    rmSync(this.file(`${path}~`));
  }

  /** As many editors do: a temporary file takes the old one's place. */
  async saveByReplacing(path: string, text: string): Promise<void> {
    await writeFile(this.file(`.${path}.swp`), text);
    await rename(this.file(`.${path}.swp`), this.file(path));
  }

  names(): string[] {
    return (readdirSync(this.root, { recursive: true }) as string[]).sort();
  }

  async waitFor(path: string, part: string | RegExp): Promise<void> {
    const matches = (): boolean => (typeof part === 'string' ? this.read(path).includes(part) : part.test(this.read(path)));
    await until(`${path} has ${part}`, matches).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n--- ${path} ---\n${this.read(path)}\n--- log ---\n${this.log.join('\n')}`);
    });
  }
}
