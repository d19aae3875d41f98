/** A WebSocket in the process that holds it, for the relay at the other end of the pipe. */
import { afterWholeTurn } from '../whole-turn';
import type { Wire, WireEvents } from '../wire';
import { decodeEnd, encodeCount, type Kind, type Pipe } from './pipe';

/** What a socket keeps is told where it is more than this, bytes: most devices take all at once. */
const MANY = 64 * 1024;

/** A class for the sake of memory, as `ObservedWire`. */
export class HeldSocket implements WireEvents {
  /** Bytes that have gone out, and were not told yet. */
  private gone = 0;
  /** Bytes of frames that it was given and that have not gone out. */
  private kept = 0;
  private isTelling = false;
  /** The relay reads no more from it. */
  private isPaused = false;

  /** @param full the pipe has no room: reading goes on when `calm` is called */
  constructor(
    private readonly id: number,
    private readonly wire: Wire,
    private readonly pipe: Pipe,
    private readonly full: (socket: HeldSocket) => void,
    private readonly over: (id: number) => void,
  ) {
    pipe.tell('open', id);
  }

  message(bytes: Uint8Array): void {
    if (this.pipe.tell('frame', this.id, bytes)) return;
    this.wire.pause();
    this.full(this);
  }

  alive(): void {
    this.pipe.tell('alive', this.id);
  }

  ended(why: string): void {
    this.over(this.id);
    this.pipe.tell('ended', this.id, Buffer.from(why));
  }

  calm(): void {
    if (!this.isPaused) this.wire.resume();
  }

  /** What the relay tells. */
  take(kind: Kind, bytes: Uint8Array): void {
    const { wire, pipe, id } = this;
    if (kind === 'frame') this.send(bytes);
    else if (kind === 'settled') afterWholeTurn(() => pipe.tell('settled', id));
    else if (kind === 'arrived') wire.arrived?.(() => pipe.tell('arrived', id));
    else if (kind === 'close') {
      const { code, reason } = decodeEnd(bytes);
      wire.close(code, reason);
    } else if (kind === 'pause' || kind === 'resume') {
      this.isPaused = kind === 'pause';
      wire[kind]();
    }
  }

  private send(frame: Uint8Array): void {
    this.kept += frame.length;
    this.wire.send(frame, () => this.left(frame.length));
    if (this.kept <= MANY || this.isTelling) return;
    this.isTelling = true;
    afterWholeTurn(() => {
      this.isTelling = false;
      if (this.kept > MANY) this.pipe.tell('kept', this.id, encodeCount(this.kept));
    });
  }

  private left(bytes: number): void {
    if (this.gone === 0) process.nextTick(() => this.tellLeft());
    this.gone += bytes;
    this.kept -= bytes;
  }

  private tellLeft(): void {
    this.pipe.tell('left', this.id, encodeCount(this.gone));
    this.gone = 0;
  }
}
