/** Gives what a note's session asks for, from the parts of the peer. */
import { DocumentError, flatten } from '../document';
import type { Edit, LiveDocument, Step } from '../document';
import type { Facts, ReadOrigin } from '../note';
import type { Core } from './core';
import type { Found } from './documents';
import type { KnownBlock } from './found-text';
import type { Committed, NoteKeeper, Trust } from './note-keeper';
import type { NoteSession } from './note-session';
import type { NotePath, Vault } from './ports';

/** What another engine writes into a file in place is there as a whole after this long, ms. */
const WRITTEN_WITHIN = 300;

export class SessionKeeper implements NoteKeeper {
  constructor(private readonly core: () => Core) {}

  get vault(): Vault {
    return this.core().vault;
  }

  rules(): { tag: string; phrases: readonly string[] } {
    const { tag, phrases } = this.core().settings();
    return { tag, phrases };
  }

  newId(): string {
    return [...this.core().random.bytes(10)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  now(): number {
    return this.core().clock.now();
  }

  document(blockId: string): LiveDocument | undefined {
    return this.core().documents.get(blockId);
  }

  known(blockId: string, savedAt: number | null, trust: Trust): KnownBlock | undefined {
    const { documents, lives } = this.core();
    const [document, past] = [documents.get(blockId), documents.past(blockId)];
    if (!document || !past) return undefined;
    return {
      tree: document,
      had: (id, text) => past.had(id, text),
      recently: (id) => past.recently(id),
      isKnown: (id) => lives.holds.isKnown(blockId, id, savedAt),
      // It may be from before what was deleted or joined here was changed, or put under the bullet that it went with; beside another engine, from another device.
      trashedWith: (text) => document.trash().find(({ id, plain }) => plain.text === text || (lives.holds.secondEngine && flatten(plain).some((one) => one.text === text)) || (trust !== 'current' && document.trashedIds(id).some((one) => past.had(one, text))))?.id,
    };
  }

  commit(blockId: string, edits: readonly Edit[], found?: Found): Committed | null {
    try {
      return { step: this.core().documents.edit(blockId, edits, found)?.step ?? null };
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      return null;
    }
  }

  takeBack(blockId: string, steps: readonly Step[]): Step | null {
    return this.core().documents.takeBack(blockId, steps)?.step ?? null;
  }

  consider(session: NoteSession, facts: Facts, origin: ReadOrigin): void {
    this.core().lives.consider(session, facts, origin);
  }

  looking(session: NoteSession): void {
    this.core().notes.isLookedAt(session.path);
  }

  awaitRest(done: () => void): boolean {
    const { clock, lives } = this.core();
    if (lives.holds.secondEngine) clock.after(WRITTEN_WITHIN, done);
    return lives.holds.secondEngine;
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
    const { notes, index, lives, track } = this.core();
    for (const blockId of blockIds) {
      notes.leave(blockId, session.path);
      // One that was stopped lost its id for good.
      if (index.block(blockId)?.fate !== 'stopped') track(lives.stopping.putIdBack(session.path, blockId));
    }
  }

  isCopyDue(path: NotePath): boolean {
    return this.core().copies.isDue(path);
  }

  async keepCopy(path: NotePath, text: string): Promise<void> {
    await this.core().copies.keep(path, text).catch(() => undefined); // a store that fails has messages of its own
  }

  isAway(blockId: string, path: NotePath): boolean {
    const owner = this.core().notes.owners.get(blockId);
    return owner === undefined ? this.core().index.block(blockId)?.fate === 'trashed' : owner !== path;
  }

  changed(session: NoteSession): void {
    this.core().notes.changed(session);
  }
}
