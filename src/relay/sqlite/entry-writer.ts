/** Rows of `entries` on their way to the disk, and the transaction that takes them there. */
import type { Database } from 'better-sqlite3';
import type { EntryKind, Lane } from '../../protocol';

export interface StagedRow {
  readonly space: number;
  readonly sequence: number;
  readonly document: number;
  readonly author: number;
  readonly lane: Lane;
  readonly counter: number;
  readonly kind: EntryKind;
  readonly covers: number;
  readonly part: number;
  readonly parts: number;
  readonly bytes: Uint8Array;
}

/** Rows of one statement: calling SQLite costs as much as inserting a row. */
const ROWS_AT_ONCE = 16;

export class EntryWriter {
  private staged: StagedRow[] = [];
  private readonly insert;
  private readonly insertMany;
  private readonly beginStatement;
  private readonly commitStatement;

  constructor(private readonly connection: Database) {
    const insert = (rows: number) =>
      connection.prepare(
        `INSERT INTO entries (space, sequence, document, author, lane, counter, kind, covers, part, parts, bytes)
         VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      );
    this.insert = insert(1);
    this.insertMany = insert(ROWS_AT_ONCE);
    this.beginStatement = connection.prepare('BEGIN IMMEDIATE');
    this.commitStatement = connection.prepare('COMMIT');
  }

  get idle(): boolean {
    return this.staged.length === 0;
  }

  stage(row: StagedRow): void {
    this.staged.push(row);
  }

  begin(): void {
    if (!this.connection.inTransaction) this.beginStatement.run();
  }

  write(): void {
    const { staged } = this;
    this.staged = [];
    let from = 0;
    for (; from + ROWS_AT_ONCE <= staged.length; from += ROWS_AT_ONCE) this.insertMany.run(valuesOf(staged, from, from + ROWS_AT_ONCE));
    for (; from < staged.length; from++) this.insert.run(valuesOf(staged, from, from + 1));
  }

  /** Syncs. Nothing happens when no transaction is open. */
  commit(): void {
    if (this.connection.inTransaction) this.commitStatement.run();
  }
}

/** In the order of the statement's columns. */
function valuesOf(rows: readonly StagedRow[], from: number, to: number): (number | Uint8Array)[] {
  const values: (number | Uint8Array)[] = [];
  for (let i = from; i < to; i++) {
    const row = rows[i] as StagedRow; // the caller keeps to the list
    values.push(
      row.space,
      row.sequence,
      row.document,
      row.author,
      row.lane === 'live' ? 0 : 1,
      row.counter,
      row.kind === 'update' ? 0 : 1,
      row.covers,
      row.part,
      row.parts,
      row.bytes,
    );
  }
  return values;
}
