import type { Extension } from '@codemirror/state';
import type { App } from './app';
import type { Editor } from './editor';
import { Events } from './events';
import type { TFile } from './files';
import { MarkdownView } from './markdown-view';
import { strict } from './not-in-shell';
import type { View } from './views';
import { FileView } from './views';
import { WorkspaceLeaf } from './workspace-leaf';

type ViewClass<T> = abstract new (...args: never[]) => T;
export type ViewCreator = (leaf: WorkspaceLeaf) => View;

/** `app.workspace`: leaves side by side, a sidebar at the right, and who is active. */
export class Workspace extends Events {
  readonly containerEl: HTMLElement;
  readonly rootSplit: { readonly containerEl: HTMLElement; readonly win: Window; readonly doc: Document };
  readonly rightSplit: { readonly containerEl: HTMLElement; collapsed: boolean; expand(): void; collapse(): void; toggle(): void };
  layoutReady = false;
  activeLeaf: WorkspaceLeaf | null = null;
  requestSaveLayout = (): void => {};
  private leaves: WorkspaceLeaf[] = [];
  private readonly extensions: Extension[] = [];
  private readonly readyCallbacks: (() => unknown)[] = [];
  private readonly creators = new Map<string, ViewCreator>([['markdown', (leaf) => new MarkdownView(leaf)]]);
  private readonly app: App;

  constructor(app: App, parent: HTMLElement) {
    super();
    this.app = app;
    this.containerEl = parent.createDiv({ cls: 'workspace' });
    this.rootSplit = strict({ containerEl: this.containerEl.createDiv({ cls: 'workspace-split mod-root' }), win: window, doc: document }, 'workspace.rootSplit');
    const right = this.containerEl.createDiv({ cls: 'workspace-split mod-right-split is-collapsed' });
    const collapse = (collapsed: boolean) => {
      this.rightSplit.collapsed = collapsed;
      right.toggleClass('is-collapsed', collapsed);
    };
    this.rightSplit = { containerEl: right, collapsed: true, expand: () => collapse(false), collapse: () => collapse(true), toggle: () => collapse(!this.rightSplit.collapsed) };
  }

  /** Not for plugins: a vault's first leaf, then everything that waits for the layout. */
  finishLayout(): void {
    this.setActiveLeaf(this.addLeaf('main'));
    this.layoutReady = true;
    for (const callback of this.readyCallbacks.splice(0)) {
      try {
        callback();
      } catch (error) {
        reportError(error);
      }
    }
  }
  onLayoutReady(callback: () => unknown): void {
    if (this.layoutReady) callback();
    else this.readyCallbacks.push(callback);
  }

  get activeEditor(): { editor: Editor; file: TFile | null } | null {
    const view = this.activeLeaf?.view;
    return view instanceof MarkdownView && view.getMode() === 'source' ? view : null;
  }
  getActiveViewOfType<T>(type: ViewClass<T>): T | null {
    const view = this.activeLeaf?.view;
    return view instanceof type ? view : null;
  }
  getActiveFile(): TFile | null {
    const view = this.activeLeaf?.view;
    if (view instanceof FileView) return view.file;
    return this.markdownViews()[0]?.file ?? null;
  }
  getMostRecentLeaf(): WorkspaceLeaf | null {
    return this.activeLeaf ?? this.leaves[0] ?? null;
  }
  setActiveLeaf(leaf: WorkspaceLeaf, options: { focus?: boolean } = {}): void {
    if (leaf !== this.activeLeaf) {
      this.activeLeaf?.containerEl.removeClass('mod-active');
      this.activeLeaf = leaf;
      leaf.containerEl.addClass('mod-active');
      this.trigger('active-leaf-change', leaf);
      this.trigger('file-open', this.getActiveFile());
    }
    if (options.focus && leaf.view instanceof MarkdownView) leaf.view.editor.focus();
  }

  getLeaf(newLeaf: boolean | 'split' | 'tab' | 'window' = false, _direction?: string): WorkspaceLeaf {
    if (newLeaf !== false) return this.addLeaf('main');
    const takesFiles = (leaf: WorkspaceLeaf | null) => leaf?.side === 'main' && leaf.view.navigation;
    return (takesFiles(this.activeLeaf) ? this.activeLeaf : this.leaves.find(takesFiles)) ?? this.addLeaf('main');
  }
  getUnpinnedLeaf(): WorkspaceLeaf {
    return this.getLeaf(false);
  }
  createLeafBySplit(_leaf: WorkspaceLeaf): WorkspaceLeaf {
    return this.addLeaf('main');
  }
  getRightLeaf(_split: boolean): WorkspaceLeaf {
    return this.leaves.find((leaf) => leaf.side === 'right') ?? this.addLeaf('right');
  }
  async ensureSideLeaf(type: string, _side: string, _options?: unknown): Promise<WorkspaceLeaf> {
    const leaf = this.getLeavesOfType(type)[0] ?? this.getRightLeaf(false);
    await leaf.setViewState({ type, active: true });
    this.rightSplit.expand();
    return leaf;
  }
  async revealLeaf(leaf: WorkspaceLeaf): Promise<void> {
    if (leaf.side === 'right') this.rightSplit.expand();
    this.setActiveLeaf(leaf);
  }
  getLeafById(id: string): WorkspaceLeaf | null {
    return this.leaves.find((leaf) => leaf.id === id) ?? null;
  }
  getLeavesOfType(type: string): WorkspaceLeaf[] {
    return this.leaves.filter((leaf) => leaf.view.getViewType() === type);
  }
  detachLeavesOfType(type: string): void {
    for (const leaf of this.getLeavesOfType(type)) leaf.detach();
  }
  iterateAllLeaves(callback: (leaf: WorkspaceLeaf) => unknown): void {
    for (const leaf of [...this.leaves]) callback(leaf);
  }
  iterateRootLeaves(callback: (leaf: WorkspaceLeaf) => unknown): void {
    for (const leaf of this.leaves.filter(({ side }) => side === 'main')) callback(leaf);
  }
  async openLinkText(linktext: string, sourcePath: string, newLeaf?: boolean | 'split' | 'tab' | 'window', openState?: { active?: boolean }): Promise<void> {
    const [path = '', subpath] = linktext.split('#');
    const file = this.app.metadataCache.getFirstLinkpathDest(path, sourcePath);
    if (!file) return;
    const id = subpath?.startsWith('^') ? subpath : null;
    const lines = id ? (await this.app.vault.read(file)).split('\n') : [];
    const line = id ? lines.findIndex((text) => text.trimEnd().endsWith(` ${id}`)) : -1;
    await this.getLeaf(newLeaf).openFile(file, { ...openState, ...(line >= 0 && { eState: { line } }) });
  }
  updateOptions(): void {
    for (const view of this.markdownViews()) view.updateOptions();
  }
  getLayout(): object {
    return { main: this.leaves.map((leaf) => leaf.getViewState()) };
  }

  /** Not for plugins from here on. */
  addLeaf(side: 'main' | 'right'): WorkspaceLeaf {
    const leaf = new WorkspaceLeaf(this.app, side === 'main' ? this.rootSplit.containerEl : this.rightSplit.containerEl, side);
    this.leaves.push(leaf);
    return leaf;
  }
  forgetLeaf(leaf: WorkspaceLeaf): void {
    this.leaves = this.leaves.filter((other) => other !== leaf);
    if (this.activeLeaf === leaf) {
      this.activeLeaf = null;
      const next = this.leaves.find(({ side }) => side === 'main');
      if (next) this.setActiveLeaf(next);
    }
    if (leaf.side === 'right' && !this.leaves.some(({ side }) => side === 'right')) this.rightSplit.collapse();
  }
  viewCreator(type: string): ViewCreator | undefined {
    return this.creators.get(type);
  }
  registerView(type: string, creator: ViewCreator): () => void {
    this.creators.set(type, creator);
    return () => {
      this.creators.delete(type);
      for (const leaf of this.getLeavesOfType(type)) void leaf.setViewState({ type: 'empty' });
    };
  }
  editorExtensions(): Extension[] {
    return [...this.extensions];
  }
  registerEditorExtension(extension: Extension): () => void {
    this.extensions.push(extension);
    this.updateOptions();
    return () => {
      this.extensions.remove(extension);
      this.updateOptions();
    };
  }
  markdownViews(): MarkdownView[] {
    return this.leaves.map(({ view }) => view).filter((view) => view instanceof MarkdownView);
  }
}
