/** A clock that stands still until a test moves it. */
import type { Clock } from '../../src/sync';

export class ManualClock implements Clock {
  private time: number;
  private readonly timers = new Map<number, { at: number; run: () => void }>();
  private made = 0;

  constructor(start = Date.UTC(2026, 10, 22, 9)) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const id = (this.made += 1);
    this.timers.set(id, { at: this.time + Math.max(0, ms), run });
    return () => this.timers.delete(id);
  }

  /** Runs what is due within `ms`, in order. */
  advance(ms: number): void {
    const until = this.time + ms;
    for (let bounded = 0; bounded < 100_000; bounded += 1) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].run();
    }
    this.time = until;
  }
}
