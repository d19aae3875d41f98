/** What the disk did lately, by path: tells a reload of an editor from another plugin's edit. */

/** A reload follows its file's change within this time (ms). */
const FRESH = 3_000;

export interface DiskChange {
  readonly at: number;
  /** Bytes of the file then. */
  readonly size: number;
}

export class DiskNews {
  readonly #changes = new Map<string, DiskChange>();
  constructor(private readonly now: () => number) {}

  changed(path: string, size: number): void {
    const at = this.now();
    for (const [other, change] of this.#changes) if (at - change.at > FRESH) this.#changes.delete(other);
    this.#changes.set(path, { at, size });
  }

  /** The change of the last seconds, or null. */
  latest(path: string): DiskChange | null {
    const change = this.#changes.get(path);
    return change && this.now() - change.at <= FRESH ? change : null;
  }
}

/** Whether a file of this many bytes could hold a text that has '\n' line ends here: each may be one or two bytes there, and a mark may stand before all. */
export function couldHold(size: number, text: string): boolean {
  const bytes = new TextEncoder().encode(text).length;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return size >= bytes && size <= bytes + lines + 3;
}
