/** Where a block that stands nowhere here lands, and the inbox for those whose note does not exist. */
import { findPlace, landingChange, parse } from '../outline';
import type { Home } from '../outline';
import { findIds, renderBlock } from '../note';
import { bindAfter } from './note-writing';
import { PeerError } from './api';
import type { Core } from './core';
import type { InboxItem, NotePath } from './ports';

export class Landing {
  /** Note that a block waits for -> blocks. */
  private readonly waiting = new Map<NotePath, Set<string>>();
  private readonly under = new Set<string>();
  private readonly again = new Set<string>();
  private readonly soon = new Map<NotePath, () => void>();

  constructor(private readonly core: () => Core) {}

  /** A block is live and may stand nowhere here: land it, or let it wait in the inbox. */
  consider(blockId: string): void {
    const core = this.core();
    if (this.under.has(blockId)) {
      this.again.add(blockId); // what called may have changed what the landing under way has looked at already
      return;
    }
    if (core.notes.owners.has(blockId) || core.lives.stopping.isStoppedHere(blockId)) return;
    if (core.index.block(blockId)?.fate !== 'live' || core.lives.vanishing.isGone(blockId) || core.questions.holds(blockId)) return;
    this.under.add(blockId);
    core.track(
      this.land(blockId).finally(() => {
        this.under.delete(blockId);
        if (this.again.delete(blockId)) this.consider(blockId);
      }),
    );
  }

  /** Every live block of the space that stands nowhere here; called when a catch-up ended. */
  considerAll(): void {
    for (const blockId of this.core().index.blockIds()) this.consider(blockId);
  }

  /** A note was made: what waits for it lands when whoever made it has had time to fill it, e.g. from a template. */
  noteReadySoon(path: NotePath): void {
    if (!this.waiting.has(path)) return;
    const { clock, settings } = this.core();
    this.soon.get(path)?.();
    this.soon.set(path, clock.after(settings().writeAfter, () => {
      this.soon.delete(path);
      this.noteReady(path);
    }));
  }

  /** The block is not live any more, or not here. */
  forget(blockId: string): void {
    for (const [path, blocks] of [...this.waiting]) if (blocks.delete(blockId) && blocks.size === 0) this.waiting.delete(path);
  }

  stop(): void {
    for (const cancel of this.soon.values()) cancel();
    this.soon.clear();
  }

  /** A note appeared: what waited for it lands. */
  noteReady(path: NotePath): void {
    const blocks = this.waiting.get(path);
    if (!blocks) return;
    this.waiting.delete(path);
    blocks.forEach((blockId) => this.consider(blockId));
  }

  async inbox(): Promise<readonly InboxItem[]> {
    const core = this.core();
    const items: InboxItem[] = [];
    for (const blockId of this.inboxIds()) {
      const home = core.index.block(blockId)?.home;
      if (!home || !(await core.documents.has(blockId))) continue;
      const document = await core.documents.hold(blockId);
      items.push({ blockId, home, text: renderBlock(document, { indent: core.vault.defaultIndent, eol: '\n', tabSize: 4 }, '') });
      core.documents.release(blockId);
    }
    return items;
  }

  inboxIds(): readonly string[] {
    return [...new Set([...this.waiting.values()].flatMap((blocks) => [...blocks]))];
  }

  /** @throws PeerError when the block is not in the inbox or the vault has no daily notes */
  async createNoteFor(blockId: string): Promise<NotePath> {
    const core = this.core();
    const home = core.index.block(blockId)?.home;
    if (!home) throw new PeerError('UNKNOWN_BLOCK', 'This block is not in the space any more.', 'Close and open the inbox again.');
    if ((await core.vault.state(this.targetOf(home) ?? home.path)) === 'waiting') {
      throw new PeerError('NOTE_WAITING', 'This note exists but is not downloaded to this device yet.', 'Open it in the app that keeps it in step; the block goes there by itself.');
    }
    const path = await core.vault.create(home.day === null ? { path: home.path } : { day: home.day });
    await this.landNow(path, blockId, home);
    return path;
  }

  /** The user wants it back where it stood: in that note, which is made if it is gone. */
  async putBackInto(path: NotePath, blockId: string): Promise<void> {
    const core = this.core();
    const home = core.index.block(blockId)?.home;
    if (!home || core.notes.owners.has(blockId)) return;
    const state = await core.vault.state(path);
    if (state === 'waiting') return this.consider(blockId);
    const day = core.vault.dayOf(path);
    await this.landNow(state === 'present' ? path : await core.vault.create(day === null ? { path } : { day }), blockId, home);
  }

  private async landNow(path: NotePath, blockId: string, home: Home): Promise<void> {
    const core = this.core();
    this.forget(blockId);
    this.noteReady(path); // others that waited for it land, too
    if (this.under.has(blockId) || core.notes.owners.has(blockId)) return;
    this.under.add(blockId);
    try {
      await this.landIn(path, blockId, home);
    } finally {
      this.under.delete(blockId);
    }
    core.changed();
  }

  private async land(blockId: string): Promise<void> {
    const core = this.core();
    const home = core.index.block(blockId)?.home;
    if (!home || !(await core.documents.has(blockId))) return;
    if (core.index.block(blockId)?.by === core.device || core.lives.holds.secondEngine) {
      // Made here, and the note was never saved with its id, or made in another copy of the note: it stands there without.
      for (const path of new Set([home.path, this.targetOf(home) ?? home.path])) await core.lives.stopping.bindPlain(path, blockId);
      if (core.notes.owners.has(blockId)) return;
    }
    const last = core.lives.vanishing.lastPlace(blockId);
    if (last && (await core.vault.state(last.path)) === 'present') return this.landIn(last.path, blockId, last.home);
    const path = this.targetOf(home);
    const state = path === null ? 'absent' : await core.vault.state(path);
    if (path !== null && state === 'present') return this.landIn(path, blockId, home);
    if (state === 'absent' && core.settings().createNotes && (home.day === null || path !== null)) {
      await this.landIn(await core.vault.create(home.day === null ? { path: home.path } : { day: home.day }), blockId, home);
      return;
    }
    this.wait(path ?? home.path, blockId);
    core.changed();
  }

  private targetOf(home: Home): NotePath | null {
    return home.day === null ? home.path : this.core().vault.pathOfDay(home.day);
  }

  private async landIn(path: NotePath, blockId: string, home: Home): Promise<void> {
    const core = this.core();
    let standsThere = false;
    await core.documents.hold(blockId);
    try {
      const landed = await core.notes.withDocuments(path, async (session) => {
        if (session.open && !session.ready) {
          this.wait(path, blockId);
          return false;
        }
        return session.rewrite((note, text) => {
          const document = core.documents.get(blockId);
          if (!document || core.index.block(blockId)?.fate !== 'live' || note.blocks.some((block) => block.blockId === blockId)) return { note, changes: [] };
          standsThere = findIds(text.toString()).some((one) => one.blockId === blockId);
          if (standsThere) return { note, changes: [] };
          const outline = parse(text.toString(), note.style);
          const place = findPlace(outline, home);
          const block = `${renderBlock(document, outline.style, place.indent, blockId)}${outline.style.eol}`;
          const change = landingChange(outline, place, block);
          return bindAfter(core, session, note, text, [change], blockId);
        });
      });
      const session = core.notes.at(path);
      if (standsThere) {
        // A text that this device has not compared yet may hold edits: it is bound with them, and not to be overwritten.
        if (!session?.open) await core.notes.lookInto(path);
        else core.lives.appearing.look(session, findIds(session.editorText().toString()).filter((one) => one.blockId === blockId));
      } else if (landed && session?.block(blockId)) {
        core.lives.vanishing.returned(blockId);
        core.lives.left.forget(blockId);
        core.notes.owners.set(blockId, path);
        session.unwritten.add(blockId); // what came while the file was being written
        core.notes.changed(session);
        core.notes.writeSoon(session);
      }
    } finally {
      core.documents.release(blockId);
    }
  }

  private wait(path: NotePath, blockId: string): void {
    let blocks = this.waiting.get(path);
    if (!blocks) this.waiting.set(path, (blocks = new Set()));
    blocks.add(blockId);
  }
}
