/** Where a block that stands nowhere here lands, and the inbox for those whose note does not exist. */
import { findPlace, landingChange, parse } from '../outline';
import type { Home } from '../outline';
import { findIds, renderBlock } from '../note';
import { PeerError } from './api';
import type { Core } from './core';
import type { InboxItem, NotePath } from './ports';

export class Landing {
  /** Note that a block waits for -> blocks. */
  private readonly waiting = new Map<NotePath, Set<string>>();
  private readonly under = new Set<string>();
  private readonly again = new Set<string>();

  constructor(private readonly core: () => Core) {}

  /** A block is live and may stand nowhere here: land it, or let it wait in the inbox. */
  consider(blockId: string): void {
    const core = this.core();
    if (this.under.has(blockId)) {
      this.again.add(blockId); // what called may have changed what the landing under way has looked at already
      return;
    }
    if (core.notes.owners.has(blockId) || core.lives.isStoppedHere(blockId)) return;
    if (core.index.block(blockId)?.fate !== 'live' || core.lives.isGone(blockId) || core.questions.holds(blockId)) return;
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
    const path = await core.vault.create(home.day === null ? { path: home.path } : { day: home.day });
    for (const [other, blocks] of [...this.waiting]) {
      if (blocks.delete(blockId) && blocks.size === 0) this.waiting.delete(other);
      else if (other === path) this.noteReady(path);
    }
    this.under.add(blockId);
    try {
      await this.landIn(path, blockId, home);
    } finally {
      this.under.delete(blockId);
    }
    core.changed();
    return path;
  }

  private async land(blockId: string): Promise<void> {
    const core = this.core();
    const home = core.index.block(blockId)?.home;
    if (!home || !(await core.documents.has(blockId))) return;
    const path = this.targetOf(home);
    const state = path === null ? 'absent' : await core.vault.state(path);
    if (path !== null && state === 'present') return this.landIn(path, blockId, home);
    if (state === 'absent' && core.settings().createNotes && (home.day === null || path !== null)) {
      await this.landIn(await core.vault.create(home.day === null ? { path: home.path } : { day: home.day }), blockId, home);
      return;
    }
    const key = path ?? home.path;
    let blocks = this.waiting.get(key);
    if (!blocks) this.waiting.set(key, (blocks = new Set()));
    blocks.add(blockId);
    core.changed();
  }

  private targetOf(home: Home): NotePath | null {
    return home.day === null ? home.path : this.core().vault.pathOfDay(home.day);
  }

  private async landIn(path: NotePath, blockId: string, home: Home): Promise<void> {
    const core = this.core();
    const document = await core.documents.hold(blockId);
    try {
      const landed = await core.notes.withDocuments(path, async (session) => {
        if (session.open && !session.ready) {
          this.wait(path, blockId);
          return false;
        }
        return session.rewrite((note, text) => {
          if (note.blocks.some((block) => block.blockId === blockId)) return { note, changes: [] };
          if (findIds(text.toString()).some((one) => one.blockId === blockId)) return core.lives.bindAfter(session, note, text, [], blockId);
          const outline = parse(text.toString(), note.style);
          const place = findPlace(outline, home);
          const block = `${renderBlock(document, outline.style, place.indent, blockId)}${outline.style.eol}`;
          const change = landingChange(outline, place, block);
          return core.lives.bindAfter(session, note, text, [change], blockId);
        });
      });
      if (landed && core.notes.at(path)?.block(blockId)) {
        core.notes.owners.set(blockId, path);
        if (core.notes.at(path)?.open) await core.documents.hold(blockId);
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
