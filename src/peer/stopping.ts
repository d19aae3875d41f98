/** Blocks that stop being live, here or everywhere, and ids that go out of a text and come back into it. */
import { ROOT } from '../document';
import { addId, candidateAt, findIds, mend, removeId, seedFrom } from '../note';
import type { BoundBullet } from '../note';
import { hasTag, parse } from '../outline';
import { PeerError } from './api';
import type { Core } from './core';
import type { NoteSession } from './note-session';
import { plainWriting } from './note-writing';
import type { Editor, NotePath, Question } from './ports';
import { lineAt } from './text-changes';

const PREFIX = 'stopped-here/';

export class Stopping {
  private readonly here = new Set<string>();
  /** Roots whose tag was taken out by typing; asked about when the cursor leaves. */
  private readonly untagged = new Map<string, NoteSession>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    for (const { key } of await this.core().store.scan('meta', PREFIX)) this.here.add(key.slice(PREFIX.length));
  }

  isStoppedHere(blockId: string): boolean {
    return this.here.has(blockId);
  }

  /** The id of a block stopped here was put into a note again. */
  resume(blockId: string): void {
    const core = this.core();
    if (this.here.delete(blockId)) core.track(core.store.write([{ table: 'meta', key: `${PREFIX}${blockId}`, value: null }], 'strict'));
  }

  async stop(blockId: string, where: 'here' | 'everywhere'): Promise<void> {
    const core = this.core();
    if (where === 'here' && core.lives.holds.secondEngine) {
      throw new PeerError('FILES_SHARED', 'Another sync engine carries these files to other devices: the block can’t stop here only.', 'Stop it everywhere, or keep it live.');
    }
    core.questions.closeFor(blockId);
    if (where === 'everywhere') {
      const home = core.index.block(blockId)?.home;
      if (home) core.lives.setFate(blockId, home, 'stopped');
    } else {
      this.here.add(blockId);
      await core.store.write([{ table: 'meta', key: `${PREFIX}${blockId}`, value: new Uint8Array([1]) }], 'strict');
    }
    core.landing.forget(blockId);
    await this.takeOutId(blockId);
  }

  /** Before this device leaves the space: text stays, ids go. Nothing is told to the others. */
  async takeOutAllIds(): Promise<void> {
    for (const blockId of [...this.core().notes.owners.keys()]) {
      this.here.add(blockId);
      await this.takeOutId(blockId);
    }
  }

  async takeOutId(blockId: string): Promise<void> {
    const core = this.core();
    const path = core.notes.owners.get(blockId);
    if (path === undefined) return;
    const { tag } = core.settings();
    await core.notes.withDocuments(path, (session) =>
      session.rewrite((note, text) => (note.blocks.some((block) => block.blockId === blockId) ? plainWriting(session, note, text, removeId(note, blockId, tag), blockId) : { note, changes: [] })),
    );
    core.notes.leave(blockId, path);
    core.changed();
  }

  // ---- taken out by typing ----

  noteUntagged(session: NoteSession, blockIds: readonly string[]): void {
    for (const blockId of blockIds) this.untagged.set(blockId, session);
  }

  stripped(session: NoteSession, blockId: string, bullets: readonly BoundBullet[]): void {
    this.core().notes.leave(blockId, session.path);
    // What it was when it left, and not what a row of the store still says of it.
    if (this.core().lives.left.of(blockId) === null) this.core().lives.left.remember(blockId, bullets);
    this.ask(session.path, blockId);
  }

  /** The user's cursor left a line: put damaged ids right, ask about a tag that was taken out. */
  cursorMoved(session: NoteSession, editor: Editor): void {
    if (session.damaged.size > 0) this.mendIds(session, editor);
    for (const [blockId, where] of [...this.untagged]) {
      const block = where === session ? session.block(blockId) : undefined;
      if (!block) {
        if (where === session) this.untagged.delete(blockId);
        continue;
      }
      if (lineAt(session.editorText(), block.from) === editor.cursorLine()) continue;
      this.untagged.delete(blockId);
      if (!this.isMarked(block.bullets[0]?.text ?? '')) this.ask(session.path, blockId);
    }
    for (const question of this.core().questions.list()) {
      if (question.kind !== 'stop' || question.path !== session.path) continue;
      // The tag is there again, by an undo for example.
      for (const blockId of question.blockIds) if (this.isMarked(session.block(blockId)?.bullets[0]?.text ?? '')) this.core().questions.closeFor(blockId);
    }
  }

  private isMarked(text: string): boolean {
    const { tag, phrases } = this.core().settings();
    return hasTag(text, tag) || phrases.some((phrase) => phrase !== '' && text.toLowerCase().includes(phrase.toLowerCase()));
  }

  /** To close a note is to leave its lines. */
  async mendClosed(session: NoteSession): Promise<void> {
    if (session.damaged.size === 0) return;
    session.damaged.clear();
    await session.rewrite((note, text) => plainWriting(session, note, text, mend(note, text)));
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

  private ask(path: NotePath, blockId: string): void {
    const { questions, lives, index } = this.core();
    if (index.block(blockId)?.fate === 'stopped') return; // this was answered
    const here = { id: 'here', label: 'Stop here only' };
    questions.ask({
      kind: 'stop',
      blockIds: [blockId],
      path,
      message: 'You took the tag or the id out of a live block. Its text stays in any case. Stop syncing it?',
      answers: [
        { id: 'keep', label: 'Keep it live' },
        // Where another engine shares these files, another device would put the id back or lose it, too.
        ...(lives.holds.secondEngine ? [] : [here]),
        { id: 'everywhere', label: 'Stop everywhere' },
      ],
    });
  }

  async answer(question: Question, answer: string): Promise<void> {
    for (const blockId of question.blockIds) {
      if (answer === 'keep') await this.putIdBack(question.path, blockId);
      else {
        await this.stop(blockId, answer === 'here' ? 'here' : 'everywhere');
        await this.takeOutTag(question.path, blockId);
      }
    }
  }

  /** Puts the id on the bullet again that bore it; if that bullet is gone, the block lands anew. */
  async putIdBack(path: NotePath, blockId: string): Promise<void> {
    await this.bindPlain(path, blockId);
    if (!this.core().notes.owners.has(blockId)) this.core().landing.consider(blockId);
  }

  /** Puts the id on the plain bullet of a note that has the block's own first line, if there is one. */
  async bindPlain(path: NotePath, blockId: string): Promise<void> {
    const core = this.core();
    if (!core.notes.owners.has(blockId) && (await core.documents.has(blockId)) && (await core.vault.state(path)) === 'present') {
      const document = await core.documents.hold(blockId);
      const root = this.bare(document.get(ROOT)?.text ?? '');
      await core.notes.withDocuments(path, (session) =>
        session.open && !session.ready ? false : session.rewrite((note, text) => {
          if (findIds(text.toString()).some((one) => one.blockId === blockId)) return { note, changes: [] };
          const outline = parse(text.toString());
          const item = outline.items.find((one) => this.bare(seedFrom(outline, one).text) === root);
          const candidate = item && candidateAt(note, text, item.from);
          return candidate ? plainWriting(session, note, text, addId(note, text, candidate.from, blockId)) : { note, changes: [] };
        }),
      );
      // What stands there may have been edited since it was last known: it is bound with those edits.
      const session = core.notes.at(path);
      if (session && (!session.open || session.ready)) await core.lives.appearing.bindInFile(session, blockId);
      if (session?.block(blockId)) {
        core.lives.vanishing.returned(blockId);
        core.notes.owners.set(blockId, path);
      }
      core.documents.release(blockId);
    }
  }

  /** The id was taken out already, and the tag stands there still. */
  private async takeOutTag(path: NotePath, blockId: string): Promise<void> {
    const core = this.core();
    if (!(await core.documents.has(blockId)) || (await core.vault.state(path)) !== 'present') return;
    const document = await core.documents.hold(blockId);
    const root = this.bare(document.get(ROOT)?.text ?? '');
    await core.notes.withDocuments(path, (session) =>
      session.rewrite((note, text) => {
        const outline = parse(text.toString());
        const item = outline.items.find((one) => this.bare(seedFrom(outline, one).text) === root && hasTag(seedFrom(outline, one).text, core.settings().tag));
        const candidate = item && candidateAt(note, text, item.from);
        const found = candidate && core.making.tagAt(outline, candidate.from);
        return found ? plainWriting(session, note, text, [found]) : { note, changes: [] };
      }),
    );
    core.documents.release(blockId);
  }

  /** First bullets of blocks in a note that the user is asked about: their tag makes nothing new live meanwhile. */
  async askedIn(path: NotePath): Promise<ReadonlySet<string>> {
    const { questions, documents } = this.core();
    const roots = new Set<string>();
    for (const { kind, path: where, blockIds } of questions.list()) {
      if (kind !== 'stop' || where !== path) continue;
      for (const blockId of blockIds) {
        roots.add(this.bare((await documents.hold(blockId)).get(ROOT)?.text ?? ''));
        documents.release(blockId);
      }
    }
    roots.delete('');
    return roots;
  }

  /** Whether a plain bullet is one whose id was taken out, and the user has not yet said what that was to mean. */
  isAsked(path: NotePath, text: string): boolean {
    const { questions, lives } = this.core();
    const own = this.bare(text);
    return questions.list().some(({ kind, path: where, blockIds }) => kind === 'stop' && where === path && blockIds.some((id) => this.bare(lives.left.of(id)?.[0]?.text ?? '') === own));
  }

  /** A text without the tag, case and blanks. */
  bare(text: string): string {
    return text.toLowerCase().replace(this.core().settings().tag.toLowerCase(), '').replace(/\s+/g, ' ').trim();
  }
}
