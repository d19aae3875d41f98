/**
 * The log in SQLite, with group commit: what arrives in one turn of the event loop is told to subscribers, then written and
 * synced in one transaction, then acknowledged. Sequence numbers are never told before their block is reserved on the disk.
 */
import type { Alias, AppendResult, Cursor, DeviceId, Lane, LaneHead, RoutingHeader, SpaceId } from '../../protocol';
import { toHex } from '../../protocol';
import { digestBytes } from '../digest';
import { LogError, NO_DIGEST, type EntryLog, type LoggedEntry, type LogHeads, type LogPage, type NewEntry, type ReadQuery, type Snapshot } from '../log';
import type { RelayDatabase } from './database';
import { EntryPruner } from './entry-pruner';
import { EntryReader } from './entry-reader';
import { EntryWriter } from './entry-writer';
import type { AuthorState, DocumentState, SpaceState } from './space-state';
import { SpaceTable } from './space-table';

export interface SqliteLogOptions {
  /** Sealed bytes that one space may hold; snapshots may go a quarter beyond it, since they make room. */
  readonly spaceBytes?: number;
  /** The disk failed: nothing is taken any more. The process should end and be started again. */
  readonly onFailure?: (error: LogError) => void;
  /** Milliseconds that one slice of pruning may take. */
  readonly sliceTime?: number;
}

interface Waiter {
  readonly results: readonly AppendResult[];
  resolve(results: readonly AppendResult[]): void;
  reject(error: LogError): void;
}

/** A retry of older entries than these is answered `conflict`: the device then goes on under a new identity, and nothing is lost. */
const RETRY_WINDOW = 50_000;

/** What one append has found of older entries of a lane. */
interface Retry {
  counter: number;
  sequence: number;
  /** Searches through the log that are left: one takes tens of milliseconds at worst. */
  searches: number;
  isConflict: boolean;
}
/** By lane; made for the first entry of it that was sent before. */
type Retries = Partial<Record<Lane, Retry>>;
const NO_RETRY: Readonly<Retry> = { counter: 0, sequence: 0, searches: 4, isConflict: false };

export class SqliteLog implements EntryLog {
  readonly description: string;
  private readonly spaces: SpaceTable;
  private readonly writer: EntryWriter;
  private readonly reader: EntryReader;
  private readonly pruner: EntryPruner;
  private readonly spaceBytes: number;
  private readonly onFailure: (error: LogError) => void;
  private waiters: Waiter[] = [];
  private scheduled: NodeJS.Immediate | null = null;
  private failure: LogError | null = null;

  constructor(
    private readonly database: RelayDatabase,
    options: SqliteLogOptions = {},
  ) {
    this.description = database.description;
    this.spaceBytes = options.spaceBytes ?? Infinity;
    this.onFailure = options.onFailure ?? (() => undefined);
    this.spaces = new SpaceTable(database.connection, () => this.open());
    this.writer = new EntryWriter(database.connection);
    this.reader = new EntryReader(database.connection);
    this.pruner = new EntryPruner(database.connection, options.sliceTime ?? 3);
    database.beforeTransaction = () => this.flush();
    database.onFailure = (error) => this.failed(error);
  }

  append(space: SpaceId, device: DeviceId, entries: readonly NewEntry[]): Promise<readonly AppendResult[]> {
    return new Promise((resolve, reject) => {
      const state = this.spaceOf(space);
      this.assertRoom(state, entries);
      const retries: Retries = {};
      const results = this.guarded(() => {
        const author = this.spaces.author(state, device);
        return entries.map((entry) => this.stage(state, author, entry, retries));
      });
      this.waiters.push({ results, resolve, reject });
      this.scheduled ??= setImmediate(() => this.flush());
    });
  }

  async read(space: SpaceId, query: ReadQuery): Promise<LogPage> {
    const state = this.spaceOf(space);
    // So devices ask whether their line lives: thousands of them must not keep the file busy.
    if (query.after >= state.head) return { entries: [], through: null, done: true };
    this.writeStaged();
    return this.database.reading(() => this.reader.page(state, query));
  }

  async heads(space: SpaceId, device: DeviceId): Promise<LogHeads> {
    this.assertUsable();
    // What a welcome says counts as an acknowledgement.
    this.flush();
    const state = this.spaceOf(space);
    const author = state.authors.get(device);
    const head = (lane: Lane): LaneHead => ({ lane, counter: author?.[lane].counter ?? 0, digest: author?.[lane].digest ?? NO_DIGEST });
    return { head: state.head, lanes: [head('live'), head('bulk')] };
  }

  async match(space: SpaceId, cursors: readonly Cursor[]): Promise<number> {
    this.writeStaged();
    const { id } = this.spaceOf(space);
    return this.database.reading(() => cursors.find(({ sequence, digest }) => this.reader.digestAt(id, sequence) === digest)?.sequence ?? 0);
  }

  async snapshot(space: SpaceId, alias: Alias): Promise<Snapshot | null> {
    const state = this.spaceOf(space);
    const document = state.documents.get(alias);
    if (document === undefined || document.sequence === 0) return null;
    const { first, sequence, covers, confirmed } = document;
    return { first, sequence, covers, confirmed, device: this.spaces.deviceOf(document.author) };
  }

  async confirm(space: SpaceId, alias: Alias, sequence: number): Promise<boolean> {
    const document = this.spaceOf(space).documents.get(alias);
    if (document === undefined || sequence === 0 || document.sequence !== sequence) return false;
    document.confirmed = true;
    this.spaces.changed(document);
    // The pruner runs in a later turn than this one's commit, or in its transaction.
    this.open();
    this.pruner.add(document.id);
    return true;
  }

  async prune(): Promise<boolean> {
    this.assertUsable();
    this.writeStaged();
    const more = this.guarded(() => {
      this.open();
      const { more, dropped } = this.pruner.slice();
      for (const [space, bytes] of dropped) this.spaces.shrink(space, bytes);
      return more;
    });
    return more;
  }

  /**
   * Runs what writes other tables of the file within this turn's transaction. Resolves when that is on the disk.
   * @throws LogError
   */
  alongside(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.open();
      this.guarded(work);
      this.waiters.push({ results: [], resolve: () => resolve(), reject });
    });
  }

  subscribe(space: SpaceId, listener: (batch: readonly LoggedEntry[]) => void): () => void {
    const { listeners } = this.spaceOf(space);
    listeners.add(listener);
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0 || this.failure !== null) return;
      try {
        this.guarded(() => this.spaces.release(space));
      } catch {
        // Told to `onFailure`; whoever leaves need not know.
      }
    };
  }

  async size(space: SpaceId): Promise<number> {
    return this.spaceOf(space).bytes;
  }

  hasRoom(): boolean {
    return this.database.hasRoom();
  }

  async close(): Promise<void> {
    if (this.failure !== null) return;
    this.flush();
    if (this.failure !== null) return;
    this.spaces.giveBackSequences();
    this.guarded(() => {
      this.writeStaged();
      this.writer.commit();
    });
    this.database.beforeTransaction = null;
    this.failure = new LogError('closed', 'The relay is stopping.');
  }

  private stage(state: SpaceState, author: AuthorState, { header, bytes }: NewEntry, retries: Retries): AppendResult {
    const { lane, counter } = header;
    const head = author[lane];
    if (counter > head.counter + 1) return { status: 'gap', lane, counter, expected: head.counter + 1 };
    if (counter <= head.counter) {
      const digest = digestBytes(bytes);
      if (counter === head.counter && toHex(digest) === head.digest) return { status: 'duplicate', lane, counter, sequence: head.sequence };
      const sequence = this.findRetry(state, author, header, digest, (retries[lane] ??= { ...NO_RETRY }));
      return sequence === 0 ? { status: 'conflict', lane, counter } : { status: 'duplicate', lane, counter, sequence };
    }
    const document = this.spaces.document(state, header.alias);
    const sequence = state.takeSequence();
    const { kind, covers, part, parts } = header;
    this.writer.stage({ space: state.id, sequence, document: document.id, author: author.id, header, bytes });
    state.bytes += bytes.length;
    state.fresh.push({ sequence, device: author.device, bytes });
    head.advance(counter, sequence, bytes);
    this.spaces.touched(state, author);
    if (kind === 'snapshot' && part === parts - 1) this.completeSnapshot(document, author, { sequence, covers, parts });
    return { status: 'stored', lane, counter, sequence };
  }

  /** Sequence of an older entry with these bytes, 0 if there is none. Searched through the log once an append; the next ones follow it. */
  private findRetry(state: SpaceState, author: AuthorState, header: RoutingHeader, digest: Uint8Array, retry: Retry): number {
    if (retry.isConflict) return 0;
    this.writeStaged();
    let sequence = retry.counter + 1 === header.counter ? this.reader.findNext(state.id, author.id, header, digest, retry.sequence) : 0;
    if (sequence === 0 && retry.searches-- > 0) sequence = this.reader.find(state.id, author.id, header, digest, author[header.lane].sequence - RETRY_WINDOW);
    retry.isConflict = sequence === 0;
    retry.counter = header.counter;
    retry.sequence = sequence;
    return sequence;
  }

  private completeSnapshot(document: DocumentState, author: AuthorState, last: { sequence: number; covers: number; parts: number }): void {
    let first = last.sequence;
    if (last.parts > 1) {
      this.writeStaged();
      first = this.reader.firstPart(document.id, author.id, last.parts);
    }
    // A snapshot can't hold what came after it, and an older one doesn't replace a newer.
    if (first === 0 || last.covers >= first || last.covers < document.covers) return;
    Object.assign(document, { first, sequence: last.sequence, covers: last.covers, author: author.id, confirmed: false });
    this.spaces.changed(document);
  }

  /** Ends a turn: subscribers first, then the disk, then acknowledgements; the disk first where sequences aren't reserved yet. */
  private flush(): void {
    if (this.scheduled !== null) clearImmediate(this.scheduled);
    this.scheduled = null;
    if (this.failure !== null) return;
    const touched = this.spaces.withNews();
    const reserved = touched.every((state) => state.head <= state.reserved);
    const waiters = this.waiters;
    this.waiters = [];
    try {
      if (reserved) publish(touched);
      this.guarded(() => {
        this.writeStaged();
        this.writer.commit();
        this.database.assertInPlace();
      });
      this.spaces.committed();
      if (!reserved) publish(touched);
    } catch (error) {
      const failure = this.failure ?? new LogError('failed', 'The relay could not store entries.', { cause: error });
      for (const waiter of waiters) waiter.reject(failure);
      return;
    }
    for (const waiter of waiters) waiter.resolve(waiter.results);
  }

  /** Opens this turn's transaction, which the end of the turn commits. */
  private open(): void {
    this.guarded(() => this.writer.begin());
    this.scheduled ??= setImmediate(() => this.flush());
  }

  /** Puts staged rows into the open transaction, so that queries see them. */
  private writeStaged(): void {
    this.guarded(() => {
      if (this.writer.idle && !this.spaces.dirty) return;
      this.open();
      this.spaces.write();
      this.writer.write();
    });
  }

  private guarded<T>(work: () => T): T {
    this.assertUsable();
    return this.database.guarded(work);
  }

  /** Loads a space, or makes it. */
  private spaceOf(space: SpaceId): SpaceState {
    return this.guarded(() => this.spaces.get(space));
  }

  /** Nothing is retried, see `RelayDatabase.guarded`. */
  private failed(error: LogError): void {
    if (this.failure !== null) return;
    this.failure = error;
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter.reject(error);
    this.onFailure(error);
  }

  private assertUsable(): void {
    if (this.failure !== null) throw this.failure;
  }

  private assertRoom(state: SpaceState, entries: readonly NewEntry[]): void {
    const hasRoom = this.database.hasRoom();
    // That look may have found worse.
    this.assertUsable();
    if (!hasRoom) throw new LogError('disk-full', "The relay's disk is full.");
    if (this.spaceBytes === Infinity) return;
    let size = state.bytes;
    let snapshots = true;
    for (const { header, bytes } of entries) {
      size += bytes.length;
      snapshots &&= header.kind === 'snapshot';
    }
    if (size > (snapshots ? this.spaceBytes * 1.25 : this.spaceBytes)) {
      throw new LogError('space-full', 'This space has reached its size limit on the relay.');
    }
  }
}

function publish(spaces: readonly SpaceState[]): void {
  for (const state of spaces) {
    const batch = state.fresh;
    if (batch.length === 0) continue;
    state.fresh = [];
    for (const listener of state.listeners) listener(batch);
  }
}

