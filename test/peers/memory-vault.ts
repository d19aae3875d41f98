/** A vault in memory whose notes of days are in a folder of its own. */
import type { Day, NotePath, Vault } from '../../src/peer';

export class MemoryVault implements Vault {
  readonly files = new Map<NotePath, { text: string; mtime: number }>();
  /** Paths that were read, for tests that count. */
  readonly readPaths: NotePath[] = [];
  placeholders = new Set<NotePath>();
  /** Another sync engine that this vault is known to be kept by. */
  engine: string | null = null;
  /** Hears of each write by the app, or by a program that is not that engine. */
  onWritten: ((path: NotePath) => void) | null = null;
  /** Rises when a program dies: what it had begun to write is not written. */
  owner = 0;

  constructor(
    private readonly folder: string,
    readonly defaultIndent: string,
    private readonly now: () => number,
  ) {}

  /** Another vault of the same clock. */
  copyAs(folder: string, files: Readonly<Record<NotePath, string>>): MemoryVault {
    const vault = new MemoryVault(folder, this.defaultIndent, this.now);
    for (const [path, text] of Object.entries(files)) vault.write(path, text);
    return vault;
  }

  write(path: NotePath, text: string): void {
    this.files.set(path, { text, mtime: this.now() });
    this.onWritten?.(path);
  }

  text(path: NotePath): string {
    const file = this.files.get(path);
    if (!file) throw new Error(`No note ${path}`);
    return file.text;
  }

  dayOf(path: NotePath): Day | null {
    return new RegExp(`^${this.folder}/(\\d{4}-\\d{2}-\\d{2})\\.md$`).exec(path)?.[1] ?? null;
  }

  pathOfDay(day: Day): NotePath {
    return `${this.folder}/${day}.md`;
  }

  async state(path: NotePath): Promise<'present' | 'absent' | 'waiting'> {
    return this.files.has(path) ? 'present' : this.placeholders.has(path) ? 'waiting' : 'absent';
  }

  async syncedBy(): Promise<string | null> {
    return this.engine;
  }

  async stat(path: NotePath): Promise<{ mtime: number; size: number } | null> {
    const file = this.files.get(path);
    return file ? { mtime: file.mtime, size: new TextEncoder().encode(file.text).length } : null;
  }

  async read(path: NotePath): Promise<string> {
    this.readPaths.push(path);
    return this.text(path);
  }

  async process(path: NotePath, change: (text: string) => string | null): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const before = this.text(path);
      const next = change(before);
      if (next === null || next === before) return;
      await new Promise(setImmediate); // a disk takes its time
      if (this.text(path) !== before) continue;
      this.write(path, next);
      return;
    }
    throw new Error(`${path} kept changing`);
  }

  /** This vault as one program has it: when that is dead, it can't write. */
  forOwner(): Vault {
    const { owner } = this;
    return new Proxy(this, {
      get: (vault, name) => {
        const value: unknown = Reflect.get(vault, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => (vault.owner === owner ? (value as (...all: unknown[]) => unknown).apply(vault, given) : new Promise(() => undefined));
      },
    });
  }

  async create(target: { day: Day } | { path: NotePath }): Promise<NotePath> {
    const path = 'day' in target ? this.pathOfDay(target.day) : target.path;
    if (!this.files.has(path)) this.write(path, '');
    return path;
  }

  async list(): Promise<{ path: NotePath; mtime: number; size: number }[]> {
    return [...this.files].map(([path, { text, mtime }]) => ({ path, mtime, size: text.length }));
  }

  isTemplate(path: NotePath): boolean {
    return path.startsWith('templates/');
  }
}
