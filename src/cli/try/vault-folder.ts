import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';

/** A file or folder as the vault shell's page hears of it. Times in ms, size in bytes. */
export interface VaultEntry {
  readonly path: string;
  readonly type: 'file' | 'folder';
  readonly ctime: number;
  readonly mtime: number;
  readonly size: number;
}

/** What changed on disk. `set`: created or changed. */
export type VaultChange = { readonly kind: 'set'; readonly entry: VaultEntry } | { readonly kind: 'gone'; readonly path: string; readonly type: 'file' | 'folder' };

/** A path that is not inside the vault. */
export class OutsideVault extends Error {
  override readonly name = 'OutsideVault';
}

const temporary = /\.blockwire-[0-9a-f]{8}$/;

/** One vault's directory: reads, atomic writes, and what changes in it. Paths are '/'-separated and relative. */
export class VaultFolder {
  readonly directory: string;
  private readonly listeners = new Set<(change: VaultChange) => void>();
  private watcher: { close(): Promise<void> } | null = null;

  constructor(directory: string) {
    this.directory = resolve(directory);
  }

  /** @throws OutsideVault */
  private locate(path: string): string {
    const full = resolve(this.directory, path);
    if (full !== this.directory && !full.startsWith(this.directory + sep)) throw new OutsideVault(`${path} is outside the vault`);
    return full;
  }

  /** Resolves when the directory is read and changes will be heard. */
  async watch(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const watcher = watch(this.directory, { ignoreInitial: true, alwaysStat: true, ignored: (path) => temporary.test(path) });
    const tell = (change: VaultChange) => {
      for (const listener of this.listeners) listener(change);
    };
    const set = (full: string, stats: Stats | undefined) => {
      if (stats) tell({ kind: 'set', entry: this.describe(full, stats) });
    };
    const gone = (type: 'file' | 'folder') => (full: string) => tell({ kind: 'gone', path: this.pathOf(full), type });
    watcher.on('add', set).on('change', set).on('addDir', set).on('unlink', gone('file')).on('unlinkDir', gone('folder'));
    this.watcher = watcher;
    await new Promise<void>((ready, failed) => watcher.once('ready', ready).once('error', failed));
  }

  /** Names this vault for good; one that was removed and made again is another. */
  async identity(): Promise<string> {
    const { birthtimeMs, ino } = await stat(join(this.directory, '.obsidian')).catch(() => stat(this.directory));
    return createHash('sha256').update(`${this.directory}\n${birthtimeMs}\n${ino}`).digest('hex').slice(0, 16);
  }

  onChange(listener: (change: VaultChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await this.watcher?.close();
  }

  async list(): Promise<VaultEntry[]> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    const found = await Promise.all(
      entries
        .filter((entry) => (entry.isFile() || entry.isDirectory()) && !temporary.test(entry.name))
        .map(async (entry) => {
          const full = join(entry.parentPath, entry.name);
          const stats = await stat(full).catch(() => null);
          return stats && this.describe(full, stats);
        }),
    );
    return found.filter((entry) => entry !== null);
  }

  /** null if it is not there */
  async stat(path: string): Promise<VaultEntry | null> {
    const full = this.locate(path);
    const stats = await stat(full).catch(() => null);
    return stats && this.describe(full, stats);
  }

  /** @throws when the file is not there */
  read(path: string): Promise<Buffer> {
    return readFile(this.locate(path));
  }

  /** Writes beside the file and renames over it, so that nobody reads half a note. */
  async write(path: string, data: Uint8Array): Promise<VaultEntry> {
    const full = this.locate(path);
    await mkdir(dirname(full), { recursive: true });
    const beside = join(dirname(full), `.${basename(full)}.blockwire-${randomBytes(4).toString('hex')}`);
    const handle = await open(beside, 'wx');
    try {
      await handle.writeFile(data);
    } finally {
      await handle.close();
    }
    await rename(beside, full);
    return this.describe(full, await stat(full));
  }

  async makeFolder(path: string): Promise<VaultEntry> {
    const full = this.locate(path);
    await mkdir(full, { recursive: true });
    return this.describe(full, await stat(full));
  }

  async rename(from: string, to: string): Promise<VaultEntry> {
    const full = this.locate(to);
    await mkdir(dirname(full), { recursive: true });
    await rename(this.locate(from), full);
    return this.describe(full, await stat(full));
  }

  /** A folder goes only when it is empty, or with `recursive`. */
  async remove(path: string, recursive: boolean): Promise<void> {
    const full = this.locate(path);
    if (full === this.directory) throw new OutsideVault('the vault itself is not removed');
    if (!recursive && (await stat(full)).isDirectory()) await rmdir(full);
    else await rm(full, { recursive });
  }

  private pathOf(full: string): string {
    return relative(this.directory, full).split(sep).join('/');
  }

  private describe(full: string, stats: Stats): VaultEntry {
    return {
      path: this.pathOf(full),
      type: stats.isDirectory() ? 'folder' : 'file',
      ctime: Math.round(stats.birthtimeMs),
      mtime: stats.mtimeMs,
      size: stats.size,
    };
  }
}
