/**
 * Gathers local updates into entries and has them sealed, one at a time. While somebody sees another device now, an update goes
 * at once as long as few entries of its document are on their way, and what comes when there are more goes together (Nagle's
 * algorithm with a small window, a document at a time); while nobody does, a second gathers more into one entry. [S2]-[S6]
 */
import type { Digest, EntryHeader, Lane } from '../protocol';
import { encodeBody, LIVE_BYTES, MAX_UPDATES, splitBody } from './body';
import type { Effect, EventOf } from './event';
import { hasRoom, push, sendDue } from './outbox';
import type { StoreWrite } from './ports';
import { documentRow, laneRow, outboxRow, pendingKey, pendingRow } from './rows';
import { afterSealed, snapshotDue } from './snapshots';
import { documentOf, isLinked, type DocumentState, type OutboxEntry, type PendingUpdate, type SealJob, type State } from './state';

/** Live entries of a document on their way before its updates gather: a fast typist's letters need not wait for the relay's disk. */
export const IN_FLIGHT = 4;
/** Gathering time in ms while nobody sees another device. */
export const WINDOW = 1000;
/** Gathered bytes that go without waiting for the window. */
const FULL = 32 * 1024;
const SEAL_RETRY = 5_000;

/** Takes a local update; its rows are written with the next batch. */
export function queued(state: State, event: EventOf<'queued'>, out: Effect[]): void {
  const update: PendingUpdate = { key: pendingKey(event.alias, state.nextPending++), update: event.update, digest: event.digest, time: event.now };
  enqueue(state, documentOf(state, event.alias), update);
  out.push({ type: 'write', writes: [...event.writes, pendingRow(update)], soon: false, then: null }, { type: 'gatherSoon' });
}

export function enqueue(state: State, document: DocumentState, update: PendingUpdate): void {
  document.pending.push(update);
  document.pendingBytes += update.update.length;
  state.dirty.add(document.alias);
  state.pendingUpdates++;
}

/** Seals the next thing that is due, if nothing is being sealed; else makes sure that what waits is written and looked at in time. */
export function gather(state: State, now: number, out: Effect[]): void {
  // A seal under way writes the waiting rows together with its own in a moment.
  if (state.sealing !== null) return;
  if (!maySeal(state, now)) {
    out.push({ type: 'flush' });
    return;
  }
  const next = nextJob(state, now);
  if (next === null) {
    out.push({ type: 'flush' });
    scheduleWindow(state, now, out);
    return;
  }
  state.sealing = next;
  sealPart(state, next, out);
}

/** A part was sealed: it is written to the outbox in one batch with the end of the pending rows, and only then sent. */
export function sealed(state: State, event: EventOf<'sealed'>, out: Effect[]): void {
  const job = state.sealing;
  if (job === null) return;
  state.sealing = null;
  if (state.problem?.code === 'SEAL_FAILED') state.problem = null;
  const last = job.next === job.parts.length - 1;
  const lane = state.lanes[job.lane];
  const entry: OutboxEntry = {
    lane: job.lane,
    counter: lane.counter + 1,
    alias: job.alias,
    kind: job.kind,
    bytes: event.bytes,
    digest: event.digest,
    time: job.time,
    updates: last ? job.updates : 0,
    durable: false,
    acknowledged: false,
    sentAt: 0,
  };
  push(state, entry);
  const document = documentOf(state, job.alias);
  document.previous = event.digest;
  job.next++;
  const writes: StoreWrite[] = [outboxRow(entry), laneRow(lane)];
  if (last) {
    for (const update of job.pending) writes.push({ table: 'pending', key: update.key, value: null });
    if (job.kind === 'update') document.since++;
    document.touchedAt = event.now;
    afterSealed(state, job, document);
    if (state.jobs[0] === job) state.jobs.shift();
    snapshotDue(state, job.alias, event.now, out);
  }
  writes.push(documentRow(document));
  out.push({ type: 'write', writes, soon: true, then: { type: 'stored', now: event.now, lane: entry.lane, counter: entry.counter } });
  gather(state, event.now, out);
}

/** Nothing is lost: the updates stay pending and are tried again. */
export function sealFailed(state: State, event: EventOf<'sealFailed'>, out: Effect[]): void {
  const job = state.sealing;
  if (job === null) return;
  state.sealing = null;
  state.sealBlockedUntil = event.now + SEAL_RETRY;
  state.problem = { code: 'SEAL_FAILED', message: `What you wrote can't be encrypted right now (${event.message}). It is kept on this device and tried again.`, retry: true, since: state.problem?.since ?? event.now };
  if (state.jobs[0] !== job) unqueue(state, job);
  out.push({ type: 'flush' }, { type: 'timer', name: 'gather', after: SEAL_RETRY });
}

/** An outbox row is durable: its entry may be sent. */
export function stored(state: State, event: EventOf<'stored'>, out: Effect[]): void {
  const entry = state.lanes[event.lane].entries.get(event.counter);
  if (entry !== undefined) entry.durable = true;
  if (isLinked(state)) sendDue(state, event.now, out);
}

/** Adds bytes for the bulk lane; they are sealed when no live entry is due. */
export function addBulk(state: State, job: Omit<SealJob, 'lane' | 'parts' | 'next'>, body: Uint8Array): void {
  state.jobs.push({ ...job, lane: 'bulk', parts: splitBody(body), next: 0 });
}

/** Only while linked: what is sealed offline could not be gathered any more, nor sent if the relay knows newer counters. */
function maySeal(state: State, now: number): boolean {
  const { live, bulk } = state.lanes;
  return isLinked(state) && now >= state.sealBlockedUntil && live.known === live.counter && bulk.known === bulk.counter;
}

function nextJob(state: State, now: number): SealJob | null {
  if (hasRoom(state, state.lanes.live, now)) {
    for (const alias of state.dirty) {
      const document = documentOf(state, alias);
      if (!mayGo(document) || dueIn(state, document, now) > 0) continue;
      const job = takePending(state, document);
      if (job.lane === 'live') return job;
      state.jobs.push(job);
    }
  }
  return hasRoom(state, state.lanes.bulk, now) ? (state.jobs[0] ?? null) : null;
}

function mayGo(document: DocumentState): boolean {
  return document.inFlight < IN_FLIGHT;
}

/** Milliseconds until the document's gathered updates are to go. */
function dueIn(state: State, document: DocumentState, now: number): number {
  if (state.peers.visible.length > 0 || state.hidden || document.pendingBytes >= FULL) return 0;
  return (document.pending[0]?.time ?? 0) + WINDOW - now;
}

/** What fits into one live entry, or one update that needs the bulk lane. */
function takePending(state: State, document: DocumentState): SealJob {
  const taken: PendingUpdate[] = [];
  let size = 0;
  for (const update of document.pending) {
    if (taken.length > 0 && (size + update.update.length > LIVE_BYTES - 256 || taken.length >= Math.min(MAX_UPDATES, 1024))) break;
    taken.push(update);
    size += update.update.length + 4;
  }
  document.pending = document.pending.slice(taken.length);
  document.pendingBytes = document.pending.reduce((sum, update) => sum + update.update.length, 0);
  if (document.pending.length === 0) state.dirty.delete(document.alias);
  state.pendingUpdates -= taken.length;
  const newest = taken[taken.length - 1];
  const body = encodeBody({ time: newest?.time ?? 0, digest: newest?.digest ?? '', updates: taken.map((update) => update.update) });
  const lane: Lane = body.length <= LIVE_BYTES ? 'live' : 'bulk';
  const parts = lane === 'live' ? [body] : splitBody(body);
  return { alias: document.alias, lane, kind: 'update', covers: 0, parts, next: 0, pending: taken, time: taken[0]?.time ?? 0, updates: taken.length, restates: false };
}

function unqueue(state: State, job: SealJob): void {
  const document = documentOf(state, job.alias);
  document.pending = [...job.pending, ...document.pending];
  document.pendingBytes = document.pending.reduce((sum, update) => sum + update.update.length, 0);
  state.pendingUpdates += job.pending.length;
  if (document.pending.length > 0) state.dirty.add(document.alias);
}

/** Forgets pending updates that came back from the relay: a crash had lost the outbox row, but not the pending ones. [S14] */
export function withdraw(state: State, document: DocumentState, returned: readonly Uint8Array[]): StoreWrite[] {
  const gone = document.pending.filter((pending) => returned.some((update) => equals(update, pending.update)));
  if (gone.length === 0) return [];
  document.pending = document.pending.filter((pending) => !gone.includes(pending));
  document.pendingBytes = document.pending.reduce((sum, update) => sum + update.update.length, 0);
  state.pendingUpdates -= gone.length;
  if (document.pending.length === 0) state.dirty.delete(document.alias);
  return gone.map(({ key }) => ({ table: 'pending', key, value: null }));
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function sealPart(state: State, job: SealJob, out: Effect[]): void {
  const { space, device, epoch } = state.identity;
  const previous: Digest = documentOf(state, job.alias).previous;
  const header: EntryHeader = {
    suite: 1,
    kind: job.kind,
    space,
    epoch,
    device,
    lane: job.lane,
    counter: state.lanes[job.lane].counter + 1,
    previous,
    alias: job.alias,
    covers: job.covers,
    part: job.next,
    parts: job.parts.length,
  };
  out.push({ type: 'seal', header, body: job.parts[job.next] ?? new Uint8Array() });
}

function scheduleWindow(state: State, now: number, out: Effect[]): void {
  let soonest = Number.POSITIVE_INFINITY;
  for (const alias of state.dirty) {
    const document = documentOf(state, alias);
    if (mayGo(document)) soonest = Math.min(soonest, dueIn(state, document, now));
  }
  if (Number.isFinite(soonest) && soonest > 0) out.push({ type: 'timer', name: 'gather', after: soonest });
}
