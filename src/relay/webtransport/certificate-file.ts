/** Where certificates outlive the relay's process: one file with their private keys, for its user's eyes alone. PROTOCOL.md [P101]. */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateKeeper {
  /** @returns null where there is none, or others could have read it */
  load(): string | null;
  /** @throws a system error when it can't be written */
  save(text: string): void;
}

const NAME = 'webtransport.json';
const OWN = 0o600;
const OTHERS = 0o077;

export class CertificateFile implements CertificateKeeper {
  private readonly file: string;

  /** @param directory of the relay's data; it exists */
  constructor(directory: string) {
    this.file = join(directory, NAME);
  }

  load(): string | null {
    let file: number;
    try {
      file = openSync(this.file, 'r');
    } catch {
      return null;
    }
    try {
      // Windows knows no such modes.
      const isOwn = process.platform === 'win32' || (fstatSync(file).mode & OTHERS) === 0;
      return isOwn ? readFileSync(file, 'utf8') : null;
    } catch {
      return null;
    } finally {
      closeSync(file);
    }
  }

  save(text: string): void {
    const half = `${this.file}.new`;
    // What is left of an interrupted one keeps its mode.
    rmSync(half, { force: true });
    const file = openSync(half, 'wx', OWN);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(half, this.file);
  }
}
