/** Tells a peer what changes in a folder. A file that is renamed is one that goes and one that comes; the peer finds the block again by its id. */
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { basename } from 'node:path';
import type { Peer } from '../peer';
import { isHidden } from './folder-vault';
import type { FolderVault } from './folder-vault';

export class FolderWatch {
  private constructor(private readonly watcher: FSWatcher) {}

  /** Resolves when every change from now on will be noticed. */
  static async start(root: string, vault: FolderVault, peer: Pick<Peer, 'noteChanged' | 'noteCreated' | 'noteDeleted'>, onError: (error: Error) => void): Promise<FolderWatch> {
    const watcher = watch(root, {
      ignoreInitial: true,
      followSymlinks: true,
      // Editors that write in place are read once they have finished.
      awaitWriteFinish: { stabilityThreshold: 100, pollInterval: 25 },
      ignored: (path) => path !== root && isHidden(basename(path)),
    });
    const forNotes = (tell: (path: string) => void) => (file: string): void => {
      const path = vault.pathOf(file);
      if (vault.watches(path)) tell(path);
    };
    watcher.on('add', forNotes((path) => peer.noteCreated(path)));
    watcher.on('change', forNotes((path) => peer.noteChanged(path)));
    watcher.on('unlink', forNotes((path) => peer.noteDeleted(path)));
    watcher.on('error', (error) => onError(error instanceof Error ? error : new Error(String(error))));
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
    return new FolderWatch(watcher);
  }

  async stop(): Promise<void> {
    await this.watcher.close();
  }
}
