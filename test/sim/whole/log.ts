/**
 * The relay's log over a disk that is not sure: entries are passed on before the disk has them, a commit takes its time, a crash loses
 * what was not committed, the disk may be full or its sync may fail, and an older backup may come back. Runs the log's contract.
 */
import { createHash } from 'node:crypto';
import type { Alias, AppendResult, Cursor, DeviceId, Digest, Lane, SpaceId } from '../../../src/protocol';
import { isCovered, LogError, NO_DIGEST, type EntryLog, type LaneState, type LoggedEntry, type LogHeads, type LogPage, type NewEntry, type ReadQuery, type Snapshot } from '../../../src/relay/log';

export interface LogRow extends NewEntry {
  readonly sequence: number;
  readonly digest: Digest;
  readonly device: DeviceId;
}

/** What a disk holds of a space: so many of its rows, and which of them were pruned or confirmed. */
interface Saved {
  readonly rows: number;
  readonly pruned: ReadonlySet<number>;
  readonly confirmed: ReadonlySet<number>;
}

/** Sequences are reserved in blocks of this size, so that none is used twice after a crash. */
const RESERVED = 1_000;
const PRUNED_A_SLICE = 64;

class Space {
  rows: LogRow[] = [];
  bytes = 0;
  pruned = new Set<number>();
  confirmed = new Set<number>();
  lanes = new Map<string, LaneState>();
  counters = new Map<string, LogRow>();
  snapshots = new Map<Alias, Snapshot>();
  fresh: LoggedEntry[] = [];
  readonly listeners = new Set<(batch: readonly LoggedEntry[]) => void>();
  saved: Saved = { rows: 0, pruned: new Set(), confirmed: new Set() };
  backup: { readonly rows: readonly LogRow[]; readonly saved: Saved } | null = null;

  lane(device: DeviceId, lane: Lane): LaneState {
    return this.lanes.get(`${device} ${lane}`) ?? { counter: 0, digest: NO_DIGEST };
  }

  take(row: LogRow): void {
    const { lane, counter } = row.header;
    this.rows.push(row);
    this.bytes += row.bytes.length;
    this.lanes.set(`${row.device} ${lane}`, { counter, digest: row.digest });
    this.counters.set(`${row.device} ${lane} ${counter}`, row);
    if (row.header.kind === 'snapshot' && row.header.part === row.header.parts - 1) this.complete(row);
  }

  private complete(last: LogRow): void {
    const { alias, parts, covers } = last.header;
    const rows = this.rows.filter(({ header, device }) => header.kind === 'snapshot' && header.alias === alias && device === last.device).slice(-parts);
    const [first] = rows;
    if (first === undefined || rows.length !== parts || rows.some(({ header }, i) => header.part !== i || header.parts !== parts)) return;
    if (covers >= first.sequence || covers < (this.snapshots.get(alias)?.covers ?? 0)) return;
    this.snapshots.set(alias, { first: first.sequence, sequence: last.sequence, covers, device: last.device, confirmed: this.confirmed.has(last.sequence) });
  }

  /** Memory again as a disk has it. */
  load(rows: readonly LogRow[], saved: Saved): void {
    this.rows = [];
    this.bytes = 0;
    this.pruned = new Set(saved.pruned);
    this.confirmed = new Set(saved.confirmed);
    this.lanes.clear();
    this.counters.clear();
    this.snapshots.clear();
    this.fresh = [];
    this.listeners.clear();
    for (const row of rows.slice(0, saved.rows)) this.take(row);
    for (const row of this.rows) if (this.pruned.has(row.sequence)) this.bytes -= row.bytes.length;
    this.saved = saved;
  }
}

export interface DiskTime {
  /** Calls `run` when the rest of this turn is done. */
  soon(run: () => void): void;
  /** Calls `run` when a sync of the disk that began now has ended. */
  synced(run: () => void): void;
}

export class SimLog implements EntryLog {
  readonly description = 'simulated';
  /** Appends are refused for want of room. */
  full = false;
  /** The next sync fails: nothing is known of the disk any more. */
  failNextSync = false;
  onFailed: () => void = () => undefined;
  private readonly spaces = new Map<SpaceId, Space>();
  private next = 1;
  private waiting: { readonly done: () => void; readonly failed: (error: LogError) => void }[] = [];
  private syncing = false;
  private telling = false;
  private closed = false;
  /** Rises with each crash: what an earlier life began is never finished. */
  private life = 0;

  constructor(
    private readonly time: DiskTime,
    private readonly options: { readonly spaceBytes?: number } = {},
  ) {}

  /** Rows of a space that were not pruned. */
  rows(space: SpaceId): readonly LogRow[] {
    const { rows, pruned } = this.space(space);
    return rows.filter(({ sequence }) => !pruned.has(sequence));
  }

  async append(space: SpaceId, device: DeviceId, entries: readonly NewEntry[]): Promise<readonly AppendResult[]> {
    if (this.closed) throw new LogError('closed', 'The log is closed.');
    if (this.full) throw new LogError('disk-full', 'The disk is full.');
    const state = this.space(space);
    const size = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    if (this.options.spaceBytes !== undefined && state.bytes + size > this.options.spaceBytes) throw new LogError('space-full', 'This space has reached its size limit.');
    const conflicts = new Set<Lane>();
    const results = entries.map((entry) => {
      const result = this.appendOne(state, device, entry, conflicts);
      if (result.status === 'conflict') conflicts.add(result.lane);
      return result;
    });
    this.tellSoon();
    return new Promise((resolve, reject) => {
      this.waiting.push({ done: () => resolve(results), failed: reject });
      this.sync();
    });
  }

  async read(space: SpaceId, query: ReadQuery): Promise<LogPage> {
    const state = this.space(space);
    const entries: LogRow[] = [];
    let bytes = 0;
    let through: Cursor | null = null;
    for (const row of state.rows) {
      if (row.sequence <= query.after || state.pruned.has(row.sequence)) continue;
      const snapshot = state.snapshots.get(row.header.alias);
      const covered = query.compact && snapshot !== undefined && isCovered(row, snapshot);
      if (!covered && (query.aliases === null || query.aliases.includes(row.header.alias))) {
        if (entries.length >= query.maxEntries || (entries.length > 0 && bytes + row.bytes.length > query.maxBytes)) return { entries, through, done: false };
        entries.push(row);
        bytes += row.bytes.length;
      }
      through = { sequence: row.sequence, digest: row.digest };
    }
    return { entries, through, done: true };
  }

  async heads(space: SpaceId, device: DeviceId): Promise<LogHeads> {
    const state = this.space(space);
    const head = state.rows.at(-1)?.sequence ?? 0;
    return { head, lanes: [{ lane: 'live', ...state.lane(device, 'live') }, { lane: 'bulk', ...state.lane(device, 'bulk') }] };
  }

  async match(space: SpaceId, cursors: readonly Cursor[]): Promise<number> {
    const { rows } = this.space(space);
    return cursors.find(({ sequence, digest }) => rows.find((row) => row.sequence === sequence)?.digest === digest)?.sequence ?? 0;
  }

  async snapshot(space: SpaceId, alias: Alias): Promise<Snapshot | null> {
    return this.space(space).snapshots.get(alias) ?? null;
  }

  async confirm(space: SpaceId, alias: Alias, sequence: number): Promise<boolean> {
    const state = this.space(space);
    const snapshot = state.snapshots.get(alias);
    if (snapshot?.sequence !== sequence) return false;
    state.snapshots.set(alias, { ...snapshot, confirmed: true });
    state.confirmed.add(sequence);
    return true;
  }

  async prune(): Promise<boolean> {
    let left = PRUNED_A_SLICE;
    for (const state of this.spaces.values()) {
      for (const row of state.rows) {
        const snapshot = state.snapshots.get(row.header.alias);
        if (state.pruned.has(row.sequence) || !snapshot?.confirmed || !isCovered(row, snapshot)) continue;
        if (left-- <= 0) break;
        state.pruned.add(row.sequence);
        state.bytes -= row.bytes.length;
      }
    }
    return left < 0;
  }

  subscribe(space: SpaceId, listener: (batch: readonly LoggedEntry[]) => void): () => void {
    const { listeners } = this.space(space);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  async size(space: SpaceId): Promise<number> {
    return this.space(space).bytes;
  }

  hasRoom(): boolean {
    return true;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Power goes: what no sync had ended for is gone, and nobody hears of it. */
  crash(): void {
    this.begin();
    for (const state of this.spaces.values()) state.load(state.rows, state.saved);
  }

  backup(): void {
    for (const state of this.spaces.values()) state.backup = { rows: state.rows, saved: state.saved };
  }

  /** The owner brings the last backup back. False where there is none. */
  restore(): boolean {
    const found = [...this.spaces.values()].filter((state) => state.backup !== null);
    if (found.length === 0) return false;
    this.begin();
    for (const state of found) if (state.backup !== null) state.load(state.backup.rows, state.backup.saved);
    return true;
  }

  private begin(): void {
    this.life += 1;
    this.waiting = [];
    this.syncing = false;
    this.telling = false;
    this.failNextSync = false;
    this.next = (Math.floor(this.next / RESERVED) + 1) * RESERVED + 1;
  }

  private space(space: SpaceId): Space {
    let state = this.spaces.get(space);
    if (state === undefined) this.spaces.set(space, (state = new Space()));
    return state;
  }

  private appendOne(state: Space, device: DeviceId, { header, bytes }: NewEntry, conflicts: ReadonlySet<Lane>): AppendResult {
    const { lane, counter } = header;
    const head = state.lane(device, lane);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32) as Digest;
    if (counter > head.counter + 1) return { status: 'gap', lane, counter, expected: head.counter + 1 };
    if (counter <= head.counter) {
      const held = state.counters.get(`${device} ${lane} ${counter}`);
      if (held?.digest !== digest || (conflicts.has(lane) && counter < head.counter)) return { status: 'conflict', lane, counter };
      return { status: 'duplicate', lane, counter, sequence: held.sequence };
    }
    const row: LogRow = { header, bytes, digest, device, sequence: this.next++ };
    state.take(row);
    state.fresh.push({ sequence: row.sequence, device, bytes });
    return { status: 'stored', lane, counter, sequence: row.sequence };
  }

  /** Listeners hear of entries in the same turn, before the disk has them. */
  private tellSoon(): void {
    if (this.telling) return;
    this.telling = true;
    const { life } = this;
    this.time.soon(() => {
      if (life === this.life) this.tell();
    });
  }

  private tell(): void {
    this.telling = false;
    for (const state of this.spaces.values()) {
      const batch = state.fresh;
      state.fresh = [];
      if (batch.length > 0) for (const listener of state.listeners) listener(batch);
    }
  }

  /** Group commit: what comes while the disk syncs goes with the next. */
  private sync(): void {
    if (this.syncing || this.waiting.length === 0) return;
    this.syncing = true;
    const { life, waiting } = this;
    this.waiting = [];
    const saved = [...this.spaces.values()].map((state): [Space, Saved] => [state, { rows: state.rows.length, pruned: new Set(state.pruned), confirmed: new Set(state.confirmed) }]);
    this.time.synced(() => {
      if (life !== this.life) return;
      this.syncing = false;
      if (this.failNextSync) {
        for (const { failed } of waiting) failed(new LogError('failed', 'The sync failed.'));
        this.onFailed();
        return;
      }
      for (const [state, what] of saved) state.saved = what;
      this.tell();
      for (const { done } of waiting) done();
      this.sync();
    });
  }
}
