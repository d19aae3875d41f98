/** The files of a directory that are no notes, as a peer sees them. Links of the file system are not followed, and nothing hidden is seen or written. */
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isFileName, isSafeName, PeerError } from '../peer';
import type { FileStat, FileVault, NotePath, OpenFile } from '../peer';
import { isHidden } from './folder-vault';
import { replaceFile } from './replace-file';

/** Where attachments go when nothing says so; Logseq's own place in a graph of its. */
const ATTACHMENTS = 'attachments';
const LOGSEQ = 'assets';

export class FolderFiles implements FileVault {
  /** Paths by what disks that take no notice of case and composition see; null when it has to be read anew. */
  private index: Map<string, string> | null = null;

  /** @param root absolute path of the directory */
  constructor(private readonly root: string) {}

  /** Whether a path is one of a file that may belong to a block. */
  watches(path: string): boolean {
    return isFileName(path) && !path.split('/').some(isHidden);
  }

  /** Files came or went. */
  changed(): void {
    this.index = null;
  }

  async follow(target: string, note: NotePath): Promise<string | null> {
    const files = (this.index ??= await this.read());
    const folder = note.split('/').slice(0, -1);
    const at = (path: readonly string[]): string | undefined => files.get(key(path.join('/')));
    const steps = target.replace(/^\//, '').split('/');
    const relative: string[] = [...folder];
    for (const step of steps) {
      if (step === '..' && relative.pop() === undefined) return null;
      if (step !== '..' && step !== '.') relative.push(step);
    }
    if (/^\.\.?\//.test(target)) return at(relative) ?? null;
    const exact = (target.startsWith('/') ? undefined : at(relative)) ?? at(steps);
    if (exact !== undefined || target.startsWith('/')) return exact ?? null;
    const end = `/${key(steps.join('/'))}`;
    const found = [...files].filter(([path]) => path.endsWith(end)).map(([, path]) => path);
    return found.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? null;
  }

  async stat(path: string): Promise<FileStat | null> {
    const found = await lstat(this.file(path)).catch(() => null);
    return found?.isFile() ? { mtime: found.mtimeMs, size: found.size } : null;
  }

  async open(path: string): Promise<OpenFile> {
    const handle = await open(this.file(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    return {
      async read(from, to) {
        const bytes = new Uint8Array(to - from);
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
          if (bytesRead === 0) break; // it was cut meanwhile: its hash tells
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      },
      close: () => handle.close(),
    };
  }

  async placeFor(name: string, note: NotePath): Promise<string> {
    const folder = await this.attachmentsOf(note);
    const path = folder === '' ? name : `${folder}/${name}`;
    for (let number = 0; ; number += 1) {
      const free = number === 0 ? path : path.replace(/(\.[^./]*)$/, ` ${number}$1`);
      if ((await lstat(this.file(free)).catch(() => null)) === null) return free;
    }
  }

  async create(path: string, content: Uint8Array): Promise<'made' | 'taken' | 'waiting'> {
    const file = this.file(path);
    const slash = file.lastIndexOf(sep) + 1;
    if ((await lstat(`${file.slice(0, slash)}.${file.slice(slash)}.icloud`).catch(() => null)) !== null) return 'waiting';
    const parent = dirname(file);
    await this.requireInside(path, parent);
    try {
      await mkdir(parent, { recursive: true });
    } catch (error) {
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR') return 'taken'; // a file is where a folder should be
      throw error;
    }
    const temporary = join(parent, `.blockwire-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
    try {
      const handle = await open(temporary, 'wx', 0o644);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      // Unlike a rename, neither of the two takes the place of anything.
      await link(temporary, file).catch(async (error: unknown) => {
        if (codeOf(error) === 'EEXIST') throw error;
        await copyFile(temporary, file, constants.COPYFILE_EXCL); // FAT and some network disks know no links
      });
      this.changed();
      return 'made';
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'taken';
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async replace(path: string, content: Uint8Array, was: FileStat): Promise<boolean> {
    const file = this.file(path);
    await this.requireInside(path, dirname(file));
    const before = await lstat(file).catch(() => null);
    if (!before?.isFile() || before.mtimeMs !== was.mtime || before.size !== was.size) return false;
    return replaceFile(file, content, before);
  }

  private async read(): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    const folders = [''];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of await readdir(join(this.root, folder), { withFileTypes: true }).catch(() => [])) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (isHidden(entry.name)) continue;
        if (entry.isDirectory()) folders.push(path);
        else if (entry.isFile() && isFileName(entry.name)) files.set(key(path), path);
      }
    }
    return files;
  }

  /** As Obsidian would, where its settings are here. */
  private async attachmentsOf(note: NotePath): Promise<string> {
    const fallback = (await stat(join(this.root, 'logseq')).catch(() => null))?.isDirectory() ? LOGSEQ : ATTACHMENTS;
    let setting: unknown;
    try {
      setting = (JSON.parse(await readFile(join(this.root, '.obsidian', 'app.json'), 'utf8')) as Record<string, unknown>)['attachmentFolderPath'];
    } catch {
      return fallback;
    }
    if (typeof setting !== 'string' || setting === '') return fallback;
    const isOwn = /^\.(?:\/|$)/.test(setting);
    const folder = [...(isOwn ? note.split('/').slice(0, -1) : []), ...setting.slice(isOwn ? 1 : 0).split('/')].filter((step) => step !== '');
    return folder.every((step) => isSafeName(step) && !isHidden(step)) ? folder.join('/') : fallback;
  }

  /** @throws PeerError OUTSIDE for a path that is none of a file in here */
  private file(path: string): string {
    if (!path.split('/').every((step) => isSafeName(step) && !isHidden(step)) && !this.isKnown(path)) throw outside(path);
    return join(this.root, ...path.split('/'));
  }

  /** Names that are here already may be such as are never made. */
  private isKnown(path: string): boolean {
    return this.index?.get(key(path)) === path;
  }

  /** A folder that is a link to a place outside is not written to. */
  private async requireInside(path: string, folder: string): Promise<void> {
    const root = await realpath(this.root);
    let there = folder;
    while ((await lstat(there).catch(() => null)) === null) there = dirname(there);
    const real = await realpath(there).catch(() => '');
    if (real !== root && !real.startsWith(root + sep)) throw outside(path);
  }
}

function key(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function outside(path: string): PeerError {
  return new PeerError('OUTSIDE', `${path} is not a file in this folder.`, 'Nothing was written.');
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
