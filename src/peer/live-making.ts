/** Bullets becoming live: by tag when the cursor leaves the line, by the command, and by a tag found in a file. */
import { blockwireId, findTags, homeOf, itemText, parse, removeTag } from '../outline';
import type { Home, Item, Outline } from '../outline';
import { seed } from '../document';
import type { PlainBullet, TextChange } from '../document';
import { addId, candidateAt, findCandidates, findIds, renewId, seedFrom } from '../note';
import type { Candidate } from '../note';
import { PeerError } from './api';
import type { Core } from './core';
import type { NoteSession } from './note-session';
import { bindAfter, plainWriting } from './note-writing';
import type { Editor, NotePath, NoteText } from './ports';
import { lineAt, offsetOfLine } from './text-changes';

/** Derives a block's id: the same text, tagged at the same place on two devices apart, gets the same one. */
export type BlockIdOf = (parts: { home: Home; text: string; occurrence: number; generation: number }) => string;

interface Made {
  readonly blockId: string;
  readonly home: Home;
  readonly plain: PlainBullet;
}

export class LiveMaking {
  constructor(
    private readonly core: () => Core,
    private readonly idOf: BlockIdOf,
  ) {}

  /** The cursor went to another line, or away (`cursor` -1): bullets tagged by this user meanwhile become live. */
  cursorMoved(session: NoteSession, editor: Editor, cursor = editor.cursorLine()): void {
    if (session.fresh.length === 0) return;
    const rules = this.core().notes.keeper.rules();
    const stay: number[] = [];
    session.fresh.sort((a, b) => a - b);
    // Each id that is written moves those that are left, which the session follows.
    for (let from = session.fresh.shift(); from !== undefined; from = session.fresh.shift()) {
      const [candidate] = findCandidates(session.bound, session.editorText(), rules, from, from);
      // Whether to stop the block that it was is being asked.
      if (!candidate || this.core().lives.stopping.isAsked(session.path, candidate.text)) continue;
      if (lineAt(editor.text(), candidate.from) === cursor) stay.push(candidate.from);
      else this.attempt(() => this.makeInEditor(session, candidate));
    }
    session.fresh = stay;
  }

  /** The command. @throws PeerError when the line is no list item or the block is too large */
  async atLine(path: NotePath, line: number): Promise<string> {
    const session = this.core().notes.at(path);
    if (!session?.open || !session.ready) throw new PeerError('NOTE_CLOSED', 'That note is not open in an editor.', 'Open the note and try again.');
    const text = session.editorText();
    const already = this.core().notes.blockAtLine(path, line);
    if (already !== null) return already;
    const candidate = candidateAt(session.bound, text, offsetOfLine(text, line));
    const copy = candidate && findIds(text.toString()).find((one) => one.from === candidate.from);
    if (copy) {
      // An inactive copy, which the user wants to be a block of its own.
      const blockId = this.freshId();
      session.rewriteEditor((note, before) => plainWriting(session, note, before, [renewId(copy, blockId)]));
      this.makeFromId(session, blockId);
      return blockId;
    }
    if (!candidate) {
      throw new PeerError('NO_BULLET', 'There is no list item on this line.', 'Put the cursor on a bullet and run the command again.');
    }
    session.fresh = session.fresh.filter((from) => from !== candidate.from);
    return this.makeInEditor(session, candidate);
  }

  /** A closed note holds tagged bullets: those that were not there at the start become live, or `only` those with these texts. */
  async fromDisk(path: NotePath, only?: ReadonlySet<string>): Promise<void> {
    const core = this.core();
    if (core.vault.isTemplate(path)) return;
    const { stopping, oldTags } = core.lives;
    const asked = await stopping.askedIn(path);
    await core.notes.withDocuments(path, async (session) => {
      for (let bounded = 0; bounded < 100 && !session.open; bounded += 1) {
        let made: Made | null = null;
        const done = await session.rewrite((note, text) => {
          const candidate = findCandidates(note, text, core.notes.keeper.rules()).find((one) => !asked.has(stopping.bare(one.text)) && (only ? only.has(one.text) : !oldTags.has(path, one.text)));
          made = candidate ? this.plan(session, candidate, text) : null;
          return candidate && made ? { note, changes: addId(note, text, candidate.from, made.blockId) } : { note, changes: [] };
        });
        if (!done || made === null) return;
        this.create(made);
        await core.lives.appearing.bindInFile(session, (made as Made).blockId);
        core.documents.release((made as Made).blockId);
      }
    });
  }

  /** An id for a copy: random, so that it never meets another. */
  freshId(): string {
    return blockwireId(this.core().random.bytes(10));
  }

  /** As `makeFromId`, in a note that may be closed. */
  async makeInNote(session: NoteSession, blockId: string): Promise<void> {
    const core = this.core();
    if (session.open) return this.makeFromId(session, blockId);
    let made: Made | null = null;
    await session.rewrite((note, text) => {
      const outline = parse(text.toString());
      const found = findIds(text.toString()).find((one) => one.blockId === blockId);
      const item = outline.items.find((one) => one.from === found?.from);
      made = item ? { blockId, home: homeOf(outline, item, session.path, core.vault.dayOf(session.path)), plain: seedFrom(outline, item) } : null;
      return { note, changes: [] };
    });
    if (!made) return;
    this.create(made);
    await core.lives.appearing.bindInFile(session, blockId);
    core.documents.release(blockId);
  }

  /** The change that takes the tag out of the plain bullet at an offset. */
  tagAt(outline: Outline, from: number): TextChange | null {
    const item = outline.items.find((one) => one.from === from);
    const found = item && findTags(outline, this.core().settings().tag).find((one) => one.item === item.index);
    return found ? removeTag(outline, found) : null;
  }

  /** A copied block whose new id stands in the text already becomes a block of its own. */
  makeFromId(session: NoteSession, blockId: string): void {
    const core = this.core();
    const text = session.editorText();
    const outline = parse(text.toString());
    const found = findIds(text.toString()).find((one) => one.blockId === blockId);
    const item = outline.items.find((one) => one.from === found?.from);
    if (!item) return;
    this.attempt(() => {
      this.create({ blockId, home: homeOf(outline, item, session.path, core.vault.dayOf(session.path)), plain: seedFrom(outline, item) });
      session.rewriteEditor((note, before) => bindAfter(core, session, note, before, [], blockId));
      return this.made(blockId);
    });
  }

  /** Tags that stood in a note before Blockwire, which the user now wants live. */
  async makeTagged(path: NotePath, texts: ReadonlySet<string>): Promise<void> {
    const core = this.core();
    const session = core.notes.at(path);
    if (!session?.open) return this.fromDisk(path, texts);
    for (let bounded = 0; bounded < 100; bounded += 1) {
      const candidate = findCandidates(session.bound, session.editorText(), core.notes.keeper.rules()).find((one) => texts.has(one.text));
      if (!candidate) return;
      this.makeInEditor(session, candidate);
    }
  }

  /** Warns once when a block has outgrown its limits; nothing is cut off. Costs by the block: called now and then. */
  checkSize(blockId: string): void {
    const { core } = this;
    const size = core().documents.get(blockId)?.measure();
    const { limits } = core().settings();
    if (size && (size.bullets > limits.bullets || size.bytes > limits.bytes)) {
      core().problem('BLOCK_TOO_LARGE', `A live block has more than ${limits.bullets} bullets or ${Math.round(limits.bytes / 1024)} kB. It still syncs, but slowly: split it into two blocks.`);
    }
  }

  private makeInEditor(session: NoteSession, candidate: Candidate): string {
    const core = this.core();
    if (core.vault.isTemplate(session.path)) {
      throw new PeerError('TEMPLATE', 'Nothing in a template folder becomes live.', 'Make the bullet live in the note that the template is used for.');
    }
    const text = session.editorText();
    const made = this.plan(session, candidate, text);
    const { blockId } = made;
    this.create(made);
    core.track(core.lives.oldTags.madeLive(session.path, candidate.text));
    session.rewriteEditor((note, before) => bindAfter(core, session, note, before, addId(note, before, candidate.from, blockId), blockId));
    return this.made(blockId);
  }

  /** The session holds the document from now on. */
  private made(blockId: string): string {
    this.core().documents.release(blockId);
    return blockId;
  }

  /** Seeds the document and tells the space. @throws PeerError when the block is too large */
  private create({ blockId, home, plain }: Made): void {
    const core = this.core();
    const seeded = seed(blockId, plain, () => core.notes.keeper.newId());
    const document = core.documents.create(blockId, seeded.update);
    const { limits } = core.settings();
    const size = document.measure();
    if (size.bullets > limits.bullets || size.bytes > limits.bytes) {
      core.documents.forget(blockId);
      throw new PeerError(
        'BLOCK_TOO_LARGE',
        `This block has ${size.bullets} bullets and ${Math.ceil(size.bytes / 1024)} kB; a live block may have ${limits.bullets} and ${Math.floor(limits.bytes / 1024)} kB.`,
        'Make a part of it live instead.',
      );
    }
    core.lives.setFate(blockId, home, 'live');
    core.documents.publish(blockId, seeded.update);
    core.presence.mineIs(blockId, document.digest());
  }

  private plan(session: NoteSession, candidate: Candidate, text: NoteText): Made {
    const core = this.core();
    const outline = parse(text.toString());
    const item = outline.items.find((one) => one.from === candidate.from);
    if (!item) throw new PeerError('NO_BULLET', 'There is no list item on this line.', 'Put the cursor on a bullet and run the command again.');
    const home = homeOf(outline, item, session.path, core.vault.dayOf(session.path));
    const { tag } = core.settings();
    const tags = new Map(findTags(outline, tag).map((found) => [found.item, found]));
    const bare = (one: Item): string => {
      const found = tags.get(one.index);
      const first = one.lines[0];
      const itsText = itemText(outline, one);
      if (!found || !first) return itsText.trim();
      const { from, to } = removeTag(outline, found);
      return (itsText.slice(0, from - first.from) + itsText.slice(to - first.from)).trim();
    };
    const own = bare(item);
    const occurrence = outline.items.filter((one) => one.index < item.index && one.parent === item.parent && bare(one) === own).length;
    // A deleted or stopped block keeps its id: what is tagged anew is a new block.
    let generation = 0;
    let blockId = this.idOf({ home, text: own, occurrence, generation });
    while (core.index.block(blockId) !== undefined || core.notes.owners.has(blockId)) {
      generation += 1;
      blockId = this.idOf({ home, text: own, occurrence, generation });
    }
    return { blockId, home, plain: seedFrom(outline, item) };
  }

  private attempt(make: () => string): void {
    try {
      make();
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.core().problem(error.code, `${error.message} ${error.hint}`);
    }
  }
}
