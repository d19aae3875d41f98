/** What the engine says of itself, computed from its state. [S50] */
import type { Alias } from '../protocol';
import type { SyncStatus } from './api';
import { position } from './cursor-ladder';
import type { Problem, State } from './state';

/** @param storeProblem set while the device's store refuses to write; it is more pressing than the connection */
export function statusOf(state: State, storeProblem: Problem | null): SyncStatus {
  const waiting = new Set<Alias>(state.dirty);
  let unacknowledged = state.pendingUpdates;
  let waitingSince: number | null = null;
  const older = (time: number): void => {
    if (waitingSince === null || time < waitingSince) waitingSince = time;
  };
  for (const alias of state.dirty) {
    const first = state.documents.get(alias)?.pending[0];
    if (first !== undefined) older(first.time);
  }
  for (const lane of [state.lanes.live, state.lanes.bulk]) {
    if (lane.open === 0) continue;
    for (const entry of lane.entries.values()) {
      if (entry.acknowledged || entry.kind === 'snapshot' || entry.updates === 0) continue;
      unacknowledged += entry.updates;
      waiting.add(entry.alias);
      older(entry.time);
    }
  }
  for (const job of [...state.jobs, ...(state.sealing !== null && state.sealing !== state.jobs[0] ? [state.sealing] : [])]) {
    if (job.updates === 0) continue;
    unacknowledged += job.updates;
    waiting.add(job.alias);
    older(job.time);
  }
  return {
    phase: state.phase,
    transport: state.transport,
    problem: storeProblem ?? state.problem,
    unacknowledged,
    waiting,
    behind: state.catchUp === null ? 0 : Math.max(0, state.catchUp.head - Math.max(state.catchUp.from, position(state.ladder))),
    peers: state.peers,
    waitingSince,
    latency: median(state.latencies),
  };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}
