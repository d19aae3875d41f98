/** The log in memory: what the port means, in its plainest form. For tests and for relays that may forget. */
import type { Alias, AppendResult, Cursor, DeviceId, Digest, Lane, SpaceId } from '../../protocol';
import { digestOf } from '../digest';
import {
  isCovered,
  LogError,
  NO_DIGEST,
  type EntryLog,
  type LaneState,
  type LoggedEntry,
  type LogHeads,
  type LogPage,
  type NewEntry,
  type ReadQuery,
  type Snapshot,
} from '../log';

interface Row extends NewEntry {
  readonly sequence: number;
  readonly digest: Digest;
}

class MemorySpace {
  head = 0;
  bytes = 0;
  rows: Row[] = [];
  readonly pruned = new Map<number, Row>();
  readonly lanes = new Map<string, LaneState>();
  readonly snapshots = new Map<Alias, Snapshot>();
  readonly listeners = new Set<(batch: readonly LoggedEntry[]) => void>();
  fresh: LoggedEntry[] = [];

  lane(device: DeviceId, lane: Lane): LaneState {
    const key = `${device} ${lane}`;
    let state = this.lanes.get(key);
    if (state === undefined) this.lanes.set(key, (state = { counter: 0, digest: NO_DIGEST }));
    return state;
  }
}

const PRUNED_A_SLICE = 256;

export class MemoryLog implements EntryLog {
  readonly description = 'memory';
  private readonly spaces = new Map<SpaceId, MemorySpace>();
  private tick: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly options: { readonly spaceBytes?: number } = {}) {}

  async append(space: SpaceId, device: DeviceId, entries: readonly NewEntry[]): Promise<readonly AppendResult[]> {
    if (this.closed) throw new LogError('closed', 'The log is closed.');
    const state = this.space(space);
    const size = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    if (this.options.spaceBytes !== undefined && state.bytes + size > this.options.spaceBytes) {
      throw new LogError('space-full', 'This space has reached its size limit on the relay.');
    }
    const conflicts = new Set<Lane>();
    const results = entries.map((entry) => {
      const result = this.appendOne(state, device, entry, conflicts);
      if (result.status === 'conflict') conflicts.add(result.lane);
      return result;
    });
    this.tick ??= new Promise((resolve) =>
      setImmediate(() => {
        this.tick = null;
        for (const each of this.spaces.values()) this.publish(each);
        resolve();
      }),
    );
    await this.tick;
    return results;
  }

  async read(space: SpaceId, query: ReadQuery): Promise<LogPage> {
    const state = this.space(space);
    const entries: Row[] = [];
    let bytes = 0;
    let through: Cursor | null = null;
    for (const row of state.rows) {
      if (row.sequence <= query.after) continue;
      const snapshot = state.snapshots.get(row.header.alias);
      const covered = query.compact && snapshot !== undefined && isCovered(row, snapshot);
      if (!covered && (query.aliases === null || query.aliases.includes(row.header.alias))) {
        if (entries.length >= query.maxEntries || (entries.length > 0 && bytes + row.bytes.length > query.maxBytes)) {
          return { entries, through, done: false };
        }
        entries.push(row);
        bytes += row.bytes.length;
      }
      through = { sequence: row.sequence, digest: row.digest };
    }
    return { entries, through, done: true };
  }

  async heads(space: SpaceId, device: DeviceId): Promise<LogHeads> {
    const state = this.space(space);
    const [live, bulk] = [state.lane(device, 'live'), state.lane(device, 'bulk')];
    return { head: state.head, lanes: [{ lane: 'live', ...live }, { lane: 'bulk', ...bulk }] };
  }

  async match(space: SpaceId, cursors: readonly Cursor[]): Promise<number> {
    const state = this.space(space);
    const found = cursors.find(({ sequence, digest }) => {
      const held = (state.pruned.get(sequence) ?? state.rows.find((row) => row.sequence === sequence))?.digest;
      return held === digest;
    });
    return found?.sequence ?? 0;
  }

  async snapshot(space: SpaceId, alias: Alias): Promise<Snapshot | null> {
    return this.space(space).snapshots.get(alias) ?? null;
  }

  async confirm(space: SpaceId, alias: Alias, sequence: number): Promise<boolean> {
    const state = this.space(space);
    const snapshot = state.snapshots.get(alias);
    if (snapshot?.sequence !== sequence) return false;
    state.snapshots.set(alias, { ...snapshot, confirmed: true });
    return true;
  }

  async prune(): Promise<boolean> {
    let left = PRUNED_A_SLICE;
    for (const state of this.spaces.values()) {
      state.rows = state.rows.filter((row) => {
        const snapshot = state.snapshots.get(row.header.alias);
        if (snapshot === undefined || !snapshot.confirmed || !isCovered(row, snapshot)) return true;
        if (left-- <= 0) return true;
        state.pruned.set(row.sequence, row);
        state.bytes -= row.bytes.length;
        return false;
      });
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
    await this.tick;
    this.closed = true;
  }

  private space(space: SpaceId): MemorySpace {
    let state = this.spaces.get(space);
    if (state === undefined) this.spaces.set(space, (state = new MemorySpace()));
    return state;
  }

  private appendOne(state: MemorySpace, device: DeviceId, { header, bytes }: NewEntry, conflicts: ReadonlySet<Lane>): AppendResult {
    const { lane, counter } = header;
    const head = state.lane(device, lane);
    const digest = digestOf(bytes);
    if (counter > head.counter + 1) return { status: 'gap', lane, counter, expected: head.counter + 1 };
    if (counter <= head.counter) {
      const held = [...state.pruned.values(), ...state.rows].find((row) => row.header.device === device && row.header.lane === lane && row.header.counter === counter);
      if (held === undefined || held.digest !== digest || (conflicts.has(lane) && counter < head.counter)) return { status: 'conflict', lane, counter };
      return { status: 'duplicate', lane, counter, sequence: held.sequence };
    }
    const row: Row = { header, bytes, digest, sequence: ++state.head };
    state.rows.push(row);
    state.bytes += bytes.length;
    state.fresh.push({ sequence: row.sequence, device, bytes });
    head.counter = counter;
    head.digest = digest;
    if (header.kind === 'snapshot' && header.part === header.parts - 1) this.completeSnapshot(state, row);
    return { status: 'stored', lane, counter, sequence: row.sequence };
  }

  private completeSnapshot(state: MemorySpace, last: Row): void {
    const { alias, device, parts, covers } = last.header;
    const rows = state.rows.filter(({ header }) => header.kind === 'snapshot' && header.alias === alias && header.device === device).slice(-parts);
    const first = rows[0];
    if (first === undefined || rows.length !== parts || rows.some(({ header }, i) => header.part !== i || header.parts !== parts)) return;
    if (covers >= first.sequence || covers < (state.snapshots.get(alias)?.covers ?? 0)) return;
    state.snapshots.set(alias, { first: first.sequence, sequence: last.sequence, covers, device, confirmed: false });
  }

  private publish(state: MemorySpace): void {
    const batch = state.fresh;
    if (batch.length === 0) return;
    state.fresh = [];
    for (const listener of state.listeners) listener(batch);
  }
}
