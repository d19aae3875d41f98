/** What Obsidian tells about its editors: which of them show a whole note. */
import { editorInfoField, MarkdownView, TFile, type App } from 'obsidian';
import type { EditorView } from '@codemirror/view';
import type { EditorHost, ShownNote } from './editor/ports';
import { couldHold, type DiskNews } from './vault/disk-news';

export class WorkspaceEditors implements EditorHost {
  constructor(
    private readonly app: App,
    private readonly news: DiskNews,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  noteIn(view: EditorView): ShownNote | null {
    const info = view.state.field(editorInfoField, false);
    // An editor in a canvas, a hover preview or an embed has another owner than a MarkdownView.
    if (!(info instanceof MarkdownView) || !info.file || info.file.extension !== 'md') return null;
    // In reading mode the editor is there too, with a text that may be old.
    if (info.getMode() !== 'source' || !isEditorOf(info, view)) return null;
    return { file: info.file, path: info.file.path };
  }

  async diskText(path: string): Promise<string | null> {
    const file = this.app.vault.getAbstractFileByPath(path);
    return file instanceof TFile ? this.app.vault.read(file) : null;
  }

  mayBeReload(path: string, text: { readonly length: number; toString(): string }): boolean {
    const change = this.news.latest(path);
    return change !== null && couldHold(change.size, text.toString());
  }

  failed(error: unknown): void {
    this.onFailure(error);
  }
}

/** A table cell's editor is owned by the note's view, but is not its editor. */
function isEditorOf(info: MarkdownView, view: EditorView): boolean {
  // Not in the public types, and there in every version.
  const { cm } = info.editor as unknown as { cm?: EditorView };
  if (cm) return cm === view;
  const outer = view.dom.parentElement?.closest('.cm-editor, .markdown-embed, .popover');
  return !outer && info.contentEl.contains(view.dom);
}
