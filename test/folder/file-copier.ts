/**
 * Another sync engine: carries whole Markdown files between two folders, as rsync with times or Syncthing do. Each version of a file goes by itself, so
 * that a newer one may overtake an older, which then comes last.
 */
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimRandom } from '../sim/random';

export interface CopierOptions {
  /** How late a file arrives, in ms. */
  readonly least: number;
  readonly most: number;
  /** Of a hundred versions so many are brought a second time, later. */
  readonly stale: number;
  /** Of a hundred copies so many are written in place, the first half first. */
  readonly torn: number;
  /** A file that was saved in its folder is not overwritten within so many ms: what no other program has seen yet would be this engine's loss. */
  readonly spare: number;
}

export const COPIER: CopierOptions = { least: 500, most: 20_000, stale: 15, torn: 15, spare: 1_000 };

interface Version {
  readonly to: number;
  readonly path: string;
  readonly bytes: Buffer;
  /** s since 1970 */
  readonly mtime: number;
  due: number;
}

const LOOK_EVERY = 20;
/** A file is taken when it has been as it is for so many ms. */
const TAKEN_AFTER = 60;
/** Between the halves of a file that is written in place, in ms. */
const HALF_FOR = 40;

export class FileCopier {
  /** What came, as lines. */
  readonly log: string[] = [];
  private readonly travelling: Version[] = [];
  /** The last content seen of each file, by side: not sent again. */
  private readonly seen: [Map<string, string>, Map<string, string>] = [new Map(), new Map()];
  /** When each file was seen changed by somebody else, by side. */
  private readonly savedAt: [Map<string, number>, Map<string, number>] = [new Map(), new Map()];
  private timer: NodeJS.Timeout | null = null;
  private isWriting = false;
  private staleness: number;

  constructor(
    private readonly roots: readonly [string, string],
    private readonly random: SimRandom,
    private readonly options: CopierOptions = COPIER,
  ) {
    this.staleness = options.stale;
  }

  start(): void {
    this.timer ??= setInterval(() => this.turn(), LOOK_EVERY);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** From now on nothing is brought twice: the two folders come to rest. */
  calm(): void {
    this.staleness = 0;
  }

  /** Whether nothing is on its way. */
  get isIdle(): boolean {
    return this.travelling.length === 0 && !this.isWriting;
  }

  private turn(): void {
    if (this.isWriting) return;
    this.look(0);
    this.look(1);
    const now = Date.now();
    for (const version of this.travelling.filter(({ due }) => due <= now).sort((a, b) => a.due - b.due)) {
      const wait = this.lastSaved(version) + this.options.spare - now;
      if (wait > 0) {
        version.due = now + wait;
        continue;
      }
      this.travelling.splice(this.travelling.indexOf(version), 1);
      this.arrive(version);
      return; // what is saved meanwhile is looked at first
    }
  }

  private look(side: 0 | 1): void {
    for (const path of notesIn(this.roots[side])) {
      const file = join(this.roots[side], path);
      const { mtimeMs } = statSync(file);
      // What is being written is taken when it is whole.
      if (Math.abs(Date.now() - mtimeMs) < TAKEN_AFTER) continue;
      const bytes = readFileSync(file);
      const content = bytes.toString('latin1');
      if (this.seen[side].get(path) === content) continue;
      this.seen[side].set(path, content);
      this.savedAt[side].set(path, Date.now());
      this.log.push(`${Date.now()} ${side} has  ${shown(content)}`);
      const version = { to: 1 - side, path, bytes, mtime: mtimeMs / 1000 };
      this.send(version, this.delay());
      if (this.random.below(100) < this.staleness) this.send(version, this.options.most + this.delay());
    }
  }

  /** When somebody else saved the file that a version would overwrite, in ms since 1970. */
  private lastSaved({ to, path }: Version): number {
    const side = to as 0 | 1;
    const file = join(this.roots[side], path);
    const isSeen = !existsSync(file) || readFileSync(file).toString('latin1') === this.seen[side].get(path);
    return isSeen ? (this.savedAt[side].get(path) ?? 0) : Date.now();
  }

  private send(version: Omit<Version, 'due'>, after: number): void {
    this.travelling.push({ ...version, due: Date.now() + after });
  }

  private delay(): number {
    return this.options.least + this.random.below(this.options.most - this.options.least);
  }

  private arrive({ to, path, bytes, mtime }: Version): void {
    const file = join(this.roots[to as 0 | 1], path);
    if (existsSync(file) && readFileSync(file).equals(bytes)) return;
    this.log.push(`${Date.now()} ${to} gets ${shown(bytes.toString('utf8'))}`);
    this.seen[to as 0 | 1].set(path, bytes.toString('latin1'));
    mkdirSync(dirname(file), { recursive: true });
    if (this.random.below(100) >= this.options.torn) {
      const beside = join(dirname(file), `.copier-${this.random.below(1_000_000)}`);
      writeFileSync(beside, bytes);
      utimesSync(beside, mtime, mtime);
      renameSync(beside, file);
      return;
    }
    const half = Math.floor(bytes.length / 2);
    const open = openSync(file, 'a+');
    ftruncateSync(open);
    writeSync(open, bytes, 0, half);
    this.isWriting = true;
    setTimeout(() => {
      writeSync(open, bytes, half);
      closeSync(open);
      // Somebody may have put another file in its place meanwhile: that one is looked at in the next turn.
      if (readFileSync(file).equals(bytes)) utimesSync(file, mtime, mtime);
      this.isWriting = false;
    }, HALF_FOR);
  }
}

function notesIn(root: string): string[] {
  return (readdirSync(root, { recursive: true }) as string[]).filter((path) => path.endsWith('.md') && !path.split('/').some((name) => name.startsWith('.')));
}

function shown(text: string): string {
  return `${text.length}: ` + text.split('\n').filter((line) => line.startsWith('\t')).map((line) => line.slice(3)).join(' | ');
}
