/** When closed notes are written: after quiet time, and within a longest wait. */
import type { Core } from './core';
import type { NotePath } from './ports';

export class WriteSchedule {
  private readonly writes = new Map<NotePath, { cancel: () => void; latest: number }>();

  constructor(
    private readonly core: () => Core,
    private readonly write: (path: NotePath) => Promise<void>,
  ) {}

  /** Notes that wait. */
  get size(): number {
    return this.writes.size;
  }

  schedule(path: NotePath): void {
    const { writeAfter, writeWithin } = this.core().settings();
    const now = this.core().clock.now();
    const waiting = this.writes.get(path);
    waiting?.cancel();
    const latest = waiting?.latest ?? now + writeWithin;
    const cancel = this.core().clock.after(Math.max(0, Math.min(writeAfter, latest - now)), () => {
      this.writes.delete(path);
      this.core().track(this.write(path));
    });
    this.writes.set(path, { cancel, latest });
  }

  renamed(from: NotePath, to: NotePath): void {
    this.writes.get(from)?.cancel();
    if (this.writes.delete(from)) this.schedule(to);
  }

  /** Writes every note that waits, now. */
  async flush(): Promise<void> {
    for (const [path, { cancel }] of [...this.writes]) {
      cancel();
      this.writes.delete(path);
      await this.write(path);
    }
  }
}
