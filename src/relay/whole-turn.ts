/**
 * Calls `run` when the event loop has read all sockets, and written to all that take more, at least once from now on. Timers that are due run before that
 * where this process was late; of two turns' ends, one may be that of the reading which is going on.
 */
export function afterWholeTurn(run: () => void): void {
  setImmediate(() => setImmediate(run));
}
