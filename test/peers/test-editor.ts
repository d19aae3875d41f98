/** An editor as a peer sees one: a text, a cursor, and the manners of CodeMirror with remote changes. */
import type { TextChange } from '../../src/document';
import { applyChanges, lineAt, mapOffset } from '../../src/peer/text-changes';
import { textOf, type UndoMark } from '../../src/note';
import type { Editor, EditOrigin, NoteText, OpenNote, Peer } from '../../src/peer';

export class TestEditor implements Editor {
  cursor = 0;
  isComposing = false;
  refreshed = 0;
  hold: OpenNote | null = null;

  constructor(public content: string) {}

  static open(peer: Peer, path: string, content: string): TestEditor {
    const editor = new TestEditor(content);
    editor.hold = peer.openNote(path, editor);
    return editor;
  }

  // ---- what a user does ----

  /** @returns what takes it back */
  replace(from: number, to: number, insert: string, origin: EditOrigin = 'type'): readonly UndoMark[] | null {
    const changes = [{ from, to, insert }];
    this.content = applyChanges(this.content, changes);
    this.cursor = from + insert.length;
    return this.hold?.edited(changes, this.text(), origin) ?? null;
  }

  /** @param changes what a history of positions would do @returns what takes that back; null if the peer left it to that history */
  undo(changes: readonly TextChange[], marks: readonly UndoMark[] | null): readonly UndoMark[] | null {
    return this.hold?.undo(changes, marks ?? [], (asked, more) => void (this.content = [asked, ...more].reduce(applyChanges, this.content))) ?? null;
  }

  /** The app loads a changed file: one change between what both texts begin and end with, without a user event. */
  reload(text: string): void {
    const before = this.content;
    const most = Math.min(before.length, text.length);
    let from = 0;
    while (from < most && before[from] === text[from]) from += 1;
    let tail = 0;
    while (tail < most - from && before[before.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
    this.replace(from, before.length - tail, text.slice(from, text.length - tail), 'outside');
  }

  /** Types letter by letter behind `after`. */
  typeAfter(after: string, text: string): void {
    let at = this.offsetBehind(after);
    for (const letter of text) {
      this.replace(at, at, letter);
      at += letter.length;
    }
  }

  /** Takes out the first occurrence of a text. */
  remove(text: string, origin: EditOrigin = 'delete'): void {
    const at = this.content.indexOf(text);
    if (at < 0) throw new Error(`"${text}" is not in the note`);
    this.replace(at, at + text.length, '', origin);
  }

  /** Puts the cursor at the end of the line that holds a text, and lets the peer know. */
  goTo(text: string): void {
    this.cursor = this.content.indexOf(text);
    this.hold?.cursorMoved();
  }

  private offsetBehind(after: string): number {
    const at = this.content.indexOf(after);
    if (at < 0) throw new Error(`"${after}" is not in the note:\n${this.content}`);
    return at + after.length;
  }

  // ---- Editor ----

  text(): NoteText {
    return textOf(this.content);
  }

  apply(changes: readonly TextChange[]): void {
    this.content = applyChanges(this.content, changes);
    this.cursor = mapOffset(this.cursor, changes);
  }

  composing(): boolean {
    return this.isComposing;
  }

  refresh(): void {
    this.refreshed += 1;
  }

  cursorLine(): number {
    return lineAt(this.text(), this.cursor);
  }
}
