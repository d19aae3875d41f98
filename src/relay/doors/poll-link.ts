/** One link: what stands for a socket where frames go by plain requests. PROTOCOL.md [P81]-[P85] [P88] [P108]. */
import { batchOf, encodePollAnswer, encodeStreamed, LIMITS, ProtocolError } from '../../protocol';
import type { Wire, WireEvents } from '../wire';

export interface LinkTimes {
  /** A link without a waiting request is gone after this, ms. */
  readonly abandoned: number;
  /** One that has ended can still be asked why for so long, ms. */
  readonly linger: number;
  /** For the first answer to the question how far a streamed device has got, ms. */
  readonly answer: number;
}

export const LINK_TIMES: LinkTimes = { abandoned: 30_000, linger: 5_000, answer: 5_000 };

/** Where an answer is streamed the device has this many times as long for its signs of life: apps behind others are slow with timers. */
const STREAMED = 3;

/** An answer that does not end by itself. */
export interface StreamOut {
  write(bytes: Uint8Array, sent: () => void): void;
  /** Bytes that have not left yet. */
  readonly writableLength: number;
  end(): void;
}

/** The close code of a link that is gone without a reason of its own. */
export const LOST = 1006;

interface Queued {
  readonly frame: Uint8Array;
  readonly sent: (() => void) | undefined;
  /** Waits until the device has it. */
  arrived: (() => void) | null;
}


export class PollLink implements Wire {
  kind: Wire['kind'] = 'long-poll';
  private events: WireEvents | null = null;
  private queue: Queued[] = [];
  private queuedBytes = 0;
  /** Given out and not confirmed. */
  private batch: { readonly number: number; readonly bytes: Uint8Array } | null = null;
  /** Of the last batch given out. */
  private given = 0;
  /** Answers the waiting request for frames. */
  private held: ((bytes: Uint8Array) => void) | null = null;
  private turn: NodeJS.Immediate | null = null;
  private out: StreamOut | null = null;
  private heartbeat: NodeJS.Timeout | null = null;
  /** Runs of frames that were streamed, until the device has those. */
  private asked: { readonly number: number; readonly run: () => void }[] = [];
  /** Whether the device answers the question for them. */
  private answers: 'unknown' | 'yes' | 'no' = 'unknown';
  private answering: NodeJS.Timeout | null = null;
  private taken = 0;
  private isPaused = false;
  /** Lets the batch go on that came while paused; false: it does not count. */
  private waiting: ((goOn: boolean) => void) | null = null;
  private code = 0;
  private silence: NodeJS.Timeout;

  /** @param onGone it is not known any more; called once */
  constructor(
    private readonly times: LinkTimes,
    private readonly onGone: () => void,
  ) {
    this.silence = this.watch();
  }

  begin(events: WireEvents): void {
    this.events = events;
  }

  /** @throws ProtocolError when frames have been given, or asked for, otherwise */
  checkUngiven(): void {
    if (this.given > 0 || this.held !== null || this.out !== null) throw this.broken('A link is streamed from its beginning.');
  }

  /** Frames go to `out` from now on. */
  stream(out: StreamOut): void {
    this.kind = 'stream';
    this.out = out;
    out.write(encodeStreamed(this.nothing()), () => undefined);
    this.heartbeat = setInterval(() => out.write(encodeStreamed(this.nothing()), () => undefined), LIMITS.streamAlive);
    this.heartbeat.unref();
    this.alive();
    this.answerSoon();
  }

  /** The device is still there. */
  alive(): Uint8Array {
    if (this.out !== null && this.code === 0) {
      this.events?.alive();
      clearTimeout(this.silence);
      this.silence = this.watch();
    }
    return this.nothing();
  }

  /** The device has all batches of the stream up to that one. @throws ProtocolError when that one was not given */
  received(number: number): Uint8Array {
    if (this.out === null || number > this.given) throw this.broken('A batch that was not given was received.');
    this.answers = 'yes';
    this.runAsked(number);
    return this.nothing();
  }

  /** A batch from the device. @returns the answer @throws ProtocolError when its number is beyond the next */
  async up(number: number, frames: readonly Uint8Array[]): Promise<Uint8Array> {
    if (number > this.taken + 1) throw this.broken('A batch is missing.');
    if (number > this.taken && (await this.mayRead()) && number === this.taken + 1) {
      this.taken = number;
      this.alive();
      // What is read from the body is a view of it.
      for (const frame of frames) this.events?.message(frame);
    }
    return encodePollAnswer({ type: 'taken', number: this.taken });
  }

  /** Asks for frames. @param ended tells when nobody waits for the answer any more @throws ProtocolError when `received` can't be */
  down(received: number, hold: number, ended: (run: () => void) => void): Promise<Uint8Array> {
    if (this.out !== null) throw this.broken('The link is streamed.');
    if (received > this.given) throw this.broken('A batch that was not given was received.');
    if (received === this.given) this.batch = null;
    // A copy of an older request that was long on its way: nobody waits for its answer.
    else if (this.batch === null || received < this.given - 1) return Promise.resolve(this.nothing());
    this.events?.alive();
    this.held?.(this.nothing());
    clearTimeout(this.silence);
    if (this.batch !== null || this.queue.length > 0 || this.code !== 0) {
      this.silence = this.watch();
      return Promise.resolve(this.take());
    }
    return new Promise((resolve) => {
      const answer = (bytes: Uint8Array): void => {
        if (this.held !== answer) return;
        this.held = null;
        clearTimeout(timer);
        this.silence = this.watch();
        resolve(bytes);
      };
      const timer = setTimeout(() => answer(this.nothing()), Math.min(hold, LIMITS.pollHold));
      this.held = answer;
      ended(() => answer(this.nothing()));
    });
  }

  /** The device ends it, or is gone. */
  end(why: string): void {
    if (this.code === 0) this.code = LOST;
    this.gone();
    this.events?.ended(why);
  }

  send(frame: Uint8Array, sent?: () => void): void {
    if (this.code !== 0) return;
    this.queue.push({ frame, sent, arrived: null });
    this.queuedBytes += frame.length;
    this.answerSoon();
  }

  /** Only in a stream: else a batch is given when the one before has come. */
  get arrived(): Wire['arrived'] {
    return this.out === null || this.answers === 'no' ? undefined : (run) => this.ask(run);
  }

  get buffered(): number {
    return this.queuedBytes + (this.batch?.bytes.length ?? 0) + (this.out?.writableLength ?? 0);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.waiting?.(true);
  }

  close(code: number): void {
    if (this.code !== 0) return;
    this.code = code;
    this.waiting?.(false);
    this.held?.(this.take());
    this.flow();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.gone(), this.times.linger);
    this.silence.unref();
  }

  /** What one turn of the event loop has to say goes in one answer. */
  private answerSoon(): void {
    if (this.held === null && this.out === null) return;
    this.turn ??= setImmediate(() => {
      this.turn = null;
      this.held?.(this.take());
      this.flow();
    });
  }

  /** All that there is goes into the stream; the end closes it. */
  private flow(): void {
    const { out } = this;
    if (out === null) return;
    while (this.queue.length > 0 || (this.code !== 0 && this.out !== null)) {
      const { bytes, taken } = this.next();
      out.write(encodeStreamed(bytes), () => {
        for (const { sent } of taken) sent?.();
      });
      const asked = taken.flatMap(({ arrived }) => (arrived === null ? [] : [{ number: this.given, run: arrived }]));
      this.asked.push(...asked);
      if (this.answers === 'no') this.runAsked(this.given);
      else if (asked.length > 0) out.write(encodeStreamed(this.nothing()), () => undefined);
      if (this.code === 0) continue;
      this.out = null;
      out.end();
      return;
    }
  }

  /** The last frame that was sent waits in the queue still. */
  private ask(run: () => void): void {
    const last = this.queue.at(-1);
    if (last === undefined) return;
    last.arrived = run;
    if (this.answers !== 'unknown' || this.answering !== null) return;
    this.answering = setTimeout(() => {
      if (this.answers === 'unknown') this.answers = 'no';
      if (this.answers === 'no') this.runAsked(this.given);
    }, this.times.answer);
    this.answering.unref();
  }

  private runAsked(number: number): void {
    const [known, later] = [this.asked.filter((each) => each.number <= number), this.asked.filter((each) => each.number > number)];
    this.asked = later;
    for (const { run } of known) run();
  }

  /** The batch that was not confirmed, or the next. */
  private take(): Uint8Array {
    if (this.batch !== null) return this.batch.bytes;
    if (this.queue.length === 0 && this.code === 0) return this.nothing();
    const { number, bytes, taken } = this.next();
    this.batch = { number, bytes };
    for (const { sent } of taken) sent?.();
    return bytes;
  }

  private next(): { number: number; bytes: Uint8Array; taken: Queued[] } {
    const taken = this.queue.splice(0, batchOf(this.queue.slice(0, LIMITS.framesPerBatch).map(({ frame }) => frame)));
    const frames = taken.map(({ frame }) => frame);
    for (const frame of frames) this.queuedBytes -= frame.length;
    const number = ++this.given;
    // The end goes with the next batch, whatever is behind it: who is closed for being slow would never get there.
    return { number, bytes: encodePollAnswer({ type: 'batch', number, frames, code: this.code }), taken };
  }

  private nothing(): Uint8Array {
    return encodePollAnswer({ type: 'batch', number: this.given, frames: [], code: 0 });
  }

  /** Whether the relay reads on; a newer request takes the place of one that waits. */
  private mayRead(): Promise<boolean> {
    this.waiting?.(false);
    if (this.code !== 0) return Promise.resolve(false);
    if (!this.isPaused) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.waiting = (goOn) => {
        this.waiting = null;
        resolve(goOn);
      };
    });
  }

  private watch(): NodeJS.Timeout {
    const timer = setTimeout(() => this.end('SILENT'), this.code !== 0 ? this.times.linger : this.out === null ? this.times.abandoned : STREAMED * this.times.abandoned);
    timer.unref();
    return timer;
  }

  private broken(message: string): ProtocolError {
    this.end('BAD_FRAME');
    return new ProtocolError('BAD_FRAME', message);
  }

  private gone(): void {
    clearTimeout(this.silence);
    if (this.turn !== null) clearImmediate(this.turn);
    if (this.heartbeat !== null) clearInterval(this.heartbeat);
    if (this.answering !== null) clearTimeout(this.answering);
    this.asked = [];
    this.out?.end();
    this.out = null;
    this.waiting?.(false);
    this.held?.(this.nothing());
    clearTimeout(this.silence);
    this.queue = [];
    this.onGone();
  }
}
