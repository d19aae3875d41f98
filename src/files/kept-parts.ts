/** What has come of files that are not complete, in the device store, so that a restart costs at most a part of it. [F7] */
import { FILE_PIECE } from '../crypto';
import type { Clock, DeviceStore, StoreWrite } from '../sync';

/** Bytes in one row: pieces enough that a large file has few rows. */
export const PART = 64 * FILE_PIECE;
/** What was begun, and not gone on with, is given up after so long, ms. */
const KEEP = 30 * 24 * 60 * 60 * 1000;
const BEGUN = 'begun/';

export class KeptParts {
  /** Writes go one after the other; none is waited for. */
  private last: Promise<unknown> = Promise.resolve();
  private swept: Promise<void> | null = null;

  constructor(
    private readonly store: DeviceStore,
    private readonly clock: Clock,
  ) {}

  /** @param size of the file, bytes */
  async begin(file: string, size: number): Promise<void> {
    await (this.swept ??= this.sweep().catch(() => undefined));
    this.add([{ table: 'files', key: BEGUN + file, value: new TextEncoder().encode(JSON.stringify([size, this.clock.now()])) }]);
  }

  async read(file: string, part: number): Promise<Uint8Array | undefined> {
    await this.last;
    return this.store.read('files', keyOf(file, part)).catch(() => undefined);
  }

  write(file: string, part: number, bytes: Uint8Array): void {
    this.add([{ table: 'files', key: keyOf(file, part), value: bytes }]);
  }

  forget(file: string, size: number): void {
    this.add(rowsOf(file, size).map((key) => ({ table: 'files', key, value: null })));
  }

  /** Resolves when all is written. */
  settled(): Promise<unknown> {
    return this.last;
  }

  private async sweep(): Promise<void> {
    for (const { key, value } of await this.store.scan('files', BEGUN)) {
      const [size, since] = JSON.parse(new TextDecoder().decode(value)) as [number, number];
      if (since < this.clock.now() - KEEP) this.forget(key.slice(BEGUN.length), size);
    }
  }

  /** A store that fails costs what came, should this run end; its other users tell of it. */
  private add(writes: StoreWrite[]): void {
    this.last = this.last.then(() => this.store.write(writes, 'relaxed')).catch(() => undefined);
  }
}

function rowsOf(file: string, size: number): string[] {
  return [BEGUN + file, ...Array.from({ length: Math.ceil(size / PART) }, (_, part) => keyOf(file, part))];
}

function keyOf(file: string, part: number): string {
  return `part/${file}/${part}`;
}
