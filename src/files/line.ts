/** The line that files go over: its handshake, its silence, and another try after growing pauses. [F1] [F2] [F8] */
import { decodeRelayFrame, encodeFrame, isFileAnswer, type FileAnswer, type FileRequest } from '../protocol';
import { pauseAfter, type Clock, type CloseReason, type Connection, type Random, type Transport } from '../sync';
import type { FileProblem } from './api';
import type { OwnState } from './lending';
import { FILES_OFF, RELAY_OLD, unreachable } from './problems';

/** From the first byte to the relay's answer, ms. */
const HANDSHAKE = 15_000;
/** An answer that does not come for so long will not, ms. */
const SILENCE = 30_000;
/** A relay that does not know files is asked again after so long, ms; sooner where the device has connected anew. */
const OLD_PAUSE = 15 * 60_000;
/** Lines of its own that did not come about, before files take the one that there is. */
const TRIES = 2;

export interface LineEvents {
  /** Frames go from now on. */
  open(): void;
  answer(answer: Exclude<FileAnswer, { type: 'filing' }>): void;
  /** What was under way is lost. */
  closed(): void;
  /** Whether an answer is waited for. */
  isWaiting(): boolean;
}

export interface LineOptions {
  readonly clock: Clock;
  readonly random: Pick<Random, 'unit'>;
  /** Makes connections for files alone. */
  readonly own: Transport;
  /** Lends the connection that the device has; null where that can't be. */
  readonly shared: Transport | null;
}

export class FileLine {
  problem: FileProblem | null = null;
  isOpen = false;
  private connection: Connection | null = null;
  private isWanted = false;
  private mayConnect = false;
  /** Failed in a row. */
  private attempts = 0;
  private isRelayOld = false;
  private cancelRetry: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;

  constructor(
    private readonly options: LineOptions,
    private readonly events: LineEvents,
  ) {}

  send(frame: FileRequest): void {
    this.connection?.send(encodeFrame(frame));
    if (this.isOpen && this.cancelWatch === null) this.watch();
  }

  /** Connects as long as there is something to do, and hangs up when there is not. */
  want(isWanted: boolean): void {
    this.isWanted = isWanted;
    if (isWanted) this.tryNow();
    else this.hangUp();
  }

  /** What the device's own connection does: only beside that a line has hope. */
  follow(state: OwnState): void {
    const wasAllowed = this.mayConnect;
    this.mayConnect = state === 'connected';
    if (state === 'closed') this.hangUp();
    if (!this.mayConnect || wasAllowed) return;
    // It may be another relay, or another network.
    this.attempts = 0;
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.tryNow();
  }

  private tryNow(): void {
    if (!this.isWanted || !this.mayConnect || this.connection !== null || this.cancelRetry !== null) return;
    const { own, shared } = this.options;
    const isShared = shared !== null && this.attempts >= TRIES && this.attempts % 2 === 0 && !this.isRelayOld;
    let isRefused = false;
    const connection = (isShared ? shared : own).connect({
      onOpen: () => connection.send(encodeFrame({ type: 'files' })),
      onFrame: (bytes) => {
        if (this.connection !== connection) return;
        let frame;
        try {
          frame = decodeRelayFrame(bytes);
        } catch {
          return this.lose();
        }
        if (frame.type === 'error') isRefused = frame.code === 'BAD_FRAME';
        else if (!isFileAnswer(frame)) this.lose();
        else if (frame.type === 'filing') this.opened(frame.quota);
        else if (this.isOpen) {
          this.watch();
          this.events.answer(frame);
        }
      },
      onClose: (reason) => {
        if (this.connection === connection) this.ended(reason, isRefused || reason.code === 'BAD_FRAME');
      },
    });
    this.connection = connection;
    this.cancelWatch = this.options.clock.after(HANDSHAKE, () => this.lose());
  }

  private opened(quota: number): void {
    this.isOpen = true;
    this.attempts = 0;
    this.isRelayOld = false;
    this.problem = quota === 0 ? FILES_OFF : null;
    this.watch();
    this.events.open();
  }

  /** Whoever waits for an answer for long is on a dead line. */
  private watch(): void {
    this.cancelWatch?.();
    this.cancelWatch = this.events.isWaiting() ? this.options.clock.after(SILENCE, () => this.lose()) : null;
  }

  private lose(): void {
    const { connection } = this;
    this.ended(null, false);
    connection?.close();
  }

  /** @param isRefused the relay did not know what was wanted of it */
  private ended(reason: CloseReason | null, isRefused: boolean): void {
    const wasOpen = this.isOpen;
    this.leave();
    this.isRelayOld = isRefused && !wasOpen;
    if (this.isRelayOld) this.problem = RELAY_OLD;
    else if (!wasOpen && this.attempts > TRIES) this.problem = unreachable(reason);
    if (wasOpen) this.events.closed();
    if (reason?.code === 'SWITCHING') return this.tryNow();
    const pause = this.isRelayOld ? OLD_PAUSE : pauseAfter(reason ?? {}, this.attempts++, this.options.random.unit());
    this.cancelRetry = this.options.clock.after(pause, () => {
      this.cancelRetry = null;
      this.tryNow();
    });
  }

  private hangUp(): void {
    const { connection, isOpen } = this;
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.leave();
    connection?.close();
    if (isOpen) this.events.closed();
  }

  private leave(): void {
    this.cancelWatch?.();
    this.cancelWatch = null;
    this.connection = null;
    this.isOpen = false;
  }
}
