/** Blocks that left their note: moves, deletions that are the user's, those that need a question, and those that another device made. */
import type { BoundBullet, ReadOrigin } from '../note';
import { renderBlock } from '../note';
import { homeOf, parse } from '../outline';
import type { Home } from '../outline';
import { isByUser } from './appearing';
import { PeerError } from './api';
import type { TrashedBlock } from './api';
import type { Core } from './core';
import type { NoteSession } from './note-session';
import { plainWriting } from './note-writing';
import type { NotePath } from './ports';
import type { GateKind } from './question-words';

/** A deletion in an editor counts after this long, so that an undo right after it costs nothing. */
const DELETE_AFTER = 4_000;
/** What was cut, or vanished from a file, may turn up elsewhere within this time: then it is a move. */
const MOVE_WITHIN = 60_000;
/** How long a deleted block can be had back. */
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;

/** A block that is in no note and may come back. JSON-safe: kept in the store, so that neither a crash nor a quick exit decides. */
interface Gone {
  readonly path: NotePath;
  readonly byUser: boolean;
  readonly kind: GateKind;
  readonly until: number;
  /** What its text was; null if that is not known. */
  readonly bullets: readonly BoundBullet[] | null;
}

/** Where a block stood when another device deleted it. */
interface LastPlace {
  readonly path: NotePath;
  readonly home: Home;
}

export class Vanishing {
  private readonly gone = new Map<string, Gone>();
  private readonly timers = new Map<string, () => void>();
  private readonly places = new Map<string, LastPlace>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const { store } = this.core();
    for (const { key, value } of await store.scan('meta', 'gone/')) this.gone.set(key.slice('gone/'.length), decode<Gone>(value));
    for (const { key, value } of await store.scan('meta', 'place/')) this.places.set(key.slice('place/'.length), decode<LastPlace>(value));
  }

  /** Once notes were compared: what stands in one after all is not gone, the rest goes on waiting, however the clock was set meanwhile. */
  resume(): void {
    const now = this.core().clock.now();
    for (const [blockId, { until }] of [...this.gone]) {
      if (this.core().notes.owners.has(blockId)) this.returned(blockId);
      else if (!this.timers.has(blockId)) this.startTimer(blockId, Math.min(MOVE_WITHIN, Math.max(1_000, until - now)));
    }
  }

  stop(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    for (const [blockId, { byUser }] of [...this.gone]) if (byUser) this.bury(blockId);
  }

  isGone(blockId: string): boolean {
    return this.gone.has(blockId);
  }

  goneOf(blockId: string): Gone | undefined {
    return this.gone.get(blockId);
  }

  lastPlace(blockId: string): LastPlace | undefined {
    return this.places.get(blockId);
  }

  /** It stands in a note again. */
  returned(blockId: string): void {
    this.timers.get(blockId)?.();
    this.timers.delete(blockId);
    const writes = [
      ...(this.gone.delete(blockId) ? [{ table: 'meta' as const, key: `gone/${blockId}`, value: null }] : []),
      ...(this.places.delete(blockId) ? [{ table: 'meta' as const, key: `place/${blockId}`, value: null }] : []),
    ];
    if (writes.length > 0) this.core().track(this.core().store.write(writes, 'relaxed'));
  }

  vanished(session: NoteSession, blockId: string, bullets: readonly BoundBullet[], origin: ReadOrigin): void {
    const byUser = isByUser(origin);
    this.wait(blockId, { path: session.path, byUser, kind: 'deleted-outside', bullets }, byUser && origin !== 'cut' ? DELETE_AFTER : MOVE_WITHIN);
  }

  /** A note was deleted: its blocks are only missed, nothing is sent. */
  goneWithNote(blockId: string, path: NotePath): void {
    this.wait(blockId, { path, byUser: false, kind: 'note-deleted', bullets: null }, MOVE_WITHIN);
  }

  /** Another device decided that the block is in no note any more. */
  async removeText(blockId: string): Promise<void> {
    const core = this.core();
    if (this.gone.has(blockId)) this.returned(blockId);
    const path = core.notes.owners.get(blockId);
    if (path === undefined) return;
    let place: LastPlace | null = null;
    await core.notes.withDocuments(path, (session) =>
      session.rewrite((note, text) => {
        const block = note.blocks.find((one) => one.blockId === blockId);
        if (!block) return { note, changes: [] };
        const outline = parse(text.toString(), note.style);
        const item = outline.items.find((one) => one.from === block.from);
        if (item) place = { path, home: homeOf(outline, item, path, core.vault.dayOf(path)) };
        const atEnd = block.to >= text.length;
        const from = atEnd && block.from > 0 ? block.from - 1 : block.from;
        return plainWriting(session, note, text, [{ from, to: atEnd ? text.length : block.to + 1, insert: '' }], blockId);
      }, true),
    );
    core.notes.leave(blockId, path);
    if (place) {
      this.places.set(blockId, place);
      await core.store.write([{ table: 'meta', key: `place/${blockId}`, value: encode(place) }], 'relaxed');
    }
    core.changed();
  }

  // ---- the trash ----

  async trashed(): Promise<readonly TrashedBlock[]> {
    const core = this.core();
    const since = core.clock.now() - KEPT_FOR;
    const found: TrashedBlock[] = [];
    for (const blockId of core.index.blockIds()) {
      const block = core.index.block(blockId);
      if (block?.fate !== 'trashed' || block.since < since || !(await core.documents.has(blockId))) continue;
      const document = await core.documents.hold(blockId);
      found.push({
        blockId,
        home: block.home,
        text: renderBlock(document, { indent: core.vault.defaultIndent, eol: '\n', tabSize: 4 }, ''),
        deletedAt: block.since,
        deletedOn: core.index.device(block.by as never)?.name ?? 'Another device',
      });
      core.documents.release(blockId);
    }
    return found.sort((a, b) => b.deletedAt - a.deletedAt);
  }

  /** @throws PeerError when the block is not in the trash */
  restore(blockId: string): void {
    const core = this.core();
    const block = core.index.block(blockId);
    if (block?.fate !== 'trashed') throw new PeerError('NOT_TRASHED', 'This block is not in the trash any more.', 'Nothing was changed.');
    core.lives.setFate(blockId, block.home, 'live');
    core.lives.appearing.retry();
    core.landing.consider(blockId);
  }

  // ---- inside ----

  private wait(blockId: string, gone: Omit<Gone, 'until'>, ms: number): void {
    const core = this.core();
    core.notes.leave(blockId, gone.path);
    const waiting: Gone = { ...gone, until: core.clock.now() + ms };
    this.gone.set(blockId, waiting);
    core.track(core.store.write([{ table: 'meta', key: `gone/${blockId}`, value: encode(waiting) }], 'strict'));
    this.startTimer(blockId, ms);
    core.lives.appearing.retry();
  }

  private startTimer(blockId: string, ms: number): void {
    this.timers.get(blockId)?.();
    this.timers.set(blockId, this.core().clock.after(ms, () => {
      this.timers.delete(blockId);
      const gone = this.gone.get(blockId);
      if (!gone) return;
      if (gone.byUser) this.bury(blockId);
      else {
        if (gone.bullets) this.core().lives.left.remember(blockId, gone.bullets);
        this.ask(blockId, gone);
      }
    }));
  }

  private bury(blockId: string): void {
    const home = this.core().index.block(blockId)?.home;
    this.returned(blockId);
    if (home) this.core().lives.setFate(blockId, home, 'trashed');
  }

  private ask(blockId: string, { path, kind }: Gone): void {
    this.core().questions.askAbout(kind, blockId, path);
    this.returned(blockId); // the question holds it from now on
  }
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
