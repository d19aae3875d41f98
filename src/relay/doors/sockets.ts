/** The WebSockets that one process holds: upgraded, pinged, cut when nobody answers, closed in order. Who may have one was settled before. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { LIMITS, SUBPROTOCOL } from '../../protocol';
import type { Journal } from '../journal';
import type { Wire, WireEvents } from '../wire';

/** Whoever holds the relay's WebSockets: its own process, or others beside it. */
export interface SocketHolder {
  /**
   * Answers an upgrade that was found good, and carries the frames from then on.
   * @param introduce is called once the WebSocket is open; what it returns hears of messages, of life signs, and of the end
   * @throws ProtocolError when none can be held now; the socket was not touched
   */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, introduce: (wire: Wire) => WireEvents): void;
  /** How long one waits that is given now until it is open, as far as it can be told, ms. */
  wait(): number;
  /** Resolves when every WebSocket has closed or, after a short time, been cut. */
  close(): Promise<void>;
}

export interface SocketsOptions {
  readonly journal: Journal;
  /** Who was silent for so long, in ms, and a beat of this length, is pinged; who has not answered by the next beat is gone. */
  readonly pingEvery: number;
}

/** So many parts of the sockets take turns with their pings: all at once, those of thousands would hold up keystrokes. */
const PARTS = 25;
/** Time for the other side to answer a close, in ms; then the socket is cut. */
const CLOSE_TIME = 2_000;

/** Of one socket. */
interface Life {
  /** Beats since it was heard. */
  silent: number;
  readonly part: number;
  readonly events: WireEvents;
}

export class Sockets implements SocketHolder {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Up to here a frame that is too large gets an answer in words; beyond, the socket is closed with 1009.
    maxPayload: 2 * LIMITS.frame,
    handleProtocols: () => SUBPROTOCOL,
  });
  private readonly sockets = new Map<WebSocket, Life>();
  private readonly pings: NodeJS.Timeout;
  private taken = 0;
  private turn = 0;
  /** When the first was taken in this turn of the event loop, ms. */
  private takingSince: number | null = null;

  constructor(private readonly options: SocketsOptions) {
    this.pings = setInterval(() => this.ping(), options.pingEvery / PARTS);
    this.pings.unref();
  }

  take(request: IncomingMessage, socket: Duplex, head: Buffer, introduce: (wire: Wire) => WireEvents): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => this.connect(webSocket, introduce));
    if (this.takingSince !== null) return;
    this.takingSince = performance.now();
    setImmediate(() => (this.takingSince = null));
  }

  /** Thousands that come at once are read in one turn of the event loop: whoever is read late in it has waited since some time in it. */
  wait(): number {
    return this.takingSince === null ? 0 : (performance.now() - this.takingSince) / 2;
  }

  async close(): Promise<void> {
    clearInterval(this.pings);
    const open = [...this.sockets.keys()];
    await Promise.all(
      open.map(
        (webSocket) =>
          new Promise<void>((resolve) => {
            const timer = setTimeout(() => webSocket.terminate(), CLOSE_TIME);
            webSocket.once('close', () => {
              clearTimeout(timer);
              resolve();
            });
            // A socket that was paused to stop reading would never see the other side's close.
            webSocket.resume();
            webSocket.close(1001);
          }),
      ),
    );
  }

  private connect(webSocket: WebSocket, introduce: (wire: Wire) => WireEvents): void {
    const wire = new WebSocketWire(webSocket);
    const events = introduce(wire);
    const life: Life = { silent: 0, part: this.taken++ % PARTS, events };
    this.sockets.set(webSocket, life);
    webSocket.binaryType = 'nodebuffer';
    webSocket.on('message', (data, isBinary) => {
      life.silent = 0;
      // Text has no meaning here: an empty frame is refused like any other that does not decode.
      events.message(isBinary && data instanceof Uint8Array ? data : new Uint8Array(0));
    });
    webSocket.on('pong', (data) => {
      life.silent = 0;
      wire.ponged(data);
    });
    webSocket.on('error', (error) => this.options.journal('socket.error', { error: error.message }));
    webSocket.on('close', (code, reason) => {
      this.sockets.delete(webSocket);
      events.ended(reason.length > 0 ? reason.toString() : String(code));
    });
  }

  private ping(): void {
    this.turn = (this.turn + 1) % PARTS;
    for (const [webSocket, life] of this.sockets) {
      if (life.part !== this.turn) continue;
      if (life.silent === 0) life.events.alive();
      life.silent++;
      // Devices ask by themselves about as often: then a ping would only wake their radio.
      if (life.silent === 2) webSocket.ping();
      else if (life.silent > 2) webSocket.terminate();
    }
  }
}

/** A class for the sake of memory, as `ObservedWire`. */
class WebSocketWire implements Wire {
  readonly kind = 'websocket';
  private isClosing = false;
  /** Of pings with a number, those without a pong; null before somebody asked what has arrived. */
  private asked: { first: number; readonly runs: (() => void)[] } | null = null;

  constructor(private readonly webSocket: WebSocket) {}

  get buffered(): number {
    return this.webSocket.bufferedAmount;
  }

  send(frame: Uint8Array, sent?: () => void): void {
    const { webSocket } = this;
    if (webSocket.readyState === webSocket.OPEN) webSocket.send(frame, { binary: true }, sent);
  }

  /** A ping behind what was sent: its pong comes once that was read, whatever program is there (RFC 6455, 5.5.3). */
  arrived(run: () => void): void {
    const { webSocket } = this;
    if (webSocket.readyState !== webSocket.OPEN) return;
    const asked = (this.asked ??= { first: 0, runs: [] });
    asked.runs.push(run);
    webSocket.ping(numbered(asked.first + asked.runs.length - 1));
  }

  /** A pong stands for all pings before it, too. */
  ponged(data: Buffer): void {
    const { asked } = this;
    if (asked === null || data.length !== 4) return;
    const count = data.readUInt32BE() - asked.first + 1;
    if (count < 1 || count > asked.runs.length) return;
    asked.first += count;
    for (const run of asked.runs.splice(0, count)) run();
  }

  pause(): void {
    this.webSocket.pause();
  }

  resume(): void {
    this.webSocket.resume();
  }

  close(code: number, reason: string): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.webSocket.resume();
    this.webSocket.close(code, reason);
    setTimeout(() => this.webSocket.terminate(), CLOSE_TIME).unref();
  }
}

function numbered(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
