import type { VaultChange, VaultEntry } from '../../src/cli/try/vault-folder';
import { assumptions } from './assumptions';
import type { Disk } from './disk';
import { Events } from './events';
import type { TAbstractFile} from './files';
import { TFile, TFolder, normalizePath } from './files';
import { NotInShell, strict } from './not-in-shell';

interface WriteOptions {
  ctime?: number;
  mtime?: number;
}

/** `app.vault`: the tree of files, kept with the disk by events. */
export class Vault extends Events {
  readonly configDir = assumptions.configDir;
  readonly adapter: DataAdapter;
  private readonly files = new Map<string, TAbstractFile>();
  private readonly root: TFolder;
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly config: Record<string, unknown> = {};

  constructor(
    private readonly name: string,
    readonly disk: Disk,
  ) {
    super();
    this.root = new TFolder(this, '/', null);
    this.root.name = '';
    this.files.set('/', this.root);
    this.adapter = strict(new DataAdapter(disk, name), 'vault.adapter');
  }

  /** Not for plugins: reads the listing and follows the disk from there on. */
  async open(): Promise<void> {
    await this.disk.onChange((change) => this.changedOnDisk(change));
    for (const entry of (await this.disk.list()).sort((a, b) => a.path.length - b.path.length)) this.take(entry, true);
    const app = await this.disk.read(`${this.configDir}/app.json`).catch(() => '{}');
    Object.assign(this.config, JSON.parse(app));
  }

  getName(): string {
    return this.name;
  }

  /** Not in the types of the API, but used by many plugins: `useTab`, `tabSize`, … */
  getConfig(name: string): unknown {
    return this.config[name] ?? { useTab: true, tabSize: assumptions.tabSize, livePreview: true, alwaysUpdateLinks: false }[name];
  }

  getRoot(): TFolder {
    return this.root;
  }

  getAbstractFileByPath(path: string): TAbstractFile | null {
    return this.files.get(path) ?? null;
  }

  getFileByPath(path: string): TFile | null {
    const file = this.files.get(path);
    return file instanceof TFile ? file : null;
  }

  getFolderByPath(path: string): TFolder | null {
    const folder = this.files.get(path);
    return folder instanceof TFolder ? folder : null;
  }

  getFiles(): TFile[] {
    return [...this.files.values()].filter((file) => file instanceof TFile);
  }

  getMarkdownFiles(): TFile[] {
    return this.getFiles().filter((file) => file.extension === 'md');
  }

  getAllLoadedFiles(): TAbstractFile[] {
    return [...this.files.values()];
  }

  getAllFolders(includeRoot = false): TFolder[] {
    return [...this.files.values()].filter((file): file is TFolder => file instanceof TFolder && (includeRoot || !file.isRoot()));
  }

  getResourcePath(file: TFile): string {
    return this.adapter.getResourcePath(file.path);
  }

  read(file: TFile): Promise<string> {
    return this.disk.read(file.path);
  }

  cachedRead(file: TFile): Promise<string> {
    return this.disk.read(file.path);
  }

  readBinary(file: TFile): Promise<ArrayBuffer> {
    return this.disk.readBinary(file.path);
  }

  async create(path: string, data: string, _options?: WriteOptions): Promise<TFile> {
    const clean = normalizePath(path);
    if (this.files.has(clean)) throw new Error('File already exists.');
    return this.take(await this.disk.write(clean, data)) as TFile;
  }

  async createBinary(path: string, data: ArrayBuffer, _options?: WriteOptions): Promise<TFile> {
    const clean = normalizePath(path);
    if (this.files.has(clean)) throw new Error('File already exists.');
    return this.take(await this.disk.write(clean, data)) as TFile;
  }

  async modifyBinary(file: TFile, data: ArrayBuffer, _options?: WriteOptions): Promise<void> {
    await this.queued(file.path, async () => this.take(await this.disk.write(file.path, data)));
  }

  async createFolder(path: string): Promise<TFolder> {
    const clean = normalizePath(path);
    if (this.files.has(clean)) throw new Error('Folder already exists.');
    return this.take(await this.disk.makeFolder(clean)) as TFolder;
  }

  async modify(file: TFile, data: string, _options?: WriteOptions): Promise<void> {
    await this.queued(file.path, async () => this.take(await this.disk.write(file.path, data)));
  }

  async append(file: TFile, data: string): Promise<void> {
    await this.process(file, (text) => text + data);
  }

  /** Read, change, write; calls for one file come one after the other. A text that stays the same is not written. */
  async process(file: TFile, change: (data: string) => string, _options?: WriteOptions): Promise<string> {
    return this.queued(file.path, async () => {
      const before = await this.disk.read(file.path);
      const after = change(before);
      if (after !== before) this.take(await this.disk.write(file.path, after));
      return after;
    });
  }

  async rename(file: TAbstractFile, newPath: string): Promise<void> {
    const to = normalizePath(newPath);
    if (this.files.has(to)) throw new Error('Destination file already exists!');
    const from = file.path;
    const entry = await this.disk.rename(from, to);
    for (const [path, other] of [...this.files]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.files.delete(path);
      other.setPath(to + path.slice(from.length));
      this.files.set(other.path, other);
    }
    file.parent?.children.remove(file);
    file.parent = this.parentOf(to);
    file.parent.children.push(file);
    if (file instanceof TFile) file.stat = { ctime: entry.ctime, mtime: entry.mtime, size: entry.size };
    this.trigger('rename', file, from);
  }

  async delete(file: TAbstractFile, force = false): Promise<void> {
    await this.disk.remove(file.path, force || file instanceof TFile);
    this.forget(file.path);
  }

  async trash(file: TAbstractFile, _system: boolean): Promise<void> {
    await this.disk.rename(file.path, `.trash/${file.name}`);
    this.forget(file.path);
  }

  copy(file: TFile, newPath: string): Promise<TFile> {
    throw new NotInShell(`vault.copy (${file.path} to ${newPath})`);
  }

  private changedOnDisk(change: VaultChange): void {
    if (change.kind === 'set') this.take(change.entry);
    else this.forget(change.path);
  }

  /** Puts an entry of the disk into the tree, and tells what is new. An entry that is known already (an echo of an own write) tells nothing. */
  private take(entry: VaultEntry, quiet = false): TAbstractFile | null {
    if (entry.path === '' || entry.path.split('/').some((part) => part.startsWith('.'))) return null;
    const known = this.files.get(entry.path);
    const stat = { ctime: entry.ctime, mtime: entry.mtime, size: entry.size };
    if (known) {
      if (known instanceof TFile && (known.stat.mtime !== stat.mtime || known.stat.size !== stat.size)) {
        known.stat = stat;
        if (!quiet) this.trigger('modify', known);
      }
      return known;
    }
    const parent = this.parentOf(entry.path);
    const file = entry.type === 'file' ? new TFile(this, entry.path, parent, stat) : new TFolder(this, entry.path, parent);
    this.files.set(entry.path, file);
    parent.children.push(file);
    if (!quiet) this.trigger('create', file);
    return file;
  }

  private forget(path: string): void {
    for (const [other, file] of [...this.files].reverse()) {
      if (other !== path && !other.startsWith(`${path}/`)) continue;
      this.files.delete(other);
      file.parent?.children.remove(file);
      if (file instanceof TFile) file.deleted = true;
      this.trigger('delete', file);
    }
  }

  private parentOf(path: string): TFolder {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return this.root;
    const parent = path.slice(0, slash);
    const known = this.files.get(parent);
    if (known instanceof TFolder) return known;
    const made = new TFolder(this, parent, this.parentOf(parent));
    this.files.set(parent, made);
    made.parent?.children.push(made);
    this.trigger('create', made);
    return made;
  }

  private queued<T>(path: string, task: () => Promise<T>): Promise<T> {
    const result = (this.queues.get(path) ?? Promise.resolve()).then(task, task);
    this.queues.set(path, result.catch(() => undefined));
    return result;
  }
}

/** `vault.adapter`: the disk by path, hidden files included. */
export class DataAdapter {
  constructor(
    private readonly disk: Disk,
    private readonly name: string,
  ) {}

  getName(): string {
    return this.name;
  }
  async exists(path: string): Promise<boolean> {
    return (await this.disk.stat(path)) !== null;
  }
  async stat(path: string): Promise<{ type: string; ctime: number; mtime: number; size: number } | null> {
    return this.disk.stat(path);
  }
  read(path: string): Promise<string> {
    return this.disk.read(path);
  }
  readBinary(path: string): Promise<ArrayBuffer> {
    return this.disk.readBinary(path);
  }
  async write(path: string, data: string): Promise<void> {
    await this.disk.write(path, data);
  }
  async append(path: string, data: string): Promise<void> {
    await this.disk.write(path, (await this.disk.read(path)) + data);
  }
  async process(path: string, change: (data: string) => string): Promise<string> {
    const after = change(await this.disk.read(path));
    await this.disk.write(path, after);
    return after;
  }
  async mkdir(path: string): Promise<void> {
    await this.disk.makeFolder(path);
  }
  async list(path: string): Promise<{ files: string[]; folders: string[] }> {
    const prefix = path === '' || path === '/' ? '' : `${normalizePath(path)}/`;
    const inside = (await this.disk.list()).filter((entry) => entry.path.startsWith(prefix) && !entry.path.slice(prefix.length).includes('/'));
    const paths = (type: string) => inside.filter((entry) => entry.type === type).map((entry) => entry.path);
    return { files: paths('file'), folders: paths('folder') };
  }
  async remove(path: string): Promise<void> {
    await this.disk.remove(path, false);
  }
  async rmdir(path: string, recursive: boolean): Promise<void> {
    await this.disk.remove(path, recursive);
  }
  async rename(path: string, to: string): Promise<void> {
    await this.disk.rename(path, to);
  }
  getResourcePath(path: string): string {
    return `${location.origin}/vault/${encodeURIComponent(this.name)}/files/file?path=${encodeURIComponent(path)}`;
  }
}
