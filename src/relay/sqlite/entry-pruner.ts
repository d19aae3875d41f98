/** Drops what confirmed snapshots cover, a slice of a few milliseconds at a time. */
import type { Database } from 'better-sqlite3';
import { digestBytes } from '../digest';

type CoveredRow = [space: number, sequence: number, author: number, lane: number, counter: number, bytes: Uint8Array];

const ROWS_A_STEP = 32;
/** How far below a dropped entry the digests of earlier dropped ones are kept. A cursor older than that reads from an older check point. */
const KEPT_DIGESTS = 100_000;

export class EntryPruner {
  private readonly queue: Set<number>;
  private readonly statements;

  constructor(
    connection: Database,
    private readonly sliceTime: number,
  ) {
    this.statements = {
      covered: connection
        .prepare(
          `SELECT e.space, e.sequence, e.author, e.lane, e.counter, e.bytes FROM documents d CROSS JOIN entries e ON e.document = d.id
           WHERE d.id = ? AND d.confirmed = 1 AND e.sequence < d.first AND e.sequence <= d.covers
           ORDER BY e.sequence LIMIT ${ROWS_A_STEP}`,
        )
        .raw(),
      keep: connection.prepare('INSERT OR REPLACE INTO pruned (space, sequence, author, lane, counter, digest) VALUES (?, ?, ?, ?, ?, ?)'),
      drop: connection.prepare('DELETE FROM entries WHERE space = ? AND sequence = ?'),
      forget: connection.prepare(
        'DELETE FROM pruned WHERE space = ? AND sequence IN (SELECT sequence FROM pruned WHERE space = ? AND sequence < ? ORDER BY sequence LIMIT 256)',
      ),
    };
    // What was confirmed before the last stop, and perhaps not dropped yet.
    this.queue = new Set(connection.prepare('SELECT id FROM documents WHERE confirmed = 1').pluck().all() as number[]);
  }

  add(document: number): void {
    this.queue.add(document);
  }

  /** Runs in the caller's transaction. `dropped`: bytes by space. */
  slice(): { readonly more: boolean; readonly dropped: ReadonlyMap<number, number> } {
    const until = performance.now() + this.sliceTime;
    const dropped = new Map<number, number>();
    for (const document of this.queue) {
      if (this.step(document, dropped)) this.queue.delete(document);
      if (performance.now() >= until) break;
    }
    return { more: this.queue.size > 0, dropped };
  }

  /** Whether the document is done. */
  private step(document: number, dropped: Map<number, number>): boolean {
    const rows = this.statements.covered.all(document) as CoveredRow[];
    for (const [space, sequence, author, lane, counter, bytes] of rows) {
      this.statements.keep.run(space, sequence, author, lane, counter, digestBytes(bytes));
      this.statements.drop.run(space, sequence);
      dropped.set(space, (dropped.get(space) ?? 0) + bytes.length);
    }
    const last = rows.at(-1);
    if (last !== undefined) this.statements.forget.run(last[0], last[0], last[1] - KEPT_DIGESTS);
    return rows.length < ROWS_A_STEP;
  }
}
