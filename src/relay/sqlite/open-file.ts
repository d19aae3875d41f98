/** Whether what a process has open is what stands under its name: files that were deleted or replaced take writes without a word. */
import { statSync } from 'node:fs';

/** A database and the log that SQLite keeps beside it. */
export class OpenFile {
  private readonly names: readonly string[];
  private readonly before: readonly string[];

  /** @param file a database that is open in WAL mode and was written to */
  constructor(file: string) {
    this.names = [file, `${file}-wal`];
    this.before = this.names.map(identityOf);
  }

  /** A few microseconds. */
  isInPlace(): boolean {
    return this.names.every((name, i) => identityOf(name) === this.before[i]);
  }
}

/** Device and number of the file under a name; '' if there is none, or it can't be seen. */
function identityOf(name: string): string {
  try {
    const found = statSync(name, { throwIfNoEntry: false });
    return found === undefined ? '' : `${found.dev}:${found.ino}`;
  } catch {
    return '';
  }
}
