/** A vault in memory whose notes of days are in a folder of its own. */
import type { Day, NotePath, Vault } from '../../src/peer';

export class MemoryVault implements Vault {
  readonly files = new Map<NotePath, { text: string; mtime: number }>();
  /** Paths that were read, for tests that count. */
  readonly readPaths: NotePath[] = [];
  placeholders = new Set<NotePath>();

  constructor(
    private readonly folder: string,
    readonly defaultIndent: string,
    private readonly now: () => number,
  ) {}

  write(path: NotePath, text: string): void {
    this.files.set(path, { text, mtime: this.now() });
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

  async stat(path: NotePath): Promise<{ mtime: number; size: number } | null> {
    const file = this.files.get(path);
    return file ? { mtime: file.mtime, size: new TextEncoder().encode(file.text).length } : null;
  }

  async read(path: NotePath): Promise<string> {
    this.readPaths.push(path);
    return this.text(path);
  }

  async process(path: NotePath, change: (text: string) => string | null): Promise<void> {
    const next = change(this.text(path));
    if (next !== null && next !== this.text(path)) this.write(path, next);
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
