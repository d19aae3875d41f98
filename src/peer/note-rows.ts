/** What the store keeps of each note that holds live blocks, and when that is written. */
import { unbind } from '../note';
import type { BoundBlock, BoundNote } from '../note';
import type { StoreWrite } from '../sync';
import type { Core } from './core';
import type { HeldBack } from './held-back';
import type { NoteSession } from './note-session';
import type { NotePath } from './ports';

/** Bound notes are saved this long after they changed, ms. */
export const SAVE_AFTER = 3000;
/** Characters of a block's first line that are kept for lists. */
const TITLE = 80;

/** What the store keeps of a note for the start: read for all notes, so it is small. */
export interface NoteRow {
  readonly blocks: readonly string[];
  /** Of the file as last known; size -1 while an editor has the note: the file is behind the text then. */
  readonly mtime: number;
  readonly size: number;
  /** When its text was last known to change, ms since the epoch. */
  readonly changedAt: number;
  /** Something is held back. */
  readonly held?: boolean;
  /** First line and number of bullets of each block, in the order of `blocks`; left out in rows of older versions. */
  readonly shown?: readonly BlockSummary[];
}

/** What a list shows of a block whose document is not in memory. */
export interface BlockSummary {
  readonly title: string;
  readonly bullets: number;
}

/** What is read when the note is needed. */
export interface StoredNote {
  readonly bound: BoundNote;
  readonly held: readonly (readonly [string, HeldBack])[];
}

export class NoteRows {
  private readonly rows = new Map<NotePath, NoteRow>();
  private readonly toSave = new Set<NotePath>();
  private cancelSave: (() => void) | null = null;

  constructor(
    private readonly core: () => Core,
    private readonly sessionAt: (path: NotePath) => NoteSession | undefined,
  ) {}

  async load(): Promise<void> {
    const owners = new Map<string, NotePath>();
    for (const { key, value } of await this.core().store.scan('notes', 'o/')) {
      const path = key.slice(2);
      const row = decodeJson<NoteRow>(value);
      this.rows.set(path, row);
      for (const id of row.blocks) owners.set(id, path);
      if (row.held) this.toBeLookedAt(path);
    }
    for (const { key } of await this.core().store.scan('notes', unwrittenKey(''))) {
      const path = owners.get(key.slice(unwrittenKey('').length));
      if (path !== undefined) this.toBeLookedAt(path);
    }
  }

  get(path: NotePath): NoteRow | undefined {
    return this.rows.get(path);
  }

  /** As they are now: rows may come and go while these are gone through. */
  all(): (readonly [NotePath, NoteRow])[] {
    return [...this.rows];
  }

  /** A block as it was when its note was saved last. */
  summary(path: NotePath, blockId: string): BlockSummary | undefined {
    const row = this.rows.get(path);
    return row?.shown?.[row.blocks.indexOf(blockId)];
  }

  /** The note's blocks, as its text is now; what the file is gets known when it is saved. */
  know(path: NotePath, blocks: readonly string[], changedAt: number): void {
    this.rows.set(path, { blocks, mtime: 0, size: 0, changedAt });
  }

  without(path: NotePath, blockId: string): void {
    const row = this.rows.get(path);
    if (!row?.blocks.includes(blockId)) return;
    const at = row.blocks.indexOf(blockId);
    const others = (_: unknown, i: number): boolean => i !== at;
    this.rows.set(path, { ...row, blocks: row.blocks.filter(others), ...(row.shown ? { shown: row.shown.filter(others) } : {}) });
  }

  /** What is known of a note while none has it in memory. A block that left it since that was stored is none of its blocks. */
  async stored(path: NotePath): Promise<StoredNote | null> {
    const value = await this.core().store.read('notes', `b/${path}`);
    const row = this.rows.get(path);
    if (!value || !row) return null;
    const { bound, held } = decodeJson<StoredNote>(value);
    const left = bound.blocks.map(({ blockId }) => blockId).filter((id) => !row.blocks.includes(id));
    return { bound: left.reduce(unbind, bound), held: held.filter(([id]) => !left.includes(id)) };
  }

  /** The text of an open note changes: said at once, since the app may save its file, and be killed, before the row is saved. */
  typed(path: NotePath): void {
    const row = this.rows.get(path);
    const { store, track } = this.core();
    if (row && !this.toSave.has(path)) track(store.write([{ table: 'notes', key: `o/${path}`, value: encodeJson({ ...row, mtime: 0, size: -1 }) }], 'relaxed'));
    this.saveSoon(path);
  }

  saveSoon(path: NotePath, ms = SAVE_AFTER): void {
    this.toSave.add(path);
    if (ms < SAVE_AFTER) {
      this.cancelSave?.();
      this.cancelSave = null;
    }
    this.cancelSave ??= this.core().clock.after(ms, () => {
      this.cancelSave = null;
      this.core().track(this.save());
    });
  }

  /** All that waits, at once. */
  saveNow(): Promise<void> {
    // All of it is saved now; a timer that stayed would keep a program that ends waiting.
    this.cancelSave?.();
    this.cancelSave = null;
    return this.save();
  }

  private async save(): Promise<void> {
    const writes: StoreWrite[] = [];
    for (const path of [...this.toSave]) {
      this.toSave.delete(path);
      const session = this.sessionAt(path);
      const known = this.rows.get(path);
      if (!session?.ready) {
        if (known) writes.push({ table: 'notes', key: `o/${path}`, value: encodeJson(known) });
        continue;
      }
      const blocks = session.bound.blocks.map((block) => block.blockId);
      if (blocks.length === 0 && (session.bound.released ?? []).length === 0) {
        this.rows.delete(path);
        writes.push({ table: 'notes', key: `o/${path}`, value: null }, { table: 'notes', key: `b/${path}`, value: null });
        continue;
      }
      const stat = await this.core().vault.stat(path);
      // While an editor has the note, the file is behind the text: an impossible size makes the next start compare.
      for (const id of blocks) if (!session.unwritten.has(id)) writes.push({ table: 'notes', key: unwrittenKey(id), value: null });
      const { changedAt } = this.rows.get(path) ?? { changedAt: 0 };
      const row: NoteRow = { blocks, mtime: session.open ? 0 : (stat?.mtime ?? 0), size: session.open ? -1 : (stat?.size ?? -1), changedAt, ...(session.held.size > 0 ? { held: true } : {}), shown: session.bound.blocks.map(summaryOf) };
      const stored: StoredNote = { bound: session.bound, held: [...session.held] };
      this.rows.set(path, row);
      writes.push({ table: 'notes', key: `o/${path}`, value: encodeJson(row) }, { table: 'notes', key: `b/${path}`, value: encodeJson(stored) });
    }
    if (writes.length > 0) await this.core().store.write(writes, 'relaxed');
  }

  /** @returns the row, if there is one */
  move(from: NotePath, to: NotePath): NoteRow | undefined {
    const row = this.rows.get(from);
    if (!row) return undefined;
    this.rows.delete(from);
    this.rows.set(to, row);
    this.core().track(this.moveStored(from, to));
    return row;
  }

  forget(path: NotePath): void {
    this.rows.delete(path);
    this.toSave.delete(path);
    const writes: StoreWrite[] = [
      { table: 'notes', key: `o/${path}`, value: null },
      { table: 'notes', key: `b/${path}`, value: null },
    ];
    this.core().track(this.core().store.write(writes, 'relaxed'));
  }

  private async moveStored(from: NotePath, to: NotePath): Promise<void> {
    const bound = await this.core().store.read('notes', `b/${from}`);
    const row = this.rows.get(to);
    const writes: StoreWrite[] = [
      { table: 'notes', key: `o/${from}`, value: null },
      { table: 'notes', key: `b/${from}`, value: null },
    ];
    if (row) writes.push({ table: 'notes', key: `o/${to}`, value: encodeJson(row) });
    if (bound) writes.push({ table: 'notes', key: `b/${to}`, value: bound });
    await this.core().store.write(writes, 'relaxed');
  }

  private toBeLookedAt(path: NotePath): void {
    const row = this.rows.get(path);
    if (row) this.rows.set(path, { ...row, size: Math.min(row.size, 0) });
  }
}

/** Marks a block with news that its note may not show yet. */
export function unwrittenKey(blockId: string): string {
  return `w/${blockId}`;
}

function summaryOf(block: BoundBlock): BlockSummary {
  return { title: (block.bullets[0]?.text ?? '').split('\n', 1)[0]?.slice(0, TITLE) ?? '', bullets: block.bullets.length };
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decodeJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
