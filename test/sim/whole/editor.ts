/** An editor with one person before it: a text, a cursor, a history that remote changes stay out of, and the manners of Obsidian's. */
import type { TextChange } from '../../../src/document';
import { findIds, textOf, type UndoMark } from '../../../src/note';
import { invert, type Press } from '../../../src/note/typist';
import type { Editor, EditOrigin, NoteText, OpenNote, Peer } from '../../../src/peer';
import { applyChanges, lineAt, mapOffset } from '../../../src/peer/text-changes';
import { difference } from '../../shell/text-merge';

/** What takes a transaction back, as changes of the text as it is now. */
interface Inverse {
  changes: readonly TextChange[];
  marks: readonly UndoMark[] | null;
}

/** A bullet's indent, marker and checkbox, each with the one blank that it needs. */
const HEAD = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t](?:\[.\][ \t])?/u;

export class SimEditor implements Editor {
  cursor = 0;
  hold: OpenNote | null = null;
  isComposing = false;
  /** Its own person's change is being made: what the peer adds to it comes with it. */
  isBusy = false;
  private undone: Inverse[] = [];
  private done: Inverse[] = [];

  constructor(
    readonly path: string,
    public content: string,
    private readonly hears: {
      /** What the peer makes of the text, before and after. */
      readonly onRemote: (before: string, after: string) => void;
      /** The text is another, whoever changed it. */
      readonly onChange: () => void;
    },
  ) {}

  open(peer: Peer): void {
    this.hold = peer.openNote(this.path, this);
  }

  // ---- what a person does ----

  press(press: Press | null): boolean {
    if (press === null) return false;
    this.transact(press.changes, press.origin as EditOrigin, press.cursor, this.done);
    this.undone = [];
    return true;
  }

  undo(): boolean {
    return this.takeBack(this.done, this.undone, 'undo');
  }

  redo(): boolean {
    return this.takeBack(this.undone, this.done, 'redo');
  }

  go(at: number): void {
    this.cursor = Math.max(0, Math.min(at, this.content.length));
    this.stayBeforeId();
    this.hold?.cursorMoved();
  }

  /** The app loads a file that changed: one transaction that no user made, and that undo takes back like any other. */
  load(text: string): void {
    const change = difference(this.content, text);
    if (change === null) return;
    this.transact([change], 'outside', mapOffset(this.cursor, [change]), this.done);
    this.undone = [];
  }

  private takeBack(from: Inverse[], to: Inverse[], origin: 'undo' | 'redo'): boolean {
    const inverse = from.pop();
    if (inverse === undefined) return false;
    const { changes, marks } = inverse;
    if (!marks || !this.takeBackBy(marks, changes, to)) this.transact(changes, origin, changes[0]?.from ?? this.cursor, to);
    return true;
  }

  /** As the peer takes it back. @returns false if it did not */
  private takeBackBy(marks: readonly UndoMark[], changes: readonly TextChange[], history: Inverse[]): boolean {
    const inverse: Inverse = { changes: [], marks: null };
    this.isBusy = true;
    inverse.marks =
      this.hold?.undo(changes, marks, (asked, more) => {
        history.push(inverse);
        this.change(asked, asked[0]?.from ?? this.cursor, inverse);
        for (const one of more) this.apply(one);
      }) ?? null;
    this.isBusy = false;
    if (inverse.marks) this.stayBeforeId();
    return inverse.marks !== null;
  }

  private transact(changes: readonly TextChange[], origin: EditOrigin, cursor: number, history: Inverse[]): void {
    if (changes.length === 0) return;
    // Older entries are of the text before: only the newest is ever taken back first.
    const inverse: Inverse = { changes: [], marks: null };
    this.change(changes, cursor, inverse);
    history.push(inverse);
    this.isBusy = true;
    inverse.marks = this.hold?.edited(changes, this.text(), origin) ?? null;
    this.isBusy = false;
    this.stayBeforeId();
  }

  private change(changes: readonly TextChange[], cursor: number, inverse: Inverse): void {
    const before = this.content;
    this.content = applyChanges(before, changes);
    this.hears.onChange();
    this.cursor = Math.max(0, Math.min(cursor, this.content.length));
    inverse.changes = invert(before, changes);
  }

  /** As the plugin's guard has it: never in or behind the id, nor in the blanks before it. */
  private stayBeforeId(): void {
    for (const { idFrom, idTo } of findIds(this.content)) {
      const from = this.content.lastIndexOf('\n', idFrom) + 1;
      const line = this.content.slice(from, idFrom);
      if (line.trim() === '') continue;
      const start = from + Math.max(line.trimEnd().length, HEAD.exec(line)?.[0].length ?? 0);
      if (this.cursor > start && this.cursor <= idTo) this.cursor = start;
    }
  }

  // ---- Editor ----

  text(): NoteText {
    return textOf(this.content);
  }

  apply(changes: readonly TextChange[]): void {
    const before = this.content;
    this.content = applyChanges(before, changes);
    this.hears.onChange();
    this.cursor = mapOffset(this.cursor, changes);
    // An older entry is of an older text; only the newest can be brought along.
    this.done = this.done.slice(-1);
    this.undone = this.undone.slice(-1);
    for (const inverse of [...this.done, ...this.undone]) {
      inverse.changes = inverse.changes.map(({ from, to, insert }) => {
        const start = from < to ? mapBehind(from, changes) : mapOffset(from, changes);
        return { from: start, to: Math.max(start, mapOffset(to, changes)), insert };
      });
    }
    if (!this.isBusy) this.hears.onRemote(before, this.content);
  }

  composing(): boolean {
    return this.isComposing;
  }

  refresh(): void {
    // Nothing is drawn here.
  }

  cursorLine(): number {
    return lineAt(this.text(), this.cursor);
  }
}

/** As `mapOffset`, but behind what is inserted at the offset itself: a deletion takes nothing of it. */
function mapBehind(offset: number, changes: readonly TextChange[]): number {
  let shift = 0;
  for (const { from, to, insert } of changes) {
    if (from > offset || (from === offset && to > from)) break;
    if (to > offset) return from + insert.length + shift;
    shift += insert.length - (to - from);
  }
  return offset + shift;
}
