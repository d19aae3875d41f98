import { Compartment, EditorState, Prec, Transaction } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { assumptions } from './assumptions';
import { Editor } from './editor';
import { baseExtensions, editorEditorField, editorInfoField, editorLivePreviewField, mirrored } from './editor-setup';
import { Component } from './events';
import type { TFile } from './files';
import { strict } from './not-in-shell';
import { Menu } from './overlays';
import { renderMarkdown } from './renderer';
import { difference, merge } from './text-merge';
import { FileView } from './views';
import type { WorkspaceLeaf } from './workspace-leaf';

export type Mode = 'source' | 'preview';

/** One note in one leaf: the editor, and reading mode. Assumptions 3 to 6 and 9 are about it. */
export class MarkdownView extends FileView {
  readonly editor: Editor;
  readonly previewMode: { rerender(full?: boolean): void; containerEl: HTMLElement; view: MarkdownView };
  hoverPopover = null;
  /** The note's text as last loaded or saved, with '\n' line ends. */
  data = '';
  private mode: Mode = 'source';
  private readonly cm: EditorView;
  private readonly plugins = new Compartment();
  private readonly sourceEl: HTMLElement;
  private readonly previewEl: HTMLElement;
  private rendered: Component | null = null;
  private eol: '\n' | '\r\n' = '\n';
  private dirty = false;
  private saving: Promise<void> = Promise.resolve();
  private saveTimer = 0;

  constructor(leaf: WorkspaceLeaf) {
    super(leaf);
    this.sourceEl = this.contentEl.createDiv({ cls: 'markdown-source-view cm-s-obsidian mod-cm6 is-live-preview' });
    const reading = this.contentEl.createDiv({ cls: 'markdown-reading-view' });
    this.previewEl = reading.createDiv({ cls: 'markdown-preview-view markdown-rendered' });
    this.cm = new EditorView({ parent: this.sourceEl });
    this.cm.setState(this.stateOf(''));
    this.editor = strict(new Editor(this.cm), 'editor');
    this.previewMode = { rerender: () => void this.renderPreview(), containerEl: this.previewEl, view: this };
    this.sourceEl.addEventListener('contextmenu', (event) => this.openMenu(event));
    this.addAction('book-open', 'Reading view', () => this.setMode(this.mode === 'source' ? 'preview' : 'source'));
    this.showMode();
  }

  getViewType(): string {
    return 'markdown';
  }
  getMode(): Mode {
    return this.mode;
  }
  get currentMode(): { type: Mode } {
    return { type: this.mode };
  }
  override getState(): Record<string, unknown> {
    return { ...super.getState(), mode: this.mode, source: false };
  }
  override async setState(state: unknown, _result: unknown): Promise<void> {
    const { file, mode } = state as { file?: string; mode?: Mode };
    const target = file === undefined ? null : this.app.vault.getFileByPath(file);
    if (target && target !== this.file) await this.loadFile(target);
    if (mode) await this.setMode(mode);
  }
  getViewData(): string {
    return this.cm.state.doc.toString();
  }
  /** `clear`: another note; else the same note, changed from outside (assumption 4). */
  setViewData(data: string, clear: boolean): void {
    if (clear) this.cm.setState(this.stateOf(data));
    else {
      const change = difference(this.getViewData(), data);
      if (change) this.cm.dispatch({ changes: change });
    }
  }
  clear(): void {
    this.setViewData('', true);
  }
  /** The menu of an editor is about where it was opened, unless that is within the selection (assumption 22). */
  private openMenu(event: MouseEvent): void {
    event.preventDefault();
    const at = this.cm.posAtCoords({ x: event.clientX, y: event.clientY });
    const { from, to } = this.cm.state.selection.main;
    if (at !== null && (at < from || at > to || from === to)) this.cm.dispatch({ selection: { anchor: at } });
    const menu = new Menu();
    this.app.workspace.trigger('editor-menu', menu, this.editor, this);
    if (menu.items.length > 0) menu.showAtMouseEvent(event);
  }
  showSearch(): void {}

  async setMode(mode: Mode): Promise<void> {
    this.mode = mode;
    this.showMode();
    if (mode === 'preview') await this.renderPreview();
    this.app.workspace.trigger('layout-change');
  }

  /** The leaf shows another note in this same view. */
  async loadFile(file: TFile): Promise<void> {
    await this.unloadFile();
    const text = await this.app.vault.read(file);
    this.file = file;
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.data = text.replace(/\r\n/g, '\n');
    this.setViewData(this.data, true);
    await this.onLoadFile(file);
    this.updateTitle();
    if (this.mode === 'preview') await this.renderPreview();
  }

  async unloadFile(): Promise<void> {
    const { file } = this;
    if (!file) return;
    await this.save();
    await this.onUnloadFile(file);
    this.file = null;
  }

  requestSave = (): void => {
    this.dirty = true;
    window.clearTimeout(this.saveTimer);
    this.saveTimer = window.setTimeout(() => void this.save(), assumptions.saveDelay);
  };

  /** Writes the note if it has unsaved changes; saves of one view come one after the other. */
  save(): Promise<void> {
    window.clearTimeout(this.saveTimer);
    this.saving = this.saving.then(async () => {
      const { file } = this;
      if (!file || file.deleted || !this.dirty) return;
      this.dirty = false;
      this.data = this.getViewData();
      await this.app.vault.modify(file, this.eol === '\n' ? this.data : this.data.replace(/\n/g, this.eol));
    });
    return this.saving;
  }

  /** The disk says that the note changed. An own save, or another pane's, brings nothing new. */
  async fileChanged(): Promise<void> {
    await this.saving;
    const { file } = this;
    if (!file || file.deleted) return;
    const text = await this.app.vault.read(file).catch(() => null);
    const found = text?.replace(/\r\n/g, '\n');
    if (found === undefined || file !== this.file || found === this.data) return;
    const base = this.data;
    this.data = found;
    if (!this.dirty) this.setViewData(found, false); // nothing where another pane saved what this one mirrors
    else this.setViewData(merge(base, this.getViewData(), found), false);
  }

  /** Editors get the extensions that plugins registered; on a change of them, at once. */
  updateOptions(): void {
    this.cm.dispatch({ effects: this.plugins.reconfigure(this.app.workspace.editorExtensions()) });
  }

  override async onClose(): Promise<void> {
    await this.unloadFile();
    this.rendered?.unload();
    this.cm.destroy();
  }

  private stateOf(doc: string): EditorState {
    const { vault, workspace } = this.app;
    const extensions: Extension[] = [
      // The fields hold what belongs to this view.
      editorInfoField.init(() => this as never),
      editorEditorField.init(() => this.cm),
      editorLivePreviewField.init(() => true),
      Prec.high(this.plugins.of(workspace.editorExtensions())),
      baseExtensions({ useTab: vault.getConfig('useTab') === true, tabSize: Number(vault.getConfig('tabSize')) }),
      EditorView.domEventHandlers({ paste: (event) => this.pasted(event) }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        for (const transaction of update.transactions) if (transaction.docChanged && !transaction.annotation(mirrored)) this.mirror(transaction);
        // The pane that was typed in saves.
        if (!update.transactions.every((transaction) => transaction.annotation(mirrored)) && this.getViewData() !== this.data) this.requestSave();
        workspace.trigger('editor-change', this.editor, this);
      }),
    ];
    return EditorState.create({ doc, extensions });
  }

  /** A picture becomes an attachment and an embed of it (assumption 21). */
  private pasted(event: ClipboardEvent): boolean {
    const [picture] = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
    const { file } = this;
    if (!picture || !file) return false;
    const { fileManager, vault } = this.app;
    const save = async (): Promise<void> => {
      const made = await vault.createBinary(await fileManager.getAvailablePathForAttachment(picture.name, file.path), await picture.arrayBuffer());
      this.cm.dispatch({ ...this.cm.state.replaceSelection(`![[${made.name}]]`), userEvent: 'input.paste' });
    };
    void save();
    return true;
  }

  private mirror(transaction: Transaction): void {
    for (const other of this.app.workspace.markdownViews()) {
      if (other === this || other.file !== this.file || !this.file) continue;
      if (other.cm.state.doc.length !== transaction.startState.doc.length) {
        other.setViewData(this.getViewData(), false);
        continue;
      }
      other.cm.dispatch({ changes: transaction.changes, annotations: [mirrored.of(true), Transaction.addToHistory.of(false)] });
    }
  }

  private showMode(): void {
    this.sourceEl.toggle(this.mode === 'source');
    this.previewEl.parentElement?.toggle(this.mode === 'preview');
  }

  private async renderPreview(): Promise<void> {
    this.rendered?.unload();
    const owner = new Component();
    owner.load();
    this.rendered = owner;
    const fresh = createDiv();
    await renderMarkdown(this.getViewData(), fresh, this.file?.path ?? '', owner);
    if (this.rendered === owner) this.previewEl.replaceChildren(...fresh.childNodes);
  }
}
