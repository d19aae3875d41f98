/**
 * The notes of this vault that hold live blocks or are open in an editor: which block stands where, what was last known of
 * each note's text, and when a closed one is written.
 */
import type { Change } from '../document';
import { emptyClipboard, findIds, openNote } from '../note';
import { PeerError } from './api';
import type { Core } from './core';
import { ChangedLately } from './changed-lately';
import { EditorHold } from './editor-hold';
import { NoteRows, SAVE_AFTER } from './note-rows';
import type { BlockSummary, StoredNote } from './note-rows';
import { NoteSession } from './note-session';
import type { SharedClipboard, Trust } from './note-keeper';
import { SessionKeeper } from './session-keeper';
import { WriteSchedule } from './write-schedule';
import { normalise } from './line-ends';
import type { Editor, NotePath, OpenNote, Vault } from './ports';
import { lineAt } from './text-changes';

/** File systems and clocks are not exact to less. */
const CLOCK_GRAIN = 2_000;

/** File times can be earlier than the clock by this much, ms: 2 s on FAT, a few ms where the kernel's clock ticks. */
const COARSEST_TIME = 2_000;

export class Notes {
  private readonly sessions = new Map<NotePath, NoteSession>();
  private readonly preparing = new Map<NotePath, Promise<NoteSession>>();
  private readonly rows = new NoteRows(() => this.core(), (path) => this.sessions.get(path));
  /** Where each block stands here. A block stands in one note; the same id elsewhere is inactive. */
  readonly owners = new Map<string, NotePath>();
  readonly keeper = new SessionKeeper(() => this.core());
  private readonly clipboard: SharedClipboard = { value: emptyClipboard() };
  /** When each text was last known to change, at the time when its file was last looked at. */
  private readonly knownAt = new Map<NotePath, number>();
  /** The blocks that `changedAt` is of. */
  private readonly stamped = new WeakMap<NoteSession, readonly unknown[]>();
  private readonly writes = new WriteSchedule(() => this.core(), (path) => this.writeNow(path));

  private readonly lately = new ChangedLately(() => this.core());

  constructor(private readonly core: () => Core) {}

  private get vault(): Vault {
    return this.core().vault;
  }

  async load(): Promise<void> {
    await this.rows.load();
    for (const [path, { blocks }] of this.rows.all()) for (const id of blocks) this.owners.set(id, path);
  }

  /** Compares every known note with what it was when this device last ran, and looks into notes changed since `lastRun`. A note that can't be read is told of and passed over. */
  async compareAll(lastRun: number): Promise<void> {
    const settled = async (work: Promise<void>): Promise<void> => {
      this.core().track(work);
      await work.catch(() => undefined);
    };
    for (const [path, row] of this.rows.all()) {
      const stat = await this.vault.stat(path);
      if (stat === null) await settled(this.fileGone(path));
      else if (stat.mtime !== row.mtime || stat.size !== row.size) await settled(this.fileChanged(path));
    }
    for (const { path, mtime } of await this.vault.list()) {
      if (mtime > lastRun - COARSEST_TIME && this.rows.get(path) === undefined) await settled(this.fileChanged(path));
    }
  }

  // ---- editors and files ----

  open(path: NotePath, editor: Editor): OpenNote {
    const session = this.session(path);
    session.attach(editor);
    const wasReady = session.ready;
    if (wasReady && session.editors.length === 1) session.ready = false; // the file may have moved on since it was closed
    if (!session.ready) this.core().track(this.prepareOpen(session));
    return new EditorHold(this.core(), session, editor);
  }

  closed(session: NoteSession): void {
    if (session.open) return;
    this.core().track(this.core().lives.stopping.mendClosed(session));
    if (session.unwritten.size > 0) this.writes.schedule(session.path);
    this.keepDocuments(session);
  }

  /** Texts of list items in other notes that changed since a time, as far as this run heard of it. */
  linesChangedLately(but: NotePath, since: number): Promise<ReadonlySet<string>> {
    return this.lately.lines(but, since, this.openSessions());
  }

  async fileChanged(path: NotePath): Promise<void> {
    this.lately.changed(path);
    await this.core().recovered;
    if (this.sessions.get(path)?.open) return;
    if (this.rows.get(path) === undefined && !this.sessions.has(path)) {
      await this.lookInto(path);
      return;
    }
    await this.withDocuments(path, async (session) => {
      await session.fileChanged((stat) => this.trust(session, stat));
      this.writeSoon(session);
    });
  }

  /** Writes what waits, soon. */
  writeSoon(session: NoteSession): void {
    if (session.open) session.showUnwritten();
    else if (session.unwritten.size > 0) this.writes.schedule(session.path);
  }

  /** A block is in this note no more. */
  leave(blockId: string, path: NotePath): void {
    if (this.owners.get(blockId) === path) this.owners.delete(blockId);
    this.rows.without(path, blockId);
    this.rows.saveSoon(path);
  }

  /** The same, before the file was looked at last. */
  savedBefore(path: NotePath): number {
    return this.knownAt.get(path) ?? this.changedAt(path);
  }

  /** Its file is about to be taken. */
  isLookedAt(path: NotePath): void {
    this.knownAt.set(path, this.changedAt(path));
  }

  /** When the text of a note's blocks was last known to change. */
  changedAt(path: NotePath): number {
    return this.rows.get(path)?.changedAt ?? 0;
  }

  renamed(from: NotePath, to: NotePath): void {
    const session = this.sessions.get(from);
    if (session) {
      this.sessions.delete(from);
      session.path = to;
      this.sessions.set(to, session);
      this.rows.saveSoon(to);
      this.writes.renamed(from, to);
    }
    this.core().lives.appearing.renamed(from, to);
    this.core().copies.renamed(from, to);
    for (const id of this.rows.move(from, to)?.blocks ?? []) this.owners.set(id, to);
    for (const block of session?.bound.blocks ?? []) this.owners.set(block.blockId, to);
    this.core().changed();
  }

  /** A note is gone. Its blocks are gone from here only if they don't turn up elsewhere; nothing is sent before the user says so. */
  async fileGone(path: NotePath): Promise<void> {
    const state = await this.vault.state(path);
    if (state === 'present') return this.fileChanged(path); // replaced, not deleted
    if (state === 'waiting') return;
    const blocks = this.blocksIn(path);
    this.sessions.delete(path);
    this.core().lives.appearing.deleted(path);
    this.rows.forget(path);
    for (const blockId of blocks) this.core().lives.vanishing.goneWithNote(blockId, path);
  }

  // ---- documents ----

  /** A document in memory changed through others. */
  documentChanged(blockId: string, change: Change): void {
    this.carry(blockId);
    const path = this.owners.get(blockId);
    const session = path === undefined ? undefined : this.sessions.get(path);
    if (session?.ready && session.open) session.show(blockId, change);
    else this.waitForNote(blockId);
  }

  /** A document has news and its note is closed, or it stands nowhere yet. */
  documentTouched(blockId: string): void {
    this.carry(blockId);
    this.waitForNote(blockId);
  }

  private carry(blockId: string): void {
    const { lives, track } = this.core();
    if (lives.carrying.has(blockId)) track(lives.carrying.carry(blockId));
  }

  private waitForNote(blockId: string): void {
    const path = this.owners.get(blockId);
    if (path === undefined) {
      this.core().landing.consider(blockId);
      return;
    }
    const session = this.session(path);
    session.unwritten.add(blockId);
    if (!session.open) this.writes.schedule(session.path);
  }

  /** Runs with the note's bound text and documents in memory. */
  async withDocuments<T>(path: NotePath, run: (session: NoteSession) => Promise<T> | T): Promise<T> {
    const session = await this.prepared(path);
    const held = session.bound.blocks.map((block) => block.blockId);
    await Promise.all(held.map((id) => this.core().documents.hold(id)));
    try {
      return await run(session);
    } finally {
      held.forEach((id) => this.core().documents.release(id));
    }
  }

  blocksIn(path: NotePath): readonly string[] {
    const session = this.sessions.get(path);
    return session?.ready ? session.bound.blocks.map((block) => block.blockId) : (this.rows.get(path)?.blocks ?? []);
  }

  /** The live block at a line (from 0) of a note that is open in an editor. */
  blockAtLine(path: NotePath, line: number): string | null {
    const session = this.sessions.get(path);
    if (!session?.ready || !session.open) return null;
    const text = session.editorText();
    return session.bound.blocks.find((block) => lineAt(text, block.from) <= line && line <= lineAt(text, block.to))?.blockId ?? null;
  }

  /** A block of a note as it was when that was saved last, for lists. */
  summaryOf(path: NotePath, blockId: string): BlockSummary | undefined {
    return this.rows.summary(path, blockId);
  }

  at(path: NotePath): NoteSession | undefined {
    return this.sessions.get(path);
  }

  openSessions(): NoteSession[] {
    return [...this.sessions.values()].filter((session) => session.open);
  }

  /** Notes with a block that waits to be written. */
  get writing(): boolean {
    return this.writes.size > 0;
  }

  /** Writes every closed note that waits, now. */
  async flush(): Promise<void> {
    await this.writes.flush();
    await this.rows.saveNow();
  }

  /** A note's bound text changed. */
  changed(session: NoteSession): void {
    // Deleted while its file was read: its blocks stand nowhere.
    if (this.sessions.get(session.path) !== session) return;
    const before = this.rows.get(session.path)?.blocks ?? [];
    const now = session.bound.blocks.map((block) => block.blockId);
    this.core().lives.holds.lookAgain(session);
    const isSame = this.stamped.get(session) === session.bound.blocks;
    this.stamped.set(session, session.bound.blocks);
    const known = this.changedAt(session.path);
    const changedAt = isSame ? known : Math.max(known, session.foundAt ?? this.core().clock.now());
    const isOther = before.length !== now.length || before.some((id, i) => id !== now[i]);
    if (isOther) {
      for (const id of now) this.owners.set(id, session.path);
      for (const editor of session.editors) editor.refresh();
      this.keepDocuments(session);
      for (const id of now) this.core().files?.look(id);
      this.core().changed();
    }
    if (now.length === 0 && before.length === 0) return;
    this.rows.know(session.path, now, changedAt);
    // A block whose text was never known is met like a stranger's at the next start: what changed meanwhile would stand twice.
    if (isOther) this.rows.saveSoon(session.path, 0);
    else if (session.open) this.rows.typed(session.path);
    else this.rows.saveSoon(session.path);
  }

  /** An open note holds the documents of its blocks in memory. */
  private keepDocuments(session: NoteSession): void {
    const { documents, track } = this.core();
    const now = new Set(session.open ? session.bound.blocks.map((block) => block.blockId) : []);
    for (const blockId of [...session.holding]) {
      if (now.has(blockId)) continue;
      session.holding.delete(blockId);
      documents.release(blockId);
    }
    for (const blockId of now) {
      if (session.holding.has(blockId)) continue;
      session.holding.add(blockId);
      track(documents.hold(blockId));
    }
  }

  // ---- inside ----

  private session(path: NotePath): NoteSession {
    let session = this.sessions.get(path);
    if (!session) {
      session = new NoteSession(path, openNote('', { indent: this.vault.defaultIndent }), this.keeper, this.clipboard);
      this.sessions.set(path, session);
    }
    return session;
  }

  /** The session with what the store knows of the note; its documents are not in memory yet. */
  private prepared(path: NotePath): Promise<NoteSession> {
    const session = this.session(path);
    if (session.ready) return Promise.resolve(session);
    let work = this.preparing.get(path);
    if (!work) {
      work = this.rows.stored(path)
        .then((stored) => {
          if (!session.ready && stored) this.restore(session, stored);
          if (!session.open) session.ready = true;
          return session;
        })
        .finally(() => this.preparing.delete(path));
      this.preparing.set(path, work);
    }
    return work;
  }

  /** Brings an opened note and its documents together; what was typed meanwhile is found by comparing. */
  private async prepareOpen(session: NoteSession): Promise<void> {
    const { documents, lives } = this.core();
    await this.core().recovered;
    const stored = session.bound.blocks.length > 0 ? null : await this.rows.stored(session.path);
    const ids = (stored?.bound ?? session.bound).blocks.map((block) => block.blockId);
    const stat = await this.vault.stat(session.path);
    await Promise.all(ids.map((id) => documents.hold(id)));
    try {
      if (!session.open || session.ready) return;
      if (stored && session.bound.blocks.length === 0) this.restore(session, stored);
      const text = session.editorText();
      session.ready = true;
      if (session.bound.blocks.length > 0) {
        session.take(text, 'disk', this.trust(session, stat));
        for (const block of session.bound.blocks) session.show(block.blockId);
      } else {
        session.bound = openNote(text.toString(), { indent: this.vault.defaultIndent });
      }
      this.keepDocuments(session);
    } finally {
      ids.forEach((id) => documents.release(id));
    }
    const found = findIds(session.editorText().toString());
    const pasted = found.filter(({ idFrom, idTo }) => session.isEarly(idFrom, idTo));
    lives.appearing.look(session, found.filter((one) => !pasted.includes(one)));
    lives.appearing.look(session, pasted, 'paste');
    for (const { blockId } of session.bound.blocks) this.core().presence.mineIs(blockId, documents.get(blockId)?.digest() ?? '');
    session.showUnwritten();
    // From now on the file is behind what is typed: known at once, so that a kill a moment later leaves no note behind its documents.
    const open = session.bound.blocks.map((block) => block.blockId);
    for (const id of open) this.core().files?.look(id);
    if (open.length > 0) {
      this.rows.know(session.path, open, this.changedAt(session.path));
      this.rows.saveSoon(session.path, 0);
    }
    session.takeEarly();
    const [editor] = session.editors;
    if (editor) this.core().making.cursorMoved(session, editor); // the cursor may have left their lines before
    for (const one of session.editors) one.refresh();
    this.core().landing.noteReady(session.path);
  }

  /** A closed note that holds no live block as far as we know: does it now? */
  async lookInto(path: NotePath): Promise<void> {
    if ((await this.vault.state(path)) !== 'present') return;
    const { text } = normalise(await this.vault.read(path));
    const ids = findIds(text);
    if (ids.length > 0) {
      const session = await this.prepared(path);
      if (session.open) return;
      if (session.bound.blocks.length === 0) session.bound = openNote(text, { indent: this.vault.defaultIndent });
      this.core().lives.appearing.look(session, ids);
    }
    if (this.core().settings().liveFromDisk) await this.core().making.fromDisk(path);
  }

  private async writeNow(path: NotePath): Promise<void> {
    if ((await this.vault.state(path)) !== 'present') return;
    await this.withDocuments(path, async (session) => {
      if (session.open) return session.showUnwritten();
      try {
        await session.writeFile();
      } catch (error) {
        // What waits is shown by the editor that has just taken the note; the other notes must not wait for it.
        if (!(error instanceof PeerError) || error.code !== 'NOTE_OPEN') throw error;
      }
    });
  }

  private restore(session: NoteSession, { bound, held }: StoredNote): void {
    session.bound = bound;
    session.restored = true;
    for (const [blockId, one] of held) session.held.set(blockId, one);
    if (held.length > 0) this.keeper.heldBack(session);
  }

  async trustIn(session: NoteSession): Promise<Trust> {
    return this.trust(session, await this.vault.stat(session.path));
  }

  /** What a file of that time can know: see `Trust`. */
  private trust(session: NoteSession, stat: { readonly mtime: number } | null): Trust {
    const row = this.rows.get(session.path);
    if (!row) return 'current';
    // It must be newer than all that the app can have saved: otherwise an editor had the note and its last words may not have reached the file.
    if (session.restored && row.size === -1 && stat && stat.mtime < row.changedAt + SAVE_AFTER + CLOCK_GRAIN) return 'unsaved';
    return this.core().lives.holds.trust(stat?.mtime, row.changedAt);
  }
}
