/** Reads a stopped relay's file and holds it against what the relay had promised its devices. */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { fromHex } from '../../src/protocol';
import { digestOf, type Promised } from './witness';
import type { Writer } from './writer';

/** The relay forgets the digest of a pruned entry when a pruned one is so many sequences further on; every start skips some. */
const KEPT = 100_000;

interface Row {
  readonly sequence: number;
  readonly lane: number;
  readonly counter: number;
  readonly digest: string;
}

export interface Audit {
  /** In words; empty if every promise is kept. */
  readonly faults: readonly string[];
  readonly entries: number;
  readonly promised: number;
  /** Promised entries, covered by a confirmed snapshot, that are so old that the relay has forgotten even their digests. */
  readonly forgotten: number;
}

/** @param data the relay's directory; nobody may have it open */
export function auditLog(data: string, writers: readonly Writer[]): Audit {
  const database = new Sqlite(join(data, 'relay.db'));
  const faults: string[] = [];
  const totals = { entries: 0, promised: 0, forgotten: 0 };
  try {
    const check = database.pragma('integrity_check', { simple: true });
    if (check !== 'ok') faults.push(`the file is damaged: ${String(check)}`);
    const pruned = (database.prepare('SELECT max(sequence) FROM pruned').pluck().get() as number | null) ?? 0;
    for (const { id, witness } of writers) {
      const rows = rowsOf(database, id);
      totals.entries += rows.length;
      totals.promised += witness.promised.size;
      const byPlace = new Map<string, Row>();
      for (const row of rows) {
        const key = `${row.lane === 0 ? 'live' : 'bulk'}/${row.counter}`;
        if (byPlace.has(key)) faults.push(`${key} of ${id.slice(0, 8)} is in the log twice`);
        byPlace.set(key, row);
      }
      const oldest = new Map<string, number>();
      for (const { lane, counter, sequence } of witness.promised.values()) if (sequence > 0 && sequence < pruned - KEPT) oldest.set(lane, Math.max(oldest.get(lane) ?? 0, counter));
      // What a welcome promised has no sequence: it may be as old as the last one before it that has.
      for (const [lane, counter] of oldest) {
        let last = counter;
        while (witness.promised.get(`${lane}/${last + 1}`)?.sequence === 0) last += 1;
        oldest.set(lane, last);
      }
      for (const [key, promise] of witness.promised) {
        const row = byPlace.get(key);
        if (keeps(row, promise)) continue;
        if (row === undefined && promise.counter <= (oldest.get(promise.lane) ?? 0)) totals.forgotten++;
        else faults.push(`${key} of ${id.slice(0, 8)} was acknowledged at ${promise.sequence} and is ${row === undefined ? 'not there' : 'another'}`);
      }
    }
  } finally {
    database.close();
  }
  return { faults, ...totals };
}

function keeps(row: Row | undefined, { sequence, digest }: Promised): boolean {
  return row !== undefined && row.digest === digest && (sequence === 0 || row.sequence === sequence);
}

/** What the log holds of a device, and what it dropped because a confirmed snapshot has it. */
function rowsOf(database: Sqlite.Database, device: string): Row[] {
  const author = database.prepare('SELECT id FROM authors WHERE device = ?').pluck().get(fromHex(device));
  if (author === undefined) return [];
  const held = database.prepare('SELECT sequence, lane, counter, bytes FROM entries WHERE author = ?').all(author) as { sequence: number; lane: number; counter: number; bytes: Buffer }[];
  const pruned = database.prepare('SELECT sequence, lane, counter, digest FROM pruned WHERE author = ?').all(author) as { sequence: number; lane: number; counter: number; digest: Buffer }[];
  return [...held.map(({ bytes, ...row }) => ({ ...row, digest: digestOf(bytes) })), ...pruned.map(({ digest, ...row }) => ({ ...row, digest: digest.toString('hex') }))];
}
