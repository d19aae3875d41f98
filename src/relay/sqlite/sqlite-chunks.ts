/**
 * Chunks of files in the relay's SQLite file. They are gathered for a few milliseconds and then go into the transaction of the log's turn, so that
 * a file on its way costs few syncs, and none of them holds a keystroke up for long.
 */
import { fromHex, LIMITS, type FileId, type SpaceId } from '../../protocol';
import type { ChunkStore, ChunkStoreOptions, NewChunk } from '../chunks';
import { LogError } from '../log-error';
import type { RelayDatabase } from './database';
import type { SqliteLog } from './sqlite-log';

/** How long the first of some chunks waits for others, ms; and no less than the disk took for the last ones, so that entries have half of its time at least. */
const GATHER = { least: 8, most: 60 };
/** One number names a chunk: that of its file times this, and its index. */
const PER_FILE = LIMITS.fileChunks;
/** Chunks that one step of pruning drops. */
const STEP = 32;
const SLICE = 3;

type FileRow = [id: number, count: number, next: number];
type Outcome = 'stored' | 'later' | 'other-count' | LogError;

interface Waiting extends NewChunk {
  readonly space: SpaceId;
  readonly file: FileId;
  outcome: Outcome;
  resolve(outcome: Exclude<Outcome, LogError>): void;
  reject(error: unknown): void;
}

export class SqliteChunks implements ChunkStore {
  private readonly statements;
  private readonly now: () => number;
  private readonly spaceBytes: number;
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;
  private gather = GATHER.least;
  /** Chunks of each space, as far as they were asked for. */
  private readonly counts = new Map<SpaceId, number>();

  /** @param log whose turns it writes in */
  constructor(
    private readonly database: RelayDatabase,
    private readonly log: Pick<SqliteLog, 'alongside'>,
    options: ChunkStoreOptions = {},
  ) {
    const prepare = (sql: string) => database.connection.prepare(sql);
    this.now = options.now ?? Date.now;
    this.spaceBytes = options.spaceBytes ?? Infinity;
    this.statements = {
      file: prepare('SELECT id, count, next FROM files WHERE space = ? AND file = ?').raw(),
      make: prepare('INSERT INTO files (space, file, count, next, touched) VALUES (?, ?, ?, 0, 0)'),
      advance: prepare('UPDATE files SET next = ?, touched = ? WHERE id = ?'),
      insert: prepare('INSERT INTO chunks (id, bytes) VALUES (?, ?)'),
      chunk: prepare('SELECT bytes FROM chunks WHERE id = ?').pluck(),
      forget: prepare('UPDATE files SET file = NULL WHERE space = ? AND file = ?'),
      expire: prepare('UPDATE files SET file = NULL WHERE file IS NOT NULL AND next < count AND touched < ?'),
      forgotten: prepare('SELECT id, count, next FROM files WHERE file IS NULL LIMIT 1').raw(),
      dropChunks: prepare('DELETE FROM chunks WHERE id >= ? AND id < ?'),
      dropFile: prepare('DELETE FROM files WHERE id = ?'),
      count: prepare('SELECT total(next) FROM files WHERE space = ?').pluck(),
      totals: prepare('SELECT count(file), total(next) FROM files').raw(),
    };
  }

  async next(space: SpaceId, file: FileId): Promise<number> {
    let next = 0;
    this.write();
    await this.log.alongside(() => {
      next = this.find(space, file)?.[2] ?? 0;
    });
    return next;
  }

  put(space: SpaceId, file: FileId, chunk: NewChunk): Promise<'stored' | 'later' | 'other-count'> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...chunk, space, file, outcome: 'stored', resolve, reject });
      this.timer ??= setTimeout(() => this.write(), this.gather);
    });
  }

  async get(space: SpaceId, file: FileId, index: number): Promise<Uint8Array | null> {
    this.write();
    return this.database.reading(() => {
      const row = this.find(space, file);
      return row === undefined ? null : ((this.statements.chunk.get(row[0] * PER_FILE + index) as Uint8Array | undefined) ?? null);
    });
  }

  async drop(space: SpaceId, file: FileId): Promise<void> {
    this.write();
    await this.log.alongside(() => this.statements.forget.run(fromHex(space), fromHex(file)));
  }

  async expire(before: number): Promise<void> {
    await this.log.alongside(() => this.statements.expire.run(before));
  }

  async prune(): Promise<boolean> {
    let more = false;
    await this.log.alongside(() => {
      const until = performance.now() + SLICE;
      do more = this.pruneStep();
      while (more && performance.now() < until);
    });
    return more;
  }

  async size(space: SpaceId): Promise<number> {
    this.write();
    return this.chunksOf(space) * LIMITS.fileChunk;
  }

  hasRoom(): boolean {
    return this.database.hasPlentyOfRoom();
  }

  totals(): { files: number; bytes: number } {
    const [files, chunks] = this.database.reading(() => this.statements.totals.get()) as [number, number];
    return { files, bytes: chunks * LIMITS.fileChunk };
  }

  /** Puts what was gathered into the log's turn. */
  private write(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    const began = performance.now();
    this.log
      .alongside(() => {
        for (const each of waiting) each.outcome = this.store(each);
      })
      .then(
        () => {
          this.gather = Math.min(GATHER.most, Math.max(GATHER.least, performance.now() - began));
          for (const each of waiting) {
            if (each.outcome instanceof LogError) each.reject(each.outcome);
            else each.resolve(each.outcome);
          }
        },
        (error: unknown) => {
          for (const each of waiting) each.reject(error);
        },
      );
  }

  private store({ space, file, index, count, bytes }: Waiting): Outcome {
    const row = this.find(space, file);
    if (row !== undefined && row[1] !== count) return 'other-count';
    const next = row?.[2] ?? 0;
    if (index < next) return 'stored';
    if (index > next) return 'later';
    if (!this.hasRoom()) return new LogError('disk-full', "The relay's disk is full.");
    const chunks = this.chunksOf(space);
    if ((chunks + 1) * LIMITS.fileChunk > this.spaceBytes) return new LogError('space-full', 'This space has used up its room for files.');
    const id = row?.[0] ?? Number(this.statements.make.run(fromHex(space), fromHex(file), count).lastInsertRowid);
    this.statements.insert.run(id * PER_FILE + index, bytes);
    this.statements.advance.run(next + 1, this.now(), id);
    this.counts.set(space, chunks + 1);
    return 'stored';
  }

  /** Drops a few chunks of one forgotten file, from its end. @returns whether there was one */
  private pruneStep(): boolean {
    const row = this.statements.forgotten.get() as FileRow | undefined;
    if (row === undefined) return false;
    const [id, , next] = row;
    const left = Math.max(0, next - STEP);
    this.statements.dropChunks.run(id * PER_FILE + left, id * PER_FILE + next);
    if (left === 0) this.statements.dropFile.run(id);
    else this.statements.advance.run(left, 0, id);
    // Counted anew when it is asked for next.
    this.counts.clear();
    return true;
  }

  private find(space: SpaceId, file: FileId): FileRow | undefined {
    return this.statements.file.get(fromHex(space), fromHex(file)) as FileRow | undefined;
  }

  private chunksOf(space: SpaceId): number {
    const known = this.counts.get(space);
    if (known !== undefined) return known;
    const counted = this.database.reading(() => this.statements.count.get(fromHex(space))) as number;
    this.counts.set(space, counted);
    return counted;
  }
}
