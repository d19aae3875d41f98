/**
 * What becomes of blocks: ids that appear in a note or vanish from it, deletions that are the user's and those that need a question,
 * blocks stopped here or everywhere, and the same decisions made on another device.
 */
import { ROOT } from '../document';
import type { Home } from '../outline';
import { addId, bindBlock, candidateAt, findIds, mend, read, removeId, renewId, seedFrom, textOf } from '../note';
import type { BoundNote, Facts, FoundId, ReadOrigin, Writing } from '../note';
import { hasTag, homeOf, parse } from '../outline';
import type { Core } from './core';
import type { Fate } from './index-document';

import type { NoteSession } from './note-session';
import { applyChanges, lineAt } from './text-changes';
import type { BlockRange, Editor, NotePath, NoteText, Question } from './ports';

/** A deletion in an editor counts after this long, so that an undo right after it costs nothing. */
const DELETE_AFTER = 4_000;
/** What was cut, or vanished from a file, may turn up elsewhere within this time: then it is a move. */
const MOVE_WITHIN = 60_000;

interface Gone {
  readonly path: NotePath;
  readonly byUser: boolean;
  readonly cancel: () => void;
  readonly place: Home | null;
}

export class BlockLives {
  private readonly gone = new Map<string, Gone>();
  /** Ids in notes that can't be bound (yet): unknown to the space, or standing elsewhere. */
  private readonly inactive = new Map<NotePath, Set<string>>();
  private readonly holds = new Map<NoteSession, () => void>();
  private readonly stoppedHere = new Set<string>();
  private oldTags = new Set<string>();
  /** Roots whose tag was taken out by typing; asked about when the cursor leaves. */
  private readonly untagged = new Map<string, NoteSession>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const { store } = this.core();
    for (const { key } of await store.scan('meta', 'stopped-here/')) this.stoppedHere.add(key.slice('stopped-here/'.length));
    const old = await store.read('meta', 'old-tags');
    if (old) this.oldTags = new Set(JSON.parse(new TextDecoder().decode(old)) as string[]);
  }

  stop(): void {
    for (const cancel of this.holds.values()) cancel();
    for (const [blockId, gone] of [...this.gone]) {
      gone.cancel();
      if (gone.byUser) this.bury(blockId, gone);
    }
    this.gone.clear();
  }

  isStoppedHere(blockId: string): boolean {
    return this.stoppedHere.has(blockId);
  }

  /** Whether a block has just left its note and may come back. */
  isGone(blockId: string): boolean {
    return this.gone.has(blockId);
  }

  // ---- tags that were there before Blockwire ----

  isOldTag(path: NotePath, text: string): boolean {
    return this.oldTags.has(`${path}\n${text}`);
  }

  /** Remembers tags found at set-up: they become live only when the user says so. */
  async rememberOldTags(found: readonly { path: NotePath; text: string }[]): Promise<void> {
    this.oldTags = new Set(found.map(({ path, text }) => `${path}\n${text}`));
    if (found.length > 0) {
      this.core().questions.ask({
        kind: 'old-tags',
        blockIds: [],
        path: '',
        message: `${found.length === 1 ? 'One bullet bears' : `${found.length} bullets bear`} the tag already, in ${listOf(found.map(({ path }) => path))}. Nothing of them was sent. Make them live?`,
        answers: [
          { id: 'leave', label: 'Leave them as they are' },
          { id: 'make-live', label: 'Make them live' },
        ],
      });
    }
    await this.core().store.write([{ table: 'meta', key: 'old-tags', value: new TextEncoder().encode(JSON.stringify([...this.oldTags])) }], 'relaxed');
  }

  // ---- what a note's text says ----

  consider(session: NoteSession, facts: Facts, origin: ReadOrigin): void {
    const inEditor = origin !== 'disk' && origin !== 'outside';
    if (inEditor && facts.candidates.length > 0) {
      session.fresh = [...new Set([...session.fresh, ...facts.candidates.map((candidate) => candidate.from)])];
    }
    for (const { blockId } of facts.vanished) this.vanished(session, blockId, origin);
    for (const { blockId, into } of facts.absorbed) this.absorbed(blockId, into);
    for (const { blockId, from } of facts.stripped) this.stripped(session, blockId, from);
    if (facts.copies.length > 0) {
      if (inEditor) this.renew(session, facts.copies);
      else this.deactivate(session, facts.copies);
    }
    if (facts.appeared.length > 0) this.lookForIds(session, facts.appeared, origin);
    for (const blockId of facts.damaged) session.damaged.add(blockId);
    for (const blockId of facts.untagged) if (inEditor) this.untagged.set(blockId, session);
    if (!inEditor && facts.candidates.length > 0 && this.core().settings().liveFromDisk) this.core().track(this.core().making.fromDisk(session.path));
  }

  /** Ids that stand in a note and are not bound there. */
  lookForIds(session: NoteSession, found: readonly FoundId[], origin: ReadOrigin = 'disk'): void {
    const bound = new Set(session.bound.blocks.map((block) => block.blockId));
    const byUser = origin !== 'disk' && origin !== 'outside';
    for (const one of found) {
      if (bound.has(one.blockId)) continue;
      const owner = this.core().notes.owners.get(one.blockId);
      const elsewhere = owner !== undefined && owner !== session.path && this.core().notes.blocksIn(owner).includes(one.blockId) && !this.gone.has(one.blockId);
      if (elsewhere) {
        if (byUser) this.renew(session, [one]);
        else this.deactivate(session, [one]);
        continue;
      }
      this.bindWhenPossible(session, one, origin);
    }
  }

  /** After the index changed or a catch-up ended: ids that nobody knew may be known now. */
  retryInactive(): void {
    for (const [path, ids] of [...this.inactive]) {
      const session = this.core().notes.at(path);
      if (!session?.ready) continue;
      const known = [...ids].filter((id) => this.core().index.block(id)?.fate === 'live' && !this.core().notes.owners.has(id));
      if (known.length === 0) continue;
      known.forEach((id) => ids.delete(id));
      if (session.open) this.lookForIds(session, findIds(session.editorText().toString()).filter((one) => known.includes(one.blockId)));
      else for (const id of known) this.core().track(this.bindInFile(session, id));
    }
  }

  inactiveIn(session: NoteSession): BlockRange[] {
    const ids = this.inactive.get(session.path);
    if (!ids || ids.size === 0 || !session.open) return [];
    const bound = new Map(session.bound.blocks.map((block) => [block.blockId, block.from]));
    return findIds(session.editorText().toString())
      .filter((one) => ids.has(one.blockId) && bound.get(one.blockId) !== one.from)
      .map((one) => ({ blockId: one.blockId, from: one.from, to: one.idTo, idFrom: one.idFrom, idTo: one.idTo, state: 'inactive' as const }));
  }

  /** Binds an id that stands in a file to its document. */
  async bindInFile(session: NoteSession, blockId: string): Promise<void> {
    const core = this.core();
    const document = await core.documents.hold(blockId);
    await session.rewrite((note, text) => {
      const found = findIds(text.toString()).find((one) => one.blockId === blockId);
      if (!found) return { note, changes: [] };
      const binding = bindBlock(note, text, found, document, { newId: () => core.notes.newId(), deletions: false });
      return { note: binding.note, changes: [] };
    });
    session.unwritten.add(blockId);
    core.notes.documentTouched(blockId);
    if (!session.open) core.documents.release(blockId);
  }

  /** The user's cursor left a line: put damaged ids right, ask about a tag that was taken out. */
  cursorMoved(session: NoteSession, editor: Editor): void {
    if (session.damaged.size > 0 && !session.holding) this.mendIds(session, editor);
    for (const [blockId, where] of [...this.untagged]) {
      const block = where === session ? session.block(blockId) : undefined;
      if (!block) continue;
      if (lineAt(session.editorText(), block.from) === editor.cursorLine()) continue;
      this.untagged.delete(blockId);
      if (!hasTag(block.bullets[0]?.text ?? '', this.core().settings().tag)) this.askToStop(session, blockId);
    }
  }

  private mendIds(session: NoteSession, editor: Editor): void {
    const line = editor.cursorLine();
    const text = session.editorText();
    const away = [...session.damaged].every((blockId) => {
      const block = session.block(blockId);
      return !block || lineAt(text, block.from) !== line;
    });
    if (!away) return;
    session.damaged.clear();
    const changes = mend(session.bound, text);
    if (changes.length > 0) session.amend(changes);
  }

  // ---- deletions ----

  /** A note was deleted: its blocks are only missed, nothing is sent. */
  goneWithNote(blockId: string, path: NotePath): void {
    this.core().notes.owners.delete(blockId);
    this.waitForReturn(blockId, path, false, MOVE_WITHIN, 'note-deleted');
    this.retryInactive();
  }

  /** Takes what a file took away only after quiet time, catch-up and a second equal reading. */
  hold(session: NoteSession, blockIds: readonly string[]): void {
    const core = this.core();
    this.holds.get(session)?.();
    const cancel = core.clock.after(core.settings().holdFor, () => {
      this.holds.delete(session);
      if (!core.caughtUp()) return this.hold(session, blockIds);
      core.track(this.settleHold(session));
    });
    this.holds.set(session, cancel);
  }

  private async settleHold(session: NoteSession): Promise<void> {
    const core = this.core();
    if (session.open) session.take(session.editorText(), 'outside', true);
    else {
      await core.notes.withDocuments(session.path, async () => {
        const { vault } = core;
        if ((await vault.state(session.path)) !== 'present') return;
        const text = (await vault.read(session.path)).replace(/\r\n?/g, '\n');
        session.take(textOf(text), 'disk', true);
      });
    }
    session.holding = false;
    session.showUnwritten();
  }

  private vanished(session: NoteSession, blockId: string, origin: ReadOrigin): void {
    this.core().notes.owners.delete(blockId);
    const byUser = origin !== 'disk' && origin !== 'outside';
    const wait = byUser && origin !== 'cut' ? DELETE_AFTER : MOVE_WITHIN;
    this.waitForReturn(blockId, session.path, byUser, wait, 'deleted-outside');
    this.retryInactive();
  }

  private waitForReturn(blockId: string, path: NotePath, byUser: boolean, wait: number, kind: Question['kind']): void {
    const core = this.core();
    this.gone.get(blockId)?.cancel();
    const cancel = core.clock.after(wait, () => {
      const gone = this.gone.get(blockId);
      this.gone.delete(blockId);
      if (!gone) return;
      if (byUser) this.bury(blockId, gone);
      else this.askAboutDeletion(blockId, path, kind);
    });
    this.gone.set(blockId, { path, byUser, cancel, place: core.index.block(blockId)?.home ?? null });
  }

  private bury(blockId: string, gone: Gone): void {
    const home = gone.place ?? this.core().index.block(blockId)?.home;
    if (home) this.setFate(blockId, home, 'trashed');
  }

  private askAboutDeletion(blockId: string, path: NotePath, kind: Question['kind']): void {
    const what = kind === 'note-deleted' ? `The note ${path} was deleted` : `A live block is gone from ${path}, and not by typing in an editor`;
    this.core().questions.ask({
      kind,
      blockIds: [blockId],
      path,
      message: `${what}. Nothing was sent: the block is safe on this device and on your others. Put it back, or delete it everywhere?`,
      answers: [
        { id: 'restore', label: 'Put it back' },
        { id: 'accept', label: 'Delete everywhere' },
      ],
    });
  }

  // ---- stopping ----

  /** Before this device leaves the space: text stays, ids go. Nothing is told to the others. */
  async takeOutAllIds(): Promise<void> {
    for (const blockId of [...this.core().notes.owners.keys()]) {
      this.stoppedHere.add(blockId);
      await this.takeOutId(blockId);
    }
  }

  async stopSyncing(blockId: string, where: 'here' | 'everywhere'): Promise<void> {
    const core = this.core();
    if (where === 'everywhere') {
      const home = core.index.block(blockId)?.home;
      if (home) this.setFate(blockId, home, 'stopped');
    } else {
      this.stoppedHere.add(blockId);
      await core.store.write([{ table: 'meta', key: `stopped-here/${blockId}`, value: new Uint8Array([1]) }], 'strict');
    }
    await this.takeOutId(blockId);
  }

  private async takeOutId(blockId: string): Promise<void> {
    const core = this.core();
    const path = core.notes.owners.get(blockId);
    if (path === undefined) return;
    const { tag } = core.settings();
    await core.notes.withDocuments(path, (session) =>
      session.rewrite((note, text) => (note.blocks.some((block) => block.blockId === blockId) ? this.plainWriting(session, note, text, removeId(note, blockId, tag), blockId) : { note, changes: [] })),
    );
    core.notes.owners.delete(blockId);
    core.changed();
  }

  private stripped(session: NoteSession, blockId: string, from: number): void {
    this.core().notes.owners.delete(blockId);
    void from;
    this.askToStop(session, blockId);
  }

  private askToStop(session: NoteSession, blockId: string): void {
    this.core().questions.ask({
      kind: 'stop',
      blockIds: [blockId],
      path: session.path,
      message: 'You took the tag or the id out of a live block. Its text stays in any case. Stop syncing it?',
      answers: [
        { id: 'keep', label: 'Keep it live' },
        { id: 'here', label: 'Stop here only' },
        { id: 'everywhere', label: 'Stop everywhere' },
      ],
    });
  }

  // ---- answers ----

  async answer(question: Question, answer: string): Promise<void> {
    const core = this.core();
    if (question.kind === 'old-tags' && answer === 'make-live') {
      const paths = new Set([...this.oldTags].map((tag) => tag.slice(0, tag.indexOf('\n'))));
      await this.rememberOldTags([]);
      for (const path of paths) await core.making.makeTagged(path);
    }
    for (const blockId of question.blockIds) {
      const home = core.index.block(blockId)?.home;
      if (question.kind === 'stop') {
        if (answer === 'keep') await this.putIdBack(question.path, blockId);
        else await this.stopSyncing(blockId, answer === 'here' ? 'here' : 'everywhere');
      } else if (answer === 'accept') {
        if (home) this.setFate(blockId, home, 'trashed');
      } else {
        core.landing.consider(blockId);
      }
    }
  }

  /** Puts the id on the bullet again that bore it; if that bullet is gone, the block lands anew. */
  private async putIdBack(path: NotePath, blockId: string): Promise<void> {
    const core = this.core();
    const document = await core.documents.hold(blockId);
    const root = document.get(ROOT)?.text;
    await core.notes.withDocuments(path, (session) =>
      session.rewrite((note, text) => {
        if (note.blocks.some((block) => block.blockId === blockId)) return { note, changes: [] };
        const outline = parse(text.toString());
        const item = outline.items.find((one) => seedFrom(outline, one).text === root);
        const candidate = item && candidateAt(note, text, item.from);
        if (!candidate) return { note, changes: [] };
        return this.bindAfter(session, note, text, addId(note, text, candidate.from, blockId), blockId);
      }),
    );
    core.documents.release(blockId);
    if (!core.notes.owners.has(blockId)) core.landing.consider(blockId);
  }

  // ---- what other devices decided ----

  indexChanged(blockIds: ReadonlySet<string>): void {
    const core = this.core();
    for (const blockId of blockIds) {
      const fate = core.index.block(blockId)?.fate;
      if (fate === 'live') core.landing.consider(blockId);
      else if (fate === 'stopped') core.track(this.takeOutId(blockId));
      else if (fate === 'trashed' || fate === 'absorbed') {
        core.questions.closeFor(blockId);
        core.track(this.removeText(blockId));
      }
    }
    this.retryInactive();
  }

  private async removeText(blockId: string): Promise<void> {
    const core = this.core();
    const path = core.notes.owners.get(blockId);
    if (path === undefined) return;
    await core.notes.withDocuments(path, (session) =>
      session.rewrite((note, text) => {
        const block = note.blocks.find((one) => one.blockId === blockId);
        if (!block) return { note, changes: [] };
        const atEnd = block.to >= text.length;
        const from = atEnd && block.from > 0 ? block.from - 1 : block.from;
        return this.plainWriting(session, note, text, [{ from, to: atEnd ? text.length : block.to + 1, insert: '' }]);
      }),
    );
    core.notes.owners.delete(blockId);
    core.changed();
  }

  setFate(blockId: string, home: Home, fate: Fate): void {
    const core = this.core();
    core.documents.sendIndex(core.index.setBlock(blockId, home, fate, core.clock.now(), core.device));
    core.changed();
  }

  // ---- inside ----

  private bindWhenPossible(session: NoteSession, found: FoundId, origin: ReadOrigin): void {
    const core = this.core();
    const { blockId } = found;
    const known = core.index.block(blockId);
    const gone = this.gone.get(blockId);
    const byUser = origin !== 'disk' && origin !== 'outside';
    if (this.stoppedHere.has(blockId) && !byUser) return this.deactivate(session, [found]);
    if (!known || (known.fate !== 'live' && !gone && !byUser)) return this.deactivate(session, [found]);
    gone?.cancel();
    this.gone.delete(blockId);
    core.questions.closeFor(blockId);
    if (known.fate !== 'live') this.setFate(blockId, this.homeIn(session, found) ?? known.home, 'live');
    if (this.stoppedHere.delete(blockId)) core.track(core.store.write([{ table: 'meta', key: `stopped-here/${blockId}`, value: null }], 'strict'));
    core.notes.owners.set(blockId, session.path);
    const loaded = core.documents.get(blockId);
    if (loaded && session.open) {
      core.track(core.documents.hold(blockId));
      this.bindInEditor(session, blockId, gone !== undefined);
    } else {
      core.track(this.bindLater(session, blockId, gone !== undefined));
    }
  }

  private async bindLater(session: NoteSession, blockId: string, baseKnown: boolean): Promise<void> {
    const core = this.core();
    if (!(await core.documents.has(blockId))) {
      // The index came first: the document is on its way, and binding to nothing would delete what stands there.
      core.notes.owners.delete(blockId);
      this.deactivate(session, [{ blockId, from: 0, to: 0, idFrom: 0, idTo: 0 }]);
      return;
    }
    if (!session.open) return this.bindInFile(session, blockId);
    await core.documents.hold(blockId);
    this.bindInEditor(session, blockId, baseKnown);
  }

  private bindInEditor(session: NoteSession, blockId: string, baseKnown: boolean): void {
    const core = this.core();
    const document = core.documents.get(blockId);
    if (!document || !session.open || session.block(blockId)) return;
    const text = session.editorText();
    const found = findIds(text.toString()).find((one) => one.blockId === blockId);
    if (!found) return;
    const binding = bindBlock(session.bound, text, found, document, { newId: () => core.notes.newId(), deletions: baseKnown });
    session.bound = binding.note;
    this.inactive.get(session.path)?.delete(blockId);
    if (binding.edits.length > 0) core.notes.commit(blockId, binding.edits);
    session.show(blockId);
    core.notes.changed(session);
  }

  /** Copies get ids of their own, and become blocks of their own. */
  private renew(session: NoteSession, copies: readonly FoundId[]): void {
    const core = this.core();
    if (!session.open) return this.deactivate(session, copies);
    for (const copy of copies) {
      const text = session.editorText();
      const here = findIds(text.toString()).filter((one) => one.blockId === copy.blockId);
      const bound = session.block(copy.blockId);
      const target = here.find((one) => one.from !== bound?.from) ?? (bound ? undefined : here[0]);
      if (!target) continue;
      const blockId = core.making.freshId();
      session.rewriteEditor((note, before) => this.plainWriting(session, note, before, [renewId(target, blockId)]));
      core.making.makeFromId(session, blockId);
    }
  }

  private deactivate(session: NoteSession, found: readonly FoundId[]): void {
    let ids = this.inactive.get(session.path);
    if (!ids) this.inactive.set(session.path, (ids = new Set()));
    for (const { blockId } of found) ids.add(blockId);
    for (const editor of session.editors) editor.refresh();
  }

  private absorbed(blockId: string, into: string): void {
    void into;
    this.core().notes.owners.delete(blockId);
    const home = this.core().index.block(blockId)?.home;
    if (home) this.setFate(blockId, home, 'absorbed');
  }

  /** Changes on Blockwire's own behalf, with what they mean for the bound note and without making edits of them. */
  plainWriting(session: NoteSession, note: BoundNote, text: NoteText, changes: Writing['changes'], unbound?: string): Writing {
    if (changes.length === 0) return { note, changes };
    const after = textOf(applyChanges(text.toString(), changes));
    const next = read(note, changes, after, session.context('other')).note;
    return { note: unbound === undefined ? next : { ...next, blocks: next.blocks.filter((block) => block.blockId !== unbound) }, changes };
  }

  /** As `plainWriting`, and the id that the changes put into the text is bound to its document. */
  bindAfter(session: NoteSession, note: BoundNote, text: NoteText, changes: Writing['changes'], blockId: string): Writing {
    const core = this.core();
    const writing = this.plainWriting(session, note, text, changes);
    const document = core.documents.get(blockId);
    const after = textOf(applyChanges(text.toString(), changes));
    const found = findIds(after.toString()).find((one) => one.blockId === blockId);
    if (!document || !found) return writing;
    return { note: bindBlock(writing.note, after, found, document, { newId: () => core.notes.newId(), deletions: false }).note, changes };
  }

  private homeIn(session: NoteSession, found: FoundId): Home | null {
    if (!session.open) return null;
    const outline = parse(session.editorText().toString());
    const item = outline.items.find((one) => one.from === found.from);
    return item ? homeOf(outline, item, session.path, this.core().vault.dayOf(session.path)) : null;
  }
}

function listOf(paths: readonly string[]): string {
  const unique = [...new Set(paths)];
  return unique.length <= 3 ? unique.join(', ') : `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more`;
}
