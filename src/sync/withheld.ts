/**
 * Notices that a relay keeps entries back. Counters of a lane have no gaps and are authenticated, so a device that reads all of the
 * log sees every counter of every other device; what pruning and compact reading leave out stands in snapshots. [S28]
 */
import type { Effect, ReadMark } from './event';
import { authorRow } from './rows';
import type { StoreWrite } from './ports';
import type { State } from './state';

/** How far one lane of another device has been read. */
export interface AuthorLane {
  /** Every counter up to here was read, or need not be. */
  through: number;
  /** Sequence of that entry. */
  sequence: number;
  /** Counters read above it: the wanted documents come before the rest. */
  readonly ahead: Map<number, { readonly sequence: number; readonly isOpen: boolean }>;
}

/** Takes note of entries that were read. @returns rows that remember it */
export function markRead(state: State, marks: readonly ReadMark[], out: Effect[]): StoreWrite[] {
  const changed = new Set<string>();
  for (const mark of marks) {
    // Who is live has had all that is pruned from now on. What could not be opened may claim to cover anything.
    if (state.phase !== 'live' && mark.isOpen) state.covered = Math.max(state.covered, mark.covers);
    const lane = state.authors.get(mark.source);
    if (lane === undefined || state.catchUp?.compact) {
      // What could not be opened may claim any counter.
      if (!mark.isOpen || (lane !== undefined && mark.counter <= lane.through)) continue;
      state.authors.set(mark.source, { through: mark.counter, sequence: mark.sequence, ahead: new Map() });
    } else if (mark.counter > lane.through) {
      lane.ahead.set(mark.counter, mark);
      close(lane);
    } else continue;
    changed.add(mark.source);
  }
  if (state.phase === 'live') judge(state, out);
  const writes: StoreWrite[] = [];
  for (const source of changed) {
    const lane = state.authors.get(source);
    if (lane !== undefined) writes.push(authorRow(source, newest(lane)));
  }
  return writes;
}

/** The log has been read to its end: what is missing now was kept back, unless a snapshot stands for it. */
export function judge(state: State, out: Effect[]): void {
  for (const [source, lane] of state.authors) {
    if (lane.ahead.size === 0) continue;
    const first = Math.min(...lane.ahead.keys());
    if (state.covered <= lane.sequence) {
      out.push({ type: 'withheld', source, from: lane.through + 1, to: first - 1, sequence: lane.ahead.get(first)?.sequence ?? 0 });
    }
    // Told once. What could not be opened is no reason to believe its counter.
    Object.assign(lane, newest(lane));
    lane.ahead.clear();
  }
  if (state.phase !== 'live' || state.covered === 0) return;
  out.push({ type: 'write', writes: forgetPruned(state), soon: false, then: null });
  state.covered = 0;
}

/** The end of a lane may be what snapshots stood for: how far it goes is known again with its next entry. */
function forgetPruned(state: State): StoreWrite[] {
  const pruned = [...state.authors].filter(([, { sequence }]) => sequence < state.covered).map(([source]) => source);
  for (const source of pruned) state.authors.delete(source);
  return pruned.map((source) => authorRow(source, null));
}

function close(lane: AuthorLane): void {
  for (let next = lane.ahead.get(lane.through + 1); next !== undefined; next = lane.ahead.get(lane.through + 1)) {
    lane.ahead.delete(++lane.through);
    lane.sequence = next.sequence;
  }
}

function newest({ through, sequence, ahead }: AuthorLane): { through: number; sequence: number } {
  let result = { through, sequence };
  for (const [counter, mark] of ahead) if (mark.isOpen && counter > result.through) result = { through: counter, sequence: mark.sequence };
  return result;
}
