/** Rows of `entries` on their way to the disk, and the transaction that takes them there. */
import type { Database } from 'better-sqlite3';
import type { RoutingHeader } from '../../protocol';

export interface StagedRow {
  readonly space: number;
  readonly sequence: number;
  readonly document: number;
  readonly author: number;
  readonly header: RoutingHeader;
  readonly bytes: Uint8Array;
}

export class EntryWriter {
  private staged: StagedRow[] = [];
  private readonly insert;
  private readonly beginStatement;
  private readonly commitStatement;

  constructor(private readonly connection: Database) {
    // A row a statement: SQLite takes rows of one VALUES through a coroutine, which costs twice as much as the calls it saves.
    this.insert = connection.prepare(
      `INSERT INTO entries (space, sequence, document, author, lane, counter, kind, covers, part, parts, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    const { staged } = this;
    this.staged = [];
    for (const { space, sequence, document, author, header, bytes } of staged) {
      const { lane, counter, kind, covers, part, parts } = header;
      this.insert.run(space, sequence, document, author, lane === 'live' ? 0 : 1, counter, kind === 'update' ? 0 : 1, covers, part, parts, bytes);
    }
  }

  /** Syncs. Nothing happens when no transaction is open. */
  commit(): void {
    if (this.connection.inTransaction) this.commitStatement.run();
  }
}
