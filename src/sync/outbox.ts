/**
 * Sealed entries on their way: counters, sending, acknowledgements, and putting the relay's lanes and ours in step again after a
 * reconnect. [S11]-[S16]
 */
import { delivered, LIMITS, readEntryHeader, windowOf, type AppendResult, type ClientFrame, type Lane, type LaneHead } from '../protocol';
import type { Effect } from './event';
import type { StoreWrite } from './ports';
import { documentRow, laneRow, outboxKey } from './rows';
import { documentOf, type LaneState, type OutboxEntry, type State } from './state';

/** Acknowledged entries kept per lane: a relay that lost its tail gets these again, byte for byte. */
export const KEPT: Readonly<Record<Lane, number>> = { live: 256, bulk: 32 };
/** Entries of a lane on the line at once; of bulk there is a window of bytes besides. */
const WINDOW: Readonly<Record<Lane, number>> = { live: LIMITS.unacknowledged - 32, bulk: 31 };
/** Bulk bytes sealed ahead of what may be on the line. */
const AHEAD = 32 * 1024;
/** Bytes of entries in one frame, well below LIMITS.frame. */
const FRAME_BYTES = 256 * 1024;
/** Times that a relay may say `gap` on one connection before the connection is given up. */
const MAX_REWINDS = 8;
const LATENCIES = 21;

/** Whether another entry of the lane may be sealed before the last ones are acknowledged. */
export function hasRoom(state: State, lane: LaneState, now: number): boolean {
  if (lane.open >= WINDOW[lane.lane]) return false;
  if (lane.lane === 'live' || lane.open === 0) return true;
  let bytes = 0;
  for (const entry of lane.entries.values()) if (!entry.acknowledged) bytes += entry.bytes.length;
  return bytes < windowOf(state.flow, now) + AHEAD;
}

/** Puts a sealed entry into the outbox of its lane. */
export function push(state: State, entry: OutboxEntry): void {
  const lane = state.lanes[entry.lane];
  lane.entries.set(entry.counter, entry);
  lane.counter = entry.counter;
  lane.digest = entry.digest;
  lane.known = entry.counter;
  lane.open++;
  count(state, entry, 1);
}

/** Begins again with the oldest entry that is not acknowledged: the relay refused it for want of room. */
export function resendOpen(state: State): void {
  for (const lane of [state.lanes.live, state.lanes.bulk]) {
    for (const entry of lane.entries.values()) if (!entry.acknowledged) lane.next = Math.min(lane.next, entry.counter);
  }
}

/** Sends what is durable and may go, live first. */
export function sendDue(state: State, now: number, out: Effect[]): void {
  if (state.isFull) return;
  for (const lane of [state.lanes.live, state.lanes.bulk]) {
    let batch: Uint8Array[] = [];
    let size = 0;
    let onTheLine = 0;
    let bytes = 0;
    if (lane.open === 0) lane.next = lane.counter + 1;
    else {
      for (const entry of lane.entries.values()) {
        if (entry.acknowledged || entry.counter >= lane.next) continue;
        onTheLine++;
        bytes += entry.bytes.length;
      }
    }
    const window = lane.lane === 'live' ? Number.POSITIVE_INFINITY : windowOf(state.flow, now);
    for (; onTheLine < WINDOW[lane.lane] && bytes < window && lane.next <= lane.counter; lane.next++) {
      const entry = lane.entries.get(lane.next);
      if (entry === undefined || entry.acknowledged) continue; // lost here and read back from the relay
      if (!entry.durable) break;
      if (batch.length > 0 && size + entry.bytes.length > FRAME_BYTES) {
        out.push({ type: 'send', frame: { type: 'append', entries: batch } satisfies ClientFrame });
        batch = [];
        size = 0;
      }
      batch.push(entry.bytes);
      size += entry.bytes.length;
      entry.sentAt = now;
      onTheLine++;
      bytes += entry.bytes.length;
    }
    if (batch.length > 0) out.push({ type: 'send', frame: { type: 'append', entries: batch } });
  }
}

/** What the relay said of appended entries. `cloned`: another device uses these counters; `stuck`: begin a new connection. */
export function acknowledge(state: State, results: readonly AppendResult[], now: number, out: Effect[]): 'fine' | 'cloned' | 'stuck' {
  const writes: StoreWrite[] = [];
  let touched = false;
  for (const result of results) {
    const lane = state.lanes[result.lane];
    if (result.status === 'conflict') return 'cloned';
    if (result.status === 'gap') {
      if (result.expected >= result.counter) return 'cloned'; // somebody else has used later counters of ours
      if (lane.next <= result.expected) continue; // already rewound
      if (!rewind(state, lane, result.expected)) return 'cloned';
      if (++state.rewinds > MAX_REWINDS) return 'stuck';
      continue;
    }
    const entry = lane.entries.get(result.counter);
    if (entry === undefined || entry.acknowledged) continue;
    settle(state, lane, entry, writes);
    touched = true;
    const document = documentOf(state, entry.alias);
    document.last = Math.max(document.last, result.sequence);
    if (entry.kind === 'snapshot') {
      const { part, parts, covers } = readEntryHeader(entry.bytes);
      if (part === parts - 1) {
        document.own = { sequence: result.sequence, covers, connection: state.connection };
        writes.push(documentRow(document));
      }
    }
    if (result.status === 'stored') {
      delivered(state.flow, entry.lane === 'bulk' ? entry.bytes.length : 0, entry.sentAt, now);
      if (entry.lane === 'live') state.latencies = [...state.latencies.slice(1 - LATENCIES), now - entry.sentAt];
      // The relay has told us of everything before it on this connection [S21], so the log is read up to here.
      if (state.phase === 'live') out.push({ type: 'ingest', entries: [], cursor: { sequence: result.sequence, digest: entry.digest }, purpose: 'live', confirm: false });
    }
  }
  if (touched) out.push({ type: 'write', writes: [...writes, laneRow(state.lanes.live), laneRow(state.lanes.bulk)], soon: false, then: null });
  return 'fine';
}

/**
 * Compares what the relay has of this device with what the outbox has, and decides what is sent next.
 * @returns `cloned` when the same counter holds other bytes there, or when the relay lost entries whose bytes are gone
 */
export function reconcile(state: State, heads: readonly LaneHead[], out: Effect[]): 'fine' | 'lost own' | 'cloned' {
  let outcome: 'fine' | 'lost own' = 'fine';
  const writes: StoreWrite[] = [];
  for (const head of heads) {
    const lane = state.lanes[head.lane];
    const ours = lane.counter === head.counter ? lane.digest : lane.entries.get(head.counter)?.digest;
    if (head.counter > 0 && ours !== undefined && ours !== head.digest) return 'cloned';
    if (head.counter < lane.counter && !rewind(state, lane, head.counter + 1)) return 'cloned';
    if (head.counter > lane.counter) {
      // What this run has used is in memory: only another can have gone beyond it.
      if (state.hasLinked) return 'cloned';
      // The end of our store was lost in a crash, the relay's was not: read our own entries back. [S14]
      lane.counter = head.counter;
      lane.digest = head.digest;
      lane.next = head.counter + 1;
      writes.push(laneRow(lane));
    }
    if (ours !== undefined || head.counter === 0) {
      for (const entry of lane.entries.values()) if (entry.counter <= head.counter && !entry.acknowledged) settle(state, lane, entry, writes);
      lane.next = head.counter + 1;
    } else {
      // Sealed, and unknown whether the relay has these very bytes: ask, by sending them again.
      const open = [...lane.entries.values()].find((entry) => !entry.acknowledged);
      lane.next = open === undefined ? head.counter + 1 : open.counter;
    }
    lane.acknowledged = Math.min(lane.acknowledged, lane.next - 1);
    if (lane.known < lane.counter) outcome = 'lost own';
  }
  if (writes.length > 0) out.push({ type: 'write', writes: [...writes, laneRow(state.lanes.live), laneRow(state.lanes.bulk)], soon: true, then: null });
  return outcome;
}

/** Makes `from` the next counter to be sent. False when the bytes from there on are not all kept. */
function rewind(state: State, lane: LaneState, from: number): boolean {
  for (let counter = from; counter <= lane.counter; counter++) if (!lane.entries.has(counter)) return false;
  for (let counter = from; counter <= lane.counter; counter++) {
    const entry = lane.entries.get(counter);
    if (entry?.acknowledged) {
      entry.acknowledged = false;
      lane.open++;
      count(state, entry, 1);
    }
  }
  lane.next = from;
  lane.acknowledged = Math.min(lane.acknowledged, from - 1);
  return true;
}

/** Marks an entry as safe on the relay and forgets the oldest that was kept. */
function settle(state: State, lane: LaneState, entry: OutboxEntry, writes: StoreWrite[]): void {
  entry.acknowledged = true;
  lane.open--;
  count(state, entry, -1);
  lane.acknowledged = Math.max(lane.acknowledged, entry.counter);
  const oldest = entry.counter - KEPT[lane.lane];
  if (lane.entries.get(oldest)?.acknowledged) {
    lane.entries.delete(oldest);
    writes.push({ table: 'outbox', key: outboxKey(lane.lane, oldest), value: null });
  }
}

function count(state: State, entry: OutboxEntry, by: 1 | -1): void {
  if (entry.kind === 'snapshot') return;
  const document = documentOf(state, entry.alias);
  if (entry.lane === 'live') document.inFlight += by;
  else document.heavy += by;
}

/** Marks all documents whose entries the relay may have lost after `match`, or that wait in an outbox that can't be sent. */
export function oweLost(state: State, match: number, unsent: boolean): StoreWrite[] {
  const writes: StoreWrite[] = [];
  for (const document of state.documents.values()) {
    if (document.owed || !(document.last > match || (unsent && document.inFlight + document.heavy > 0))) continue;
    document.owed = true;
    state.owed.add(document.alias);
    writes.push(documentRow(document));
  }
  return writes;
}
