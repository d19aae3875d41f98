/** The peer's side of an editor, recorded, for tests of the binding. */
import { toChangeSet } from './text-changes';
import { Text } from '@codemirror/state';
import type { TextChange } from '../../document';
import type { UndoMark } from '../../note';
import type { BlockRange, EditOrigin, Editor, MakeUndo, NoteText, OpenNote, RemoteCursor } from '../../peer';

export class TestNote implements OpenNote {
  path: string;
  readonly ready = true;
  readonly editor: Editor;
  blocks: readonly BlockRange[] = [];
  cursors: readonly RemoteCursor[] = [];
  readonly edits: { changes: readonly TextChange[]; origin: EditOrigin }[] = [];
  readonly selections: ({ anchor: number; head: number } | null)[] = [];
  closed = false;
  composedCount = 0;
  /** The text by the edits alone: must always be the editor's. */
  #text: Text;
  onEdit: (() => void) | null = null;
  marks: (changes: readonly TextChange[]) => UndoMark[] | null = () => null;
  redirect: (changes: readonly TextChange[], marks: readonly UndoMark[]) => readonly TextChange[] | null = () => null;

  constructor(path: string, editor: Editor) {
    this.path = path;
    this.editor = editor;
    this.#text = Text.of(editor.text().toString().split('\n'));
  }
  get text(): string {
    return this.#text.toString();
  }
  /** A remote change: known here at once, and given to the editor. */
  remote(changes: readonly TextChange[]): void {
    this.#text = toChangeSet(changes, this.#text.length).apply(this.#text);
    this.editor.apply(changes);
  }
  edited(changes: readonly TextChange[], text: NoteText, origin: EditOrigin): readonly UndoMark[] | null {
    this.edits.push({ changes, origin });
    this.#text = toChangeSet(changes, this.#text.length).apply(this.#text);
    if (this.text !== text.toString()) throw new Error(`the changes give "${this.text}", the editor has "${text.toString()}"`);
    this.onEdit?.();
    return this.marks(changes);
  }
  undo(changes: readonly TextChange[], marks: readonly UndoMark[], make: MakeUndo): readonly UndoMark[] | null {
    const asked = this.redirect(changes, marks);
    if (!asked) return null;
    this.edits.push({ changes: asked, origin: 'undo' });
    this.#text = toChangeSet(asked, this.#text.length).apply(this.#text);
    make(asked, []);
    if (this.text !== this.editor.text().toString()) throw new Error(`the changes give "${this.text}", the editor has "${this.editor.text().toString()}"`);
    return this.marks(asked);
  }
  cursorMoved(): void {}
  composed(): void {
    this.composedCount++;
  }
  select(selection: { anchor: number; head: number } | null): void {
    this.selections.push(selection);
  }
  renamed(path: string): void {
    this.path = path;
  }
  close(): void {
    this.closed = true;
  }
}
