/** Room on the disk: bytes held back in a file of their own, given up when the disk is full so that pruning can still write. */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ReserveOptions {
  /** Bytes held back. */
  readonly bytes: number;
  /** Free bytes on the disk of the file. */
  readonly freeBytes?: (() => number) | undefined;
}

/** More than comes in between two looks, however fast it does. */
const PLENTY = 4;

export class Reserve {
  private readonly bytes: number;
  private readonly freeBytes: () => number;
  private full = false;
  private free = Infinity;

  /** @param file of the reserve */
  constructor(
    private readonly file: string,
    options: ReserveOptions,
  ) {
    this.bytes = options.bytes;
    this.freeBytes = options.freeBytes ?? (() => freeOn(dirname(file)));
  }

  /** As of the last look. */
  get isFull(): boolean {
    return this.full;
  }

  /** Whether there is room, as of the last look, for much that is not urgent: several times what is held back. */
  get hasPlenty(): boolean {
    return !this.full && this.free > PLENTY * this.bytes;
  }

  /**
   * Looks how full the disk is.
   * @param mayFill whether to hold bytes back where there is room
   */
  look(mayFill: boolean): void {
    const free = (this.free = this.freeBytes());
    const held = existsSync(this.file);
    if (free < this.bytes / 4) {
      this.full = true;
      if (held) this.drop();
    } else if (held || free > 2 * this.bytes) {
      this.full = false;
      if (!held && mayFill) this.fill();
    }
  }

  /** Real bytes, not a sparse file: only those are ours when others fill the disk. */
  private fill(): void {
    const zeros = Buffer.alloc(64 * 1024);
    try {
      const file = openSync(this.file, 'w', 0o600);
      try {
        for (let written = 0; written < this.bytes; written += zeros.length) writeSync(file, zeros);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      this.drop();
    }
  }

  private drop(): void {
    try {
      rmSync(this.file, { force: true });
    } catch {
      // A directory that may not be written keeps it; that is told by what looks after the data.
    }
  }
}

function freeOn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
