/**
 * How many bytes of the bulk lane may be on the line: enough to keep it busy, and not so many that a keystroke waits behind them in
 * buffers that nobody can look into. [S6]
 */

/** One part at least, also where nothing is known of the line yet. More would be half a second of a mobile line at 1 Mbit/s. */
const LEAST = 16 * 1024;
const SLACK = 16 * 1024;
/** Above what the line delivers, so that the window finds out when it could be larger. */
const PROBING = 1.25;
/** The rate is that of the last so many ms, or of two round trips where those take longer. */
const SPAN = 500;
/** The shortest round trip is forgotten after so many ms: the device may have gone to another network. */
const FORGET = 10_000;

/** What acknowledgements told of the line. */
export interface Flow {
  readonly delivered: { readonly at: number; readonly bytes: number }[];
  roundTrip: number;
  roundTripAt: number;
}

export function newFlow(): Flow {
  return { delivered: [], roundTrip: 0, roundTripAt: Number.NEGATIVE_INFINITY };
}

/** An entry was acknowledged. `bytes`: 0 for one of the live lane, which only tells how long the way is. */
export function delivered(flow: Flow, bytes: number, sentAt: number, now: number): void {
  const took = Math.max(0, now - sentAt);
  if (took <= flow.roundTrip || now - flow.roundTripAt > FORGET) {
    flow.roundTrip = took;
    flow.roundTripAt = now;
  }
  if (bytes > 0) flow.delivered.push({ at: now, bytes });
  while ((flow.delivered[0]?.at ?? now) < now - spanOf(flow)) flow.delivered.shift();
}

/** Bytes that may be on the line now. */
export function windowOf(flow: Flow, now: number): number {
  const span = spanOf(flow);
  let bytes = 0;
  for (const each of flow.delivered) if (each.at >= now - span) bytes += each.bytes;
  return Math.max(LEAST, (PROBING * bytes * flow.roundTrip) / span + SLACK);
}

function spanOf(flow: Flow): number {
  return Math.max(SPAN, 2 * flow.roundTrip);
}
