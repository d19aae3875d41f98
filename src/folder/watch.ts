/** Tells a peer what changes in a folder. A file that is renamed is one that goes and one that comes; the peer finds the block again by its id. */
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { basename } from 'node:path';
import type { Peer } from '../peer';
import type { FolderFiles } from './folder-files';
import { isHidden } from './folder-vault';
import type { FolderVault } from './folder-vault';
import { FINISHED_AFTER } from './replace-file';

type Notes = Pick<Peer, 'noteChanged' | 'noteCreated' | 'noteDeleted' | 'fileChanged'>;

export class FolderWatch {
  private told: Notes | null = null;
  private waiting: ((notes: Notes) => void)[] = [];

  private constructor(private readonly watcher: FSWatcher) {}

  /** Resolves when every change from now on will be noticed. Changes wait until `tell`. */
  static async start(root: string, vault: FolderVault, files: FolderFiles, onError: (error: Error) => void): Promise<FolderWatch> {
    const watcher = watch(root, {
      ignoreInitial: true,
      followSymlinks: true,
      // Editors that write in place are read once they have finished.
      awaitWriteFinish: { stabilityThreshold: FINISHED_AFTER, pollInterval: 25 },
      ignored: (path) => path !== root && isHidden(basename(path)),
    });
    const found = new FolderWatch(watcher);
    const forNotes = (tell: (notes: Notes, path: string) => void) => (file: string): void => {
      const path = vault.pathOf(file);
      if (vault.watches(path)) found.pass((notes) => tell(notes, path));
      else if (files.watches(path)) {
        files.changed();
        found.pass((notes) => notes.fileChanged(path));
      }
    };
    watcher.on('add', forNotes((notes, path) => notes.noteCreated(path)));
    watcher.on('change', forNotes((notes, path) => notes.noteChanged(path)));
    watcher.on('unlink', forNotes((notes, path) => notes.noteDeleted(path)));
    watcher.on('error', (error) => onError(error instanceof Error ? error : new Error(String(error))));
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
    return found;
  }

  /** From now on `notes` is told, first of what has changed since `start`. */
  tell(notes: Notes): void {
    this.told = notes;
    for (const news of this.waiting.splice(0)) news(notes);
  }

  async stop(): Promise<void> {
    await this.watcher.close();
  }

  private pass(news: (notes: Notes) => void): void {
    if (this.told) news(this.told);
    else this.waiting.push(news);
  }
}
