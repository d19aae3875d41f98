/**
 * One note while it is of concern: its bound text, the editors that show it, or the file if none does.
 * The way in is `edited` (editor) and `fileChanged` (disk); the way out is `rewrite`, which makes one editor transaction or one atomic
 * file write. What to do about tags, ids that come and go, and deletions is decided by the `NoteKeeper`.
 */
import { importClientId } from '../document';
import type { Change, Edit, LiveDocument, PastTexts, TextChange } from '../document';
import { read, redirectUndo, sift, textOf, undoMarks, write } from '../note';
import type { BoundBlock, BoundNote, Clipboard, Facts, ReadContext, ReadOrigin, Reading, UndoMark, Writing } from '../note';
import { normalise } from './line-ends';
import { applyChanges, composeDisjoint, mapOffset } from './text-changes';
import type { Editor, EditOrigin, NotePath, NoteText, Vault } from './ports';

/** What a session asks of the rest of the peer. */
export interface NoteKeeper {
  readonly vault: Vault;
  rules(): { readonly tag: string; readonly phrases: readonly string[] };
  newId(): string;
  document(blockId: string): LiveDocument | undefined;
  past(blockId: string): PastTexts | undefined;
  /** Local edits, already in the text. `importAs`: client id for edits found in a file. */
  commit(blockId: string, edits: readonly Edit[], importAs?: number): void;
  /** Ids that came or went, tags, releases, ...; only called when there is something. */
  consider(session: NoteSession, facts: Facts, origin: ReadOrigin): void;
  /** Edits from a file that take something away: wait before they count. */
  hold(session: NoteSession, blockIds: readonly string[]): void;
  /** The bound text changed: save it, refresh views. */
  changed(session: NoteSession): void;
}

/** What this run removed lately, shared by all notes so that a cut here and a paste there is a move. */
export interface SharedClipboard {
  value: Clipboard;
}

export class NoteSession {
  readonly editors: Editor[] = [];
  /** Blocks that wait for a composition to end, or for the file to be written. */
  readonly unwritten = new Set<string>();
  /** Bullets with a fresh tag, by the start of their line; live when the cursor has left it. */
  fresh: number[] = [];
  /** Blocks whose id is damaged or in mid-paragraph: put right when the cursor leaves the line. */
  readonly damaged = new Set<string>();
  /** What a file took away is waiting, see `NoteKeeper.hold`: the bound text stays as it was until that is settled. */
  holding = false;
  ready = false;
  private current: Editor | null = null;

  constructor(
    public path: NotePath,
    public bound: BoundNote,
    private readonly keeper: NoteKeeper,
    private readonly clipboard: SharedClipboard,
  ) {}

  get open(): boolean {
    return this.editors.length > 0;
  }

  attach(editor: Editor): void {
    this.editors.push(editor);
    this.current ??= editor;
  }

  detach(editor: Editor): void {
    const at = this.editors.indexOf(editor);
    if (at >= 0) this.editors.splice(at, 1);
    if (this.current === editor) this.current = this.editors[0] ?? null;
  }

  block(blockId: string): BoundBlock | undefined {
    return this.bound.blocks.find((block) => block.blockId === blockId);
  }

  /** The text in the first editor. @throws if no editor is open: a file is read only inside `rewrite` and `fileChanged` */
  editorText(): NoteText {
    if (!this.current) throw new Error(`No editor has ${this.path} open`);
    return this.current.text();
  }

  // ---- in ----

  edited(editor: Editor, changes: readonly TextChange[], text: NoteText, origin: EditOrigin): void {
    if (!this.ready) return; // compared as a whole when ready
    if (editor !== this.current && this.current !== null) {
      if (sameText(this.current.text(), text)) return; // the app mirrors one pane into the other
      this.current = editor;
    }
    if (this.holding) return; // taken as a whole when the hold ends
    if (origin === 'outside') {
      this.take(text, 'outside');
      return;
    }
    this.fresh = this.fresh.map((from) => mapOffset(from, changes));
    this.accept(read(this.bound, changes, text, this.context(origin)), origin);
  }

  /** Reads the file again and takes what others changed in it. Does nothing while an editor has it. */
  async fileChanged(): Promise<void> {
    if (this.open || (await this.keeper.vault.state(this.path)) !== 'present') return;
    const { text } = normalise(await this.keeper.vault.read(this.path));
    if (this.open) return;
    this.take(textOf(text), 'disk');
  }

  /**
   * Takes a text by its content. Where it takes something away and `settled` is false, nothing of it counts yet and the keeper is
   * asked to hold it; returns whether it was taken.
   */
  take(text: NoteText, origin: 'outside' | 'disk', settled = false): boolean {
    const reading = read(this.bound, null, text, this.context(origin));
    const takesAway: string[] = [];
    const apply = new Map<string, readonly Edit[]>();
    for (const [blockId, edits] of reading.edits) {
      const known = this.keeper.past(blockId);
      const block = this.block(blockId);
      if (!known || !block) continue;
      const sifted = sift(block, edits, known);
      if (sifted.held.length > 0 && !settled) takesAway.push(blockId);
      apply.set(blockId, settled && !sifted.stale ? edits : sifted.apply);
      if (sifted.stale) this.unwritten.add(blockId);
    }
    if (takesAway.length > 0) {
      this.holding = true;
      this.keeper.hold(this, takesAway);
      return false;
    }
    this.holding = false;
    this.accept({ ...reading, edits: apply }, origin, text);
    return true;
  }

  // ---- out ----

  /** Shows what a document says now. In an editor at once (or when the composition ends); in a file when the keeper calls `writeFile`. */
  show(blockId: string, change?: Change): void {
    if (!this.ready || !this.open || this.holding || this.current?.composing() === true) {
      this.unwritten.add(blockId);
      return;
    }
    const document = this.keeper.document(blockId);
    if (!document) return;
    this.rewriteEditor((note, text) => write(note, text, blockId, document, change));
  }

  /** Shows everything that waited. */
  showUnwritten(): void {
    const waiting = [...this.unwritten];
    this.unwritten.clear();
    for (const blockId of waiting) this.show(blockId);
  }

  /** Writes all waiting blocks into the file, in one atomic change. */
  async writeFile(): Promise<void> {
    const waiting = [...this.unwritten].filter((id) => this.keeper.document(id) !== undefined);
    if (waiting.length === 0 || this.holding) return;
    const done = await this.rewrite((note, text) => {
      let result: Writing = { note, changes: [] };
      let shown = text;
      for (const blockId of waiting) {
        const document = this.keeper.document(blockId);
        if (!document) continue;
        const next = write(result.note, shown, blockId, document);
        shown = textOf(applyChanges(shown.toString(), next.changes));
        result = { note: next.note, changes: composeDisjoint(result.changes, next.changes) };
      }
      return result;
    });
    if (done) waiting.forEach((id) => this.unwritten.delete(id));
  }

  /**
   * Changes the note's text on Blockwire's own behalf: one transaction in each editor, or one atomic write of the file.
   * `compute` is pure and may run more than once. Returns false if the file could not be brought to a known state.
   */
  async rewrite(compute: (note: BoundNote, text: NoteText) => Writing): Promise<boolean> {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      if (this.open) {
        this.rewriteEditor(compute);
        return true;
      }
      let outcome: BoundNote | null = null;
      let strange = false;
      await this.keeper.vault.process(this.path, (raw) => {
        outcome = null;
        const file = normalise(raw);
        const text = textOf(file.text);
        const now = read(this.bound, null, text, this.context('disk'));
        strange = now.edits.size > 0 || now.facts.vanished.length > 0 || now.facts.stripped.length > 0;
        if (strange) return null;
        const writing = compute(now.note, text);
        outcome = writing.note;
        return writing.changes.length > 0 ? file.apply(writing.changes) : null;
      });
      if (!strange) {
        if (outcome) this.bound = outcome;
        this.keeper.changed(this);
        return true;
      }
      await this.fileChanged(); // someone wrote in between: take that first
      if (this.holding) return false;
    }
    return false;
  }

  /** Makes changes that count as this user's edits, e.g. putting an id right: what was typed behind it becomes text of the bullet. */
  amend(changes: readonly TextChange[]): void {
    this.applyToEditors(changes);
    this.accept(read(this.bound, changes, this.editorText(), this.context('other')), 'other');
  }

  rewriteEditor(compute: (note: BoundNote, text: NoteText) => Writing): void {
    const before = this.editorText();
    const writing = compute(this.bound, before);
    this.bound = writing.note;
    if (writing.changes.length > 0) this.applyToEditors(writing.changes);
    this.keeper.changed(this);
  }

  private applyToEditors(changes: readonly TextChange[]): void {
    const before = this.editorText();
    this.fresh = this.fresh.map((from) => mapOffset(from, changes));
    const others = this.editors.filter((editor) => editor !== this.current && sameText(editor.text(), before));
    this.current?.apply(changes);
    // The app may have mirrored the change already.
    for (const editor of others) if (sameText(editor.text(), before)) editor.apply(changes);
  }

  // ---- undo ----

  undoMarks(changes: readonly TextChange[]): readonly UndoMark[] {
    return this.ready && !this.holding ? undoMarks(this.bound, changes) : [];
  }

  redirectUndo(changes: readonly TextChange[], marks: readonly UndoMark[]): readonly TextChange[] | null {
    return this.ready ? redirectUndo(this.bound, changes, marks) : null;
  }

  context(origin: ReadOrigin): ReadContext {
    return {
      origin,
      newId: () => this.keeper.newId(),
      tree: (blockId) => this.keeper.document(blockId),
      clipboard: this.clipboard.value,
      ...this.keeper.rules(),
    };
  }

  private accept(reading: Reading, origin: ReadOrigin, found?: NoteText): void {
    this.bound = reading.note;
    this.clipboard.value = reading.clipboard;
    for (const [blockId, edits] of reading.edits) {
      if (edits.length === 0) continue;
      const base = this.keeper.document(blockId)?.digest();
      const importAs = found && origin === 'disk' && base !== undefined ? importClientId(base, found.toString()) : undefined;
      this.keeper.commit(blockId, edits, importAs);
    }
    if (reading.facts.repairs.length > 0) this.applyToEditors(reading.facts.repairs);
    if (hasFacts(reading.facts)) this.keeper.consider(this, reading.facts, origin);
    this.keeper.changed(this);
  }
}


function sameText(a: NoteText, b: NoteText): boolean {
  return a === b || (a.length === b.length && a.toString() === b.toString());
}

function hasFacts(facts: Facts): boolean {
  return Object.values(facts).some((list: readonly unknown[]) => list.length > 0);
}
