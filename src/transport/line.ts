/** One open channel, and the race of several ways for it. */
import type { Clock, CloseReason } from '../sync';
import type { Channel, ChannelEvents, Way } from './way';

/** How long a way is tried alone before the next joins in, ms. */
const HEAD_START = 3_000;

/** A channel with what it has to say, also before somebody listens. */
export class Line implements ChannelEvents {
  /** Set when it has won. */
  channel: Channel | null = null;
  ended: CloseReason | null = null;
  heard = false;
  /** A way came back before somebody listened. */
  isOfferedAnew = false;
  listener: ChannelEvents | null = null;

  constructor(readonly way: Way) {}

  onFrame(bytes: Uint8Array): void {
    this.heard = true;
    this.listener?.onFrame(bytes);
  }

  onOffer(isAnew: boolean): void {
    this.isOfferedAnew ||= isAnew;
    this.listener?.onOffer?.(isAnew);
  }

  onEnd(reason: CloseReason): void {
    this.ended = reason;
    this.listener?.onEnd(reason);
  }
}

/**
 * Tries the ways one after the other, each once the one before has failed or had its head start; the first that opens is taken.
 * @returns null when none opened
 * @throws SessionError when the relay refused on one of them: the others would be refused too
 */
export function race(ways: readonly Way[], relay: string, token: string, clock: Clock, signal: AbortSignal): Promise<Line | null> {
  const losers = new AbortController();
  return new Promise<Line | null>((resolve, reject) => {
    let next = 0;
    let running = 0;
    let isOver = false;
    let cancel = (): void => undefined;
    const over = (end: () => void): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      signal.removeEventListener('abort', abort);
      end();
      losers.abort();
    };
    const abort = (): void => over(() => resolve(null));
    const start = (): void => {
      cancel();
      const way = ways[next++];
      if (isOver || way === undefined) return;
      running++;
      cancel = clock.after(HEAD_START, start);
      const line = new Line(way);
      way.open(relay, token, line, losers.signal).then(
        (channel) => {
          running--;
          if (channel === null) {
            if (next < ways.length) start();
            else if (running === 0) over(() => resolve(null));
            return;
          }
          line.channel = channel;
          if (isOver) channel.close();
          else over(() => resolve(line));
        },
        (error: unknown) => over(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
    start();
  });
}
