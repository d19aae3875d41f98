/**
 * Reading the log after a (re)connect: wanted documents first, then the rest by pages, while live entries of documents that are
 * not there yet are held. The cursor moves only with the batch that stores what it proves. [S20]-[S27]
 */
import { LIMITS, readEntryHeader, type Alias, type RelayFrame, type StoredEntry } from '../protocol';
import { advance, position, retreat } from './cursor-ladder';
import type { Effect, EventOf } from './event';
import { gather, withdraw } from './gathering';
import { oweLost, reconcile, sendDue } from './outbox';
import { aliasOf, cursorRow, documentRow, laneRow } from './rows';
import { snapshotDue } from './snapshots';
import { documentOf, type CatchUp, type State } from './state';
import { heardOthers, readBack } from './vouching';
import { judge, markRead } from './withheld';

type FrameOf<T extends RelayFrame['type']> = Extract<RelayFrame, { type: T }>;

/** More entries than this behind: let the relay leave out what snapshots cover. */
const COMPACT_ABOVE = 500;
/** Rounds of asking what is wanted: the index names today's document, which may name another. */
const MAX_ROUNDS = 6;
const MAX_HELD = 4096;
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** The relay answered `open`. @returns 'cloned' if this device's counters are used by another */
export function welcomed(state: State, frame: FrameOf<'welcome'>, now: number, out: Effect[]): 'fine' | 'cloned' {
  const outcome = reconcile(state, frame.lanes, out);
  if (outcome === 'cloned') {
    out.push({ type: 'write', writes: oweLost(state, frame.match, true), soon: true, then: null });
    return 'cloned';
  }
  if (frame.match < position(state.ladder)) {
    // The relay lost entries that it had passed on: what we have of them goes back to it as whole states.
    const writes = oweLost(state, frame.match, false);
    state.ladder = retreat(state.ladder, frame.match);
    for (const document of state.documents.values()) if (document.last > frame.match) document.last = frame.match;
    out.push({ type: 'write', writes: [...writes, cursorRow(state.ladder)], soon: true, then: null });
  }
  state.peers = frame.peers;
  if (frame.peers.connected.length > 0) heardOthers(state, now, out);
  state.problem = null;
  state.announced = null;
  state.rewinds = 0;
  state.hasLinked = true;
  state.phase = 'catching-up';
  out.push({ type: 'linked' });
  // Where our own entries are missing, the cursor proves nothing about them: a copy of this device may have made them.
  const from = outcome === 'lost own' ? 0 : frame.match;
  state.catchUp = {
    from,
    head: frame.head,
    compact: from === 0 || frame.head - from > COMPACT_ABOVE,
    request: 0,
    reading: 'nothing',
    asked: [],
    rounds: 0,
    caught: new Map(),
    held: [],
    heldBytes: 0,
    overflowed: false,
  };
  sendDue(state, now, out);
  if (frame.head > from) out.push({ type: 'askWanted' });
  else becomeLive(state, now, out);
  return 'fine';
}

/** The documents that somebody looks at are read before the rest. */
export function wanted(state: State, event: EventOf<'wanted'>, out: Effect[]): void {
  const catchUp = state.catchUp;
  if (catchUp === null || catchUp.reading !== 'nothing') return;
  const { from } = catchUp;
  const fresh = [...new Set(event.aliases)].filter((alias) => !catchUp.caught.has(alias)).slice(0, LIMITS.aliasesPerRead);
  if (fresh.length > 0 && catchUp.rounds < MAX_ROUNDS) {
    catchUp.rounds++;
    catchUp.asked = fresh;
    read(state, catchUp, 'wanted', from, out);
  } else read(state, catchUp, 'rest', from, out);
}

/** A page of what was asked for. */
export function paged(state: State, frame: FrameOf<'page'>, out: Effect[]): void {
  if (frame.request === state.vouching?.request) return readBack(state, frame, out);
  const catchUp = state.catchUp;
  if (catchUp === null || frame.request !== catchUp.request) return; // the answer to a probe
  const confirm = !catchUp.compact;
  if (catchUp.reading === 'wanted') {
    const entries = frame.entries.filter((entry) => isNews(state, entry));
    if (entries.length > 0) out.push({ type: 'ingest', entries, cursor: null, purpose: 'live', confirm });
    if (!frame.done) return;
    const through = frame.through?.sequence ?? catchUp.from;
    for (const alias of catchUp.asked) catchUp.caught.set(alias, through);
    catchUp.reading = 'nothing';
    const ready = release(catchUp, (alias) => catchUp.caught.has(alias));
    out.push({ type: 'ingest', entries: ready, cursor: null, purpose: 'wanted', confirm });
    return;
  }
  if (catchUp.reading !== 'rest') return;
  const entries = frame.entries.filter((entry) => isNews(state, entry) && !isCaught(catchUp, entry));
  if (entries.length > 0 || frame.through !== null) out.push({ type: 'ingest', entries, cursor: frame.through, purpose: 'rest', confirm });
  if (!frame.done) return;
  if (catchUp.overflowed) {
    catchUp.overflowed = false;
    read(state, catchUp, 'rest', frame.through?.sequence ?? position(state.ladder), out);
    return;
  }
  const through = frame.through?.sequence ?? catchUp.from;
  const rest = release(catchUp, () => true, true).filter((entry) => entry.sequence > through);
  catchUp.reading = 'finished';
  out.push({ type: 'ingest', entries: rest, cursor: rest.length > 0 ? 'last' : null, purpose: 'finish', confirm });
}

/** New entries of other devices. */
export function arrived(state: State, frame: FrameOf<'entries'>, out: Effect[]): void {
  const catchUp = state.catchUp;
  if (catchUp === null || catchUp.reading === 'finished') {
    out.push({ type: 'ingest', entries: frame.entries, cursor: 'last', purpose: 'live', confirm: true });
    return;
  }
  const ready: StoredEntry[] = [];
  for (const entry of frame.entries) {
    if (isCaughtUp(catchUp, entry)) ready.push(entry);
    else hold(catchUp, entry);
  }
  // No cursor: there are entries before these that have not been read.
  if (ready.length > 0) out.push({ type: 'ingest', entries: ready, cursor: null, purpose: 'live', confirm: false });
}

/** Entries were opened and applied: one batch holds what they changed, where their documents are now, and the cursor. */
export function ingested(state: State, event: EventOf<'ingested'>, out: Effect[]): void {
  const writes = [...event.writes];
  for (const touched of event.touched) {
    const document = documentOf(state, touched.alias);
    document.last = Math.max(document.last, touched.sequence);
    document.touchedAt = event.now;
    document.since = (touched.snapshot ? 0 : document.since) + touched.updates;
    for (const sequence of touched.aside) document.aside.add(sequence);
    for (const sequence of touched.recovered) document.aside.delete(sequence);
    for (const { source, sequence } of touched.bodies) {
      if (sequence === 0) document.bodies.delete(source);
      else document.bodies.set(source, { sequence, since: event.now });
    }
    if (touched.snapshot) document.own = null;
    if (touched.own !== null) document.previous = touched.own;
    if (touched.returned.length > 0) writes.push(...withdraw(state, document, touched.returned));
    writes.push(documentRow(document));
  }
  writes.push(...markRead(state, event.marks, out));
  if (event.marks.length > 0) heardOthers(state, event.now, out);
  if (event.cursor !== null) {
    const before = state.ladder;
    state.ladder = advance(before, event.cursor);
    if (state.ladder !== before) writes.push(cursorRow(state.ladder));
  }
  // A cursor alone is in no hurry: it goes with the next batch.
  const soon = event.writes.length > 0 || event.touched.length > 0 || event.purpose !== 'live';
  out.push({ type: 'write', writes, soon, then: null });
  for (const { alias } of event.touched) snapshotDue(state, alias, event.now, out);
}

/** A run of entries is durable; the next part of the catch-up may begin. */
export function applied(state: State, event: EventOf<'applied'>, out: Effect[]): void {
  if (state.catchUp === null) return;
  if (event.purpose === 'wanted') out.push({ type: 'askWanted' });
  else if (event.purpose === 'finish' && state.catchUp.reading === 'finished') becomeLive(state, event.now, out);
}

function becomeLive(state: State, now: number, out: Effect[]): void {
  state.phase = 'live';
  state.liveSince = now;
  state.catchUp = null;
  judge(state, out);
  for (const lane of [state.lanes.live, state.lanes.bulk]) {
    if (lane.known === lane.counter) continue;
    lane.known = lane.counter;
    out.push({ type: 'write', writes: [laneRow(lane)], soon: false, then: null });
  }
  gather(state, now, out);
  snapshotDue(state, null, now, out);
}

function read(state: State, catchUp: CatchUp, reading: 'wanted' | 'rest', after: number, out: Effect[]): void {
  catchUp.reading = reading;
  catchUp.request = state.nextRequest++;
  out.push({ type: 'send', frame: { type: 'read', request: catchUp.request, after, compact: catchUp.compact, aliases: reading === 'wanted' ? catchUp.asked : null } });
}

/** Own entries come back in pages; only those that a crash took from the store are news. */
function isNews(state: State, entry: StoredEntry): boolean {
  try {
    const header = readEntryHeader(entry.bytes);
    // A large body counts as one: its first parts are needed too if only its last were lost.
    const last = header.counter - header.part + header.parts - 1;
    return header.device !== state.identity.device || last > state.lanes[header.lane].known;
  } catch {
    return true; // opening it will fail, and set it aside
  }
}

/** Read already, with its document. */
function isCaught(catchUp: CatchUp, entry: StoredEntry): boolean {
  return entry.sequence <= throughOf(catchUp, entry);
}

function isCaughtUp(catchUp: CatchUp, entry: StoredEntry): boolean {
  return throughOf(catchUp, entry) >= 0;
}

function throughOf(catchUp: CatchUp, entry: StoredEntry): number {
  if (catchUp.caught.size === 0) return -1;
  const alias = aliasOf(entry.bytes);
  return alias === null ? -1 : (catchUp.caught.get(alias) ?? -1);
}

function hold(catchUp: CatchUp, entry: StoredEntry): void {
  if (catchUp.overflowed) return;
  catchUp.held.push(entry);
  catchUp.heldBytes += entry.bytes.length;
  if (catchUp.held.length <= MAX_HELD && catchUp.heldBytes <= MAX_HELD_BYTES) return;
  catchUp.held = [];
  catchUp.heldBytes = 0;
  catchUp.overflowed = true;
}

function release(catchUp: CatchUp, takes: (alias: Alias) => boolean, takesAll = false): StoredEntry[] {
  const taken: StoredEntry[] = [];
  const left: StoredEntry[] = [];
  for (const entry of catchUp.held) {
    const alias = aliasOf(entry.bytes);
    // One whose document can't be read goes last, with the rest, and is set aside there.
    const take = alias === null ? takesAll : takes(alias);
    (take ? taken : left).push(entry);
  }
  catchUp.held = left;
  catchUp.heldBytes = left.reduce((sum, entry) => sum + entry.bytes.length, 0);
  return taken;
}
