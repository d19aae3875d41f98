/** The WebSocket: checks origin, version and session before the upgrade, then carries frames. PROTOCOL.md [P55] [P73]. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodeOf, encodeAnswer, encodeFrame, HTTP_STATUS, LIMITS, OFFERS, ProtocolError, SUBPROTOCOL, TOKEN_PREFIX } from '../../protocol';
import type { Admission, Ask, Session } from '../admission';
import type { Wire, WireEvents } from '../wire';
import type { Journal } from '../journal';
import { refusalFor } from '../refusal';
import type { Meter } from '../meter';
import type { OfferBoard } from '../webtransport/offer-board';
import type { Origins } from './origins';

export interface WebSocketDoorOptions {
  readonly admission: Admission;
  readonly ask: (request: IncomingMessage) => Ask;
  readonly origins: Origins;
  readonly journal: Journal;
  readonly meter: Meter;
  readonly now: () => number;
  readonly offers: OfferBoard;
  /** @throws ProtocolError when no connection can be taken now */
  readonly checkRoom: (session: Session) => void;
  /** A connection has come about. What it returns hears of messages, of life signs, and of the end. */
  readonly onConnection: (wire: Wire, session: Session) => WireEvents;
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

export class WebSocketDoor {
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

  constructor(private readonly options: WebSocketDoorOptions) {
    this.pings = setInterval(() => this.ping(), options.pingEvery / PARTS);
    this.pings.unref();
  }

  /** Answers an upgrade request for the relay's socket. Never throws. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    try {
      if (!this.options.origins.allows(request)) throw new ProtocolError('ORIGIN', 'This origin is not allowed.');
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      if (!offered.includes(SUBPROTOCOL)) throw new ProtocolError('VERSION', `This relay speaks ${SUBPROTOCOL}.`);
      const session = await this.options.admission.authenticate(tokenOf(request, offered), this.options.ask(request));
      this.options.checkRoom(session);
      if (socket.destroyed) return;
      socket.off('error', onError);
      this.server.handleUpgrade(request, socket, head, (webSocket) => this.connect(webSocket, session, offered.includes(OFFERS)));
    } catch (error) {
      this.refuse(request, socket, error);
    }
  }

  /** Resolves when every socket has closed or, after a short time, been cut. */
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

  private connect(webSocket: WebSocket, session: Session, wantsOffers: boolean): void {
    const wire = new WebSocketWire(webSocket);
    const events = this.introduce(wire, session);
    const life: Life = { silent: 0, part: this.taken++ % PARTS, events };
    this.sockets.set(webSocket, life);
    if (wantsOffers) webSocket.once('close', this.options.offers.tell((frame) => wire.send(frame)));
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

  /** Its space may prove unreadable just now; it is upgraded already, so it hears of that as of any later end. */
  private introduce(wire: Wire, session: Session): WireEvents {
    try {
      return this.options.onConnection(wire, session);
    } catch (error) {
      const { code, message } = refusalFor(error);
      wire.send(encodeFrame({ type: 'error', code, message }));
      wire.close(closeCodeOf(code), code);
      return { message: () => undefined, alive: () => undefined, ended: () => undefined };
    }
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

  /** A plain HTTP answer in place of the upgrade. */
  private refuse(request: IncomingMessage, socket: Duplex, error: unknown): void {
    const { code, message } = refusalFor(error);
    this.options.meter.refuse(code);
    this.options.journal('upgrade.refused', { code, ...(code === 'INTERNAL' ? { error: String(error) } : {}) });
    refuseUpgrade(socket, HTTP_STATUS[code], encodeAnswer({ code, message, now: this.options.now() }), this.options.origins.headers(request));
  }
}

/** Writes a whole HTTP answer to a raw socket and ends it. */
export function refuseUpgrade(socket: Duplex, status: number, body: string, headers: Readonly<Record<string, unknown>>): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${String(value)}`);
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** The session's token, from the subprotocols (browsers) or the Authorization header (programs). */
function tokenOf(request: IncomingMessage, offered: readonly string[]): string | null {
  const named = offered.find((name) => name.startsWith(TOKEN_PREFIX));
  if (named !== undefined) return named.slice(TOKEN_PREFIX.length);
  const match = /^Bearer ([\w-]+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
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
