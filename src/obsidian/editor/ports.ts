/** What the editor binding asks of the app. The adapter for Obsidian is `../workspace-editors.ts`; tests bring their own. */
import type { EditorView } from '@codemirror/view';
import type { Editor, NotePath, OpenNote } from '../../peer';

/** A whole note in an editor. `file` is the same object for as long as the note exists, also when it is renamed. */
export interface ShownNote {
  readonly file: object;
  readonly path: NotePath;
}

export interface EditorHost {
  /** The whole note that this editor shows now; null for a fragment (table cell, hover preview, embed), in reading mode, and without a file. */
  noteIn(view: EditorView): ShownNote | null;
  /** The note's text on disk, any line ends; null if it can't be read now. */
  diskText(path: NotePath): Promise<string | null>;
  /** Whether the app may just have put the file's text into its editor without saying so: the disk changed lately and could hold this very text. */
  mayBeReload(path: NotePath, text: { readonly length: number; toString(): string }): boolean;
  /** An error in our own code; the editor goes on. */
  failed(error: unknown): void;
}

/** `Peer.openNote`. */
export type OpenNoteWith = (path: NotePath, editor: Editor) => OpenNote;
