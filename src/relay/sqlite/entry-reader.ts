/** Queries over `entries`: pages, cursors, retries, parts. Each costs by what it returns, not by the length of the log. */
import type { Database } from 'better-sqlite3';
import { toHex, type Alias, type Cursor, type Digest, type RoutingHeader, type StoredEntry } from '../../protocol';
import { digestBytes, digestOf } from '../digest';
import type { LogPage, ReadQuery } from '../log';
import type { SpaceState } from './space-state';

/** Newest first: what is sent again is nearly always among the last. */
function ofLane(column: string, table: string): string {
  return `SELECT sequence, ${column} FROM ${table} WHERE space = ? AND sequence > ? AND author = ? AND lane = ? AND counter = ? ORDER BY sequence DESC LIMIT 1`;
}

/** The first entry of a lane after a sequence: what is sent again comes in the order of the log. */
function nextOfLane(column: string, table: string): string {
  return `SELECT sequence, ${column}, counter FROM ${table} WHERE space = ? AND sequence > ? AND sequence <= ? AND author = ? AND lane = ? ORDER BY sequence LIMIT 1`;
}
/** How far behind an entry the next one of its lane is looked for. */
const HOP = 2_000;

type PageRow = [sequence: number, bytes: Uint8Array];

/** `isCovered` of log.ts, for SQL. */
const NOT_COVERED = 'NOT (e.sequence < d.first AND e.sequence <= d.covers)';

export class EntryReader {
  private readonly statements;

  constructor(connection: Database) {
    const prepare = (sql: string) => connection.prepare(sql).raw();
    this.statements = {
      all: prepare('SELECT sequence, bytes FROM entries WHERE space = ? AND sequence > ? ORDER BY sequence LIMIT ?'),
      compact: prepare(
        `SELECT e.sequence, e.bytes FROM entries e CROSS JOIN documents d ON d.id = e.document
         WHERE e.space = ? AND e.sequence > ? AND ${NOT_COVERED} ORDER BY e.sequence LIMIT ?`,
      ),
      sequencesOf: prepare(
        'SELECT e.sequence FROM json_each(?) j CROSS JOIN entries e ON e.document = j.value WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?',
      ).pluck(),
      compactSequencesOf: prepare(
        `SELECT e.sequence FROM json_each(?) j CROSS JOIN documents d ON d.id = j.value CROSS JOIN entries e ON e.document = d.id
         WHERE e.sequence > ? AND ${NOT_COVERED} ORDER BY e.sequence LIMIT ?`,
      ).pluck(),
      one: prepare('SELECT sequence, bytes FROM entries WHERE space = ? AND sequence = ?'),
      last: prepare('SELECT sequence, bytes FROM entries WHERE space = ? AND sequence > ? ORDER BY sequence DESC LIMIT 1'),
      prunedDigest: prepare('SELECT digest FROM pruned WHERE space = ? AND sequence = ?').pluck(),
      ofLane: prepare(ofLane('bytes', 'entries')),
      nextOfLane: prepare(nextOfLane('bytes', 'entries')),
      nextPrunedOfLane: prepare(nextOfLane('digest', 'pruned')),
      prunedOfLane: prepare(ofLane('digest', 'pruned')),
      parts: prepare('SELECT sequence, part, parts FROM entries WHERE document = ? AND author = ? AND kind = 1 ORDER BY sequence DESC LIMIT ?'),
    };
  }

  page(state: SpaceState, query: ReadQuery): LogPage {
    const rows = query.aliases === null ? this.rowsOfAll(state.id, query) : this.rowsOf(state, query, query.aliases);
    const entries: StoredEntry[] = [];
    let bytes = 0;
    let last: PageRow | undefined;
    for (const row of rows) {
      const [sequence, sealed] = row;
      const isFull = entries.length >= query.maxEntries || (entries.length > 0 && bytes + sealed.length > query.maxBytes);
      if (isFull) return { entries, through: cursorOf(last), done: false };
      entries.push({ sequence, bytes: sealed });
      bytes += sealed.length;
      last = row;
    }
    return { entries, through: cursorOf(this.statements.last.get(state.id, query.after) as PageRow | undefined), done: true };
  }

  /** Digest of the entry that is, or was, at a sequence. */
  digestAt(space: number, sequence: number): Digest | null {
    const { one, prunedDigest } = this.statements;
    const held = one.get(space, sequence) as PageRow | undefined;
    if (held !== undefined) return digestOf(held[1]);
    const digest = prunedDigest.get(space, sequence) as Uint8Array | undefined;
    return digest === undefined ? null : (toHex(digest) as Digest);
  }

  /** Sequence of an entry that is there already with the same bytes; 0 if another one is, or none that can be found. */
  find(space: number, author: number, { lane, counter }: RoutingHeader, digest: Uint8Array, after: number): number {
    const { ofLane, prunedOfLane } = this.statements;
    const place = [space, after, author, lane === 'live' ? 0 : 1, counter];
    const held = ofLane.get(...place) as PageRow | undefined;
    if (held !== undefined) return Buffer.compare(digestBytes(held[1]), digest) === 0 ? held[0] : 0;
    const pruned = prunedOfLane.get(...place) as [sequence: number, digest: Uint8Array] | undefined;
    return pruned !== undefined && Buffer.compare(pruned[1], digest) === 0 ? pruned[0] : 0;
  }

  /** As `find`, for the counter after one that was found at `after`: looks a little way on only. */
  findNext(space: number, author: number, { lane, counter }: RoutingHeader, digest: Uint8Array, after: number): number {
    const { nextOfLane, nextPrunedOfLane } = this.statements;
    const place = [space, after, after + HOP, author, lane === 'live' ? 0 : 1];
    type Row = [sequence: number, value: Uint8Array, counter: number] | undefined;
    const held = nextOfLane.get(...place) as Row;
    if (held?.[2] === counter) return Buffer.compare(digestBytes(held[1]), digest) === 0 ? held[0] : 0;
    const pruned = nextPrunedOfLane.get(...place) as Row;
    return pruned?.[2] === counter && Buffer.compare(pruned[1], digest) === 0 ? pruned[0] : 0;
  }

  /** Sequence of the first of the newest `parts` snapshot entries of an author, if they are one whole snapshot; else 0. */
  firstPart(document: number, author: number, parts: number): number {
    const rows = this.statements.parts.all(document, author, parts) as [sequence: number, part: number, parts: number][];
    const whole = rows.length === parts && rows.every(([, part, of], i) => of === parts && part === parts - 1 - i);
    return whole ? (rows.at(-1)?.[0] ?? 0) : 0;
  }

  private rowsOfAll(space: number, query: ReadQuery): Iterable<PageRow> {
    const statement = query.compact ? this.statements.compact : this.statements.all;
    return statement.iterate(space, query.after, query.maxEntries + 1) as IterableIterator<PageRow>;
  }

  private *rowsOf(state: SpaceState, query: ReadQuery, aliases: readonly Alias[]): Iterable<PageRow> {
    const documents = new Set<number>();
    for (const alias of aliases) {
      const document = state.documents.get(alias);
      if (document !== undefined) documents.add(document.id);
    }
    const statement = query.compact ? this.statements.compactSequencesOf : this.statements.sequencesOf;
    for (const sequence of statement.all(JSON.stringify([...documents]), query.after, query.maxEntries + 1) as number[]) {
      yield this.statements.one.get(state.id, sequence) as PageRow;
    }
  }
}


function cursorOf(row: PageRow | undefined): Cursor | null {
  return row === undefined ? null : { sequence: row[0], digest: digestOf(row[1]) };
}
