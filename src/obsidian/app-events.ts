/** What happens in the app, told to the device and the editor binding. */
import { TFile, type Plugin, type TAbstractFile } from 'obsidian';
import type { EditorBinder } from './editor/binder';
import type { LocalDevice } from './local-device';
import type { DiskNews } from './vault/disk-news';
import type { ObsidianVault } from './vault/obsidian-vault';

export interface EventTargets {
  readonly device: LocalDevice;
  readonly binder: EditorBinder;
  readonly news: DiskNews;
  readonly vault: ObsidianVault;
}

/** To be called once the layout is ready: before, the app tells every file of the vault as created. */
export function listenToApp(plugin: Plugin, targets: EventTargets): void {
  listenToVault(plugin, targets);
  listenToWorkspace(plugin, targets);
  listenToWindows(plugin, targets);
}

function listenToVault(plugin: Plugin, { device, binder, news }: EventTargets): void {
  const { vault } = plugin.app;
  plugin.registerEvent(
    vault.on('modify', (file) => {
      if (!isNote(file)) return device.peer?.fileChanged(file.path);
      news.changed(file.path, file.stat.size);
      binder.diskChanged(file.path);
      device.peer?.noteChanged(file.path);
    }),
  );
  plugin.registerEvent(
    vault.on('create', (file) => {
      if (isNote(file)) device.peer?.noteCreated(file.path);
      else device.peer?.fileChanged(file.path);
    }),
  );
  plugin.registerEvent(
    vault.on('delete', (file) => {
      if (isNote(file)) device.peer?.noteDeleted(file.path);
      else device.peer?.fileChanged(file.path);
    }),
  );
  plugin.registerEvent(
    vault.on('rename', (file, oldPath) => {
      const wasNote = oldPath.endsWith('.md');
      if (isNote(file)) {
        if (!wasNote) device.peer?.noteCreated(file.path);
        else if (!binder.renamed(file, file.path)) device.peer?.noteRenamed(oldPath, file.path);
      } else if (wasNote && file instanceof TFile) device.peer?.noteDeleted(oldPath);
      else for (const path of [oldPath, file.path]) device.peer?.fileChanged(path);
    }),
  );
}

function listenToWorkspace(plugin: Plugin, { device, binder, vault }: EventTargets): void {
  const { workspace } = plugin.app;
  const look = (): void => {
    binder.recheck();
    void vault.refresh();
  };
  plugin.registerEvent(workspace.on('layout-change', look));
  plugin.registerEvent(workspace.on('active-leaf-change', look));
  plugin.registerEvent(workspace.on('quit', (tasks) => tasks.addPromise(device.stop())));
}

function listenToWindows(plugin: Plugin, { device, vault }: EventTargets): void {
  const shown = new Set<Document>();
  const tell = (document: Document): void => {
    const before = shown.size > 0;
    if (document.visibilityState === 'visible') shown.add(document);
    else shown.delete(document);
    const after = shown.size > 0;
    if (after === before) return;
    device.peer?.notify(after ? 'visible' : 'hidden');
    if (after) void vault.refresh();
  };
  const follow = (win: Window): void => {
    const { document } = win;
    tell(document);
    plugin.registerDomEvent(document, 'visibilitychange', () => tell(document));
  };
  follow(window);
  plugin.registerEvent(plugin.app.workspace.on('window-open', (_workspaceWindow, win) => follow(win)));
  plugin.registerEvent(
    plugin.app.workspace.on('window-close', (_workspaceWindow, win) => {
      shown.delete(win.document);
    }),
  );
  plugin.registerDomEvent(window, 'online', () => device.peer?.notify('online'));
  plugin.registerDomEvent(window, 'offline', () => device.peer?.notify('offline'));
  // The last moment on a phone: what is queued is made durable.
  plugin.registerDomEvent(window, 'pagehide', () => device.peer?.notify('hidden'));
}

function isNote(file: TAbstractFile): file is TFile {
  return file instanceof TFile && file.extension === 'md';
}
