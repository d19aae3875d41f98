/**
 * Appends that a device sends one by one in one go, as one question to the log: that costs as much as an entry. None waits for it longer than
 * until the turn's own code has run.
 */
import type { NewEntry } from './log';

export class AppendGathering {
  private entries: NewEntry[] = [];

  /** @param append hears of all that were taken, in order, never with an empty list */
  constructor(private readonly append: (entries: readonly NewEntry[]) => void) {}

  /** Takes what one frame held. */
  take(entries: readonly NewEntry[]): void {
    if (!this.isContinuedBy(entries)) this.flush();
    if (this.entries.length === 0) process.nextTick(() => this.flush());
    this.entries.push(...entries);
    if (entries.length > 1) this.flush();
  }

  flush(): void {
    if (this.entries.length === 0) return;
    const { entries } = this;
    this.entries = [];
    this.append(entries);
  }

  /** Apart go snapshots, which a space takes when it is too full for updates, and what is sent again, which the log looks for once an append. */
  private isContinuedBy([first, ...more]: readonly NewEntry[]): boolean {
    const last = this.entries.at(-1)?.header;
    if (last === undefined || first === undefined || more.length > 0) return false;
    const { kind, lane, counter } = first.header;
    return kind === last.kind && lane === last.lane && counter === last.counter + 1;
  }
}
