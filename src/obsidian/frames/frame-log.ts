/** The frames that passed lately, as rows to be shown: the newest 500, and no more than 4 MB of them. */
import { decodeClientFrame, decodeRelayFrame, readEntryHeader, type Frame, type Lane } from '../../protocol';
import type { Passing } from '../../transport';

export interface FrameRow {
  readonly id: number;
  /** When it passed, ms since 1970. */
  readonly time: number;
  /** From the relay, or to it. */
  readonly direction: 'in' | 'out';
  /** Of the frame; 'connected', 'closed'; 'type 7' for one that this version does not know. */
  readonly kind: string;
  readonly transport: string;
  /** Aliases of the documents that it is about. */
  readonly documents: readonly string[];
  readonly entries: number;
  /** Of its first entry. */
  readonly lane: Lane | null;
  /** Bytes. */
  readonly size: number;
  /** From its way out until the relay had all of its entries on the disk, ms. */
  acknowledgedAfter: number | null;
  /** Why the connection ended, or is about to. */
  readonly code: string | null;
  readonly frame: Frame | null;
}

export const KEPT_FRAMES = 500;
export const KEPT_BYTES = 4 * 1024 * 1024;

export class FrameLog {
  readonly rows: FrameRow[] = [];
  /** Rows that were let go for newer ones since the last `clear`. */
  dropped = 0;
  private bytes = 0;
  private last = 0;
  /** Entries under way, as lane and counter, by the row of the frame that carried them. */
  private readonly underWay = new Map<FrameRow, Set<string>>();

  constructor(private readonly now: () => number) {}

  /** @returns the rows whose frames this one acknowledges */
  take(passing: Passing): readonly FrameRow[] {
    const time = this.now();
    const row: FrameRow = { id: ++this.last, time, transport: passing.way, acknowledgedAfter: null, ...seenOf(passing) };
    this.rows.push(row);
    this.bytes += row.size;
    while (this.rows.length > KEPT_FRAMES || (this.bytes > KEPT_BYTES && this.rows.length > 1)) this.drop();
    const { frame } = row;
    if (frame?.type === 'append') this.underWay.set(row, new Set(frame.entries.map(keyOfEntry)));
    return frame?.type === 'appended' ? this.acknowledge(frame.results.map(({ lane, counter }) => `${lane} ${counter}`), time) : [];
  }

  clear(): void {
    this.rows.length = 0;
    this.underWay.clear();
    this.bytes = this.dropped = 0;
  }

  private acknowledge(keys: readonly string[], time: number): FrameRow[] {
    const done: FrameRow[] = [];
    for (const [row, waiting] of this.underWay) {
      for (const key of keys) waiting.delete(key);
      if (waiting.size > 0) continue;
      this.underWay.delete(row);
      row.acknowledgedAfter = time - row.time;
      done.push(row);
    }
    return done;
  }

  private drop(): void {
    const row = this.rows.shift();
    if (row === undefined) return;
    this.dropped++;
    this.bytes -= row.size;
    this.underWay.delete(row);
  }
}

type Seen = Pick<FrameRow, 'direction' | 'kind' | 'documents' | 'entries' | 'lane' | 'size' | 'code' | 'frame'>;

const NOTHING = { documents: [], entries: 0, lane: null, size: 0, code: null, frame: null } as const;

function seenOf(passing: Passing): Seen {
  if (passing.type === 'connected') return { ...NOTHING, direction: 'in', kind: 'connected' };
  if (passing.type === 'closed') return { ...NOTHING, direction: 'in', kind: 'closed', code: passing.code };
  const { direction, bytes } = passing;
  try {
    const frame = direction === 'out' ? decodeClientFrame(bytes) : decodeRelayFrame(bytes);
    const headers = entriesOf(frame).map(readEntryHeader);
    const named = 'alias' in frame ? [frame.alias] : 'aliases' in frame ? (frame.aliases ?? []) : [];
    return {
      direction,
      kind: frame.type,
      documents: [...new Set([...named, ...headers.map(({ alias }) => alias)])],
      entries: headers.length,
      lane: headers[0]?.lane ?? null,
      size: bytes.length,
      code: 'code' in frame ? frame.code : null,
      frame,
    };
  } catch {
    return { ...NOTHING, direction, kind: `type ${bytes[0] ?? 'none'}`, size: bytes.length };
  }
}

/** The sealed entries in a frame. */
export function entriesOf(frame: Frame): readonly Uint8Array[] {
  if (!('entries' in frame)) return [];
  return frame.entries.map((entry) => (entry instanceof Uint8Array ? entry : entry.bytes));
}

function keyOfEntry(bytes: Uint8Array): string {
  const { lane, counter } = readEntryHeader(bytes);
  return `${lane} ${counter}`;
}
