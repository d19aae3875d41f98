import type { App } from './app';
import { Events } from './events';
import type { TFile } from './files';
import { MarkdownView } from './markdown-view';
import { NotInShell } from './not-in-shell';
import type { View } from './views';
import { ItemView } from './views';

export interface ViewState {
  type: string;
  state?: Record<string, unknown>;
  active?: boolean;
}

class EmptyView extends ItemView {
  getViewType(): string {
    return 'empty';
  }
  getDisplayText(): string {
    return 'New tab';
  }
  protected override async onOpen(): Promise<void> {
    this.contentEl.createDiv({ cls: 'empty-state', text: 'No note is open' });
  }
}

export class WorkspaceLeaf extends Events {
  readonly id = Math.random().toString(36).slice(2, 10);
  readonly containerEl: HTMLElement;
  view: View;
  isDeferred = false;

  constructor(
    readonly app: App,
    parent: HTMLElement,
    readonly side: 'main' | 'right',
  ) {
    super();
    this.containerEl = parent.createDiv({ cls: 'workspace-leaf' });
    this.containerEl.addEventListener('pointerdown', () => app.workspace.setActiveLeaf(this), { capture: true });
    this.containerEl.addEventListener('focusin', () => app.workspace.setActiveLeaf(this));
    this.view = new EmptyView(this);
    void this.view.openIn(this.containerEl);
  }

  getViewState(): ViewState {
    return { type: this.view.getViewType(), state: this.view.getState() };
  }

  async setViewState(viewState: ViewState, _ephemeral?: unknown): Promise<void> {
    if (viewState.type !== this.view.getViewType()) {
      const creator = this.app.workspace.viewCreator(viewState.type);
      await this.view.closeIn();
      this.view = creator ? creator(this) : new EmptyView(this);
      await this.view.openIn(this.containerEl);
    }
    await this.view.setState(viewState.state ?? {}, { history: false });
    if (viewState.active) this.app.workspace.setActiveLeaf(this);
    this.app.workspace.trigger('layout-change');
  }

  async openFile(file: TFile, openState: { active?: boolean; state?: Record<string, unknown>; eState?: { line?: number } } = {}): Promise<void> {
    await this.setViewState({ type: 'markdown', state: { ...openState.state, file: file.path }, active: openState.active ?? true });
    const line = openState.eState?.line;
    if (line !== undefined && this.view instanceof MarkdownView) this.view.editor.setCursor({ line, ch: 0 });
    this.app.workspace.trigger('file-open', this.app.workspace.getActiveFile());
  }

  getDisplayText(): string {
    return this.view.getDisplayText();
  }
  getIcon(): string {
    return this.view.getIcon();
  }
  getRoot(): unknown {
    return this.side === 'main' ? this.app.workspace.rootSplit : this.app.workspace.rightSplit;
  }
  async loadIfDeferred(): Promise<void> {}
  setPinned(_pinned: boolean): void {
    throw new NotInShell('leaf.setPinned');
  }

  detach(): void {
    void this.close();
  }
  async close(): Promise<void> {
    this.app.workspace.forgetLeaf(this);
    await this.view.closeIn();
    this.containerEl.detach();
    this.app.workspace.trigger('layout-change');
  }
}
