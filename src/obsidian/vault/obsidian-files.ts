/** The files of an Obsidian vault that are no notes, as a peer sees them. The app itself hides what begins with a dot. */
import { normalizePath, TFile, TFolder, type App } from 'obsidian';
import { placeOf, type FileStat, type FileVault, type NotePath, type OpenFile } from '../../peer';

export class ObsidianFiles implements FileVault {
  constructor(private readonly app: App) {}

  async follow(target: string, note: NotePath): Promise<string | null> {
    const place = placeOf(target, note);
    const exact = place?.hasFolder ? this.app.vault.getFileByPath(place.path) : null;
    const file = exact ?? this.app.metadataCache.getFirstLinkpathDest(target.replace(/^\//, ''), note);
    return file && file.extension !== 'md' ? file.path : null;
  }

  /** As the disk has it: what the app last heard of a file that is being copied is behind. */
  async stat(path: string): Promise<FileStat | null> {
    const stat = await this.app.vault.adapter.stat(path);
    return stat?.type === 'file' ? { mtime: stat.mtime, size: stat.size } : null;
  }

  /** The app gives a file as a whole. */
  async open(path: string): Promise<OpenFile> {
    const file = this.app.vault.getFileByPath(path);
    if (!file) throw new Error('The file is not there any more.');
    const content = new Uint8Array(await this.app.vault.readBinary(file));
    return { read: async (from, to) => content.subarray(from, to), close: async () => undefined };
  }

  placeFor(name: string, note: NotePath): Promise<string> {
    return this.app.fileManager.getAvailablePathForAttachment(name, note);
  }

  async create(path: string, content: Uint8Array): Promise<'made' | 'taken' | 'waiting'> {
    const { vault } = this.app;
    const clean = normalizePath(path);
    const at = clean.lastIndexOf('/') + 1;
    // iCloud keeps the name of a file that it has not downloaded so.
    if (await vault.adapter.exists(`${clean.slice(0, at)}.${clean.slice(at)}.icloud`)) return 'waiting';
    if (clean !== path || (await vault.adapter.exists(clean)) || !(await this.#makeFolders(clean))) return 'taken';
    await vault.createBinary(clean, bufferOf(content));
    return 'made';
  }

  async replace(path: string, content: Uint8Array, was: FileStat): Promise<boolean> {
    const file = this.app.vault.getFileByPath(path);
    const now = await this.stat(path);
    if (!file || now?.mtime !== was.mtime || now.size !== was.size) return false;
    await this.app.vault.modifyBinary(file, bufferOf(content));
    return true;
  }

  /** @returns false where a file has the name of a folder */
  async #makeFolders(path: string): Promise<boolean> {
    let folder = '';
    for (const part of path.split('/').slice(0, -1)) {
      folder = folder === '' ? part : `${folder}/${part}`;
      const there = this.app.vault.getAbstractFileByPath(folder);
      if (there instanceof TFile) return false;
      if (!(there instanceof TFolder)) await this.app.vault.createFolder(folder);
    }
    return true;
  }
}

/** Whether each byte may cost, as far as the platform tells. */
export function isMetered(): boolean {
  const { connection } = navigator as { connection?: { readonly saveData?: boolean; readonly type?: string } };
  return connection?.saveData === true || connection?.type === 'cellular';
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
