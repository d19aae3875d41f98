/**
 * One note while it is of concern: its bound text, the editors that show it, or the file if none does.
 * The way in is `edited` (editor) and `fileChanged` (disk); the way out is `rewrite`, which makes one editor transaction or one atomic
 * file write. What to do about tags, ids that come and go, and deletions is decided by the `NoteKeeper`.
 */
import { importClientId } from '../document';
import type { BulletId, Change, Edit, LiveDocument, Step, TextChange } from '../document';
import { bindBlock, diffText, findCandidates, findIds, NO_FACTS, read, renameBullets, textOf, unbind, Undoing, write } from '../note';
import type { BoundBlock, BoundBullet, BoundNote, Candidate, Facts, ReadContext, ReadOrigin, Reading, UndoMark, Writing } from '../note';
import { namesFrom } from './found-names';
import type { HeldBack } from './held-back';
import { HeldParts } from './held-parts';
import { normalise } from './line-ends';
import type { NoteKeeper, SharedClipboard, Trust } from './note-keeper';
import { applyChanges, composeDisjoint, mapOffset } from './text-changes';
import { isMarkTouched, mapTouches, touchesOf } from './touches';
import type { Touch } from './touches';
import type { Editor, EditOrigin, MakeUndo, NotePath, NoteText } from './ports';
import { weigh } from './weighing';

export class NoteSession {
  readonly editors: Editor[] = [];
  /** Blocks that wait for a composition to end, or for the file to be written. */
  readonly unwritten = new Set<string>();
  /** Bullets with a fresh tag, by the start of their line; live when the cursor has left it. */
  fresh: number[] = [];
  /** Blocks whose id is damaged or in mid-paragraph: put right when the cursor leaves the line. */
  readonly damaged = new Set<string>();
  /** What a file took away and does not count yet, by block. */
  readonly held = new Map<string, HeldBack>();
  readonly parts: HeldParts;
  /** Ids of documents held in memory for the open note. */
  readonly holding = new Set<string>();
  ready = false;
  /** Bound from what the store knew, and not compared with the text since. */
  restored = false;
  /** Since when the file has, at the latest, had the text that is taken from it or was written to it; ms since the epoch. */
  foundAt: number | null = null;
  /** What takes the edit back that is being made, newest first. */
  private marks: UndoMark[] = [];
  /** What this user touched before the note was ready. */
  private early: readonly Touch[] = [];
  private current: Editor | null = null;
  /** So many reloads of the editor may have been of half a file. */
  private restless = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    public path: NotePath,
    public bound: BoundNote,
    private readonly keeper: NoteKeeper,
    private readonly clipboard: SharedClipboard,
  ) {
    this.parts = new HeldParts(this, keeper);
  }

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
    if (!this.open) this.early = [];
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

  /** @returns for `undo`, newest first; null where the documents can't take it back */
  edited(editor: Editor, changes: readonly TextChange[], text: NoteText, origin: EditOrigin): readonly UndoMark[] | null {
    if (!this.ready) {
      // Compared as a whole when ready; only what this user typed may make a bullet live.
      if (editor === this.current) this.early = mapTouches(this.early, changes, origin === 'outside' ? [] : touchesOf(changes));
      return null;
    }
    if (editor !== this.current && this.current !== null) {
      if (sameText(this.current.text(), text)) return null; // the app mirrors one pane into the other
      this.current = editor;
    }
    if (origin === 'outside') {
      if (this.keeper.awaitRest(() => this.rested())) this.restless += 1;
      this.take(text, 'outside', 'current');
      return null;
    }
    this.fresh = this.fresh.map((from) => mapOffset(from, changes));
    this.takeMarks();
    const reading = read(this.bound, changes, text, this.context(origin));
    this.accept({ ...reading, facts: { ...reading.facts, candidates: this.made(reading.facts.candidates, touchesOf(changes), text) } }, origin, text);
    for (const [blockId, edits] of reading.edits) if (this.parts.giveBack(blockId, edits)) this.show(blockId);
    return this.told(reading.reach, this.takeMarks(), changes);
  }

  /** Whether the user put a range of the text there before the note was ready. */
  isEarly(start: number, end: number): boolean {
    return this.early.some(({ from, to }) => from <= start && to >= end);
  }

  /** The note is ready: bullets that were tagged by this user before become live as any others. */
  takeEarly(): void {
    const touches = this.early;
    this.early = [];
    const text = this.editorText();
    for (const { from, to } of touches) {
      for (const one of this.made(findCandidates(this.bound, text, this.keeper.rules(), from, to), touches, text)) this.fresh = [...new Set([...this.fresh, one.from])];
    }
  }

  /** Reads the file again and takes what others changed in it. Does nothing while an editor has it. */
  fileChanged(trust: (stat: { readonly mtime: number; readonly size: number } | null) => Trust = () => 'current'): Promise<void> {
    return this.alone(() => this.takeFile(trust));
  }

  /** Takes a text by its content: see `judge`. */
  take(text: NoteText, origin: 'outside' | 'disk', trust: Trust): void {
    this.keeper.looking(this);
    const reading = read(this.bound, null, text, this.context(origin, text));
    const wasRestored = this.restored;
    this.restored = false;
    const apply = new Map<string, readonly Edit[]>();
    let { note } = reading;
    let isHeld = false;
    for (const before of this.bound.blocks) {
      const { blockId } = before;
      const edits = reading.edits.get(blockId) ?? [];
      const after = note.blocks.find((block) => block.blockId === blockId);
      const judged = edits.length > 0 && after && weigh(this, this.keeper, before, after, edits, { trust, wasRestored, isMerged: origin === 'outside' && this.restless > 0 });
      if (!judged) continue;
      apply.set(blockId, judged.apply);
      note = withBlock(note, after, judged.block);
      isHeld = judged.isHeld || isHeld;
    }
    if (note !== reading.note) note = read(note, null, text, this.context(origin, text)).note; // so that it knows its text again
    let { facts } = reading;
    const missed = trust === 'current' ? [] : [...facts.vanished, ...facts.stripped].map(({ blockId }) => blockId);
    if (missed.length > 0) {
      this.keeper.unsaved(this, missed);
      facts = { ...facts, vanished: [], stripped: [] };
    }
    this.accept({ ...reading, note, facts, edits: apply }, origin, text);
    if (wasRestored) for (const { blockId } of this.bound.blocks) this.unwritten.add(blockId);
    if (isHeld) this.keeper.heldBack(this);
  }

  /**
   * A block that had left this note stands in it again, in a text found outside, and is bound: what it is beyond what it was when it left is taken like
   * any other text's, by its content. Half of a file may have been what it left with.
   */
  takeBack(blockId: string, left: readonly BoundBullet[], edits: readonly Edit[], text: NoteText, trust: Trust = 'current'): void {
    const after = this.block(blockId);
    const judged = after && weigh(this, this.keeper, { ...after, bullets: left }, after, edits, { trust, wasRestored: false, isMerged: false });
    if (!judged) return;
    this.bound = withBlock(this.bound, after, judged.block);
    this.commitFound(blockId, judged.apply, text);
    if (judged.isHeld) this.keeper.heldBack(this);
  }

  /** Bullets have other names now; their text stays. */
  rename(blockId: string, names: ReadonlyMap<BulletId, BulletId>): void {
    this.bound = renameBullets(this.bound, blockId, names);
    this.unwritten.add(blockId);
  }

  // ---- out ----

  /** Shows what a document says now. In an editor at once (or when the composition ends); in a file when the keeper calls `writeFile`. */
  show(blockId: string, change?: Change): void {
    if (!this.ready || !this.open || this.restless > 0 || this.current?.composing() === true || this.keeper.isFrozen(blockId)) {
      this.unwritten.add(blockId);
      return;
    }
    const document = this.parts.shown(blockId);
    if (!document) return;
    let edits: readonly Edit[] = [];
    this.rewriteEditor((note, text) => {
      const writing = write(note, text, blockId, document, this.unwritten.has(blockId) ? undefined : change);
      edits = writing.edits ?? [];
      return writing;
    });
    this.unwritten.delete(blockId);
    this.settle(blockId, edits);
  }

  private rested(): void {
    this.restless -= 1;
    this.showUnwritten();
  }

  /** Shows everything that waited. */
  showUnwritten(): void {
    for (const blockId of [...this.unwritten]) this.show(blockId);
  }

  /** Writes all waiting blocks into the file, in one atomic change. */
  async writeFile(): Promise<void> {
    const waiting = [...this.unwritten].filter((id) => this.keeper.document(id) !== undefined && !this.keeper.isFrozen(id));
    if (waiting.length === 0) return;
    const settling = new Map<string, readonly Edit[]>();
    let done = false;
    try {
      done = await this.rewrite((note, text) => {
        let result: Writing = { note, changes: [] };
        let shown = text;
        settling.clear();
        for (const blockId of waiting) {
          // What comes while the disk is busy waits anew.
          this.unwritten.delete(blockId);
          const document = this.parts.shown(blockId);
          if (!document) continue;
          const next = write(result.note, shown, blockId, document);
          if (next.edits) settling.set(blockId, next.edits);
          shown = textOf(applyChanges(shown.toString(), next.changes));
          result = { note: next.note, changes: composeDisjoint(result.changes, next.changes) };
        }
        return result;
      });
    } finally {
      if (!done) waiting.forEach((id) => this.unwritten.add(id));
    }
    if (!done) return;
    for (const [blockId, edits] of settling) this.settle(blockId, edits);
  }

  /** Brings into the document what the text, once written, says beyond it (see `Writing.edits`). */
  private settle(blockId: string, edits: readonly Edit[]): void {
    if (edits.length > 0 && !this.commit(blockId, edits)) this.unwritten.add(blockId);
  }

  /**
   * Changes the note's text on Blockwire's own behalf: one transaction in each editor, or one atomic write of the file.
   * `compute` is pure and may run more than once. Returns false if the file could not be brought to a known state.
   * @param undoable the user of an editor can take it back
   */
  rewrite(compute: (note: BoundNote, text: NoteText) => Writing, undoable = false): Promise<boolean> {
    return this.alone(() => this.rewriteAlone(compute, undoable));
  }

  private async rewriteAlone(compute: (note: BoundNote, text: NoteText) => Writing, undoable: boolean): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (this.open) {
        this.rewriteEditor(compute, undoable);
        return true;
      }
      let outcome: BoundNote | null = null;
      let strange = false;
      let uncopied: string | null = null;
      const { path } = this;
      let readAt = 0;
      const done = this.keeper.vault.process(path, (raw) => {
        outcome = null;
        readAt = this.keeper.now();
        const file = normalise(raw);
        const text = textOf(file.text);
        const now = read(this.bound, null, text, this.context('disk', text));
        strange = now.edits.size > 0 || now.facts.vanished.length > 0 || now.facts.stripped.length > 0;
        if (strange) return null;
        const writing = compute(now.note, text);
        uncopied = writing.changes.length > 0 && this.keeper.isCopyDue(path) ? raw : null;
        if (uncopied !== null) return null;
        outcome = writing.note;
        return writing.changes.length > 0 ? file.apply(writing.changes) : null;
      });
      try {
        await done;
      } catch (error) {
        if (this.path !== path) continue; // it has another name now
        // Deleted while this waited: whoever hears of that looks after its blocks.
        if (await this.isThere()) throw error;
        return false;
      }
      if (uncopied !== null) {
        await this.keeper.keepCopy(path, uncopied);
        continue;
      }
      if (!strange) {
        if (outcome && !this.open) this.bound = outcome;
        // What another program saves while this write ends is newer than what it wrote.
        if (!this.open) this.foundAt = readAt;
        this.keeper.changed(this);
        this.foundAt = null;
        return true;
      }
      await this.takeFile(() => 'current'); // someone wrote in between: take that first
    }
    return false;
  }

  private async isThere(): Promise<boolean> {
    return (await this.keeper.vault.state(this.path)) === 'present';
  }

  /** Makes the note another text by its user's wish: what differs in live blocks are edits, however old it is. */
  async become(wanted: string): Promise<void> {
    const after = textOf(wanted);
    const readings: Reading[] = [];
    const done = await this.rewrite((note, text) => {
      readings[0] = read(note, null, after, this.context('disk', after));
      return { note: readings[0].note, changes: diffText(text.toString(), wanted) };
    });
    if (done && readings[0]) this.accept(readings[0], 'disk', after, false);
  }

  /** Makes changes that count as this user's edits, e.g. putting an id right: what was typed behind it becomes text of the bullet. */
  amend(changes: readonly TextChange[]): void {
    this.applyToEditors(changes);
    const text = this.editorText();
    this.accept(read(this.bound, changes, text, this.context('other')), 'other', text);
  }

  rewriteEditor(compute: (note: BoundNote, text: NoteText) => Writing, undoable = false): void {
    const before = this.editorText();
    const writing = compute(this.bound, before);
    this.bound = writing.note;
    if (writing.changes.length > 0) this.applyToEditors(writing.changes, undoable);
    this.keeper.changed(this);
  }

  private applyToEditors(changes: readonly TextChange[], undoable = false): void {
    const before = this.editorText();
    this.fresh = this.fresh.map((from) => mapOffset(from, changes));
    this.early = mapTouches(this.early, changes);
    const others = this.editors.filter((editor) => editor !== this.current && sameText(editor.text(), before));
    this.current?.apply(changes, undoable);
    // The app may have mirrored the change already.
    for (const editor of others) if (sameText(editor.text(), before)) editor.apply(changes, undoable);
  }

  // ---- undo ----

  /** See `OpenNote.undo`. */
  undo(editor: Editor, changes: readonly TextChange[], marks: readonly UndoMark[], make: MakeUndo): readonly UndoMark[] | null {
    if (marks.every((mark) => mark.step && !this.block(mark.blockId) && this.keeper.isAway(mark.blockId, this.path))) {
      make([], []);
      return [];
    }
    if (!this.ready || this.current !== editor || editor.composing()) return null;
    const undoing = new Undoing(this.bound, this.editorText(), changes, marks, this.context('undo'));
    const trees = new Map<string, LiveDocument>();
    for (const blockId of undoing.steps.keys()) {
      const document = this.isInStep(blockId) ? this.keeper.document(blockId) : undefined;
      if (document) trees.set(blockId, document);
    }
    if (trees.size < undoing.steps.size || !undoing.isPossible) return null;
    this.takeMarks();
    for (const [blockId, steps] of undoing.steps) this.mark(blockId, this.keeper.takeBack(blockId, steps));
    const undone = undoing.written(trees);
    this.bound = undone.note;
    this.clipboard.value = undone.clipboard;
    for (const changes of [undone.changes, ...undone.more]) this.fresh = this.fresh.map((from) => mapOffset(from, changes));
    make(undone.changes, undone.more);
    for (const [blockId, edits] of undone.edits) this.settle(blockId, edits);
    if (undone.untagged.length > 0) this.keeper.consider(this, { ...NO_FACTS, untagged: undone.untagged }, 'undo');
    this.keeper.changed(this);
    return undoing.marked(this.takeMarks());
  }

  /** What takes an edit back by the documents: of one that told them nothing (an indent that changes no nesting), that. */
  private told(reach: Reading['reach'], marks: readonly UndoMark[], [change]: readonly TextChange[]): readonly UndoMark[] | null {
    if (reach !== 'inside') return reach === 'beyond' ? null : [...marks, { step: null }];
    const block = change && this.bound.blocks.find(({ from, to }) => change.from >= from && change.from <= to);
    return marks.length > 0 || !block ? marks : [{ blockId: block.blockId, step: { made: [], deleted: [] } }];
  }

  private takeMarks(): UndoMark[] {
    const { marks } = this;
    this.marks = [];
    return marks;
  }

  /** Whether the text shows of a block what its document says. */
  private isInStep(blockId: string): boolean {
    return this.block(blockId) !== undefined && !this.unwritten.has(blockId) && !this.held.has(blockId) && !this.keeper.isFrozen(blockId);
  }

  /** @param found a text found outside: the names of its new bullets are made from it, so that two devices that find it name them alike */
  context(origin: ReadOrigin, found?: NoteText): ReadContext {
    return {
      origin,
      newId: found ? namesFrom(this.bound, found, this.keeper) : () => this.keeper.newId(),
      tree: (blockId) => this.keeper.document(blockId),
      clipboard: this.clipboard.value,
      ...this.keeper.rules(),
    };
  }

  /** @param isFound somebody else wrote the text, and may be a device that sends its edits, too */
  private accept(reading: Reading, origin: ReadOrigin, text: NoteText, isFound = origin === 'disk' || origin === 'outside'): void {
    this.bound = reading.note;
    this.clipboard.value = reading.clipboard;
    const refused: string[] = [];
    for (const [blockId, edits] of reading.edits) {
      if (edits.length === 0) continue;
      if (!(isFound ? this.commitFound(blockId, edits, text) : this.commit(blockId, edits))) refused.push(blockId);
    }
    if (reading.facts.repairs.length > 0) this.applyToEditors(reading.facts.repairs);
    for (const blockId of refused) this.rebind(blockId, reading.facts.repairs.length > 0 ? this.editorText() : text);
    if (hasFacts(reading.facts)) {
      this.keeper.consider(this, reading.facts, origin);
      // A bullet that came into a block is marked before it is sent.
      for (const editor of this.editors) editor.refresh();
    }
    this.keeper.changed(this);
    for (const blockId of reading.unsettled) this.show(blockId);
  }

  /** Makes the edits that a text found outside stands for: another device that finds it makes the very same. @returns false if the document refused them */
  commitFound(blockId: string, edits: readonly Edit[], text: NoteText): boolean {
    const base = this.keeper.document(blockId)?.digest() ?? '';
    return this.keeper.commit(blockId, edits, { importAs: importClientId(base, text.toString()), seen: this.textsOf(blockId, edits) }) !== null;
  }

  private commit(blockId: string, edits: readonly Edit[]): boolean {
    const committed = this.keeper.commit(blockId, edits);
    this.mark(blockId, committed?.step);
    return committed !== null;
  }

  private mark(blockId: string, step: Step | null | undefined): void {
    if (step) this.marks.unshift({ blockId, step });
  }

  /** What the text shows of the bullets that these edits change. */
  private textsOf(blockId: string, edits: readonly Edit[]): Map<string, string> {
    const changed = new Set(edits.flatMap((edit) => (edit.type === 'text' ? [edit.id] : [])));
    return new Map(this.block(blockId)?.bullets.flatMap(({ id, text }) => (changed.has(id) ? [[id, text] as const] : [])) ?? []);
  }

  /** Text and document could not be brought together edit by edit: what the text has beyond the document is added, nothing is taken away. */
  private rebind(blockId: string, text: NoteText): void {
    const document = this.keeper.document(blockId);
    const block = this.block(blockId);
    const found = block && findIds(text.toString()).find((one) => one.blockId === blockId && one.from >= block.from && one.from <= block.to);
    if (!document || !found) return;
    const binding = bindBlock(unbind(this.bound, blockId), text, found, document, { newId: () => this.keeper.newId(), deletions: false });
    this.bound = binding.note;
    this.keeper.commit(blockId, binding.edits);
    this.unwritten.add(blockId);
  }

  private async takeFile(trust: (stat: { readonly mtime: number; readonly size: number } | null) => Trust): Promise<void> {
    const { vault } = this.keeper;
    if (this.open || !(await this.isThere())) return;
    const stat = await vault.stat(this.path);
    const { text } = normalise(await vault.read(this.path));
    if (this.open) return;
    this.foundAt = stat?.mtime ?? null;
    try {
      this.take(textOf(text), 'disk', trust(stat));
    } finally {
      this.foundAt = null;
    }
  }

  /** Candidates whose tag or phrase these touches made. */
  private made(candidates: readonly Candidate[], touches: readonly Touch[], text: NoteText): Candidate[] {
    const { tag, phrases } = this.keeper.rules();
    return candidates.filter((one) => isMarkTouched(one, [tag, ...phrases], touches, text));
  }

  /** One reading or writing of the file at a time. */
  private alone<T>(run: () => Promise<T>): Promise<T> {
    const next = this.turn.then(run, run);
    this.turn = next.catch(() => undefined);
    return next;
  }
}

function withBlock(note: BoundNote, was: BoundBlock | undefined, is: BoundBlock): BoundNote {
  return is === was ? note : { ...note, blocks: note.blocks.map((block) => (block === was ? is : block)) };
}

function sameText(a: NoteText, b: NoteText): boolean {
  return a === b || (a.length === b.length && a.toString() === b.toString());
}

function hasFacts(facts: Facts): boolean {
  return Object.values(facts).some((list: readonly unknown[]) => list.length > 0);
}
