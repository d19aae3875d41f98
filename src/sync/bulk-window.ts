/**
 * How many bytes of what is large, entries of the bulk lane or chunks of files, may be on the line: enough to keep it busy, and not so many that a
 * keystroke waits behind them in buffers that nobody can look into. [S6]
 *
 * The round trip is measured on an empty line from time to time, as BBR's PROBE_RTT does (https://queue.acm.org/detail.cfm?id=3022184): the shortest
 * one on a busy line holds the queue that this very window makes, and the window would grow by it.
 */

/** One part at least, also where nothing is known of the line yet. More would be half a second of a mobile line at 1 Mbit/s. */
const LEAST = 16 * 1024;
const SLACK = 16 * 1024;
/** Above what the line delivers, so that the window finds out when it could be larger. */
const PROBING = 1.25;
/** The rate is that of the last so many ms, or of two round trips where those take longer. */
const SPAN = 500;
/** The shortest round trip is measured anew after so many ms: the device may have gone to another network. */
const FORGET = 10_000;

/** What acknowledgements told of the line. */
export interface Flow {
  readonly delivered: { readonly at: number; readonly bytes: number }[];
  /** When the first of them was sent that came after a pause. */
  since: number;
  roundTrip: number;
  roundTripAt: number;
  /** Since when the line is let run empty to measure the round trip; null while it is not. */
  probingSince: number | null;
}

export function newFlow(): Flow {
  return { delivered: [], since: 0, roundTrip: 0, roundTripAt: Number.NEGATIVE_INFINITY, probingSince: null };
}

/** An entry was acknowledged. `bytes`: 0 for one of the live lane, which only tells how long the way is. */
export function delivered(flow: Flow, bytes: number, sentAt: number, now: number): void {
  const took = Math.max(0, now - sentAt);
  const isProbe = flow.probingSince !== null && bytes > 0 && sentAt >= flow.probingSince;
  if (took <= flow.roundTrip || flow.roundTripAt === Number.NEGATIVE_INFINITY || isProbe) {
    flow.roundTrip = took;
    flow.roundTripAt = now;
    flow.probingSince = null;
  } else if (bytes > 0 && now - flow.roundTripAt > FORGET) flow.probingSince ??= now;
  while ((flow.delivered[0]?.at ?? now) < now - spanOf(flow)) flow.delivered.shift();
  if (bytes === 0) return;
  if (flow.delivered.length === 0) flow.since = sentAt;
  flow.delivered.push({ at: now, bytes });
}

/** Bytes that may be on the line now. */
export function windowOf(flow: Flow, now: number): number {
  if (flow.probingSince !== null) return LEAST;
  const span = spanOf(flow);
  let bytes = 0;
  for (const each of flow.delivered) if (each.at >= now - span) bytes += each.bytes;
  // Shortly after a start there is less to go by, and no reason to take the line for slow.
  const time = Math.max(1, flow.roundTrip, Math.min(span, now - flow.since));
  return Math.max(LEAST, (PROBING * bytes * flow.roundTrip) / time + SLACK);
}

function spanOf(flow: Flow): number {
  return Math.max(SPAN, 2 * flow.roundTrip);
}
