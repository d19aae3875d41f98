/** Virtual time. Nothing waits: the next event is simply the next in the queue. */
import type { Clock } from '../../src/sync';

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class SimClock implements Clock {
  private time = Date.UTC(2026, 10, 22);
  private order = 0;
  private readonly heap: Entry[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const entry: Entry = { at: this.time + Math.max(0, ms), order: this.order++, run, cancelled: false };
    this.push(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** Runs events until `ms` from now; between events, everything that promises have to do is done. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await promises();
    for (let next = this.heap[0]; next !== undefined && next.at <= end; next = this.heap[0]) {
      this.pop();
      if (next.cancelled) continue;
      this.time = Math.max(this.time, next.at);
      next.run();
      await promises();
    }
    this.time = end;
  }

  /** A computer that sleeps: nothing runs, and what was due meanwhile runs once, late. */
  async sleep(ms: number): Promise<void> {
    this.time += ms;
    await this.advance(0);
  }

  /** Runs events until `done`, at most for `ms`. @returns whether it was done */
  async until(done: () => boolean, ms: number): Promise<boolean> {
    const end = this.time + ms;
    while (!done() && this.time < end) await this.advance(50);
    return done();
  }

  /** A clock for something that may die: its timers die with it. */
  mortal(): { readonly clock: Clock; kill(): void } {
    let alive = true;
    return {
      clock: {
        now: () => this.time,
        after: (ms, run) =>
          this.after(ms, () => {
            if (alive) run();
          }),
      },
      kill: () => {
        alive = false;
      },
    };
  }

  private push(entry: Entry): void {
    const { heap } = this;
    heap.push(entry);
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(child, parent)) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  private pop(): void {
    const { heap } = this;
    this.swap(0, heap.length - 1);
    heap.pop();
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) if (child < heap.length && this.isBefore(child, least)) least = child;
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [x, y] = [this.heap[a], this.heap[b]];
    if (x === undefined || y === undefined) return false;
    return x.at < y.at || (x.at === y.at && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.heap[a], this.heap[b]];
    if (x === undefined || y === undefined) return;
    this.heap[a] = y;
    this.heap[b] = x;
  }
}

/** All promises that can go on, have gone on. */
function promises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
