/** Frames over plain requests: one that carries them up, one that waits for them. PROTOCOL.md [P80]-[P85]. */
import { LIMITS } from '../protocol';
import type { Clock } from '../sync';
import { closedWith, NOT_A_FRAME } from './failure';
import { LinkChannel, PATIENCE, Requests, type BytesPort } from './link';
import type { Way, WayName } from './way';

export interface LongPollOptions {
  readonly post: BytesPort;
  readonly clock: Clock;
}

/** How long a request waits that can't be given up, ms: one that nobody wants any more is held no longer than that. */
const SHORT_HOLD = 5_000;

/** Shortest wait for frames, where something on the way cuts longer ones, ms. */
const SHORTEST_HOLD = 2_000;
/** An empty answer that came sooner was not the relay's patience, ms. */
const AT_ONCE = 500;

/** Outlives a link: how long the way to the relay lets a request wait, ms. */
interface Pace {
  hold: number;
}

export function longPollWay(options: LongPollOptions): Way {
  return pollWay('long-poll', LIMITS.pollHold, options);
}

/** For a port that can't give a request up. */
export function shortPollWay(options: LongPollOptions): Way {
  return pollWay('short-poll', SHORT_HOLD, options);
}

function pollWay(name: WayName, hold: number, { post, clock }: LongPollOptions): Way {
  const pace: Pace = { hold };
  return {
    name,
    async open(relay, token, events, signal) {
      const requests = new Requests(post, clock, relay);
      const link = await requests.begin(token, signal);
      if (link === null) return null;
      const channel = new PollChannel(requests, link, clock, events);
      // Not before the caller has it.
      queueMicrotask(() => void channel.listen(pace));
      return channel;
    },
  };
}

class PollChannel extends LinkChannel {
  async listen(pace: Pace): Promise<void> {
    let received = 0;
    while (!this.isOver) {
      const since = this.clock.now();
      const answer = await this.ask(
        () => ({ type: 'down', link: this.link, received, hold: pace.hold }),
        pace.hold + PATIENCE,
        (after) => {
          if (after > SHORTEST_HOLD) pace.hold = Math.max(SHORTEST_HOLD, Math.min(pace.hold, Math.round(after * 0.75)));
        },
      );
      if (answer === null) return;
      if (answer.type !== 'batch') return this.end(NOT_A_FRAME);
      const { number, frames, code } = answer;
      if (number === received + 1) {
        received = number;
        for (const frame of frames) if (!this.isOver) this.events.onFrame(frame);
      } else if (code === 0 && (number !== received || frames.length > 0)) return this.end(closedWith(0));
      if (code !== 0) return this.end(closedWith(code));
      if (frames.length === 0 && this.clock.now() - since < AT_ONCE) await this.pause(AT_ONCE);
    }
  }
}
