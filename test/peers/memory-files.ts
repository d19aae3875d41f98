/** Files of a vault in memory, and a relay in memory that keeps files by their content: what is above and below the peer's file handling. */
import { createHash } from 'node:crypto';
import { FileError } from '../../src/files/api';
import type { FileEngine } from '../../src/files';
import type { FileErrorCode, FileProblem, FileRef, TransferOptions } from '../../src/files/api';
import type { FileStat, FileVault, OpenFile } from '../../src/peer';

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A disk that, as those of Windows and macOS, does not tell `A.png` from `a.png`. */
export class MemoryFiles implements FileVault {
  readonly files = new Map<string, { bytes: Uint8Array; mtime: number }>();
  readonly folders = new Set<string>();
  readonly placeholders = new Set<string>();
  /** How often each file was read from its beginning. */
  readonly reads = new Map<string, number>();
  isFull = false;
  /** The program is ended after so many bytes of the next file. */
  endsAfter: number | null = null;
  /** Tells of a file that was made or changed. */
  onChange: (path: string) => void = () => undefined;

  constructor(private readonly now: () => number) {}

  /** As a user, or another program, does. */
  put(path: string, text: string, mtime = this.now()): void {
    this.files.set(path, { bytes: bytesOf(text), mtime });
    this.onChange(path);
  }

  remove(path: string): void {
    this.files.delete(path);
    this.onChange(path);
  }

  text(path: string): string | undefined {
    const file = this.files.get(path);
    return file && new TextDecoder().decode(file.bytes);
  }

  paths(): string[] {
    return [...this.files.keys()].sort();
  }

  async follow(target: string, note: string): Promise<string | null> {
    const here = note.slice(0, note.lastIndexOf('/') + 1);
    const wanted = (/^\.\.?\//.test(target) ? decodeURIComponent(new URL(encodeURI(target), `http://x/${here}`).pathname.slice(1)) : target.replace(/^\//, '')).toLowerCase();
    return this.paths().find((path) => path.toLowerCase() === wanted || (!wanted.includes('/') && path.toLowerCase().endsWith(`/${wanted}`))) ?? null;
  }

  async stat(path: string): Promise<FileStat | null> {
    const file = this.files.get(path);
    return file ? { mtime: file.mtime, size: file.bytes.length } : null;
  }

  async open(path: string): Promise<OpenFile> {
    const file = this.files.get(path);
    if (!file) throw new Error(`No file ${path}`);
    return {
      read: async (from, to) => {
        if (from === 0) this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
        return (this.files.get(path)?.bytes ?? new Uint8Array()).slice(from, to);
      },
      close: async () => undefined,
    };
  }

  async placeFor(name: string): Promise<string> {
    const path = `attachments/${name}`;
    return this.isTaken(path) ? path.replace(/(\.[^.]*)$/, ' 1$1') : path;
  }

  async create(path: string, content: Uint8Array): Promise<'made' | 'taken' | 'waiting'> {
    if (this.isFull) throw new Error('ENOSPC');
    if (this.placeholders.has(path)) return 'waiting';
    if (this.isTaken(path)) return 'taken';
    this.files.set(path, { bytes: content.slice(0, this.endsAfter ?? content.length), mtime: this.now() });
    if (this.endsAfter !== null) return new Promise(() => undefined);
    this.onChange(path);
    return 'made';
  }

  async replace(path: string, content: Uint8Array, was: FileStat): Promise<boolean> {
    const there = await this.stat(path);
    if (there?.mtime !== was.mtime || there.size !== was.size) return false;
    this.files.set(path, { bytes: content.slice(), mtime: this.now() });
    this.onChange(path);
    return true;
  }

  private isTaken(path: string): boolean {
    const same = (other: string): boolean => other.toLowerCase() === path.toLowerCase();
    return this.folders.has(path) || this.paths().some(same);
  }
}

/** What the devices of a space have put at a relay. */
export class MemoryFileRelay {
  readonly kept = new Map<string, Uint8Array>();
  readonly dropped: string[] = [];
  /** Transfers asked for, e.g. "Laptop up 3fa9c1". */
  readonly log: string[] = [];
  /** What each upload is answered. */
  refusal: FileErrorCode | null = null;
  problem: FileProblem | null = null;
  private gates: (() => void)[] | null = null;

  /** From now on transfers stop half-way, until `go`. */
  hold(): void {
    this.gates ??= [];
  }

  go(): void {
    const gates = this.gates ?? [];
    this.gates = null;
    for (const open of gates) open();
  }

  transfersOf(device: string): FileEngine {
    const half = async (size: number, { signal, progress }: TransferOptions): Promise<void> => {
      progress(Math.floor(size / 2));
      if (this.gates) await new Promise<void>((resolve) => this.gates?.push(resolve));
      if (signal.aborted) throw new FileError('CANCELLED', 'Given up.');
      progress(size);
    };
    const refuse = (code: FileErrorCode): FileError => new FileError(code, code);
    const problem = (): FileProblem | null => this.problem;
    return {
      upload: async ({ hash, size }: FileRef, read, options) => {
        this.log.push(`${device} up ${hash.slice(0, 6)}`);
        if (this.refusal) throw refuse(this.refusal);
        await half(size, options);
        const bytes = await read(0, size);
        if (hashOf(bytes) !== hash) throw refuse('DAMAGED');
        this.kept.set(hash, bytes);
      },
      download: async ({ hash, size }: FileRef, options) => {
        this.log.push(`${device} down ${hash.slice(0, 6)}`);
        await half(size, options);
        const bytes = this.kept.get(hash);
        if (!bytes) throw refuse('MISSING');
        return bytes.slice();
      },
      drop: async ({ hash }: FileRef) => {
        this.dropped.push(hash);
        this.kept.delete(hash);
      },
      stop: async () => undefined,
      get problem() {
        return problem();
      },
    };
  }
}
