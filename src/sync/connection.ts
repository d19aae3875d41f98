/** Getting a connection, keeping it, and trying again: endlessly, with growing pauses, at once when there is reason to hope. [S40]-[S48] */
import { isFileAnswer, newFlow, refusalOf } from '../protocol';
import { pauseAfter } from './backoff';
import { arrived, paged, welcomed } from './catch-up';
import type { Effect, EventOf } from './event';
import { gather } from './gathering';
import { acknowledge, oweLost, resendOpen, sendDue } from './outbox';
import type { CloseReason } from './ports';
import { leased, snapshotDue, sweep } from './snapshots';
import { isLinked, type State } from './state';
import { heardOthers, vouchDue } from './vouching';

/** From the first byte to the relay's welcome, ms. */
const HANDSHAKE = 15_000;
/** Silence after which the connection is probed, in front and in the background, and how long the answer may take. */
const WATCH = 25_000;
const BACKGROUND_WATCH = 50_000;
const PROBE = 6_000;
/** How long a phone's app may be hidden before its device leaves: time for what is under way, and for a short look elsewhere. */
const REST_AFTER = 5_000;
/** A connection that lived this long was a good one: the next failure starts with short pauses again. */
const GOOD = 5_000;
/** Pause before a relay that has no room is sent again what it refused. */
const FULL_PAUSE = 15_000;
/** Pause before a refusal that only a person can remove is looked at again, for programs that nobody brings to the front. */
const REFUSED_PAUSE = 15 * 60_000;

export const CLONED: CloseReason = {
  code: 'IDENTITY',
  message: 'Another copy of this vault has been writing under this device’s name. Your notes are untouched and your edits are kept; this device takes a new identity.',
  retry: false,
};
const SILENT: CloseReason = { code: 'TIMEOUT', message: 'The relay does not answer. Your edits are kept on this device and sent when it does.', retry: true };
const CONFUSED: CloseReason = { code: 'INTERNAL', message: 'The relay and this device disagree about what was sent. Blockwire connects again to sort it out.', retry: true };

export function connect(state: State, out: Effect[]): void {
  state.phase = 'connecting';
  state.connection++;
  state.announced = null;
  state.probing = false;
  state.flow = newFlow();
  out.push({ type: 'timer', name: 'retry', after: null }, { type: 'timer', name: 'handshake', after: HANDSHAKE }, { type: 'connect' });
}

/** Code of the end of a connection whose transport has a better one ready. [S47] */
const SWITCHING = 'SWITCHING';

/** The channel is there: the first frame goes out. */
export function opened(state: State, event: EventOf<'opened'>, out: Effect[]): void {
  state.transport = event.way ?? null;
  out.push({ type: 'send', frame: { type: 'open', cursors: state.ladder, visible: state.visible } });
}

export function closed(state: State, event: EventOf<'closed'>, out: Effect[]): void {
  leave(state, out);
  const reason = state.announced ?? event.reason;
  if (reason.code === 'LOST' && event.now - state.lastHeard > WATCH) state.isCutWhenIdle = true;
  if (state.liveSince !== null && event.now - state.liveSince >= GOOD) state.attempt = 0;
  state.liveSince = null;
  // The better way is open already.
  if (reason.code === SWITCHING) return connect(state, out);
  state.problem = { code: reason.code, message: reason.message, retry: reason.retry, since: state.problem?.since ?? event.now };
  if (!reason.retry) {
    state.phase = 'refused';
    if (reason.code !== CLONED.code) out.push({ type: 'timer', name: 'retry', after: REFUSED_PAUSE });
    return;
  }
  state.phase = 'offline';
  out.push({ type: 'timer', name: 'retry', after: pauseAfter(event.reason, state.attempt++, event.unit) });
}

/** A frame of the relay, after the connection was made. */
export function framed(state: State, event: EventOf<'frame'>, out: Effect[]): void {
  const { frame, now } = event;
  state.lastHeard = now;
  state.probing = false;
  if (frame.type === 'error') {
    if ((frame.code === 'SPACE_FULL' || frame.code === 'DISK_FULL') && isLinked(state)) refusedForRoom(state, frame.code, now, out);
    else state.announced = refusalOf(frame.code);
    return;
  }
  if (frame.type === 'welcome') {
    if (state.phase !== 'connecting') return hangUp(state, now, CONFUSED, out);
    out.push({ type: 'timer', name: 'handshake', after: null }, { type: 'timer', name: 'watch', after: patienceOf(state) });
    if (welcomed(state, frame, now, out) === 'cloned') cloned(state, now, out);
    return;
  }
  // Files have a line of their own.
  if (!isLinked(state) || isFileAnswer(frame)) return hangUp(state, now, CONFUSED, out);
  switch (frame.type) {
    case 'appended': {
      if (frame.results.some(({ status }) => status === 'stored')) hasRoomAgain(state);
      const outcome = acknowledge(state, frame.results, now, out);
      if (outcome === 'stuck') return hangUp(state, now, CONFUSED, out);
      if (outcome === 'cloned') {
        out.push({ type: 'write', writes: oweLost(state, Number.MAX_SAFE_INTEGER, true), soon: true, then: null });
        return cloned(state, now, out);
      }
      sendDue(state, now, out);
      gather(state, now, out);
      snapshotDue(state, null, now, out);
      if (frame.results.some(({ lane }) => lane === 'bulk')) sweep(state, now, out);
      return;
    }
    case 'entries':
      return arrived(state, frame, out);
    case 'page':
      return paged(state, frame, out);
    case 'leased':
      return leased(state, frame.alias, frame.granted, now, out);
    case 'peers':
      // Those who are here now, and those who were until now.
      if (frame.peers.connected.length + state.peers.connected.length > 0) heardOthers(state, now, out);
      state.peers = frame.peers;
      return gather(state, now, out);
    default:
      frame satisfies never;
  }
}

export function timer(state: State, event: EventOf<'timer'>, out: Effect[]): void {
  const { name, now } = event;
  if (name === 'gather') gather(state, now, out);
  else if (name === 'rest') rest(state, out);
  else if (name === 'full') sendAgain(state, now, out);
  else if (name === 'retry') {
    if (state.phase === 'offline' || state.phase === 'refused') connect(state, out);
  } else if (name === 'handshake') {
    if (state.phase === 'connecting') hangUp(state, now, SILENT, out, event.unit);
  } else if (isLinked(state)) watch(state, now, event.unit, out);
}

/** The platform says that trying may help, or that the app is back in front: try at once, or make sure that the connection lives. */
export function hopeful(state: State, out: Effect[]): void {
  if (state.rests && state.hidden) return;
  if (state.phase === 'offline' || (state.phase === 'refused' && state.problem?.code !== CLONED.code)) {
    state.attempt = 0;
    connect(state, out);
  } else if (isLinked(state)) probe(state, out);
}

/** The app went out of sight. */
export function hidden(state: State, now: number, out: Effect[]): void {
  state.hidden = true;
  state.hiddenSince = now;
  seen(state, false, out);
  gather(state, now, out);
  if (state.rests) out.push({ type: 'timer', name: 'rest', after: REST_AFTER });
}

/** The app is in front again. */
export function shown(state: State, now: number, out: Effect[]): void {
  state.hidden = false;
  if (state.rests) {
    out.push({ type: 'timer', name: 'rest', after: null });
    // The phone may have stopped this program before it could leave: what it left behind is dead, or looks as if it were.
    if (now - state.hiddenSince >= REST_AFTER) leaveForNow(state, out);
  }
  seen(state, true, out);
  hopeful(state, out);
}

function rest(state: State, out: Effect[]): void {
  if (!state.hidden) return;
  leaveForNow(state, out);
  out.push({ type: 'timer', name: 'retry', after: null });
}

/** Nobody is told of a problem: there is none. */
function leaveForNow(state: State, out: Effect[]): void {
  if (state.phase !== 'connecting' && !isLinked(state)) return;
  leave(state, out);
  state.phase = 'offline';
  state.problem = null;
}

function seen(state: State, visible: boolean, out: Effect[]): void {
  if (state.visible === visible) return;
  state.visible = visible;
  if (isLinked(state)) out.push({ type: 'send', frame: { type: 'visible', visible } });
}

/** Ends the connection without another try: the user's switch, or the end of the engine. */
export function leave(state: State, out: Effect[]): void {
  if (state.phase === 'connecting' || isLinked(state)) out.push({ type: 'disconnect' });
  state.transport = null;
  state.catchUp = null;
  state.probing = false;
  state.isFull = false;
  state.vouching = null;
  state.peers = { connected: [], visible: [] };
  if (state.snapshotting !== null && !state.jobs.some((job) => job.alias === state.snapshotting?.alias)) state.snapshotting = null;
  out.push({ type: 'timer', name: 'handshake', after: null }, { type: 'timer', name: 'watch', after: null }, { type: 'timer', name: 'retry', after: null }, { type: 'timer', name: 'full', after: null });
}

/** The relay stored nothing of an append, and says no more about it; the connection goes on. [S17] */
function refusedForRoom(state: State, code: 'SPACE_FULL' | 'DISK_FULL', now: number, out: Effect[]): void {
  const { message, retry } = refusalOf(code);
  state.isFull = true;
  state.problem = { code, message, retry, since: state.problem?.since ?? now };
  out.push({ type: 'timer', name: 'full', after: FULL_PAUSE });
}

function sendAgain(state: State, now: number, out: Effect[]): void {
  state.isFull = false;
  if (!isLinked(state)) return;
  resendOpen(state);
  sendDue(state, now, out);
  gather(state, now, out);
}

function hasRoomAgain(state: State): void {
  if (state.problem?.code === 'SPACE_FULL' || state.problem?.code === 'DISK_FULL') state.problem = null;
}

/** A quiet connection may be a dead one: ask for what can't be there, and see whether an answer comes. [S45] */
function watch(state: State, now: number, unit: number, out: Effect[]): void {
  if (state.probing) {
    hangUp(state, now, SILENT, out, unit);
    return;
  }
  sweep(state, now, out);
  vouchDue(state, now, out);
  const quiet = now - state.lastHeard;
  const patience = patienceOf(state);
  if (quiet >= patience) probe(state, out);
  else out.push({ type: 'timer', name: 'watch', after: patience - quiet });
}

/** In the background fewer frames wake the radio, unless something on the way cuts what is idle. */
function patienceOf(state: State): number {
  return state.hidden && !state.isCutWhenIdle ? BACKGROUND_WATCH : WATCH;
}

function probe(state: State, out: Effect[]): void {
  if (state.probing) return;
  state.probing = true;
  // Nothing is above that sequence: the answer is empty, whatever waits here to be applied.
  out.push({ type: 'send', frame: { type: 'read', request: state.nextRequest++, after: Number.MAX_SAFE_INTEGER, compact: true, aliases: null } });
  out.push({ type: 'timer', name: 'watch', after: PROBE });
}

function hangUp(state: State, now: number, reason: CloseReason, out: Effect[], unit = 0.5): void {
  closed(state, { type: 'closed', now, reason, unit }, out);
}

function cloned(state: State, now: number, out: Effect[]): void {
  hangUp(state, now, CLONED, out);
  state.phase = 'refused';
  state.problem = { ...CLONED, since: now };
  out.push({ type: 'cloned' });
}
