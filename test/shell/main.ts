import * as autocomplete from '@codemirror/autocomplete';
import * as commands from '@codemirror/commands';
import * as language from '@codemirror/language';
import * as lint from '@codemirror/lint';
import * as search from '@codemirror/search';
import * as state from '@codemirror/state';
import * as view from '@codemirror/view';
import * as lezerCommon from '@lezer/common';
import * as lezerHighlight from '@lezer/highlight';
import { App } from './app';
import { Disk } from './disk';
import { extendDom } from './dom-extensions';
import { buildFrame } from './frame';
import { MarkdownView } from './markdown-view';
import type { Mode } from './markdown-view';
import { NotInShell, obsidianModule } from './obsidian-module';
import { Platform } from './platform';

/** What tests and the try-it page use of a vault's window: `window.shell`. */
export interface Shell {
  readonly app: App;
  /** Resolves when the layout is ready and the first note is open. */
  readonly ready: Promise<void>;
  /** Uncaught errors of the page, newest last. */
  readonly errors: readonly string[];
  openUrl(address: string): void;
  open(path: string, options?: { readonly mode?: Mode; readonly split?: boolean }): Promise<MarkdownView>;
  /** Whole-note views now open, in the order of their panes. */
  views(): MarkdownView[];
  runCommand(id: string): boolean;
  plugin(id?: string): unknown;
  setTheme(theme: 'light' | 'dark'): void;
}

declare global {
  interface Window {
    shell: Shell;
  }
}

const modules = new Map<string, unknown>([
  ['obsidian', obsidianModule],
  ['@codemirror/autocomplete', autocomplete],
  ['@codemirror/commands', commands],
  ['@codemirror/language', language],
  ['@codemirror/lint', lint],
  ['@codemirror/search', search],
  ['@codemirror/state', state],
  ['@codemirror/view', view],
  ['@lezer/common', lezerCommon],
  ['@lezer/highlight', lezerHighlight],
]);

function setTheme(theme: 'light' | 'dark'): void {
  document.body.toggleClass('theme-dark', theme === 'dark');
  document.body.toggleClass('theme-light', theme === 'light');
}

/** `/vault/<name>/?theme=light|dark&phone=ios|android&open=<path>&explorer&nosecrets` */
async function start(): Promise<void> {
  extendDom();
  const errors: string[] = [];
  window.addEventListener('error', (event) => errors.push(String(event.error ?? event.message)));
  window.addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
  const query = new URLSearchParams(location.search);
  const name = decodeURIComponent(location.pathname.split('/')[2] ?? '');
  document.title = `${name} (test shell)`;
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const asked = query.get('theme');
  setTheme(asked === 'dark' || (asked !== 'light' && prefersDark.matches) ? 'dark' : 'light');
  if (!asked) prefersDark.addEventListener('change', () => setTheme(prefersDark.matches ? 'dark' : 'light'));
  document.body.toggleClass(['is-mobile', 'is-phone'], Platform.isMobile);

  const frame = buildFrame(name, { explorer: query.has('explorer') });
  const disk = new Disk(name);
  const { id } = await disk.info();
  const app = new App(id, name, disk, frame, modules, { secretStorage: !query.has('nosecrets') });

  let becomeReady: () => void = () => {};
  const shell: Shell = {
    app,
    ready: new Promise((done) => (becomeReady = done)),
    errors,
    openUrl: (address) => app.openUrl(address),
    async open(path, { mode = 'source', split = false } = {}) {
      const file = app.vault.getFileByPath(path);
      if (!file) throw new Error(`There is no ${path} in ${name}.`);
      const leaf = app.workspace.getLeaf(split ? 'split' : false);
      await leaf.openFile(file, { state: { mode } });
      if (!(leaf.view instanceof MarkdownView)) throw new NotInShell(`opening ${path}`);
      return leaf.view;
    },
    views: () => app.workspace.markdownViews(),
    runCommand: (command) => app.commands.executeCommandById(command),
    plugin: (plugin = 'blockwire') => app.plugins.getPlugin(plugin),
    setTheme,
  };
  window.shell = shell;
  Object.assign(window, { app });

  app.vault.on('modify', (file: unknown) => {
    for (const markdownView of app.workspace.markdownViews()) if (markdownView.file === file) void markdownView.fileChanged();
  });
  app.vault.on('delete', (file: unknown) => {
    for (const markdownView of app.workspace.markdownViews()) if (markdownView.file === file) markdownView.leaf.detach();
  });
  app.vault.on('rename', (file: unknown) => {
    for (const markdownView of app.workspace.markdownViews()) if (markdownView.file === file && markdownView.file) void markdownView.onRename(markdownView.file);
  });
  window.addEventListener('pagehide', () => {
    app.workspace.trigger('quit', new Tasks());
    for (const markdownView of app.workspace.markdownViews()) void markdownView.save();
  });

  await app.vault.open();
  await app.metadataCache.open();
  await app.internalPlugins.read(app);
  frame.attach(app);
  await app.plugins.loadEnabled();
  const first = query.get('open');
  app.workspace.finishLayout();
  if (first && app.vault.getFileByPath(first)) await shell.open(first);
  document.addEventListener('click', followLink);
  becomeReady();
}

/** What 'quit' hands to plugins that have something to finish; a browser's page does not wait for it. */
class Tasks {
  private readonly promises: Promise<unknown>[] = [];
  add(callback: () => Promise<unknown>): void {
    this.promises.push(callback());
  }
  addPromise(promise: Promise<unknown>): void {
    this.promises.push(promise);
  }
  isEmpty(): boolean {
    return this.promises.length === 0;
  }
  promise(): Promise<unknown> {
    return Promise.all(this.promises);
  }
}

function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a.internal-link, .cm-hmd-internal-link') : null;
  if (!link) return;
  const editing = link.matches('.cm-hmd-internal-link');
  if (editing && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const target = link.getAttribute('data-href') ?? link.textContent?.replace(/^\[\[|\]\]$/g, '').split('|')[0] ?? '';
  void window.shell.app.workspace.openLinkText(target, '');
}

void start();
