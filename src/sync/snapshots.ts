/**
 * Snapshots of documents (by the relay's leave, one at a time), and whole states posted again after the relay lost entries.
 * [S30]-[S34]
 */
import type { Alias } from '../protocol';
import { encodeBody, MAX_BYTES } from './body';
import type { Effect, EventOf } from './event';
import { addBulk, gather } from './gathering';
import { documentRow } from './rows';
import { documentOf, type DocumentState, type SealJob, type State } from './state';

/** Entries of a document after which it gets a snapshot. */
export const SNAPSHOT_AFTER = 200;
/** After a refused lease, ask again only when so many more entries have come. */
const REFUSED_BACK = 100;
/** A document that was left alone gets one earlier, so that a new device does not have to read a space entry by entry. */
const SNAPSHOT_IDLE_AFTER = 40;
const IDLE = 30_000;
/** A lease that is not answered, or a snapshot that is not made, within this many ms is given up. */
const PATIENCE = 30_000;

/** A body of which no further part has come for so long, in ms, is given up by its author: nothing waits for it any more. */
const ABANDONED = 30 * 24 * 60 * 60 * 1000;

/** Of an encoded state; the rest is for what stands around it in a body. */
const MAX_STATE = MAX_BYTES - 1024;

/** Starts the next snapshot or restatement, if none is under way. Called when a document was touched and when live begins. */
export function snapshotDue(state: State, alias: Alias | null, now: number, out: Effect[]): void {
  if (state.phase !== 'live') return;
  if (state.snapshotting !== null && now - state.snapshotting.since < PATIENCE) return;
  if (state.jobs.length > 0) return;
  const [owed] = state.owed;
  if (owed !== undefined) {
    // A whole state as an ordinary update: it needs no leave, and nobody has to trust it to cover anything.
    state.snapshotting = { alias: owed, restates: true, since: now };
    out.push({ type: 'makeSnapshot', alias: owed });
    return;
  }
  if (alias === null) return;
  const document = documentOf(state, alias);
  if (document.since < SNAPSHOT_AFTER || document.aside.size > 0) return;
  state.snapshotting = { alias, restates: false, since: now };
  out.push({ type: 'send', frame: { type: 'lease', alias } });
}

/** Looks for a document that was left alone with many entries. Costs by the number of documents: only after long silence or a snapshot. */
export function sweep(state: State, now: number, out: Effect[]): void {
  if (state.phase !== 'live' || state.snapshotting !== null || state.jobs.length > 0) return;
  for (const document of state.documents.values()) {
    if (document.since < SNAPSHOT_IDLE_AFTER || now - document.touchedAt < IDLE) continue;
    if (document.aside.size > 0 || document.inFlight > 0 || document.pending.length > 0) continue;
    state.snapshotting = { alias: document.alias, restates: false, since: now };
    out.push({ type: 'send', frame: { type: 'lease', alias: document.alias } });
    return;
  }
}

export function leased(state: State, alias: Alias, granted: boolean, now: number, out: Effect[]): void {
  if (state.snapshotting?.alias !== alias || state.snapshotting.restates) return;
  if (granted) {
    out.push({ type: 'makeSnapshot', alias });
    return;
  }
  state.snapshotting = null;
  const document = documentOf(state, alias);
  document.since = Math.min(document.since, SNAPSHOT_AFTER - REFUSED_BACK);
  document.touchedAt = now;
}

/** The state of a document was encoded: it goes to the bulk lane. */
export function snapshotReady(state: State, event: EventOf<'snapshotReady'>, out: Effect[]): void {
  const current = state.snapshotting;
  if (current?.alias !== event.alias) return;
  const document = documentOf(state, event.alias);
  if (!current.restates && document.since < SNAPSHOT_IDLE_AFTER) {
    state.snapshotting = null; // another's came while this one was asked for
    return;
  }
  const covers = coverable(document, event.covers, event.now);
  if (!current.restates && event.state !== null && document.heavy > 0) {
    state.snapshotting = null; // parts of our own are still on their way; their acknowledgement asks again
    return;
  }
  if (event.state === null || event.state.update.length > MAX_STATE || (!current.restates && (document.aside.size > 0 || covers === 0))) {
    // Nothing of it here, not all of it, or more than can be sent: not for this device to summarise.
    state.snapshotting = null;
    document.since = 0;
    if (document.owed) {
      document.owed = false;
      state.owed.delete(event.alias);
      out.push({ type: 'write', writes: [documentRow(document)], soon: false, then: null });
      snapshotDue(state, null, event.now, out);
    }
    return;
  }
  const body = encodeBody({ time: event.now, digest: event.state.digest, updates: [event.state.update] });
  const kind = current.restates ? 'update' : 'snapshot';
  addBulk(state, { alias: event.alias, kind, covers: current.restates ? 0 : covers, pending: [], time: event.now, updates: 0, restates: current.restates }, body);
  gather(state, event.now, out);
}

/** Up to where a snapshot may stand for the log: not beyond the first part of a body whose last has not come. [S31] */
function coverable(document: DocumentState, position: number, now: number): number {
  let covers = position;
  for (const { sequence, since } of document.bodies.values()) if (now - since < ABANDONED) covers = Math.min(covers, sequence - 1);
  return covers;
}

/** The last part of a job is in the outbox. */
export function afterSealed(state: State, job: SealJob, document: DocumentState): void {
  if (job.kind === 'snapshot') document.since = 0;
  if (job.restates) {
    document.owed = false;
    state.owed.delete(job.alias);
  }
  if (state.snapshotting?.alias === job.alias && (job.kind === 'snapshot' || job.restates)) state.snapshotting = null;
}
