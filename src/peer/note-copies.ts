/**
 * What closed notes were before Blockwire changed them for the first time in a day. Copies stay on this device, in its store and never in the vault, are
 * given up by age and size, and can be written back.
 */
import { PeerError } from './api';
import type { NoteCopy } from './api';
import type { Core } from './core';
import { normalise } from './line-ends';
import type { NotePath } from './ports';

const DAY = 24 * 60 * 60 * 1000;
/** How long a copy is kept, in ms, and how much all of them may hold, in UTF-8 bytes. */
const KEPT_FOR = 30 * DAY;
const KEPT_BYTES = 5 * 1024 * 1024;
/** No copy is kept of a larger note. */
const LARGEST = 1024 * 1024;
const LIST = 'note-copies';
const PREFIX = 'note-copy/';

interface Kept extends NoteCopy {
  readonly bytes: number;
}

export class NoteCopies {
  /** Oldest first. */
  private kept: readonly Kept[] = [];
  /** When a note's state was last kept, or could not be. */
  private readonly lastOf = new Map<NotePath, number>();

  constructor(private readonly core: () => Core) {}

  async load(): Promise<void> {
    const stored = await this.core().store.read('meta', LIST);
    this.kept = stored ? (JSON.parse(new TextDecoder().decode(stored)) as Kept[]) : [];
    for (const { path, time } of this.kept) this.lastOf.set(path, time);
  }

  /** Newest first. */
  list(): readonly NoteCopy[] {
    return [...this.kept].reverse().map(({ id, path, time }) => ({ id, path, time }));
  }

  /** Whether the note, about to be changed, was not kept within a day. */
  isDue(path: NotePath): boolean {
    const age = this.core().clock.now() - (this.lastOf.get(path) ?? -Infinity);
    return age >= DAY || age < 0;
  }

  /** Resolves when the copy is safe, or can't be: a note is written in any case. @returns its id; null for a note that is too large */
  async keep(path: NotePath, text: string): Promise<string | null> {
    const { clock, store } = this.core();
    const time = Math.max(clock.now(), (this.kept.at(-1)?.time ?? 0) + 1);
    this.lastOf.set(path, clock.now());
    const value = new TextEncoder().encode(text);
    if (value.length > LARGEST) return null;
    const copy: Kept = { id: time.toString(36), path, time, bytes: value.length };
    const kept = [...this.kept, copy].filter((one) => time - one.time <= KEPT_FOR);
    for (let sum = kept.reduce((all, { bytes }) => all + bytes, 0); sum > KEPT_BYTES; ) sum -= kept.shift()?.bytes ?? sum;
    const gone = this.kept.filter((one) => !kept.includes(one));
    this.kept = kept;
    await store.write(
      [
        { table: 'versions', key: PREFIX + copy.id, value },
        ...gone.map(({ id }) => ({ table: 'versions' as const, key: PREFIX + id, value: null })),
        this.listed(),
      ],
      'strict',
    );
    return copy.id;
  }

  renamed(from: NotePath, to: NotePath): void {
    const last = this.lastOf.get(from);
    if (last === undefined) return;
    this.lastOf.set(to, last);
    this.kept = this.kept.map((one) => (one.path === from ? { ...one, path: to } : one));
    this.core().track(this.core().store.write([this.listed()], 'relaxed'));
  }

  /** @throws PeerError NO_COPY */
  async text(id: string): Promise<string> {
    const stored = this.kept.some((one) => one.id === id) ? await this.core().store.read('versions', PREFIX + id) : undefined;
    if (!stored) throw new PeerError('NO_COPY', 'This copy is not kept any more, or never was.', 'Nothing was changed.');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(stored);
  }

  /** @returns the copy of what was there. @throws PeerError NO_COPY, NO_NOTE */
  async writeBack(id: string): Promise<string | null> {
    const { history, notes, vault } = this.core();
    const wanted = normalise(await this.text(id)).text;
    const path = this.kept.find((one) => one.id === id)?.path ?? '';
    if ((await vault.state(path)) !== 'present') throw new PeerError('NO_NOTE', `${path} is not there now.`, 'Nothing was changed. The copy’s text can be put into a new note.');
    return notes.withDocuments(path, async (session) => {
      const before = await this.keep(path, session.open ? session.editorText().toString() : await vault.read(path));
      for (const { blockId } of session.bound.blocks) await history.keep(blockId);
      await session.become(wanted);
      return before;
    });
  }

  private listed(): { table: 'meta'; key: string; value: Uint8Array } {
    return { table: 'meta', key: LIST, value: new TextEncoder().encode(JSON.stringify(this.kept)) };
  }
}
