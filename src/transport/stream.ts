/** Frames over plain requests, those of the relay in one answer that goes on. PROTOCOL.md [P88] [P89] [P108]. */
import { encodePollRequest, LIMITS, pollUrl, StreamReader, type LinkKey } from '../protocol';
import type { Clock } from '../sync';
import { closedWith, NOT_A_FRAME } from './failure';
import { LinkChannel, OPENING, PATIENCE, Requests, type BytesPort } from './link';
import type { Way } from './way';

/** POSTs bytes, and gives the answer's as they come. `signal` ends it at any time. */
export type StreamPort = (url: string, body: Uint8Array, signal: AbortSignal) => Promise<{ readonly status: number; readonly chunks: AsyncIterable<Uint8Array> }>;

export interface StreamOptions {
  readonly post: BytesPort;
  readonly stream: StreamPort;
  readonly clock: Clock;
}

/** Without a word from the relay for so long the line is dead, ms. */
const SILENCE = LIMITS.streamAlive + PATIENCE;
/** Requests at a time that tell how far this device has got. With the stream, and those of files, they are as many as browsers make to one place over HTTP/1.1. */
const TELLERS = 2;
/** Before a request that got no answer is made again, ms. */
const RETRY = 1_000;

export function streamWay({ post, stream, clock }: StreamOptions): Way {
  return {
    name: 'stream',
    async open(relay, token, events, signal) {
      const requests = new Requests(post, clock, relay);
      const link = await requests.begin(token, signal);
      if (link === null) return null;
      const channel = new StreamChannel(requests, link, clock, events);
      return (await channel.opens(stream, pollUrl(relay), signal)) ? channel : null;
    },
  };
}

class StreamChannel extends LinkChannel {
  private readonly given = new AbortController();
  private cancel = (): void => undefined;
  private isOpen = false;
  /** The last batch that came, and the last one that the relay was told of. */
  private came = 0;
  private told = 0;
  private tellers = 0;

  /** @returns whether the relay's first word came: what is held back on the way is no stream */
  opens(stream: StreamPort, url: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const failed = (): void => {
        resolve(false);
        this.close();
      };
      signal.addEventListener('abort', failed);
      this.expect(OPENING, failed);
      this.read(stream, url, this.link, () => {
        signal.removeEventListener('abort', failed);
        this.isOpen = true;
        resolve(true);
        void this.stayAlive();
      }).then(
        () => this.broke(closedWith(0), failed),
        () => this.broke(closedWith(0), failed),
      );
    });
  }

  private async read(stream: StreamPort, url: string, link: LinkKey, opened: () => void): Promise<void> {
    const { status, chunks } = await stream(url, encodePollRequest({ type: 'stream', link }), this.given.signal);
    if (status !== 200) return;
    const reader = new StreamReader();
    for await (const chunk of chunks) {
      for (const answer of reader.take(chunk)) {
        if (this.isOver) return;
        if (answer.type !== 'batch') return this.end(NOT_A_FRAME);
        if (!this.isOpen) opened();
        this.expect(SILENCE, () => this.end(closedWith(0)));
        if (answer.number === this.came + 1) this.came++;
        else if (answer.number !== this.came || answer.frames.length > 0) return this.end(NOT_A_FRAME);
        if (answer.frames.length === 0) void this.tell();
        for (const frame of answer.frames) if (!this.isOver) this.events.onFrame(frame);
        if (answer.code !== 0) return this.end(closedWith(answer.code));
      }
    }
  }

  /** The relay asks how far this device has got. */
  private async tell(): Promise<void> {
    if (this.tellers >= TELLERS) return;
    this.tellers++;
    while (this.told < this.came && !this.isOver) {
      const received = (this.told = this.came);
      const answer = await this.requests.once({ type: 'received', link: this.link, received }, PATIENCE);
      if (answer !== null && 'type' in answer) continue;
      // An older relay: it sends on without being told.
      if (answer?.code === 'BAD_FRAME') return void (this.tellers = TELLERS);
      await this.pause(RETRY);
      this.told = Math.min(this.told, received - 1);
    }
    this.tellers--;
  }

  /** The answer has ended without a reason. */
  private broke(reason: Parameters<LinkChannel['end']>[0], failed: () => void): void {
    if (this.isOpen) this.end(reason);
    else failed();
  }

  private async stayAlive(): Promise<void> {
    for (;;) {
      await this.pause(LIMITS.streamAlive);
      if (this.isOver) return;
      const answer = await this.ask(() => ({ type: 'alive', link: this.link }), PATIENCE);
      if (answer === null) return;
      if (answer.type === 'batch' && answer.code !== 0) return this.end(closedWith(answer.code));
    }
  }

  private expect(within: number, late: () => void): void {
    this.cancel();
    this.cancel = this.clock.after(within, late);
  }

  protected override over(): void {
    super.over();
    this.cancel();
    this.given.abort();
  }
}
