/** A directory of Markdown as a `Vault`. Paths inside are '/'-separated and relative to it. */
import { constants, existsSync } from 'node:fs';
import { access, mkdir, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { dayNames } from '../outline';
import type { DayNames } from '../outline';
import { engineAt, PeerError, SYNCTHING_MARK } from '../peer';
import type { Day, NotePath, Vault } from '../peer';
import { FINISHED_AFTER, replaceFile } from './replace-file';

export interface FolderVaultOptions {
  /** Absolute path of the directory. */
  readonly root: string;
  /** Moment-style format of the whole path of a day's note, without extension, e.g. `journals/YYYY_MM_DD`. */
  readonly daily: string;
  readonly locale: string;
  /** Indent of a note that shows none itself. */
  readonly indent: string;
}

/** Bytes above which a file is no note that anyone outlines in; it is left alone. */
const LARGEST = 16 * 1024 * 1024;

export class FolderVault implements Vault {
  readonly defaultIndent: string;

  private readonly days: DayNames;
  /** When this wrote a note last, as its file tells. */
  private readonly own = new Map<NotePath, number>();

  /** @throws DayFormatError when the daily format names no day */
  constructor(private readonly options: FolderVaultOptions) {
    this.defaultIndent = options.indent;
    this.days = dayNames(literalFolders(options.daily), options.locale);
  }

  dayOf(path: NotePath): Day | null {
    return path.endsWith('.md') ? this.days.parse(path.slice(0, -'.md'.length)) : null;
  }

  pathOfDay(day: Day): NotePath {
    return `${this.days.format(day)}.md`;
  }

  async state(path: NotePath): Promise<'present' | 'absent' | 'waiting'> {
    const file = this.file(path);
    if (await isFile(file)) return 'present';
    // iCloud leaves `.name.icloud` where a file is not downloaded.
    const slash = file.lastIndexOf(sep);
    const placeholder = `${file.slice(0, slash + 1)}.${file.slice(slash + 1)}.icloud`;
    return (await isFile(placeholder)) ? 'waiting' : 'absent';
  }

  async stat(path: NotePath): Promise<{ mtime: number; size: number } | null> {
    try {
      const { mtimeMs, size } = await stat(this.file(path));
      return { mtime: mtimeMs, size };
    } catch {
      return null;
    }
  }

  async read(path: NotePath): Promise<string> {
    return decode(await readFile(this.file(path)), path);
  }

  async process(path: NotePath, change: (text: string) => string | null): Promise<void> {
    const file = await realpath(this.file(path)); // a symlink stays one: what it points to is replaced
    this.requireInside(path, file);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const before = await stat(file);
      // By the time of the change, which no program can set; it is ahead where the disk has a clock of its own.
      const age = Date.now() - before.ctimeMs;
      if (age >= 0 && age < FINISHED_AFTER && before.ctimeMs !== this.own.get(path)) {
        // Half of a file that is being written would be taken for a text that was cut off.
        await new Promise((resolve) => setTimeout(resolve, FINISHED_AFTER - age));
        continue;
      }
      const text = decode(await readFile(file), path);
      const next = change(text);
      if (next === null || next === text) return;
      if (await replaceFile(file, next, before)) {
        const written = await stat(file).catch(() => null);
        if (written) this.own.set(path, written.ctimeMs);
        return;
      }
    }
    throw new PeerError('FILE_BUSY', `${path} kept changing while Blockwire wanted to write it.`, 'Nothing was written; Blockwire tries again after the next change.');
  }

  async create(target: { day: Day } | { path: NotePath }): Promise<NotePath> {
    const path = 'day' in target ? this.pathOfDay(target.day) : target.path;
    const file = this.file(path);
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'a'); // never truncates what someone else made meanwhile
    await handle.close();
    return path;
  }

  async list(): Promise<readonly { path: NotePath; mtime: number; size: number }[]> {
    const found: { path: NotePath; mtime: number; size: number }[] = [];
    const folders = [this.options.root];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (isHidden(entry.name)) continue;
        const file = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(file);
        else if (entry.name.endsWith('.md')) {
          const known = await stat(file).catch(() => null);
          if (known?.isFile() && known.size <= LARGEST) found.push({ path: this.pathOf(file), mtime: known.mtimeMs, size: known.size });
        }
      }
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Reads every note: asked at the first start only. A note that can't be read is left out. */
  async tagged(tag: string): Promise<readonly NotePath[]> {
    const found: NotePath[] = [];
    for (const { path } of await this.list()) {
      const text = await this.read(path).catch(() => '');
      if (text.toLowerCase().includes(tag.toLowerCase())) found.push(path);
    }
    return found;
  }

  isTemplate(path: NotePath): boolean {
    return path.split('/').some((part) => part.toLowerCase() === 'templates' || part.toLowerCase() === 'template');
  }

  async syncedBy(): Promise<string | null> {
    const root = await realpath(this.options.root);
    const engine = engineAt(root);
    if (engine !== null) return engine;
    for (let folder = root; ; folder = dirname(folder)) {
      if (existsSync(join(folder, SYNCTHING_MARK))) return 'Syncthing';
      if (folder === dirname(folder)) return null;
    }
  }

  /** Vault path of an absolute one. */
  pathOf(file: string): NotePath {
    return relative(this.options.root, file).split(sep).join('/');
  }

  /** Whether a path is a note that Blockwire looks at. */
  watches(path: NotePath): boolean {
    return path.endsWith('.md') && !path.split('/').some(isHidden);
  }

  private file(path: NotePath): string {
    const file = resolve(this.options.root, ...path.split('/'));
    this.requireInside(path, file);
    return file;
  }

  /** A home that another device made up must not reach outside the folder. Symlinks that lead outside are the user's own doing only if they are files. */
  private requireInside(path: NotePath, file: string): void {
    if (!resolve(this.options.root, ...path.split('/')).startsWith(this.options.root + sep) || !file.endsWith('.md')) {
      throw new PeerError('OUTSIDE', `${path} is not a note in this folder.`, 'Nothing was written.');
    }
  }
}

/** Folders in a format that are no part of a date are names, brackets or not: `journals/YYYY_MM_DD`. */
function literalFolders(format: string): string {
  const parts = format.split('/');
  return parts.map((part, i) => (i < parts.length - 1 && part !== '' && !isDayFormat(part) ? `[${part}]` : part)).join('/');
}

function isDayFormat(format: string): boolean {
  try {
    dayNames(format, 'en');
    return true;
  } catch {
    return false;
  }
}

/** Folders and files that no outline is in: hidden ones, version control, packages, Logseq's own. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || name === 'logseq';
}

async function isFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** @throws PeerError for a file that is not UTF-8: writing it back would damage it */
function decode(bytes: Uint8Array, path: NotePath): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PeerError('NOT_UTF8', `${path} is not UTF-8 text.`, 'Blockwire leaves it alone. Save it as UTF-8 if it should be live.');
  }
}
