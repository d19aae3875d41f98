/** Frames over plain requests: one that carries them up, one that waits for them. PROTOCOL.md [P42]-[P44] [P80]-[P85]. */
import {
  batchOf, decodeErrorAnswer, decodePollAnswer, encodePollRequest, fromBase64Url, LIMITS, pollUrl, refusalOf, TOKEN_BYTES,
  type LinkKey, type PollAnswer, type PollRequest,
} from '../protocol'; // prettier-ignore
import type { Clock, CloseReason } from '../sync';
import { closedWith, NOT_A_FRAME } from './failure';
import { SessionError } from './session';
import type { Channel, ChannelEvents, Way } from './way';

/** POSTs bytes, without a header that a browser would ask leave for. Resolves with any HTTP status; rejects when no answer came. */
export type BytesPort = (url: string, body: Uint8Array, signal: AbortSignal) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

export interface LongPollOptions {
  readonly post: BytesPort;
  readonly clock: Clock;
}

/** For a link to begin, ms. */
const OPENING = 5_000;
/** For the relay to hear that a link ends, ms. */
const FAREWELL = 2_000;
/** For an answer, beyond what the request itself takes, ms. */
const PATIENCE = 15_000;
/** Of a line so slow that nothing slower is waited for, bytes a ms. */
const SLOWEST = 5;
/** A request that got no answer is sent again so often, after a pause that doubles, ms. */
const RETRIES = 4;
const FIRST_PAUSE = 200;
/** Shortest wait for frames, where something on the way cuts longer ones, ms. */
const SHORTEST_HOLD = 2_000;
/** An empty answer that came sooner was not the relay's patience, ms. */
const AT_ONCE = 500;

/** Outlives a link: how long the way to the relay lets a request wait, ms. */
interface Pace {
  hold: number;
}

export function longPollWay(options: LongPollOptions): Way {
  const pace: Pace = { hold: LIMITS.pollHold };
  return {
    name: 'long-poll',
    async open(relay, token, events, signal) {
      const requests = new Requests(options, pollUrl(relay));
      const abort = (): void => requests.abort();
      signal.addEventListener('abort', abort);
      const answer = await requests.once({ type: 'begin', token: fromBase64Url(token, TOKEN_BYTES) }, OPENING);
      signal.removeEventListener('abort', abort);
      if (answer === null) return null;
      if (!('type' in answer)) {
        // A relay that does not know this way says so in these words.
        if (answer.code === 'BAD_FRAME') return null;
        throw new SessionError(answer, true);
      }
      return answer.type === 'begun' ? new PollChannel(requests, answer.link, pace, options.clock, events) : null;
    },
  };
}

/** Requests to one address, each with an end. */
class Requests {
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly options: LongPollOptions,
    private readonly url: string,
  ) {}

  /** @returns the relay's answer, or its refusal; null when nothing came that is the relay's */
  once(request: PollRequest, within: number): Promise<PollAnswer | CloseReason | null> {
    const given = new AbortController();
    this.open.add(given);
    return new Promise((resolve) => {
      const done = (answer: PollAnswer | CloseReason | null): void => {
        cancel();
        this.open.delete(given);
        resolve(answer);
      };
      // A port that can't give up may ignore the signal.
      given.signal.addEventListener('abort', () => done(null));
      const cancel = this.options.clock.after(within, () => given.abort());
      this.options.post(this.url, encodePollRequest(request), given.signal).then(
        ({ status, body }) => done(readAnswer(status, body)),
        () => done(null),
      );
    });
  }

  /** Ends those under way. */
  abort(): void {
    for (const given of this.open) given.abort();
  }
}

class PollChannel implements Channel {
  private readonly queue: Uint8Array[] = [];
  private waiting = 0;
  private isPushing = false;
  private number = 0;
  private isOver = false;
  private readonly pauses = new Set<() => void>();

  constructor(
    private readonly requests: Requests,
    private readonly link: LinkKey,
    private readonly pace: Pace,
    private readonly clock: Clock,
    private readonly events: ChannelEvents,
  ) {
    // Not before the caller has it.
    queueMicrotask(() => void this.listen());
  }

  send(frame: Uint8Array): void {
    if (this.isOver) return;
    this.queue.push(frame.slice());
    this.waiting += frame.length;
    if (this.isPushing) return;
    this.isPushing = true;
    // What is sent in one go travels together.
    queueMicrotask(() => void this.push());
  }

  buffered(): number {
    return this.waiting;
  }

  close(): void {
    if (this.isOver) return;
    this.over();
    void this.requests.once({ type: 'end', link: this.link }, FAREWELL);
  }

  private async push(): Promise<void> {
    while (this.queue.length > 0) {
      const frames = this.queue.splice(0, batchOf(this.queue.slice(0, LIMITS.framesPerBatch)));
      const size = frames.reduce((sum, frame) => sum + frame.length, 0);
      const number = ++this.number;
      const answer = await this.ask(() => ({ type: 'up', link: this.link, number, frames }), PATIENCE + size / SLOWEST);
      if (answer === null) return;
      if (answer.type === 'batch') return this.end(closedWith(answer.code));
      // Not taken: the link ends, and the other request is told why.
      if (answer.type !== 'taken' || answer.number < number) return;
      this.waiting -= size;
    }
    this.isPushing = false;
  }

  private async listen(): Promise<void> {
    let received = 0;
    while (!this.isOver) {
      const since = this.clock.now();
      const answer = await this.ask(
        () => ({ type: 'down', link: this.link, received, hold: this.pace.hold }),
        this.pace.hold + PATIENCE,
        (after) => {
          if (after > SHORTEST_HOLD) this.pace.hold = Math.max(SHORTEST_HOLD, Math.min(this.pace.hold, Math.round(after * 0.75)));
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

  /** Asks until the relay answers. @param failed hears how long a request lasted that got no answer @returns null when the link is over */
  private async ask(request: () => PollRequest, within: number, failed?: (after: number) => void): Promise<PollAnswer | null> {
    for (let attempt = 0; ; attempt++) {
      const since = this.clock.now();
      const answer = await this.requests.once(request(), within);
      if (this.isOver) return null;
      if (answer !== null && 'type' in answer) return answer;
      if (answer !== null || attempt === RETRIES) {
        // The relay did not understand: another link may do better.
        this.end(answer === null || answer.code === 'BAD_FRAME' ? closedWith(0) : answer);
        return null;
      }
      failed?.(this.clock.now() - since);
      await this.pause(FIRST_PAUSE * 2 ** attempt);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        cancel();
        this.pauses.delete(go);
        resolve();
      };
      const cancel = this.clock.after(ms, go);
      this.pauses.add(go);
    });
  }

  private end(reason: CloseReason): void {
    if (this.isOver) return;
    this.over();
    this.events.onEnd(reason);
  }

  private over(): void {
    this.isOver = true;
    this.queue.length = 0;
    for (const go of this.pauses) go();
    this.requests.abort();
  }
}

function readAnswer(status: number, body: Uint8Array): PollAnswer | CloseReason | null {
  try {
    return status === 200 ? decodePollAnswer(body) : refusalOf(decodeErrorAnswer(new TextDecoder().decode(body)).code);
  } catch {
    return null; // a proxy's page
  }
}
