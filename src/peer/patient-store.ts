/**
 * The device store as the peer's own parts use it: what a full or failing disk refuses is kept in memory, in order, and tried again, so
 * that nothing of the peer has to wait for room or to know of it. (The engine keeps its own batches in the same way, [S9], and tells it in its status.)
 */
import { StoreError, type Clock, type DeviceStore, type Durability, type StoreRow, type StoreWrite, type Table } from '../sync';

const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 30_000;

export class PatientStore implements DeviceStore {
  private waiting: { readonly writes: readonly StoreWrite[]; readonly durability: Durability }[] = [];
  private tickets = 0;
  private underWay = 0;
  /** The newest write of each row, while any is under way: one that is refused late must not come back over a newer one. */
  private readonly newest = new Map<string, number>();
  private cancelRetry: (() => void) | null = null;
  private retry = FIRST_RETRY;

  /**
   * @param isBlocked whether what these rows speak of could not be stored yet: a note's row that is there before its document's edits would
   *   have them taken for the deletions of another program
   */
  constructor(
    private readonly store: DeviceStore,
    private readonly clock: Clock,
    private readonly isBlocked: () => boolean = () => false,
  ) {}

  get description(): string {
    return this.store.description;
  }

  async read(table: Table, key: string): Promise<Uint8Array | undefined> {
    const kept = this.kept(table).get(key);
    return kept === undefined ? this.store.read(table, key) : (kept ?? undefined);
  }

  async scan(table: Table, prefix: string): Promise<StoreRow[]> {
    const rows = await this.store.scan(table, prefix);
    const kept = this.kept(table);
    if (kept.size === 0) return rows;
    const merged = new Map(rows.map(({ key, value }) => [key, value]));
    for (const [key, value] of kept) {
      if (value === null) merged.delete(key);
      else if (key.startsWith(prefix)) merged.set(key, value);
    }
    return [...merged].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /**
   * Resolves when the batch is written, or kept in memory because the disk has no room.
   * @throws StoreError when trying again can't help: `closed`, `corrupt`, `in-use`, `newer-schema`
   */
  async write(writes: readonly StoreWrite[], durability: Durability): Promise<void> {
    if (this.waiting.length > 0 || this.isBlocked()) {
      this.waiting.push({ writes, durability });
      this.retryLater();
      return;
    }
    const ticket = (this.tickets += 1);
    for (const write of writes) this.newest.set(rowOf(write), ticket);
    this.underWay += 1;
    try {
      await this.store.write(writes, durability);
    } catch (error) {
      if (!isForNow(error)) throw error;
      this.waiting.push({ writes: writes.filter((write) => this.newest.get(rowOf(write)) === ticket), durability });
      this.retryLater();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.newest.clear();
    }
  }

  /** Tries once more what waits, and gives it up where there is still no room: its program ends. */
  async finish(): Promise<void> {
    this.cancelRetry?.();
    this.cancelRetry = null;
    await this.tryAll();
    this.waiting = [];
  }

  async close(): Promise<void> {
    await this.finish();
    await this.store.close();
  }

  private retryLater(): void {
    this.cancelRetry ??= this.clock.after(this.retry, () => {
      this.cancelRetry = null;
      this.retry = Math.min(LONGEST_RETRY, this.retry * 2);
      void this.tryAll().then(() => {
        if (this.waiting.length > 0) this.retryLater();
        else this.retry = FIRST_RETRY;
      });
    });
  }

  private async tryAll(): Promise<void> {
    for (let next = this.waiting[0]; next !== undefined && !this.isBlocked(); next = this.waiting[0]) {
      try {
        await this.store.write(next.writes, next.durability);
      } catch (error) {
        if (isForNow(error)) return;
        this.waiting = []; // closed, or beyond repair: the next write says so
        return;
      }
      this.waiting.shift();
    }
  }

  /** The last of what waits for each row of a table; null for a deleted one. */
  private kept(table: Table): Map<string, Uint8Array | null> {
    const rows = new Map<string, Uint8Array | null>();
    for (const { writes } of this.waiting) for (const write of writes) if (write.table === table) rows.set(write.key, write.value);
    return rows;
  }
}

function rowOf({ table, key }: StoreWrite): string {
  return `${table} ${key}`;
}

function isForNow(error: unknown): boolean {
  return error instanceof StoreError && (error.reason === 'full' || error.reason === 'failed');
}
