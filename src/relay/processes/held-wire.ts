/** The relay's end of a WebSocket that another process holds. */
import type { Wire, WireEvents } from '../wire';
import { encodeEnd, type Pipe } from './pipe';

/** Someone who waits until so many bytes in all have gone out. */
interface Waiting {
  readonly at: number;
  readonly run: () => void;
}

export class HeldWire implements Wire {
  readonly kind = 'websocket';
  events: WireEvents | null = null;
  /** Bytes of frames so far: told to the process, and gone out of it. */
  private told = 0;
  private gone = 0;
  /** By the word of the process. */
  private kept = 0;
  /** Null while nobody does: most of thousands of devices are sent nothing for hours. */
  private waiting: Waiting[] | null = null;
  private asked: (() => void)[] | null = null;
  private doubts: (() => void)[] | null = null;

  constructor(
    private readonly id: number,
    private readonly pipe: Pipe,
  ) {}

  get buffered(): number {
    return this.told - this.gone;
  }

  get untaken(): number {
    return this.kept;
  }

  send(frame: Uint8Array, sent?: () => void): void {
    this.told += frame.length;
    if (sent !== undefined) (this.waiting ??= []).push({ at: this.told, run: sent });
    this.pipe.tell('frame', this.id, frame);
  }

  arrived(run: () => void): void {
    (this.asked ??= []).push(run);
    this.pipe.tell('arrived', this.id);
  }

  settled(run: () => void): void {
    (this.doubts ??= []).push(run);
    this.pipe.tell('settled', this.id);
  }

  pause(): void {
    this.pipe.tell('pause', this.id);
  }

  resume(): void {
    this.pipe.tell('resume', this.id);
  }

  close(code: number, reason: string): void {
    this.pipe.tell('close', this.id, encodeEnd(code, reason));
  }

  /** So many more bytes have gone out. */
  left(bytes: number): void {
    this.gone += bytes;
    this.kept = Math.max(0, this.kept - bytes);
    while (this.waiting?.[0] !== undefined && this.waiting[0].at <= this.gone) this.waiting.shift()?.run();
  }

  /** Its socket had so many bytes that the device did not take. */
  keeps(bytes: number): void {
    this.kept = bytes;
  }

  /** All that the device had said before the oldest doubt was told. */
  hasSettled(): void {
    this.doubts?.shift()?.();
  }

  /** All that came before the oldest question has come. */
  answered(): void {
    this.asked?.shift()?.();
  }
}
