/** Frames of one connection over one stream of WebTransport. PROTOCOL.md [P102]. */
import type { Duplex } from 'node:stream';
import { BEAT, encodeByteString, encodeCode, IS_THERE, LIMITS } from '../../protocol';
import type { Wire } from '../wire';

/** For the other side to take what was sent before the end, ms; then it is cut. */
const CLOSE_TIME = 2_000;

export class StreamWire implements Wire {
  readonly kind = 'webtransport';
  /** Of questions what has come, those without an answer; null is one that nobody waits for. */
  private readonly asked: ((() => void) | null)[] = [];
  private isClosing = false;

  constructor(private readonly socket: Duplex) {}

  get buffered(): number {
    return this.socket.writableLength;
  }

  send(frame: Uint8Array, sent?: () => void): void {
    this.write(encodeByteString(frame, LIMITS.frame), sent);
  }

  arrived(run: () => void): void {
    this.ask(run);
  }

  /** Whether somebody is there. */
  beat(): void {
    this.ask(null);
  }

  /** @returns false when nothing was asked */
  answered(): boolean {
    const run = this.asked.shift();
    run?.();
    return run !== undefined;
  }

  /** The session was found good. */
  begun(): void {
    this.write(encodeCode(0));
  }

  /** The device asked whether somebody is there. [P106] */
  isThere(): void {
    this.write(encodeCode(IS_THERE));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(code: number): void {
    if (this.isClosing) return;
    this.write(encodeCode(code));
    this.isClosing = true;
    this.socket.end();
    // Read on, or its end would never be seen.
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), CLOSE_TIME).unref();
  }

  private ask(run: (() => void) | null): void {
    this.asked.push(run);
    this.write(BEAT);
  }

  private write(bytes: Uint8Array, sent?: () => void): void {
    if (this.isClosing || this.socket.destroyed) return;
    this.socket.write(bytes, (error) => {
      if (!error) sent?.();
    });
  }
}
