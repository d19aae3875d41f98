import { indentLess, indentMore, redo, undo } from '@codemirror/commands';
import { EditorSelection } from '@codemirror/state';
import type { TransactionSpec } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { EditorChange, EditorPosition, EditorRange, EditorTransaction } from 'obsidian';
import { NotInShell } from './not-in-shell';

/** The app's `Editor` over a CodeMirror view. */
export class Editor {
  constructor(readonly cm: EditorView) {}

  getDoc(): this { return this; }
  refresh(): void { this.cm.requestMeasure(); }
  getValue(): string { return this.cm.state.doc.toString(); }
  setValue(content: string): void { this.cm.dispatch({ changes: { from: 0, to: this.cm.state.doc.length, insert: content } }); }
  getLine(line: number): string { return this.cm.state.doc.line(line + 1).text; }
  setLine(line: number, text: string): void {
    const { from, to } = this.cm.state.doc.line(line + 1);
    this.cm.dispatch({ changes: { from, to, insert: text } });
  }
  lineCount(): number { return this.cm.state.doc.lines; }
  lastLine(): number { return this.cm.state.doc.lines - 1; }
  getSelection(): string { return this.getRange(this.getCursor('from'), this.getCursor('to')); }
  somethingSelected(): boolean { return !this.cm.state.selection.main.empty; }
  getRange(from: EditorPosition, to: EditorPosition): string { return this.cm.state.sliceDoc(this.posToOffset(from), this.posToOffset(to)); }
  replaceSelection(replacement: string, _origin?: string): void { this.cm.dispatch(this.cm.state.replaceSelection(replacement)); }
  replaceRange(replacement: string, from: EditorPosition, to: EditorPosition = from, _origin?: string): void {
    this.cm.dispatch({ changes: { from: this.posToOffset(from), to: this.posToOffset(to), insert: replacement } });
  }
  getCursor(side: 'from' | 'to' | 'head' | 'anchor' = 'head'): EditorPosition { return this.offsetToPos(this.cm.state.selection.main[side]); }
  listSelections(): { anchor: EditorPosition; head: EditorPosition }[] {
    return this.cm.state.selection.ranges.map((range) => ({ anchor: this.offsetToPos(range.anchor), head: this.offsetToPos(range.head) }));
  }
  setCursor(pos: EditorPosition | number, ch = 0): void {
    this.cm.dispatch({ selection: { anchor: this.posToOffset(typeof pos === 'number' ? { line: pos, ch } : pos) } });
  }
  setSelection(anchor: EditorPosition, head: EditorPosition = anchor): void {
    this.cm.dispatch({ selection: { anchor: this.posToOffset(anchor), head: this.posToOffset(head) } });
  }
  focus(): void { this.cm.focus(); }
  blur(): void { this.cm.contentDOM.blur(); }
  hasFocus(): boolean { return this.cm.hasFocus; }
  getScrollInfo(): { top: number; left: number } { return { top: this.cm.scrollDOM.scrollTop, left: this.cm.scrollDOM.scrollLeft }; }
  scrollTo(x?: number | null, y?: number | null): void { this.cm.scrollDOM.scrollTo({ left: x ?? undefined, top: y ?? undefined }); }
  scrollIntoView(range: EditorRange, _center?: boolean): void {
    this.cm.dispatch({ selection: EditorSelection.range(this.posToOffset(range.from), this.posToOffset(range.to)), scrollIntoView: true });
  }
  undo(): void { undo(this.cm); }
  redo(): void { redo(this.cm); }
  exec(command: string): void {
    if (command === 'indentMore') indentMore(this.cm);
    else if (command === 'indentLess') indentLess(this.cm);
    else throw new NotInShell(`editor.exec('${command}')`);
  }
  transaction(tx: EditorTransaction, _origin?: string): void {
    const spec: TransactionSpec = {};
    if (tx.changes) spec.changes = tx.changes.map((change: EditorChange) => ({ from: this.posToOffset(change.from), to: this.posToOffset(change.to ?? change.from), insert: change.text }));
    if (tx.replaceSelection !== undefined) Object.assign(spec, this.cm.state.replaceSelection(tx.replaceSelection));
    if (tx.selection) spec.selection = { anchor: this.posToOffset(tx.selection.from), head: this.posToOffset(tx.selection.to ?? tx.selection.from) };
    this.cm.dispatch(spec);
  }
  wordAt(pos: EditorPosition): EditorRange | null {
    const word = this.cm.state.wordAt(this.posToOffset(pos));
    return word && { from: this.offsetToPos(word.from), to: this.offsetToPos(word.to) };
  }
  posToOffset({ line, ch }: EditorPosition): number {
    const { doc } = this.cm.state;
    if (line < 0) return 0;
    if (line >= doc.lines) return doc.length;
    const { from, length } = doc.line(line + 1);
    return from + Math.max(0, Math.min(ch, length));
  }
  offsetToPos(offset: number): EditorPosition {
    const { number, from } = this.cm.state.doc.lineAt(Math.max(0, Math.min(offset, this.cm.state.doc.length)));
    return { line: number - 1, ch: offset - from };
  }
} // prettier-ignore
