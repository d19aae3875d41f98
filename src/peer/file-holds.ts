/**
 * What a file takes away waits: for quiet, for what the relay has, and for a second equal reading. Where a file shows a whole older version,
 * the user is asked. Knows whether another sync engine writes these files: by the vault's place, or as it was seen to.
 */
import type { DocumentTree } from '../document';
import { bindBlock, findIds, textOf, unbind } from '../note';
import type { Core } from './core';
import { lossOf } from './held-back';
import type { HeldBack } from './held-back';
import { normalise } from './line-ends';
import type { Trust } from './note-keeper';
import type { NoteSession } from './note-session';
import type { NotePath, Question } from './ports';

const ENGINE_ROW = 'second-engine';
/** A block that changed this lately is not asked about where another engine writes its file: the old version is on its way through that. */
const SETTLED_AFTER = 10 * 60_000;
/** What one device changed, another that shares its files knows after this long, if it is running. A file saved earlier cannot take it away. */
const KNOWN_WITHIN = 60_000;
/** What is gone from a block may turn up in another note within this time. */
const MOVE_WITHIN = 60_000;
/** File systems and clocks are not exact to less. */
const CLOCK_GRAIN = 2_000;
/** A file is heard of sooner than this after it was edited here. */
const CARRIED_AFTER = 3_000;

export class FileHolds {
  private readonly timers = new Map<NoteSession, () => void>();
  /** Blocks of which an older version was found and nothing is decided yet. */
  private readonly deciding = new Set<string>();
  /** Since when most of a block is missing in its file and nobody was asked yet. */
  private readonly mostSince = new Map<string, number>();
  private engineSeen = false;
  /** Since when files are heard of as they are written, ms since the epoch; 0: since the start. */
  private watchingSince = 0;

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const { store, vault } = this.core();
    this.engineSeen = (await store.read('meta', ENGINE_ROW)) !== undefined || (await vault.syncedBy?.().catch(() => null)) != null;
  }

  /** The app is shown again: what was written while it was not is heard of late, and may have been edited here. */
  watches(): void {
    this.watchingSince = this.core().clock.now();
  }

  stop(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  /** Whether another sync engine was seen to write files of this vault. */
  get secondEngine(): boolean {
    return this.engineSeen;
  }

  sawEngine(): void {
    if (this.engineSeen) return;
    this.engineSeen = true;
    this.core().track(this.core().store.write([{ table: 'meta', key: ENGINE_ROW, value: new Uint8Array([1]) }], 'relaxed'));
    this.core().track(this.closeNeedless());
  }

  /** An older version that was asked about before the engine was known may well have been one that it brought. */
  private async closeNeedless(): Promise<void> {
    const { questions, notes } = this.core();
    for (const { kind, blockIds } of questions.list()) {
      for (const blockId of kind === 'older-version' ? blockIds.filter((id) => this.isMoving(id)) : []) {
        questions.closeFor(blockId);
        const path = notes.owners.get(blockId);
        if (path !== undefined) await notes.withDocuments(path, async (session) => this.writeAnew(session, blockId));
      }
    }
  }

  /** A file was written just now. One that says it was saved before, and not long ago, was carried here: what edits a file gives it the time of the edit. */
  async written(path: NotePath): Promise<void> {
    if (this.engineSeen || this.core().notes.blocksIn(path).length === 0) return;
    const now = this.core().clock.now();
    const mtime = (await this.core().vault.stat(path))?.mtime ?? now;
    if (mtime > this.watchingSince && now - mtime > CARRIED_AFTER && now - mtime < SETTLED_AFTER) this.sawEngine();
  }

  /** How far a file of that time may be believed, `changedAt` being when its text was last known to change here. */
  trust(mtime: number | undefined, changedAt: number): Trust {
    if (mtime === undefined || mtime >= changedAt) return 'current';
    // Only what copies files writes one that is older than what was there. Long after, it is a backup that someone brought back.
    const isRecent = changedAt - mtime < SETTLED_AFTER;
    if (isRecent && mtime + CLOCK_GRAIN < changedAt) this.sawEngine();
    return isRecent || this.engineSeen ? 'late' : 'current';
  }

  /** Starts, or starts anew, the wait for what a session holds back. */
  hold(session: NoteSession): void {
    this.core().track(this.holdWhatCounts(session));
  }

  private async holdWhatCounts(session: NoteSession): Promise<void> {
    const core = this.core();
    const stat = await core.vault.stat(session.path);
    if (stat && this.trust(stat.mtime, core.notes.savedBefore(session.path)) === 'late') session.parts.settle(true);
    else if (stat && this.engineSeen) session.parts.drop((blockId, id) => !this.isKnownAt(blockId, id, stat.mtime));
    core.notes.writeSoon(session);
    if (session.held.size === 0) return;
    this.timers.get(session)?.();
    const cancel = core.clock.after(core.settings().holdFor, () => {
      this.timers.delete(session);
      if (session.held.size === 0) return;
      if (!core.caughtUp()) return this.hold(session);
      core.track(this.settle(session));
    });
    this.timers.set(session, cancel);
  }

  /** Whether whoever saved a text then, null if that is not known, must have known a bullet as it is: without another engine it was saved here. */
  isKnown(blockId: string, id: string, savedAt: number | null): boolean {
    return !this.engineSeen || (savedAt !== null && this.isKnownAt(blockId, id, savedAt));
  }

  /** The same, with another engine: on a device that was away it was saved without. */
  private isKnownAt(blockId: string, id: string, mtime: number): boolean {
    const { documents, presence, index, device } = this.core();
    const changedAt = documents.bulletChangedAt(blockId, id);
    if (changedAt + KNOWN_WITHIN > mtime || documents.isUnderWay(blockId)) return false;
    return [...index.roster.keys()].every((other) => other === device || presence.wasEqual(blockId, other, changedAt, mtime));
  }

  private async settle(session: NoteSession): Promise<void> {
    const core = this.core();
    await core.notes.withDocuments(session.path, async () => {
      const changedAt = core.notes.changedAt(session.path);
      const stat = await core.vault.stat(session.path);
      const first = new Map([...session.held].map(([blockId, { reading }]) => [blockId, reading]));
      if (!session.open) await session.fileChanged((now) => this.trust(now?.mtime, changedAt));
      if (!session.open && [...session.held].some(([blockId, { reading }]) => first.get(blockId) !== reading)) return this.hold(session); // not at rest
      if (stat && this.engineSeen) session.parts.drop((blockId, id) => !this.isKnownAt(blockId, id, stat.mtime));
      const isLate = !session.open && this.trust(stat?.mtime, changedAt) === 'late';
      const asked = isLate ? new Set<string>() : await this.askAboutMost(session);
      session.parts.settle(isLate, (blockId) => !asked.has(blockId));
    });
    core.notes.writeSoon(session);
    core.notes.changed(session);
  }

  // ---- most of a block ----

  /** @returns blocks of which a file took most away: that goes on waiting, for its text to turn up in another note, and then for the user */
  private async askAboutMost(session: NoteSession): Promise<Set<string>> {
    const core = this.core();
    const waiting = new Set<string>();
    for (const [blockId, held] of session.held) {
      const [block, document] = [session.block(blockId), core.documents.get(blockId)];
      if (!block || !document) continue;
      if (this.asks('emptied', blockId)) waiting.add(blockId);
      else if (lossOf(held, block, document).isMost && !(await this.hasMoved(session, held, document))) {
        waiting.add(blockId);
        const since = this.mostSince.get(blockId) ?? core.clock.now() - core.settings().holdFor;
        this.mostSince.set(blockId, since);
        if (core.clock.now() - since < MOVE_WITHIN) {
          this.hold(session);
          continue;
        }
        core.questions.askAbout('emptied', blockId, session.path);
      }
      this.mostSince.delete(blockId);
    }
    return waiting;
  }

  /** Whether all that a file took away stands in notes that changed lately: a plugin that rolls tasks over moved it. */
  private async hasMoved(session: NoteSession, { trash }: HeldBack, tree: DocumentTree): Promise<boolean> {
    const texts = trash.flatMap((id) => tree.get(id)?.text.split('\n', 1) ?? []).map((text) => text.trim()).filter((text) => text !== '');
    if (texts.length === 0) return false;
    const lines = await this.core().notes.linesChangedLately(session.path, this.core().clock.now() - MOVE_WITHIN - this.core().settings().holdFor);
    return texts.every((text) => lines.has(text));
  }

  async answerEmptied(question: Question, answer: string): Promise<void> {
    const core = this.core();
    for (const blockId of question.blockIds) {
      const path = core.notes.owners.get(blockId);
      if (path === undefined) continue;
      await core.notes.withDocuments(path, (session) => {
        session.parts.settle(answer !== 'accept', (one) => one === blockId);
        core.notes.writeSoon(session);
        core.notes.changed(session);
      });
    }
  }

  private asks(kind: Question['kind'], blockId: string): boolean {
    return this.core().questions.list().some((question) => question.kind === kind && question.blockIds.includes(blockId));
  }

  // ---- whole older versions ----

  isFrozen(blockId: string): boolean {
    return this.deciding.has(blockId) || this.asks('older-version', blockId);
  }

  olderVersion(session: NoteSession, blockId: string): void {
    if (this.deciding.has(blockId)) return;
    this.deciding.add(blockId);
    this.core().track(this.decide(session, blockId));
  }

  private async decide(session: NoteSession, blockId: string): Promise<void> {
    const core = this.core();
    const stat = await core.vault.stat(session.path);
    const isLate = stat !== null && this.trust(stat.mtime, core.notes.savedBefore(session.path)) === 'late';
    if (!isLate && !(this.engineSeen && this.isMoving(blockId)) && session.block(blockId)) core.questions.askAbout('older-version', blockId, session.path);
    this.deciding.delete(blockId);
    this.writeAnew(session, blockId);
  }

  /** Whether it changed so lately that an old copy of it may be on its way. */
  private isMoving(blockId: string): boolean {
    const { clock, documents } = this.core();
    return clock.now() - documents.changedAt(blockId) < SETTLED_AFTER;
  }

  private writeAnew(session: NoteSession, blockId: string): void {
    session.unwritten.add(blockId);
    this.core().notes.writeSoon(session);
  }

  async answer(question: Question, answer: string): Promise<void> {
    const core = this.core();
    for (const blockId of question.blockIds) {
      const path = core.notes.owners.get(blockId);
      if (path === undefined) continue;
      await core.notes.withDocuments(path, async (session) => {
        if (answer === 'use-this') await this.useText(session, blockId);
        this.writeAnew(session, blockId);
      });
    }
  }

  /** A question about a version that is not there any more is none. */
  lookAgain(session: NoteSession): void {
    const { questions, documents } = this.core();
    if (questions.size === 0) return;
    for (const block of session.bound.blocks) {
      const { blockId, bullets } = block;
      if (this.asks('emptied', blockId)) {
        const [held, tree] = [session.held.get(blockId), documents.get(blockId)];
        if (!held || (tree && lossOf(held, block, tree).count === 0)) questions.closeFor(blockId);
      }
      if (!this.isFrozen(blockId)) continue;
      const document = documents.get(blockId);
      if (document?.size === bullets.length && bullets.every(({ id, text }) => document.get(id)?.text === text)) questions.closeFor(blockId);
    }
  }

  private async useText(session: NoteSession, blockId: string): Promise<void> {
    const core = this.core();
    const text = session.open ? session.editorText() : textOf(normalise(await core.vault.read(session.path)).text);
    const document = core.documents.get(blockId);
    const found = findIds(text.toString()).find((one) => one.blockId === blockId);
    if (!document || !found) return;
    const binding = bindBlock(unbind(session.bound, blockId), text, found, document, { newId: () => core.notes.keeper.newId(), deletions: true });
    session.bound = binding.note;
    core.notes.keeper.commit(blockId, binding.edits);
  }
}
