import { Events } from './events';
import type { TAbstractFile, TFolder } from './files';
import { TFile, normalizePath } from './files';
import { strict } from './not-in-shell';
import type { Vault } from './vault';

interface Place {
  readonly line: number;
  readonly col: number;
  readonly offset: number;
}
interface TagCache {
  readonly tag: string;
  readonly position: { readonly start: Place; readonly end: Place };
}
export interface CachedMetadata {
  readonly tags?: readonly TagCache[];
  readonly frontmatter?: undefined;
}

/** `app.metadataCache`: link targets, and the tags of each note; nothing else is indexed. */
export class MetadataCache extends Events {
  private readonly caches = new Map<string, CachedMetadata>();

  constructor(private readonly vault: Vault) {
    super();
  }

  /** Not for plugins: indexes the notes, and follows their changes. */
  async open(): Promise<void> {
    for (const [path, text] of Object.entries(await this.vault.disk.texts())) this.index(path, text);
    const update = (file: TAbstractFile) => void this.update(file);
    this.vault.on('modify', update);
    this.vault.on('create', update);
    this.vault.on('delete', (file: TAbstractFile) => this.caches.delete(file.path));
    this.vault.on('rename', (file: TAbstractFile, from: string) => {
      const cache = this.caches.get(from);
      this.caches.delete(from);
      if (cache) this.caches.set(file.path, cache);
    });
    this.trigger('resolved');
  }

  getFirstLinkpathDest(linkpath: string, sourcePath: string): TFile | null {
    const files = this.vault.getFiles();
    const named = (wanted: string): TFile | null => {
      const [exact, end] = [wanted.toLowerCase(), `/${wanted}`.toLowerCase()];
      return files.find(({ path }) => path.toLowerCase() === exact) ?? files.filter(({ path }) => path.toLowerCase().endsWith(end)).sort((x, y) => x.path.length - y.path.length)[0] ?? null;
    };
    const clean = normalizePath(linkpath);
    if (!/^\.\.?\//.test(linkpath)) return named(`${clean}.md`) ?? named(clean);
    const path = decodeURIComponent(new URL(encodeURI(linkpath), `http://vault/${encodeURI(sourcePath)}`).pathname.slice(1));
    return this.vault.getFileByPath(path) ?? this.vault.getFileByPath(`${path}.md`);
  }
  fileToLinktext(file: TFile, _sourcePath: string): string {
    return file.basename;
  }
  getFileCache(file: TFile): CachedMetadata | null {
    return this.caches.get(file.path) ?? null;
  }
  getCache(path: string): CachedMetadata | null {
    return this.caches.get(path) ?? null;
  }

  private async update(file: TAbstractFile): Promise<void> {
    if (!(file instanceof TFile) || file.extension !== 'md') return;
    const texts: Record<string, string> = await this.vault.disk.texts(file.path).catch(() => ({}));
    const text = texts[file.path];
    if (text === undefined || file.deleted) return;
    this.trigger('changed', file, text, this.index(file.path, text));
  }

  private index(path: string, text: string): CachedMetadata {
    const tags = tagsOf(text);
    const cache = strict<CachedMetadata>(tags.length > 0 ? { tags } : {}, `CachedMetadata of ${path}`, ['tags', 'frontmatter']);
    this.caches.set(path, cache);
    return cache;
  }
}

/** Tags outside frontmatter, code and comments. */
function tagsOf(text: string): TagCache[] {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const plain = text.replace(/^---\n[\s\S]*?\n---/, blank).replace(/^([ \t]*)(```+|~~~+)[\s\S]*?(?:^[ \t]*\2|$(?![\s\S]))/gm, blank).replace(/`[^`\n]*`|%%[\s\S]*?%%/g, blank);
  const tags: TagCache[] = [];
  for (const match of plain.matchAll(/(?<=^|\s)#[\p{L}\p{N}/_-]*[\p{L}_/-][\p{L}\p{N}/_-]*/gmu)) {
    const before = text.slice(0, match.index).split('\n');
    const start = { line: before.length - 1, col: before.at(-1)?.length ?? 0, offset: match.index };
    const length = match[0].length;
    tags.push({ tag: match[0], position: { start, end: { line: start.line, col: start.col + length, offset: start.offset + length } } });
  }
  return tags;
}

/** `app.fileManager` */
export class FileManager {
  constructor(private readonly vault: Vault) {}
  async renameFile(file: TAbstractFile, newPath: string): Promise<void> {
    await this.vault.rename(file, newPath);
  }
  async trashFile(file: TAbstractFile): Promise<void> {
    await this.vault.trash(file, false);
  }
  getNewFileParent(_sourcePath: string): TFolder {
    return this.vault.getRoot();
  }
  generateMarkdownLink(file: TFile, _sourcePath: string, subpath = '', alias?: string): string {
    return `[[${file.basename}${subpath}${alias ? `|${alias}` : ''}]]`;
  }
  /** In the folder of the setting `attachmentFolderPath`, with a number where the name is taken. */
  async getAvailablePathForAttachment(filename: string, sourcePath = ''): Promise<string> {
    const config = this.vault.getConfig('attachmentFolderPath');
    const setting = typeof config === 'string' ? config : '/';
    const own = sourcePath.split('/').slice(0, -1).join('/');
    const folder = normalizePath(setting.startsWith('./') ? `${own}/${setting.slice(2)}` : setting);
    if (folder !== '/' && !this.vault.getFolderByPath(folder)) await this.vault.createFolder(folder);
    const taken = (path: string): boolean => this.vault.getAllLoadedFiles().some((file) => file.path.toLowerCase() === path.toLowerCase());
    for (let number = 0; ; number++) {
      const name = number === 0 ? filename : filename.replace(/(\.[^.]*)$/, ` ${number}$1`);
      const path = normalizePath(`${folder}/${name}`);
      if (!taken(path)) return path;
    }
  }
}
