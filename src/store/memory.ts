/** A device store in memory, for tests and the simulation: with a disk underneath that can lose what was not made safe. */
import { StoreError, TABLES, type DeviceStore, type Durability, type StoreRow, type StoreWrite, type Table } from '../sync';

type Rows = Map<Table, Map<string, Uint8Array>>;

/** What outlives a store that is closed or crashes. Only one store may use it at a time. */
export class MemoryDisk {
  /** What a power cut leaves: everything up to the last strict write. */
  private safe: Rows = emptyRows();
  private current: Rows = emptyRows();
  private unsafe: (readonly StoreWrite[])[] = [];
  private owner: DeviceStore | null = null;

  /** @throws StoreError 'in-use' */
  claim(owner: DeviceStore): void {
    if (this.owner !== null) throw new StoreError('in-use', 'This store is open already.');
    this.owner = owner;
  }

  release(owner: DeviceStore): void {
    if (this.owner === owner) this.owner = null;
  }

  get rows(): Rows {
    return this.current;
  }

  take(writes: readonly StoreWrite[], durability: Durability): void {
    putAll(this.current, writes);
    this.unsafe.push(writes);
    if (durability === 'strict') this.makeSafe(this.unsafe.length);
  }

  /** A power cut: of the relaxed batches since the last strict one, only the first `kept` are still there. */
  crash(kept: number): void {
    this.makeSafe(Math.min(kept, this.unsafe.length));
    this.unsafe = [];
    this.current = new Map([...this.safe].map(([table, rows]) => [table, new Map(rows)]));
    this.owner = null;
  }

  /** Batches that a power cut might lose. */
  get atRisk(): number {
    return this.unsafe.length;
  }

  private makeSafe(batches: number): void {
    for (const writes of this.unsafe.splice(0, batches)) putAll(this.safe, writes);
  }
}

/** @throws StoreError 'in-use' */
export function openMemoryStore(disk: MemoryDisk = new MemoryDisk()): DeviceStore {
  return new MemoryStore(disk);
}

class MemoryStore implements DeviceStore {
  readonly description = 'memory';
  private closed = false;

  constructor(private readonly disk: MemoryDisk) {
    disk.claim(this);
  }

  async read(table: Table, key: string): Promise<Uint8Array | undefined> {
    this.check();
    return this.disk.rows.get(table)?.get(key)?.slice();
  }

  async scan(table: Table, prefix: string): Promise<StoreRow[]> {
    this.check();
    const rows: StoreRow[] = [];
    for (const [key, value] of this.disk.rows.get(table) ?? []) if (key.startsWith(prefix)) rows.push({ key, value: value.slice() });
    return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async write(writes: readonly StoreWrite[], durability: Durability): Promise<void> {
    this.check();
    this.disk.take(
      writes.map((write) => ({ ...write, value: write.value?.slice() ?? null })),
      durability,
    );
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.disk.release(this);
  }

  private check(): void {
    if (this.closed) throw new StoreError('closed', 'The store is closed.');
  }
}

function emptyRows(): Rows {
  return new Map(TABLES.map((table) => [table, new Map<string, Uint8Array>()]));
}

function putAll(rows: Rows, writes: readonly StoreWrite[]): void {
  for (const { table, key, value } of writes) {
    if (value === null) rows.get(table)?.delete(key);
    else rows.get(table)?.set(key, value);
  }
}
