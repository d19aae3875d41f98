/**
 * Where no other device has been heard of for a week, this one confirms its own snapshots: it reads the relay's copy back in a later
 * connection and compares it with what it has. Whether it really is alone is the relay's to decide. [S34]
 */
import type { RelayFrame } from '../protocol';
import type { Effect } from './event';
import { documentRow, othersRow } from './rows';
import type { DocumentState, State } from './state';

const WEEK = 7 * 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;
/** A document larger than this is not read back. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Somebody else is there, or was when an entry was written that has just been read. */
export function heardOthers(state: State, now: number, out: Effect[]): void {
  if (now >= state.othersHeard && now - state.othersHeard < HOUR) return;
  state.othersHeard = now;
  out.push({ type: 'write', writes: [othersRow(now)], soon: false, then: null });
}

/** Reads the next of our own snapshots back, if there is one that nobody else can confirm. */
export function vouchDue(state: State, now: number, out: Effect[]): void {
  if (state.phase !== 'live' || state.vouching !== null || state.snapshotting !== null || state.jobs.length > 0) return;
  if (state.peers.connected.length > 0 || now - state.othersHeard < WEEK) return;
  for (const document of state.documents.values()) {
    if (!isDue(state, document) || document.own === null) continue;
    const request = state.nextRequest++;
    state.vouching = { alias: document.alias, request, entries: [] };
    out.push({ type: 'send', frame: { type: 'read', request, after: document.own.covers, compact: true, aliases: [document.alias] } });
    return;
  }
}

/** A page of what was read back. */
export function readBack(state: State, frame: Extract<RelayFrame, { type: 'page' }>, out: Effect[]): void {
  const { vouching } = state;
  const document = vouching === null ? undefined : state.documents.get(vouching.alias);
  if (vouching === null || document === undefined) return;
  vouching.entries.push(...frame.entries);
  const size = vouching.entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (!frame.done && size <= MAX_BYTES) return;
  state.vouching = null;
  const { own } = document;
  // Once for each snapshot: if it can't be confirmed now, the next one will be tried.
  document.own = null;
  out.push({ type: 'write', writes: [documentRow(document)], soon: false, then: null });
  if (own !== null && frame.done && size <= MAX_BYTES) out.push({ type: 'vouch', alias: document.alias, sequence: own.sequence, covers: own.covers, entries: vouching.entries });
}

function isDue(state: State, { own, pending, inFlight, heavy, aside }: DocumentState): boolean {
  return own !== null && own.connection < state.connection && pending.length === 0 && inFlight === 0 && heavy === 0 && aside.size === 0;
}
