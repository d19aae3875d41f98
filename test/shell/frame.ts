import type { App } from './app';
import { CommandPalette } from './commands';
import { TFile, TFolder } from './files';
import type { TAbstractFile } from './files';
import { setIcon } from './icons';
import { Platform } from './platform';

export interface Frame {
  readonly main: HTMLElement;
  readonly ribbon: HTMLElement;
  readonly statusBar: HTMLElement;
  /** Fills the explorer and binds the buttons; called once the app exists. */
  attach(app: App): void;
}

/** The window around the workspace: what it is, the files, and buttons for what the app has menus for. */
export function buildFrame(vaultName: string, options: { readonly explorer: boolean }): Frame {
  const { body } = document;
  const bar = body.createDiv({ cls: 'titlebar' });
  const filesButton = iconButton(bar, 'menu', 'Files');
  bar.createDiv({ cls: 'titlebar-text', text: vaultName });
  bar.createDiv({ cls: 'shell-label', text: 'test shell, not Obsidian' });
  const splitButton = Platform.isMobile ? null : iconButton(bar, 'columns', 'Same note in a second pane');
  const paletteButton = iconButton(bar, 'command', 'Command palette');
  const settingsButton = iconButton(bar, 'settings', 'Settings');
  const container = body.createDiv({ cls: 'app-container' });
  const ribbon = container.createDiv({ cls: 'workspace-ribbon' });
  const explorer = container.createDiv({ cls: 'nav-files-container', attr: { role: 'tree', 'aria-label': 'Files' } });
  explorer.toggleClass('is-collapsed', !options.explorer);
  const main = container.createDiv({ cls: 'app-main' });
  const statusBar = createDiv({ cls: 'status-bar' });
  if (!Platform.isMobile) body.append(statusBar);

  return {
    main,
    ribbon,
    statusBar,
    attach(app) {
      filesButton.addEventListener('click', () => explorer.toggleClass('is-collapsed', !explorer.hasClass('is-collapsed')));
      paletteButton.addEventListener('click', () => new CommandPalette(app).open());
      settingsButton.addEventListener('click', () => app.setting.open());
      splitButton?.addEventListener('click', () => {
        const file = app.workspace.getActiveFile();
        if (file) void app.workspace.getLeaf('split').openFile(file);
      });
      document.addEventListener('keydown', (event) => {
        const mod = event.ctrlKey || event.metaKey;
        if (!mod || event.shiftKey || event.altKey) return;
        if (event.key === 'p') new CommandPalette(app).open();
        else if (event.key === ',') app.setting.open();
        else return;
        event.preventDefault();
      });
      let due = false;
      const refresh = () => {
        if (due) return;
        due = true;
        requestAnimationFrame(() => {
          due = false;
          drawFiles(app, explorer);
        });
      };
      for (const name of ['create', 'delete', 'rename']) app.vault.on(name, refresh);
      app.workspace.on('file-open', refresh);
      refresh();
    },
  };
}

function iconButton(parent: HTMLElement, icon: string, label: string): HTMLElement {
  const button = parent.createEl('button', { cls: 'clickable-icon', attr: { 'aria-label': label, title: label } });
  setIcon(button, icon);
  return button;
}

const order = (a: TAbstractFile, b: TAbstractFile) =>
  Number(b instanceof TFolder) - Number(a instanceof TFolder) || a.name.localeCompare(b.name, undefined, { numeric: true });

/** Long listings show their first files only: this is no file manager. */
const shown = 200;

function drawFiles(app: App, into: HTMLElement): void {
  const active = app.workspace.getActiveFile();
  const draw = (folder: TFolder, parent: HTMLElement) => {
    const children = [...folder.children].sort(order);
    for (const child of children.slice(0, shown)) {
      if (child instanceof TFolder) {
        const el = parent.createDiv({ cls: 'nav-folder' });
        el.createDiv({ cls: 'nav-folder-title', text: child.name });
        draw(child, el.createDiv({ cls: 'nav-folder-children' }));
      } else if (child instanceof TFile) {
        const el = parent.createDiv({ cls: 'nav-file-title', text: child.basename, attr: { role: 'treeitem', tabindex: 0, 'data-path': child.path } });
        el.toggleClass('is-active', child === active);
        const open = () => {
          void app.workspace.getLeaf(false).openFile(child);
          if (Platform.isMobile) into.addClass('is-collapsed');
        };
        el.addEventListener('click', open);
        el.addEventListener('keydown', (event) => {
          if (event.key === 'Enter') open();
        });
      }
    }
    if (children.length > shown) parent.createDiv({ cls: 'nav-more', text: `${children.length - shown} more` });
  };
  into.empty();
  draw(app.vault.getRoot(), into);
}
