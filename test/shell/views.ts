import type { App } from './app';
import { Component } from './events';
import type { TFile } from './files';
import { setIcon } from './icons';
import type { WorkspaceLeaf } from './workspace-leaf';

export abstract class View extends Component {
  icon = 'file-text';
  navigation = false;
  readonly app: App;
  readonly containerEl: HTMLElement;
  scope: unknown = null;

  constructor(readonly leaf: WorkspaceLeaf) {
    super();
    this.app = leaf.app;
    this.containerEl = createDiv({ cls: 'workspace-leaf-content' });
  }

  abstract getViewType(): string;
  abstract getDisplayText(): string;
  getIcon(): string {
    return this.icon;
  }
  getState(): Record<string, unknown> {
    return {};
  }
  async setState(_state: unknown, _result: unknown): Promise<void> {}
  getEphemeralState(): Record<string, unknown> {
    return {};
  }
  setEphemeralState(_state: unknown): void {}
  protected async onOpen(): Promise<void> {}
  protected async onClose(): Promise<void> {}
  onResize(): void {}
  onPaneMenu(): void {}

  /** Not for plugins: the leaf opens and closes its view. */
  async openIn(parent: HTMLElement): Promise<void> {
    this.containerEl.setAttr('data-type', this.getViewType());
    parent.replaceChildren(this.containerEl);
    await this.loadAndWait();
    await this.onOpen();
  }
  async closeIn(): Promise<void> {
    await this.onClose();
    this.unload();
    this.containerEl.detach();
  }
}

/** A view with a header (title, actions) and a content element. */
export abstract class ItemView extends View {
  override navigation = true;
  readonly contentEl: HTMLElement;
  readonly headerEl: HTMLElement;
  readonly actionsEl: HTMLElement;
  private readonly titleEl: HTMLElement;

  constructor(leaf: WorkspaceLeaf) {
    super(leaf);
    this.headerEl = this.containerEl.createDiv({ cls: 'view-header' });
    this.headerEl.createDiv({ cls: 'view-header-left' });
    this.titleEl = this.headerEl.createDiv({ cls: 'view-header-title-container mod-at-start' }).createDiv({ cls: 'view-header-title' });
    this.actionsEl = this.headerEl.createDiv({ cls: 'view-actions' });
    this.contentEl = this.containerEl.createDiv({ cls: 'view-content' });
  }

  override async openIn(parent: HTMLElement): Promise<void> {
    await super.openIn(parent);
    this.updateTitle();
  }

  /** Actions stand left of those that were there before. */
  addAction(icon: string, title: string, callback: (event: MouseEvent) => unknown): HTMLElement {
    const el = createEl('a', { cls: 'clickable-icon view-action', attr: { 'aria-label': title, role: 'button', tabindex: 0 } });
    setIcon(el, icon);
    el.addEventListener('click', (event) => void callback(event));
    this.actionsEl.prepend(el);
    return el;
  }

  updateTitle(): void {
    this.titleEl.setText(this.getDisplayText());
  }
}

export abstract class FileView extends ItemView {
  file: TFile | null = null;
  allowNoFile = false;

  override getDisplayText(): string {
    return this.file?.basename ?? 'No file';
  }
  override getState(): Record<string, unknown> {
    return { file: this.file?.path ?? null };
  }
  async onLoadFile(_file: TFile): Promise<void> {}
  async onUnloadFile(_file: TFile): Promise<void> {}
  async onRename(_file: TFile): Promise<void> {
    this.updateTitle();
  }
  canAcceptExtension(extension: string): boolean {
    return extension === 'md';
  }
}
