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
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

export class EntryWriter {
  private staged: StagedRow[] = [];
  private readonly insert;
  private readonly beginStatement;
  private readonly commitStatement;

  constructor(private readonly connection: Database) {
    this.insert = connection.prepare(
      'INSERT INTO entries (space, sequence, document, author, lane, counter, kind, covers, part, parts, digest, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
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
    const { staged, insert } = this;
    this.staged = [];
    for (const row of staged) {
      insert.run(
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
        row.digest,
        row.bytes,
      );
    }
  }

  /** Syncs. Nothing happens when no transaction is open. */
  commit(): void {
    if (this.connection.inTransaction) this.commitStatement.run();
  }
}
