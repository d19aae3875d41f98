/** Ids that stand in a note and are not bound there: a block that came back, a copy, or one that nobody knows yet. */
import { bindBlock, findIds, renewId, textOf } from '../note';
import type { BoundBlock, BoundBullet, FoundId, ReadOrigin } from '../note';
import { flatten } from '../document';
import type { BulletId, Edit, Placement } from '../document';
import { homeOf, parse } from '../outline';
import type { Home } from '../outline';
import type { Core } from './core';
import { normalise } from './line-ends';
import type { NoteSession } from './note-session';
import { plainWriting } from './note-writing';
import type { BlockRange, NotePath } from './ports';

export class Appearing {
  /** Ids in notes that can't be bound (yet): unknown to the space, or standing elsewhere. */
  private readonly inactive = new Map<NotePath, Set<string>>();

  constructor(private readonly core: () => Core) {}

  look(session: NoteSession, found: readonly FoundId[], origin: ReadOrigin = 'disk'): void {
    const core = this.core();
    const byUser = isByUser(origin);
    for (const one of found) {
      const { blockId } = one;
      // A live block nested under another is part of that one; its id stays for the links that lead to it.
      if (session.bound.blocks.some((block) => block.blockId === blockId || (one.from >= block.from && one.from <= block.to))) continue;
      if (core.vault.isTemplate(session.path)) {
        this.deactivate(session, blockId);
        continue;
      }
      const owner = core.notes.owners.get(blockId);
      const isElsewhere = owner !== undefined && owner !== session.path && core.notes.blocksIn(owner).includes(blockId) && !core.lives.vanishing.isGone(blockId);
      if (isElsewhere) {
        if (byUser) this.renew(session, [one]);
        else this.replaceFromTemplate(session, blockId);
      } else this.bindWhenPossible(session, one, origin);
    }
  }

  /** After the index changed, a block left its place, or a catch-up ended: ids that could not be bound may be now. */
  retry(): void {
    const core = this.core();
    for (const [path, ids] of [...this.inactive]) {
      const known = [...ids].filter((id) => core.index.block(id)?.fate === 'live' && !core.notes.owners.has(id) && !core.lives.stopping.isStoppedHere(id));
      if (known.length === 0 || core.vault.isTemplate(path)) continue;
      known.forEach((id) => ids.delete(id));
      const session = core.notes.at(path);
      if (session?.open) {
        if (session.ready) this.look(session, findIds(session.editorText().toString()).filter((one) => known.includes(one.blockId)));
      } else core.track(core.notes.lookInto(path));
    }
  }

  /** Ids that are shown as inactive in an open note. */
  inactiveIn(session: NoteSession): BlockRange[] {
    const ids = this.inactive.get(session.path);
    if (!ids || ids.size === 0 || !session.open) return [];
    const { blocks } = session.bound;
    return findIds(session.editorText().toString())
      .filter((one) => ids.has(one.blockId) && !blocks.some((block) => one.from >= block.from && one.from <= block.to))
      .map((one) => ({ blockId: one.blockId, from: one.from, to: one.idTo, idFrom: one.idFrom, idTo: one.idTo, state: 'inactive' as const }));
  }

  renamed(from: NotePath, to: NotePath): void {
    const ids = this.inactive.get(from);
    if (!ids) return;
    this.inactive.delete(from);
    this.inactive.set(to, ids);
  }

  deleted(path: NotePath): void {
    this.inactive.delete(path);
  }

  /** The same id a second time in one note. */
  copies(session: NoteSession, copies: readonly FoundId[], origin: ReadOrigin): void {
    if (isByUser(origin)) this.renew(session, copies);
    else for (const { blockId } of copies) this.deactivate(session, blockId);
  }

  /** Binds an id that stands in a closed note to its document. */
  async bindInFile(session: NoteSession, blockId: string): Promise<void> {
    const core = this.core();
    await core.documents.hold(blockId);
    try {
      await this.bind(session, blockId, core.lives.left.of(blockId), true);
    } finally {
      core.documents.release(blockId);
    }
  }

  private bindWhenPossible(session: NoteSession, found: FoundId, origin: ReadOrigin): void {
    const core = this.core();
    const { vanishing, stopping } = core.lives;
    const { blockId } = found;
    const known = core.index.block(blockId);
    const gone = vanishing.goneOf(blockId);
    const byUser = isByUser(origin);
    if (!known) {
      if (byUser && core.caughtUp()) return this.renew(session, [found]); // of a template, or of another space: this user wants it live here
      return this.replaceFromTemplate(session, blockId);
    }
    if (stopping.isStoppedHere(blockId) && !byUser) return this.deactivate(session, blockId);
    if (known.fate !== 'live' && !gone && !byUser) return this.deactivate(session, blockId);
    // What the block was when it was last seen here isn't known: nothing is decided before all that the relay has is here, too.
    if (!gone && !byUser && !core.caughtUp() && core.notes.owners.get(blockId) !== session.path) return this.deactivate(session, blockId);
    vanishing.returned(blockId);
    core.questions.closeFor(blockId);
    if (known.fate !== 'live') core.lives.setFate(blockId, this.homeIn(session, found) ?? known.home, 'live');
    stopping.resume(blockId);
    core.notes.owners.set(blockId, session.path);
    this.inactive.get(session.path)?.delete(blockId);
    const shadow = gone?.bullets ?? core.lives.left.of(blockId);
    const isWhole = known.fate === 'absorbed';
    if (core.documents.get(blockId) && session.open) {
      core.track(core.documents.hold(blockId));
      this.bindInEditor(session, blockId, shadow, byUser, isWhole);
      core.documents.release(blockId);
    } else core.track(this.bindLater(session, blockId, shadow, byUser, isWhole));
  }

  private async bindLater(session: NoteSession, blockId: string, shadow: readonly BoundBullet[] | null, byUser: boolean, isWhole: boolean): Promise<void> {
    const core = this.core();
    if (!(await core.documents.has(blockId))) {
      // The index came first: the document is on its way, and binding to nothing would delete what stands there.
      core.notes.owners.delete(blockId);
      return this.deactivate(session, blockId);
    }
    await core.documents.hold(blockId);
    try {
      await this.bind(session, blockId, shadow, byUser, isWhole);
    } finally {
      core.documents.release(blockId);
    }
  }

  private async bind(session: NoteSession, blockId: string, shadow: readonly BoundBullet[] | null, byUser: boolean, isWhole = false): Promise<void> {
    const core = this.core();
    if (session.open) return this.bindInEditor(session, blockId, shadow, byUser, isWhole);
    let edits: readonly Edit[] = [];
    let file = textOf('');
    const trust = await core.notes.trustIn(session);
    await session.rewrite((note, text) => {
      const found = findIds(text.toString()).find((one) => one.blockId === blockId);
      const document = core.documents.get(blockId);
      if (!document || !found || note.blocks.some((one) => one.blockId === blockId)) return { note, changes: [] };
      const context = session.context('disk', text);
      const binding = bindBlock(note, text, found, document, { newId: () => context.newId(), deletions: shadow !== null || isWhole, shadow });
      edits = binding.edits;
      file = text;
      return { note: binding.note, changes: [] };
    });
    const block = session.block(blockId);
    if (block) {
      if (shadow !== null && !byUser && !isWhole) session.takeBack(blockId, shadow, edits, file, trust);
      else session.commitFound(blockId, shadow !== null || isWhole ? edits : this.beyond(edits, block, blockId), file);
      core.lives.left.forget(blockId);
    }
    core.notes.changed(session);
    session.unwritten.add(blockId);
    core.notes.writeSoon(session);
  }

  private bindInEditor(session: NoteSession, blockId: string, shadow: readonly BoundBullet[] | null, byUser: boolean, isWhole: boolean): void {
    const core = this.core();
    const document = core.documents.get(blockId);
    if (!document || !session.open || session.block(blockId)) return;
    const text = session.editorText();
    const found = findIds(text.toString()).find((one) => one.blockId === blockId);
    if (!found) return;
    const { note, edits } = bindBlock(session.bound, text, found, document, { newId: () => core.notes.keeper.newId(), deletions: shadow !== null || isWhole, shadow });
    session.bound = note;
    if (shadow !== null && !byUser && !isWhole) session.takeBack(blockId, shadow, edits, text);
    else core.notes.keeper.commit(blockId, shadow !== null || isWhole ? edits : this.beyond(edits, session.block(blockId), blockId));
    core.lives.left.forget(blockId);
    core.notes.changed(session);
    session.show(blockId);
  }

  /**
   * Of the differences between a text and its document, what the text adds: what it was when it was last seen here is not known. A bullet with the
   * text of one in the trash was there before that was deleted, or joined to another.
   */
  private beyond(edits: readonly Edit[], block: BoundBlock | undefined, blockId: string): Edit[] {
    const { documents } = this.core();
    const past = documents.past(blockId);
    const found = new Map(block?.bullets.map((bullet) => [bullet.id, bullet]));
    const trashed = new Set(documents.get(blockId)?.trash().flatMap(({ plain }) => flatten(plain).flatMap(({ text }) => (text.trim() === '' ? [] : [text]))));
    /** Bullets that are not made -> where they would stand. */
    const old = new Map<BulletId, Placement>();
    return edits.flatMap((edit): Edit[] => {
      if (edit.type === 'text') return past?.had(edit.id, found.get(edit.id)?.text ?? '') === true ? [] : [edit];
      if (edit.type !== 'create') return edit.type === 'restore' ? [edit] : [];
      let to: Placement = edit.to;
      for (let place = old.get(to.parent); place; place = old.get(to.parent)) to = place;
      for (let place = old.get(to.after ?? ''); place; place = old.get(to.after ?? '')) to = { ...to, after: place.after };
      if (!trashed.has(edit.text)) return [{ ...edit, to }];
      old.set(edit.id, to);
      return [];
    });
  }

  /** Copies get ids of their own at once, and become blocks of their own. */
  private renew(session: NoteSession, copies: readonly FoundId[]): void {
    const core = this.core();
    if (!session.open) return copies.forEach(({ blockId }) => this.deactivate(session, blockId));
    for (const copy of copies) {
      const here = findIds(session.editorText().toString()).filter((one) => one.blockId === copy.blockId);
      const bound = session.block(copy.blockId);
      const target = here.find((one) => one.from !== bound?.from) ?? (bound ? undefined : here[0]);
      if (!target) continue;
      const blockId = core.making.freshId();
      if (session.bound.blocks.some((block) => target.from >= block.from && target.from <= block.to)) {
        session.amend([renewId(target, blockId)]); // it is part of that block, and only its name must be its own
        continue;
      }
      session.rewriteEditor((note, before) => plainWriting(session, note, before, [renewId(target, blockId)]));
      core.making.makeFromId(session, blockId);
    }
  }

  /** An id that stands in a template, too, came from there: it gets one of its own. */
  private replaceFromTemplate(session: NoteSession, blockId: string): void {
    const core = this.core();
    this.deactivate(session, blockId);
    core.track(
      (async () => {
        if (!(await this.isInTemplate(blockId)) || session.block(blockId)) return;
        this.inactive.get(session.path)?.delete(blockId);
        const fresh = core.making.freshId();
        await session.rewrite((note, text) => {
          const found = findIds(text.toString()).find((one) => one.blockId === blockId);
          return found ? plainWriting(session, note, text, [renewId(found, fresh)]) : { note, changes: [] };
        });
        await core.making.makeInNote(session, fresh);
      })(),
    );
  }

  private async isInTemplate(blockId: string): Promise<boolean> {
    const { vault } = this.core();
    for (const { path } of await vault.list()) {
      if (vault.isTemplate(path) && normalise(await vault.read(path)).text.includes(`^${blockId}`)) return true;
    }
    return false;
  }

  private deactivate(session: NoteSession, blockId: string): void {
    let ids = this.inactive.get(session.path);
    if (!ids) this.inactive.set(session.path, (ids = new Set()));
    ids.add(blockId);
    for (const editor of session.editors) editor.refresh();
  }

  private homeIn(session: NoteSession, found: FoundId): Home | null {
    if (!session.open) return null;
    const outline = parse(session.editorText().toString());
    const item = outline.items.find((one) => one.from === found.from);
    return item ? homeOf(outline, item, session.path, this.core().vault.dayOf(session.path)) : null;
  }
}

export function isByUser(origin: ReadOrigin): boolean {
  return origin !== 'disk' && origin !== 'outside';
}
