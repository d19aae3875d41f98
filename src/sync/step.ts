/**
 * The engine's core: what each event means in each phase. `step` decides, the engine (engine.ts) acts. It needs no clock, disk or
 * network; the same events give the same effects. The table is complete: a phase or event without a cell does not compile.
 */
import { applied, ingested, wanted } from './catch-up';
import { closed, connect, framed, hidden, hopeful, leave, opened, shown, timer } from './connection';
import type { Effect, Event, EventOf, EventType } from './event';
import { enqueue, gather, queued, sealed, sealFailed, stored } from './gathering';
import { cursorRow, documentRow, identityRows, laneRow, outboxKey, type LocalRows } from './rows';
import { KEPT } from './outbox';
import { snapshotReady } from './snapshots';
import { heardOthers } from './vouching';
import { documentOf, NO_DIGEST, type LaneState, type Phase, type State } from './state';

type Handler<T extends EventType> = (state: State, event: EventOf<T>, out: Effect[]) => void;
type Handlers = { readonly [T in EventType]: Handler<T> };

/** Takes over `state` and gives it back changed, with what is to be done, in order. */
export function step(state: State, event: Event): { readonly state: State; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  // One cell per event type; TypeScript can't see that the handler fits the very event whose type found it.
  const handler = TABLE[state.phase][event.type] as Handler<EventType>;
  handler(state, event, effects);
  return { state, effects };
}

const nothing = (): void => undefined;

/** What is the same in every phase: local work goes on, whatever the connection does. */
const LOCAL = {
  loaded: nothing,
  queued,
  gather: (state, event, out) => gather(state, event.now, out),
  sealed,
  sealFailed,
  stored,
  ingested,
  applied: nothing,
  wanted: nothing,
  opened: nothing,
  frame: nothing,
  closed: nothing,
  snapshotReady: (state) => {
    state.snapshotting = null;
  },
  matched: nothing,
  timer,
  online: (state, _event, out) => hopeful(state, out),
  offline: nothing,
  visible: (state, event, out) => shown(state, event.now, out),
  hidden: (state, event, out) => hidden(state, event.now, out),
  pause: (state, _event, out) => {
    state.paused = true;
    leave(state, out);
    state.problem = null;
    state.phase = 'paused';
  },
  resume: (state) => {
    state.paused = false;
  },
  stop: (state, _event, out) => {
    leave(state, out);
    state.phase = 'stopped';
  },
} satisfies Handlers;

const LINKED = {
  ...LOCAL,
  applied,
  wanted,
  frame: framed,
  closed,
  snapshotReady,
  matched: (state, { alias, sequence }, out) => {
    if (documentOf(state, alias).aside.size === 0) out.push({ type: 'send', frame: { type: 'confirm', alias, sequence } });
  },
} satisfies Handlers;

const TABLE: { readonly [P in Phase]: Handlers } = {
  starting: {
    ...LOCAL,
    loaded,
    // Nothing to try before the local state is there; `loaded` connects.
    online: nothing,
    pause: (state) => {
      state.paused = true;
    },
  },
  offline: LOCAL,
  connecting: { ...LOCAL, opened, frame: framed, closed },
  'catching-up': LINKED,
  live: LINKED,
  refused: { ...LOCAL, resume: (state, _event, out) => connect(state, out) },
  paused: {
    ...LOCAL,
    online: nothing,
    visible: (state) => {
      state.hidden = false;
      state.visible = true;
    },
    resume: (state, _event, out) => {
      state.paused = false;
      state.attempt = 0;
      connect(state, out);
    },
  },
  stopped: {
    ...LOCAL,
    timer: nothing,
    online: nothing,
    visible: nothing,
    hidden: nothing,
    pause: nothing,
    resume: nothing,
    stop: nothing,
  },
};

/** The store was read: counters, cursor, outbox and pending updates are as they were, and the engine connects. */
function loaded(state: State, event: EventOf<'loaded'>, out: Effect[]): void {
  const { local } = event;
  state.ladder = local.cursors;
  if (local.othersHeard === null) heardOthers(state, event.now, out);
  else state.othersHeard = local.othersHeard;
  for (const row of local.documents) Object.assign(documentOf(state, row.alias), row);
  for (const document of state.documents.values()) if (document.owed) state.owed.add(document.alias);
  for (const { source, through, sequence } of local.authors) state.authors.set(source, { through, sequence, ahead: new Map() });
  for (const { alias, sequence } of local.aside) documentOf(state, alias).aside.add(sequence);
  if (local.device === null || local.device === state.identity.device) restoreLanes(state, local, out);
  else takeOverFrom(state, local, out);
  if (local.device !== state.identity.device) out.push({ type: 'write', writes: identityRows(state.identity.device), soon: true, then: null });
  for (const { alias, update } of local.pending) {
    // Updates queued while the store was read have fresher numbers; the order within a document stays.
    enqueue(state, documentOf(state, alias), update);
  }
  if (state.paused) state.phase = 'paused';
  else connect(state, out);
}

function restoreLanes(state: State, local: LocalRows, out: Effect[]): void {
  for (const lane of [state.lanes.live, state.lanes.bulk]) {
    const row = local.lanes[lane.lane];
    if (row !== null) {
      lane.counter = row.counter;
      lane.digest = row.digest;
      lane.known = row.known;
      lane.acknowledged = row.acknowledged;
    }
    for (const entry of local.outbox) {
      if (entry.lane !== lane.lane) continue;
      entry.acknowledged = entry.counter <= lane.acknowledged;
      if (entry.counter > lane.acknowledged - KEPT[lane.lane]) restoreEntry(state, lane, entry);
      else out.push({ type: 'write', writes: [{ table: 'outbox', key: outboxKey(entry.lane, entry.counter), value: null }], soon: false, then: null });
    }
    lane.next = lane.counter + 1;
  }
}

function restoreEntry(state: State, lane: LaneState, entry: LocalRows['outbox'][number]): void {
  lane.entries.set(entry.counter, entry);
  if (entry.acknowledged) return;
  lane.open++;
  const document = documentOf(state, entry.alias);
  if (entry.kind === 'update' && entry.lane === 'live') document.inFlight++;
  else if (entry.kind === 'update') document.heavy++;
}

/** A new identity in an old store: what the old one had sealed can't be sent any more, so its documents are posted whole. [S16] */
function takeOverFrom(state: State, local: LocalRows, out: Effect[]): void {
  for (const document of state.documents.values()) document.previous = NO_DIGEST;
  // The cursor passed by entries of the old identity as by its own, and a copy may have made some of them.
  state.ladder = [];
  for (const entry of local.outbox) {
    const acknowledged = local.lanes[entry.lane]?.acknowledged ?? 0;
    if (entry.counter <= acknowledged || entry.kind === 'snapshot') continue;
    const document = documentOf(state, entry.alias);
    document.owed = true;
    state.owed.add(entry.alias);
  }
  const writes = local.outbox.map((entry) => ({ table: 'outbox' as const, key: outboxKey(entry.lane, entry.counter), value: null }));
  out.push({ type: 'write', writes: [...writes, ...[...state.owed].map((alias) => documentRow(documentOf(state, alias))), laneRow(state.lanes.live), laneRow(state.lanes.bulk), cursorRow(state.ladder)], soon: true, then: null });
}

