import { Events } from './events';
import type { TFile , TFolder} from './files';
import { normalizePath } from './files';
import { NotInShell } from './not-in-shell';
import type { TAbstractFile } from './files';
import type { Vault } from './vault';

/** `app.metadataCache`: link targets only; the shell indexes no content. */
export class MetadataCache extends Events {
  constructor(private readonly vault: Vault) {
    super();
  }
  getFirstLinkpathDest(linkpath: string, _sourcePath: string): TFile | null {
    const wanted = linkpath.endsWith('.md') ? linkpath : `${linkpath}.md`;
    return this.vault.getFileByPath(wanted) ?? this.vault.getMarkdownFiles().find((file) => file.path.endsWith(`/${wanted}`)) ?? null;
  }
  fileToLinktext(file: TFile, _sourcePath: string): string {
    return file.basename;
  }
  getFileCache(file: TFile): never {
    throw new NotInShell(`metadataCache.getFileCache (${file.path})`);
  }
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
  async getAvailablePathForAttachment(filename: string): Promise<string> {
    return normalizePath(filename);
  }
}
