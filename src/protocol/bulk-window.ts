/**
 * How many bytes of what is large, entries of the bulk lane or chunks of files, may be on the line: enough to keep it busy, and not so many that a
 * keystroke waits behind them in buffers that nobody can look into. [S6]
 *
 * The round trip is measured on an empty line, at the start and from time to time, as BBR's PROBE_RTT does (https://queue.acm.org/detail.cfm?id=3022184):
 * on a busy one it holds the queue that this very window makes, and the window would grow by it. Not the shortest of some is taken: where acknowledgements
 * wait for a disk or for a busy machine, that is an exception, by which the line would stay half empty. For the same reason a rate counts for a while.
 */

/** One part at least, also where nothing is known of the line yet. More would be half a second of a mobile line at 1 Mbit/s. */
const LEAST = 16 * 1024;
const SLACK = 16 * 1024;
/** Above what the line delivers, so that the window finds out when it could be larger. */
const PROBING = 1.1;
/** Of the rate, where it is fast. */
const PACE = 1.5;
/** The rate is that of the last so many ms, or of two round trips where those take longer. */
const SPAN = 500;
/** The round trip is measured anew after so many ms: the device may have gone to another network. */
const FORGET = 10_000;
/** Measurements that it is the middle one of. */
const PROBES = 5;
/** How long a rate that was reached counts, ms. */
const REACHED = 2_000;

/** What acknowledgements told of the line. */
export interface Flow {
  readonly delivered: { readonly at: number; readonly bytes: number }[];
  /** When the first of them was sent that came after a pause. */
  since: number;
  roundTrip: number;
  roundTripAt: number;
  /** While the round trip is measured, with one part on the line at a time: since when, and what came out so far. */
  probe: { readonly since: number; readonly trips: number[] } | null;
  /** Bytes a ms that the line has delivered, and until when they count. */
  reached: { readonly rate: number; readonly until: number };
}

export function newFlow(): Flow {
  return { delivered: [], since: 0, roundTrip: 0, roundTripAt: Number.NEGATIVE_INFINITY, probe: { since: Number.NEGATIVE_INFINITY, trips: [] }, reached: { rate: 0, until: 0 } };
}

/** An entry or chunk was acknowledged. `bytes`: 0 for an entry of the live lane, which waits behind what is large and tells little. */
export function delivered(flow: Flow, bytes: number, sentAt: number, now: number): void {
  if (bytes === 0) return;
  measure(flow, sentAt, now);
  while ((flow.delivered[0]?.at ?? now) < now - spanOf(flow)) flow.delivered.shift();
  if (flow.delivered.length === 0) flow.since = sentAt;
  flow.delivered.push({ at: now, bytes });
  const rate = rateOf(flow, now);
  // What came in a heap at the start is no rate yet.
  if ((rate > flow.reached.rate || now >= flow.reached.until) && now - flow.since >= SPAN) flow.reached = { rate, until: now + REACHED };
}

/** Bytes that may be on the line now. */
export function windowOf(flow: Flow, now: number): number {
  return flow.probe !== null ? LEAST : Math.max(LEAST, PROBING * rateNow(flow, now) * flow.roundTrip + SLACK);
}

/**
 * Bytes a ms that may go onto the line within its window: acknowledgements come in heaps where a disk or a busy machine holds them back, and what may
 * go then must not go in one heap, too. 0: no limit.
 */
export function paceOf(flow: Flow, now: number): number {
  return flow.probe !== null ? 0 : PACE * rateNow(flow, now);
}

function rateNow(flow: Flow, now: number): number {
  return Math.max(rateOf(flow, now), now < flow.reached.until ? flow.reached.rate : 0);
}

function rateOf(flow: Flow, now: number): number {
  const span = spanOf(flow);
  let bytes = 0;
  for (const each of flow.delivered) if (each.at >= now - span) bytes += each.bytes;
  // Shortly after a start there is less to go by, and no reason to take the line for slow.
  return bytes / Math.max(1, flow.roundTrip, Math.min(span, now - flow.since));
}

function measure(flow: Flow, sentAt: number, now: number): void {
  const { probe } = flow;
  if (probe === null) {
    if (now - flow.roundTripAt > FORGET) flow.probe = { since: now, trips: [] };
    return;
  }
  // What was sent before is not of an empty line.
  if (sentAt < probe.since) return;
  probe.trips.push(Math.max(0, now - sentAt));
  if (probe.trips.length < PROBES) return;
  flow.roundTrip = probe.trips.sort((a, b) => a - b)[PROBES >> 1] ?? 0;
  flow.roundTripAt = now;
  // Meanwhile the line was let run empty.
  flow.reached = { ...flow.reached, until: Math.max(flow.reached.until, now + spanOf(flow)) };
  flow.probe = null;
}

function spanOf(flow: Flow): number {
  return Math.max(SPAN, 2 * flow.roundTrip);
}
