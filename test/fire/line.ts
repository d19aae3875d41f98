/**
 * A TCP line between devices and a relay that can be as bad as real ones: slow, narrow, dribbling, held up, cut in mid-frame, reset,
 * or dead without a word (half-open). It knows nothing of what it carries.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `up`: from device to relay. */
export type Direction = 'up' | 'down';

export interface Pace {
  /** Each way, ms. */
  readonly latency: number;
  /** Each way and connection. */
  readonly bytesPerSecond: number;
  /** Most bytes in one write. */
  readonly piece: number;
}

export const PLAIN: Pace = { latency: 0, bytesPerSecond: Infinity, piece: Infinity };
/** More bytes than this on the line, and the sender has to wait. */
const FULL = 256 * 1024;

export class Line {
  pace: Pace = PLAIN;
  private readonly wires = new Set<Wire>();
  private readonly held = new Set<Direction>();
  private cutAfter: number | null = null;
  private isDead = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (device) => this.connected(device));
  }

  /** @param target port of the relay on 127.0.0.1 */
  static async open(target: number): Promise<Line> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new Line(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`; // listens on TCP
  }

  /** Connections that it carries, or pretends to. */
  get connections(): number {
    return this.wires.size;
  }

  /** Makes who reads along on one connection, device to relay. */
  tap: (() => { take(bytes: Buffer): void }) | null = null;

  isHeld(direction: Direction): boolean {
    return this.held.has(direction);
  }

  /** Every connection ends with a reset on both sides; what was on the way is lost. */
  reset(): void {
    for (const wire of [...this.wires]) wire.end(true);
  }

  /** Every connection, and each new one, is reset after so many more bytes to the device; null: no more. */
  cutEach(bytes: number | null): void {
    this.cutAfter = bytes;
    for (const wire of this.wires) wire.left = bytes;
  }

  /** From now on nothing comes through and no one is told: as when a NAT forgets a connection, or a phone leaves the network. */
  die(): void {
    this.isDead = true;
    for (const wire of this.wires) wire.isDead = true;
  }

  /** New connections work again; those that died stay dead. */
  revive(): void {
    this.isDead = false;
  }

  /** What goes this way waits here until `release`. */
  hold(direction: Direction): void {
    this.held.add(direction);
  }

  release(): void {
    this.held.clear();
    for (const wire of this.wires) wire.pump();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.reset();
    await closed;
  }

  private connected(device: Socket): void {
    const relay = connect({ port: this.target, host: '127.0.0.1' });
    const wire = new Wire(this, device, relay, () => this.wires.delete(wire));
    wire.left = this.cutAfter;
    wire.isDead = this.isDead;
    this.wires.add(wire);
  }
}

/** One connection through a line. */
class Wire {
  isDead = false;
  /** Bytes to the device until it is cut. */
  left: number | null = null;
  private readonly pipes: readonly Pipe[];

  constructor(
    line: Line,
    private readonly device: Socket,
    private readonly relay: Socket,
    private readonly onEnd: () => void,
  ) {
    this.pipes = [new Pipe(line, this, 'up', device, relay), new Pipe(line, this, 'down', relay, device)];
    for (const socket of [device, relay]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      // A dead line tells no side that the other has gone.
      socket.on('close', () => {
        if (!this.isDead) this.end(false);
        else if (device.destroyed && relay.destroyed) this.onEnd();
      });
    }
  }

  pump(): void {
    for (const pipe of this.pipes) pipe.pump();
  }

  end(isReset: boolean): void {
    this.isDead = false;
    for (const pipe of this.pipes) pipe.stop();
    for (const socket of [this.device, this.relay]) {
      if (isReset && !socket.destroyed && !socket.connecting) socket.resetAndDestroy();
      else socket.destroy();
    }
    this.onEnd();
  }
}

/** One direction of a connection: bytes wait here for their time. */
class Pipe {
  private queue: { due: number; bytes: Buffer }[] = [];
  private waiting = 0;
  private freeAt = 0;
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  private stopped = false;

  constructor(
    private readonly line: Line,
    private readonly wire: Wire,
    private readonly direction: Direction,
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    const tap = direction === 'up' ? (line.tap?.() ?? null) : null;
    from.on('data', (bytes: Buffer) => {
      tap?.take(bytes);
      if (wire.isDead) return;
      this.queue.push({ due: performance.now() + line.pace.latency, bytes });
      this.waiting += bytes.length;
      if (this.waiting > FULL) from.pause();
      this.pump();
    });
    // Half-closing is not for WebSockets: an end ends both ways, after what was sent before it.
    from.on('end', () => undefined);
  }

  pump(): void {
    if (this.timer !== null || this.stopped) return;
    for (;;) {
      const [first] = this.queue;
      if (first === undefined || this.stopped || this.line.isHeld(this.direction)) return;
      const wait = Math.max(first.due, this.freeAt) - performance.now();
      if (wait > 0) return this.later(wait);
      if (this.wire.isDead) {
        this.queue = [];
        return;
      }
      // Cut already: the end is on its way.
      if (this.direction === 'down' && this.wire.left === 0) return;
      this.write(first);
      if (this.line.pace.piece < Infinity) return this.later(0);
    }
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) {
      clearTimeout(this.timer as NodeJS.Timeout);
      clearImmediate(this.timer as NodeJS.Immediate);
    }
  }

  private write(first: { bytes: Buffer }): void {
    const { bytesPerSecond, piece } = this.line.pace;
    // A narrow line takes what it can carry in a twentieth of a second.
    const most = Math.min(piece, bytesPerSecond === Infinity ? Infinity : Math.max(1, Math.floor(bytesPerSecond / 20)));
    const { left } = this.wire;
    const isCut = this.direction === 'down' && left !== null;
    const size = Math.min(first.bytes.length, most, isCut ? left : Infinity);
    this.to.write(first.bytes.subarray(0, size));
    this.waiting -= size;
    first.bytes = first.bytes.subarray(size);
    if (first.bytes.length === 0) this.queue.shift();
    if (this.waiting <= FULL) this.from.resume();
    if (bytesPerSecond < Infinity) this.freeAt = Math.max(this.freeAt, performance.now()) + (size / bytesPerSecond) * 1000;
    if (!isCut) return;
    this.wire.left = left - size;
    // Whatever was written is delivered before the end.
    if (this.wire.left === 0) setTimeout(() => this.wire.end(false), 5);
  }

  private later(ms: number): void {
    const run = (): void => {
      this.timer = null;
      this.pump();
    };
    this.timer = ms === 0 ? setImmediate(run) : setTimeout(run, ms);
  }
}
