/**
 * Writes to the device store in the order in which they were asked for, one batch at a time, everything that waits in one batch.
 * What fails is tried again, so a full disk loses nothing that the memory holds. [S7]-[S9]
 */
import { flushedRow } from './rows';
import { StoreError, type Clock, type DeviceStore, type StoreWrite } from './ports';

/** At most this long after a relaxed batch, a strict one makes it safe against a power cut. */
const STRICT_WITHIN = 1000;
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 30_000;

interface Waiting {
  readonly writes: readonly StoreWrite[];
  readonly then: (() => void) | null;
}

export interface StoreWriterOptions {
  readonly store: DeviceStore;
  readonly clock: Clock;
  /** A batch failed (it is tried again), or, with null, one succeeded after that. */
  readonly onProblem: (error: StoreError | null) => void;
}

export class StoreWriter {
  private waiting: Waiting[] = [];
  private running = false;
  /** Asked to write while a batch was being written. */
  private again = false;
  private strict = false;
  /** Relaxed batches were written since the last strict one. */
  private relaxed = false;
  private cancelTick: (() => void) | null = null;
  private cancelRetry: (() => void) | null = null;
  private retry = FIRST_RETRY;
  private failing = false;
  private idle: (() => void)[] = [];
  private closed = false;

  constructor(private readonly options: StoreWriterOptions) {}

  /** `then` runs when the writes are durable (relaxed). Not `soon`: with the next batch, at the latest within a second. */
  add(writes: readonly StoreWrite[], soon: boolean, then: (() => void) | null = null): void {
    if (this.closed || (writes.length === 0 && then === null)) return;
    this.waiting.push({ writes, then });
    if (soon) this.flush();
    else this.tickLater();
  }

  /** Writes what waits. */
  flush(): void {
    if (this.running) this.again = true;
    if (this.running || this.cancelRetry !== null || this.closed) return;
    if (this.waiting.length === 0 && !this.strict) {
      for (const resolve of this.idle.splice(0)) resolve();
      return;
    }
    this.running = true;
    void this.write();
  }

  /** Makes everything so far safe against a power cut. Resolves when it is, or when the store has refused once more. */
  async flushStrictly(): Promise<void> {
    if (this.waiting.length === 0 && !this.relaxed && !this.running) return;
    this.strict = true;
    // Whoever asks for it can't wait for the next try.
    this.cancelRetry?.();
    this.cancelRetry = null;
    await this.drained();
  }

  /** Resolves when nothing waits any more, or the store refuses to write. */
  drained(): Promise<void> {
    if ((this.waiting.length === 0 && !this.running && !this.strict) || this.cancelRetry !== null || this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.idle.push(resolve);
      this.flush();
    });
  }

  /** Resolves once everything asked for so far is durable; waits out a store that refuses. */
  barrier(): Promise<void> {
    return new Promise((resolve) => this.add([], true, resolve));
  }

  get busy(): boolean {
    return this.running || this.waiting.some(({ then }) => then !== null);
  }

  /** No more writes; timers end. */
  close(): void {
    this.closed = true;
    this.cancelTick?.();
    this.cancelRetry?.();
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private async write(): Promise<void> {
    const batch = this.waiting;
    const strict = this.strict;
    this.waiting = [];
    this.strict = false;
    const writes = collapse(batch);
    if (strict) writes.push(flushedRow(this.options.clock.now()));
    this.again = false;
    try {
      if (writes.length > 0) await this.options.store.write(writes, strict ? 'strict' : 'relaxed');
    } catch (error) {
      this.refused(batch, strict, error);
      return;
    }
    this.running = false;
    this.relaxed = !strict && (this.relaxed || writes.length > 0);
    if (this.failing) {
      this.failing = false;
      this.retry = FIRST_RETRY;
      this.options.onProblem(null);
    }
    if (this.relaxed) this.tickLater();
    for (const { then } of batch) then?.();
    if (this.again || this.strict || this.idle.length > 0) this.flush();
  }

  private refused(batch: Waiting[], strict: boolean, error: unknown): void {
    this.running = false;
    this.waiting = [...batch, ...this.waiting];
    this.strict ||= strict;
    this.failing = true;
    for (const resolve of this.idle.splice(0)) resolve();
    if (this.closed) return;
    this.cancelRetry = this.options.clock.after(this.retry, () => {
      this.cancelRetry = null;
      this.flush();
    });
    this.retry = Math.min(LONGEST_RETRY, this.retry * 2);
    this.options.onProblem(error instanceof StoreError ? error : new StoreError('failed', String(error)));
  }

  private tickLater(): void {
    if (this.cancelTick !== null || this.closed) return;
    this.cancelTick = this.options.clock.after(STRICT_WITHIN, () => {
      this.cancelTick = null;
      this.strict = true;
      this.flush();
    });
  }
}

/** The last write of each row: the batch is atomic, so the ones before it can't be seen. */
function collapse(batch: readonly Waiting[]): StoreWrite[] {
  const last = new Map<string, StoreWrite>();
  for (const { writes } of batch) {
    for (const write of writes) {
      const id = `${write.table} ${write.key}`;
      last.delete(id);
      last.set(id, write);
    }
  }
  return [...last.values()];
}
