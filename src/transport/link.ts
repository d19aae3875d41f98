/** A link to a relay over plain requests: what its two ways have in common. PROTOCOL.md [P42]-[P44] [P80] [P81]. */
import { batchOf, decodeErrorAnswer, decodePollAnswer, encodePollRequest, fromBase64Url, LIMITS, pollUrl, refusalOf, TOKEN_BYTES, type LinkKey, type PollAnswer, type PollRequest } from '../protocol';
import type { Clock, CloseReason } from '../sync';
import { closedWith } from './failure';
import { SessionError } from './session';
import type { Channel, ChannelEvents } from './way';

/** POSTs bytes, without a header that a browser would ask leave for. Resolves with any HTTP status; rejects when no answer came. */
export type BytesPort = (url: string, body: Uint8Array, signal: AbortSignal) => Promise<{ readonly status: number; readonly body: Uint8Array; /** The header Retry-After, where there is one. */ readonly after?: string | null }>;

/** For a link to begin, ms. */
export const OPENING = 5_000;
/** For the relay to hear that a link ends, ms. */
const FAREWELL = 2_000;
/** For an answer, beyond what the request itself takes, ms. */
export const PATIENCE = 15_000;
/** Of a line so slow that nothing slower is waited for, bytes a ms. */
const SLOWEST = 5;
/** A request that got no answer is sent again so often, after a pause that doubles, ms. */
const RETRIES = 4;
const FIRST_PAUSE = 200;

/** Requests to one address, each with an end. */
export class Requests {
  private readonly open = new Set<AbortController>();

  private readonly url: string;

  constructor(
    private readonly post: BytesPort,
    private readonly clock: Clock,
    relay: string,
  ) {
    this.url = pollUrl(relay);
  }

  /** @returns null when none began and it can't be said why @throws SessionError when the relay refused */
  async begin(token: string, signal: AbortSignal): Promise<LinkKey | null> {
    const abort = (): void => this.abort();
    signal.addEventListener('abort', abort);
    const answer = await this.once({ type: 'begin', token: fromBase64Url(token, TOKEN_BYTES) }, OPENING);
    signal.removeEventListener('abort', abort);
    if (answer === null) return null;
    if ('type' in answer) return answer.type === 'begun' ? answer.link : null;
    // A relay that does not know this way says so in these words.
    if (answer.code === 'BAD_FRAME') return null;
    throw new SessionError(answer, true);
  }

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
      const cancel = this.clock.after(within, () => given.abort());
      this.post(this.url, encodePollRequest(request), given.signal).then(
        ({ status, body, after }) => done(readAnswer(status, body, after)),
        () => done(null),
      );
    });
  }

  /** Ends those under way. */
  abort(): void {
    for (const given of this.open) given.abort();
  }
}

export class LinkChannel implements Channel {
  private readonly queue: Uint8Array[] = [];
  private waiting = 0;
  private isPushing = false;
  private number = 0;
  protected isOver = false;
  private readonly pauses = new Set<() => void>();

  constructor(
    protected readonly requests: Requests,
    protected readonly link: LinkKey,
    protected readonly clock: Clock,
    protected readonly events: ChannelEvents,
  ) {}

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

  /** Asks until the relay answers. @param failed hears how long a request lasted that got no answer @returns null when the link is over */
  protected async ask(request: () => PollRequest, within: number, failed?: (after: number) => void): Promise<PollAnswer | null> {
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

  protected pause(ms: number): Promise<void> {
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

  protected end(reason: CloseReason): void {
    if (this.isOver) return;
    this.over();
    this.events.onEnd(reason);
  }

  protected over(): void {
    this.isOver = true;
    this.queue.length = 0;
    for (const go of this.pauses) go();
    this.requests.abort();
  }
}

function readAnswer(status: number, body: Uint8Array, after?: string | null): PollAnswer | CloseReason | null {
  try {
    if (status === 200) return decodePollAnswer(body);
    const reason = refusalOf(decodeErrorAnswer(new TextDecoder().decode(body)).code);
    const seconds = Number(after ?? NaN);
    return seconds >= 0 ? { ...reason, after: 1_000 * seconds } : reason;
  } catch {
    return null; // a proxy's page
  }
}
