/**
 * The notes of this vault that hold live blocks or are open in an editor: which block stands where, what was last known of
 * each note's text, and when a closed one is written.
 */
import { DocumentError } from '../document';
import type { Change, Edit, LiveDocument } from '../document';
import { emptyClipboard, findIds, openNote } from '../note';
import type { BoundNote, Facts, ReadOrigin } from '../note';
import type { StoreWrite } from '../sync';
import { PeerError } from './api';
import type { Core } from './core';
import { EditorHold } from './editor-hold';
import type { KnownBlock } from './found-text';
import type { HeldBack } from './held-back';
import { NoteSession } from './note-session';
import type { NoteKeeper, SharedClipboard, Trust } from './note-session';
import { normalise } from './line-ends';
import type { Editor, NotePath, OpenNote, Vault } from './ports';
import { lineAt } from './text-changes';

/** Bound notes are saved this long after they changed. */
const SAVE_AFTER = 3000;

/** What the store keeps of a note for the start: read for all notes, so it is small. */
interface NoteRow {
  readonly blocks: readonly string[];
  /** Of the file as last known; size -1 while an editor has the note: the file is behind the text then. */
  readonly mtime: number;
  readonly size: number;
  /** When its text was last known to change, ms since the epoch. */
  readonly changedAt: number;
  /** Something is held back. */
  readonly held?: boolean;
}

/** What is read when the note is needed. */
interface StoredNote {
  readonly bound: BoundNote;
  readonly held: readonly (readonly [string, HeldBack])[];
}

/** File systems and clocks are not exact to less. */
const CLOCK_GRAIN = 2_000;

export class Notes implements NoteKeeper {
  private readonly sessions = new Map<NotePath, NoteSession>();
  private readonly preparing = new Map<NotePath, Promise<NoteSession>>();
  private readonly rows = new Map<NotePath, NoteRow>();
  /** Where each block stands here. A block stands in one note; the same id elsewhere is inactive. */
  readonly owners = new Map<string, NotePath>();
  private readonly clipboard: SharedClipboard = { value: emptyClipboard() };
  /** When each text was last known to change, at the time when its file was last looked at. */
  private readonly knownAt = new Map<NotePath, number>();
  /** The blocks that `changedAt` is of. */
  private readonly stamped = new WeakMap<NoteSession, readonly unknown[]>();
  private readonly toSave = new Set<NotePath>();
  private cancelSave: (() => void) | null = null;
  private readonly writes = new Map<NotePath, { cancel: () => void; latest: number }>();

  constructor(private readonly core: () => Core) {}

  get vault(): Vault {
    return this.core().vault;
  }

  async load(): Promise<void> {
    for (const { key, value } of await this.core().store.scan('notes', 'o/')) {
      const path = key.slice(2);
      const row = decodeJson<NoteRow>(value);
      this.rows.set(path, row);
      for (const id of row.blocks) this.owners.set(id, path);
      if (row.held) this.rows.set(path, { ...row, size: Math.min(row.size, 0) }); // its file is to be looked at
    }
    for (const { key } of await this.core().store.scan('notes', unwrittenKey(''))) {
      const path = this.owners.get(key.slice(unwrittenKey('').length));
      const row = path === undefined ? undefined : this.rows.get(path);
      if (path !== undefined && row) this.rows.set(path, { ...row, size: Math.min(row.size, 0) }); // its file is to be looked at
    }
  }

  /** Compares every known note with what it was when this device last ran, and looks into notes changed since `lastRun`. A note that can't be read is told of and passed over. */
  async compareAll(lastRun: number): Promise<void> {
    const settled = async (work: Promise<void>): Promise<void> => {
      this.core().track(work);
      await work.catch(() => undefined);
    };
    for (const [path, row] of [...this.rows]) {
      const stat = await this.vault.stat(path);
      if (stat === null) await settled(this.fileGone(path));
      else if (stat.mtime !== row.mtime || stat.size !== row.size) await settled(this.fileChanged(path));
    }
    for (const { path, mtime } of await this.vault.list()) {
      if (mtime > lastRun && !this.rows.has(path)) await settled(this.fileChanged(path));
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
    if (session.unwritten.size > 0) this.scheduleWrite(session);
    this.keepDocuments(session);
  }

  async fileChanged(path: NotePath): Promise<void> {
    await this.core().recovered;
    if (this.sessions.get(path)?.open) return;
    if (!this.rows.has(path) && !this.sessions.has(path)) {
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
    else if (session.unwritten.size > 0) this.scheduleWrite(session);
  }

  /** A block is in this note no more. */
  leave(blockId: string, path: NotePath): void {
    if (this.owners.get(blockId) === path) this.owners.delete(blockId);
    const row = this.rows.get(path);
    if (row?.blocks.includes(blockId)) this.rows.set(path, { ...row, blocks: row.blocks.filter((id) => id !== blockId) });
    this.toSave.add(path);
    this.saveSoon();
  }

  /** The same, before the file was looked at last. */
  savedBefore(path: NotePath): number {
    return this.knownAt.get(path) ?? this.changedAt(path);
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
      this.toSave.add(to);
      this.saveSoon();
      const write = this.writes.get(from);
      write?.cancel();
      if (this.writes.delete(from)) this.scheduleWrite(session);
    }
    this.core().lives.appearing.renamed(from, to);
    const row = this.rows.get(from);
    if (row) {
      this.rows.delete(from);
      this.rows.set(to, row);
      for (const id of row.blocks) this.owners.set(id, to);
      this.core().track(this.moveRow(from, to));
    }
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
    this.forgetRow(path);
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
    if (!session.open) this.scheduleWrite(session);
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
    for (const [path, { cancel }] of [...this.writes]) {
      cancel();
      this.writes.delete(path);
      await this.writeNow(path);
    }
    // All of it is saved now; a timer that stayed would keep a program that ends waiting.
    this.cancelSave?.();
    this.cancelSave = null;
    await this.save();
  }

  // ---- NoteKeeper ----

  rules(): { tag: string; phrases: readonly string[] } {
    const { tag, phrases } = this.core().settings();
    return { tag, phrases };
  }

  newId(): string {
    return [...this.core().random.bytes(10)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  document(blockId: string): LiveDocument | undefined {
    return this.core().documents.get(blockId);
  }

  known(blockId: string): KnownBlock | undefined {
    const { documents } = this.core();
    const [document, past] = [documents.get(blockId), documents.past(blockId)];
    if (!document || !past) return undefined;
    return {
      tree: document,
      had: (id, text) => past.had(id, text),
      trashedWith: (text) => document.trash().find((bullet) => bullet.plain.text === text)?.id,
    };
  }

  commit(blockId: string, edits: readonly Edit[], importAs?: number, seen?: ReadonlyMap<string, string>): boolean {
    try {
      this.core().documents.edit(blockId, edits, importAs, seen);
      return true;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      return false;
    }
  }

  consider(session: NoteSession, facts: Facts, origin: ReadOrigin): void {
    this.core().lives.consider(session, facts, origin);
  }

  looking(session: NoteSession): void {
    this.knownAt.set(session.path, this.changedAt(session.path));
  }

  heldBack(session: NoteSession): void {
    this.core().lives.holds.hold(session);
  }

  olderVersion(session: NoteSession, blockId: string): void {
    this.core().lives.holds.olderVersion(session, blockId);
  }

  isFrozen(blockId: string): boolean {
    return this.core().lives.holds.isFrozen(blockId);
  }

  sawEcho(): void {
    this.core().lives.holds.sawEngine();
  }

  unsaved(session: NoteSession, blockIds: readonly string[]): void {
    for (const blockId of blockIds) {
      this.leave(blockId, session.path);
      this.core().track(this.core().lives.stopping.putIdBack(session.path, blockId));
    }
  }

  changed(session: NoteSession): void {
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
      this.core().changed();
    }
    if (now.length === 0 && before.length === 0) return;
    this.rows.set(session.path, { blocks: now, mtime: 0, size: 0, changedAt });
    this.toSave.add(session.path);
    // A block whose text was never known is met like a stranger's at the next start: what changed meanwhile would stand twice.
    this.saveSoon(isOther ? 0 : SAVE_AFTER);
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

  private saveSoon(ms = SAVE_AFTER): void {
    if (ms < SAVE_AFTER) {
      this.cancelSave?.();
      this.cancelSave = null;
    }
    this.cancelSave ??= this.core().clock.after(ms, () => {
      this.cancelSave = null;
      this.core().track(this.save());
    });
  }

  // ---- inside ----

  private session(path: NotePath): NoteSession {
    let session = this.sessions.get(path);
    if (!session) {
      session = new NoteSession(path, openNote('', { indent: this.vault.defaultIndent }), this, this.clipboard);
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
      work = this.readBound(path)
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
    const stored = session.bound.blocks.length > 0 ? null : await this.readBound(session.path);
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
    lives.appearing.look(session, findIds(session.editorText().toString()));
    for (const { blockId } of session.bound.blocks) this.core().presence.mineIs(blockId, documents.get(blockId)?.digest() ?? '');
    session.showUnwritten();
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

  private scheduleWrite(session: NoteSession): void {
    const { writeAfter, writeWithin } = this.core().settings();
    const now = this.core().clock.now();
    const waiting = this.writes.get(session.path);
    waiting?.cancel();
    const latest = waiting?.latest ?? now + writeWithin;
    const cancel = this.core().clock.after(Math.max(0, Math.min(writeAfter, latest - now)), () => {
      this.writes.delete(session.path);
      this.core().track(this.writeNow(session.path));
    });
    this.writes.set(session.path, { cancel, latest });
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

  private async readBound(path: NotePath): Promise<StoredNote | null> {
    const value = await this.core().store.read('notes', `b/${path}`);
    return value ? decodeJson<StoredNote>(value) : null;
  }

  private restore(session: NoteSession, { bound, held }: StoredNote): void {
    session.bound = bound;
    session.restored = true;
    for (const [blockId, one] of held) session.held.set(blockId, one);
    if (held.length > 0) this.heldBack(session);
  }

  /** What a file of that time can know: see `Trust`. */
  private trust(session: NoteSession, stat: { readonly mtime: number } | null): Trust {
    const row = this.rows.get(session.path);
    if (!row) return 'current';
    // It must be newer beyond doubt: otherwise an editor had the note and its last words may not have reached the file.
    if (session.restored && row.size === -1 && stat && stat.mtime < row.changedAt + CLOCK_GRAIN) return 'unsaved';
    return this.core().lives.holds.trust(stat?.mtime, row.changedAt);
  }

  private async save(): Promise<void> {
    const writes: StoreWrite[] = [];
    for (const path of [...this.toSave]) {
      this.toSave.delete(path);
      const session = this.sessions.get(path);
      const known = this.rows.get(path);
      if (!session?.ready) {
        if (known) writes.push({ table: 'notes', key: `o/${path}`, value: encodeJson(known) });
        continue;
      }
      const blocks = session.bound.blocks.map((block) => block.blockId);
      if (blocks.length === 0 && (session.bound.released ?? []).length === 0) {
        this.rows.delete(path);
        writes.push({ table: 'notes', key: `o/${path}`, value: null }, { table: 'notes', key: `b/${path}`, value: null });
        continue;
      }
      const stat = await this.vault.stat(path);
      // While an editor has the note, the file is behind the text: an impossible size makes the next start compare.
      for (const id of blocks) if (!session.unwritten.has(id)) writes.push({ table: 'notes', key: unwrittenKey(id), value: null });
      const { changedAt } = this.rows.get(path) ?? { changedAt: 0 };
      const row: NoteRow = { blocks, mtime: session.open ? 0 : (stat?.mtime ?? 0), size: session.open ? -1 : (stat?.size ?? -1), changedAt, ...(session.held.size > 0 ? { held: true } : {}) };
      const stored: StoredNote = { bound: session.bound, held: [...session.held] };
      this.rows.set(path, row);
      writes.push({ table: 'notes', key: `o/${path}`, value: encodeJson(row) }, { table: 'notes', key: `b/${path}`, value: encodeJson(stored) });
    }
    if (writes.length > 0) await this.core().store.write(writes, 'relaxed');
  }

  private async moveRow(from: NotePath, to: NotePath): Promise<void> {
    const bound = await this.core().store.read('notes', `b/${from}`);
    const row = this.rows.get(to);
    const writes: StoreWrite[] = [
      { table: 'notes', key: `o/${from}`, value: null },
      { table: 'notes', key: `b/${from}`, value: null },
    ];
    if (row) writes.push({ table: 'notes', key: `o/${to}`, value: encodeJson(row) });
    if (bound) writes.push({ table: 'notes', key: `b/${to}`, value: bound });
    await this.core().store.write(writes, 'relaxed');
  }

  private forgetRow(path: NotePath): void {
    this.rows.delete(path);
    this.toSave.delete(path);
    const writes: StoreWrite[] = [
      { table: 'notes', key: `o/${path}`, value: null },
      { table: 'notes', key: `b/${path}`, value: null },
    ];
    this.core().track(this.core().store.write(writes, 'relaxed'));
  }
}

/** Marks a block with news that its note may not show yet. */
export function unwrittenKey(blockId: string): string {
  return `w/${blockId}`;
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decodeJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
