/** A clock that is moved on by hand. */
export class HandClock {
  private waiting: { at: number; run: () => void }[] = [];

  /** @param time at first, ms */
  constructor(private time = 0) {}

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const wait = { at: this.time + ms, run };
    this.waiting.push(wait);
    return () => void (this.waiting = this.waiting.filter((each) => each !== wait));
  }

  get isWaitedFor(): boolean {
    return this.waiting.length > 0;
  }

  /** Runs what is due, and lets what that starts move. @returns how many ran */
  async pass(ms: number): Promise<number> {
    this.time += ms;
    const due = this.waiting.filter(({ at }) => at <= this.time);
    this.waiting = this.waiting.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
    await new Promise((resolve) => setImmediate(resolve));
    return due.length;
  }
}
