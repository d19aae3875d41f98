/** The spaces, authors and documents of the log: loaded when first used, changed in memory, written once a turn. */
import type { Database } from 'better-sqlite3';
import { ID_BYTES, fromHex, toHex, type Alias, type DeviceId, type SpaceId } from '../../protocol';
import { LaneRow, SpaceState, type AuthorState, type DocumentState } from './space-state';

type DocumentRow = [id: number, alias: Uint8Array, first: number, sequence: number, covers: number, author: number, confirmed: number];

export class SpaceTable {
  private readonly loaded = new Map<SpaceId, SpaceState>();
  private readonly byId = new Map<number, SpaceState>();
  private readonly devices = new Map<number, DeviceId>();
  private readonly dirtySpaces = new Set<SpaceState>();
  private readonly dirtyAuthors = new Set<AuthorState>();
  private readonly dirtyDocuments = new Set<DocumentState>();
  /** No one listens to them any more. */
  private readonly leaving = new Set<SpaceId>();
  /** Written in the open transaction, not committed yet. */
  private readonly written = new Set<SpaceState>();
  private readonly statements;

  /** @param open opens a transaction that will be committed soon; called before every write */
  constructor(
    private readonly connection: Database,
    private readonly open: () => void,
  ) {
    const prepare = (sql: string) => connection.prepare(sql);
    this.statements = {
      space: prepare('SELECT id, reserved, bytes FROM spaces WHERE space = ?').raw(),
      addSpace: prepare('INSERT INTO spaces (space, reserved, bytes) VALUES (?, 0, 0)'),
      putSpace: prepare('UPDATE spaces SET reserved = ?, bytes = ? WHERE id = ?'),
      head: prepare('SELECT sequence FROM entries WHERE space = ? ORDER BY sequence DESC LIMIT 1').pluck(),
      authors: prepare('SELECT id, device FROM authors WHERE space = ?').raw(),
      addAuthor: prepare('INSERT INTO authors (space, device) VALUES (?, ?)'),
      lane: prepare('SELECT counter, sequence, digest FROM lanes WHERE author = ? AND lane = ?').raw(),
      putLane: prepare('INSERT OR REPLACE INTO lanes (author, lane, counter, sequence, digest) VALUES (?, ?, ?, ?, ?)'),
      documents: prepare('SELECT id, alias, first, sequence, covers, author, confirmed FROM documents WHERE space = ?').raw(),
      addDocument: prepare('INSERT INTO documents (space, alias) VALUES (?, ?)'),
      putDocument: prepare('UPDATE documents SET first = ?, sequence = ?, covers = ?, author = ?, confirmed = ? WHERE id = ?'),
    };
  }

  get dirty(): boolean {
    return this.dirtySpaces.size > 0 || this.dirtyAuthors.size > 0 || this.dirtyDocuments.size > 0;
  }

  get(space: SpaceId): SpaceState {
    return this.loaded.get(space) ?? this.load(space);
  }

  author(state: SpaceState, device: DeviceId): AuthorState {
    let author = state.authors.get(device);
    if (author === undefined) {
      this.open();
      const id = Number(this.statements.addAuthor.run(state.id, fromHex(device)).lastInsertRowid);
      author = { id, device, live: emptyLane(), bulk: emptyLane() };
      state.authors.set(device, author);
      this.devices.set(id, device);
    }
    return author;
  }

  document(state: SpaceState, alias: Alias): DocumentState {
    let document = state.documents.get(alias);
    if (document === undefined) {
      this.open();
      const id = Number(this.statements.addDocument.run(state.id, fromHex(alias)).lastInsertRowid);
      document = { id, first: 0, sequence: 0, covers: 0, author: 0, confirmed: false };
      state.documents.set(alias, document);
    }
    return document;
  }

  deviceOf(author: number): DeviceId {
    const device = this.devices.get(author);
    if (device === undefined) throw new Error(`No author ${author} is loaded.`);
    return device;
  }

  touched(state: SpaceState, author: AuthorState): void {
    this.dirtySpaces.add(state);
    this.dirtyAuthors.add(author);
  }

  changed(document: DocumentState): void {
    this.dirtyDocuments.add(document);
  }

  shrink(space: number, bytes: number): void {
    const state = this.byId.get(space);
    if (state === undefined) {
      // The pruner works on, whether or not the space has been used since the start.
      this.connection.prepare('UPDATE spaces SET bytes = max(0, bytes - ?) WHERE id = ?').run(bytes, space);
      return;
    }
    state.bytes = Math.max(0, state.bytes - bytes);
    this.dirtySpaces.add(state);
  }

  withNews(): SpaceState[] {
    const spaces: SpaceState[] = [];
    for (const state of this.dirtySpaces) if (state.fresh.length > 0) spaces.push(state);
    for (const state of this.written) if (state.fresh.length > 0 && !this.dirtySpaces.has(state)) spaces.push(state);
    return spaces;
  }

  /** Into the open transaction. */
  write(): void {
    const { putSpace, putLane, putDocument } = this.statements;
    for (const state of this.dirtySpaces) {
      putSpace.run(state.reserving, state.bytes, state.id);
      this.written.add(state);
    }
    for (const { id, live, bulk } of this.dirtyAuthors) {
      if (live.counter > 0) putLane.run(id, 0, live.counter, live.sequence, live.digestBytes);
      if (bulk.counter > 0) putLane.run(id, 1, bulk.counter, bulk.sequence, bulk.digestBytes);
    }
    for (const d of this.dirtyDocuments) putDocument.run(d.first, d.sequence, d.covers, d.author, d.confirmed ? 1 : 0, d.id);
    this.dirtySpaces.clear();
    this.dirtyAuthors.clear();
    this.dirtyDocuments.clear();
  }

  committed(): void {
    for (const state of this.written) state.reserved = state.reserving;
    this.written.clear();
    for (const space of this.leaving) this.forget(space);
    this.leaving.clear();
  }

  /** Takes a space out of memory with the next commit, unless it is used again by then. */
  release(space: SpaceId): void {
    const state = this.loaded.get(space);
    if (state === undefined || state.listeners.size > 0) return;
    this.open();
    this.giveBack(state);
    this.leaving.add(space);
  }

  /** Before an orderly end: the next run goes on where this one stopped. */
  giveBackSequences(): void {
    for (const state of this.loaded.values()) this.giveBack(state);
  }

  private giveBack(state: SpaceState): void {
    if (state.reserving === state.next - 1) return;
    state.reserving = state.next - 1;
    this.dirtySpaces.add(state);
  }

  private forget(space: SpaceId): void {
    const state = this.loaded.get(space);
    const isUsed = state === undefined || state.listeners.size > 0 || state.fresh.length > 0 || this.dirtySpaces.has(state) || state.reserved !== state.next - 1;
    if (isUsed) return;
    this.loaded.delete(space);
    this.byId.delete(state.id);
    for (const { id } of state.authors.values()) this.devices.delete(id);
  }

  private load(space: SpaceId): SpaceState {
    const { statements } = this;
    const key = fromHex(space);
    const row = statements.space.get(key) as [number, number, number] | undefined;
    if (row === undefined) this.open();
    const state = new SpaceState(row?.[0] ?? Number(statements.addSpace.run(key).lastInsertRowid));
    if (row !== undefined) {
      state.reserved = state.reserving = row[1];
      state.bytes = row[2];
      state.next = row[1] + 1;
      state.head = (statements.head.get(state.id) as number | undefined) ?? 0;
      for (const [id, device] of statements.authors.all(state.id) as [number, Uint8Array][]) {
        const author = { id, device: toHex(device) as DeviceId, live: this.lane(id, 0), bulk: this.lane(id, 1) };
        state.authors.set(author.device, author);
        this.devices.set(id, author.device);
      }
      for (const [id, alias, first, sequence, covers, author, confirmed] of statements.documents.all(state.id) as DocumentRow[]) {
        state.documents.set(toHex(alias) as Alias, { id, first, sequence, covers, author, confirmed: confirmed === 1 });
      }
    }
    this.loaded.set(space, state);
    this.byId.set(state.id, state);
    return state;
  }

  private lane(author: number, lane: number): LaneRow {
    const row = this.statements.lane.get(author, lane) as [number, number, Uint8Array] | undefined;
    return row === undefined ? emptyLane() : new LaneRow(...row);
  }
}

function emptyLane(): LaneRow {
  return new LaneRow(0, 0, new Uint8Array(ID_BYTES));
}
