/** What becomes of blocks: takes what a note's text says, what other devices decided and what the user answers, and gives each to its part. */
import type { Facts, ReadOrigin } from '../note';
import type { Home } from '../outline';
import { Appearing, isByUser } from './appearing';
import { Carrying } from './carrying';
import type { Core } from './core';
import { FileHolds } from './file-holds';
import type { Fate } from './index-document';
import { Imports } from './imports';
import { LeftTexts } from './left-texts';
import type { NoteSession } from './note-session';
import { OldTags } from './old-tags';
import type { Editor, Question } from './ports';
import { placeOf } from './questions';
import { Stopping } from './stopping';
import { Vanishing } from './vanishing';

export class BlockLives {
  readonly appearing: Appearing;
  readonly vanishing: Vanishing;
  readonly stopping: Stopping;
  readonly holds: FileHolds;
  readonly carrying: Carrying;
  readonly imports: Imports;
  readonly oldTags: OldTags;
  readonly left: LeftTexts;

  constructor(private readonly core: () => Core) {
    this.appearing = new Appearing(core);
    this.vanishing = new Vanishing(core);
    this.stopping = new Stopping(core);
    this.holds = new FileHolds(core);
    this.carrying = new Carrying(core);
    this.imports = new Imports(core);
    this.oldTags = new OldTags(core);
    this.left = new LeftTexts(core);
  }

  async load(): Promise<void> {
    for (const part of [this.left, this.vanishing, this.stopping, this.holds, this.carrying, this.imports, this.oldTags]) await part.load();
  }

  stop(): void {
    this.holds.stop();
    this.vanishing.stop();
  }

  /** What a note's changed text says of ids, tags and borders. */
  consider(session: NoteSession, facts: Facts, origin: ReadOrigin): void {
    const core = this.core();
    const byUser = isByUser(origin);
    if (byUser && facts.candidates.length > 0) session.fresh = [...new Set([...session.fresh, ...facts.candidates.map(({ from }) => from)])];
    if (facts.transferred.length > 0) this.carrying.went(facts.transferred);
    for (const { blockId } of facts.absorbed) this.absorbed(session, blockId);
    for (const { blockId, bullets } of facts.vanished) this.vanishing.vanished(session, blockId, bullets, origin);
    for (const { blockId, bullets } of facts.stripped) this.stopping.stripped(session, blockId, bullets);
    if (facts.copies.length > 0) this.appearing.copies(session, facts.copies, origin);
    if (facts.appeared.length > 0) this.appearing.look(session, facts.appeared, origin);
    for (const blockId of facts.damaged) session.damaged.add(blockId);
    if (byUser) this.stopping.noteUntagged(session, facts.untagged);
    if (!byUser && facts.candidates.length > 0 && core.settings().liveFromDisk && !session.open) core.track(core.making.fromDisk(session.path));
  }

  cursorMoved(session: NoteSession, editor: Editor): void {
    this.stopping.cursorMoved(session, editor);
  }

  async answer(question: Question, answer: string): Promise<void> {
    const core = this.core();
    switch (question.kind) {
      case 'old-tags':
        return this.oldTags.answer(answer);
      case 'stop':
        return this.stopping.answer(question, answer);
      case 'metered':
        return core.files?.answer(answer);
      case 'older-version':
        return this.holds.answer(question, answer);
      case 'emptied':
        return this.holds.answerEmptied(question, answer);
      default:
        for (const blockId of question.blockIds) {
          const home = core.index.block(blockId)?.home;
          if (answer === 'accept' && home) this.setFate(blockId, home, 'trashed');
          // Its bullet may stand there without the id.
          else if (answer !== 'accept') {
            const path = placeOf(question, blockId);
            await this.stopping.putIdBack(path, blockId);
            if (question.kind === 'note-deleted') await core.landing.putBackInto(path, blockId);
          }
        }
    }
  }

  /** Another device registered blocks or decided what becomes of them. */
  indexChanged(blockIds: ReadonlySet<string>): void {
    const core = this.core();
    for (const blockId of blockIds) {
      const fate = core.index.block(blockId)?.fate;
      core.files?.look(blockId);
      if (fate === 'live') core.landing.consider(blockId);
      else if (fate !== undefined) {
        core.landing.forget(blockId);
        core.questions.closeFor(blockId);
        this.vanishing.returned(blockId);
        this.left.forget(blockId);
        core.track(this.follow(blockId, fate));
      }
    }
    this.appearing.retry();
  }

  /** A program that was ended may have decided something, or heard of it, that its notes do not show yet. */
  async followDecided(): Promise<void> {
    const { notes, index } = this.core();
    for (const blockId of [...notes.owners.keys()]) {
      const fate = index.block(blockId)?.fate;
      if (fate === 'stopped' || fate === 'trashed') await this.follow(blockId, fate);
    }
  }

  private follow(blockId: string, fate: Fate): Promise<void> {
    return fate === 'stopped' ? this.stopping.takeOutId(blockId) : this.vanishing.removeText(blockId);
  }

  setFate(blockId: string, home: Home, fate: Fate): void {
    const core = this.core();
    core.documents.sendIndex(core.index.setBlock(blockId, home, fate, core.clock.now(), core.device));
    if (fate !== 'live') {
      core.landing.forget(blockId);
      core.questions.closeFor(blockId);
      this.left.forget(blockId);
    }
    core.changed();
  }

  /** A block was nested under another: its bullets are that one's now. */
  private absorbed(session: NoteSession, blockId: string): void {
    this.core().notes.leave(blockId, session.path);
    const home = this.core().index.block(blockId)?.home;
    if (home) this.setFate(blockId, home, 'absorbed');
  }
}
