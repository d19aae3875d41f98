/** The way to a WebSocket: checks origin, version and session before the upgrade, then gives it to whoever holds them. PROTOCOL.md [P55] [P73]. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeCodeOf, encodeAnswer, encodeFrame, HTTP_STATUS, OFFERS, ProtocolError, SUBPROTOCOL, TOKEN_PREFIX } from '../../protocol';
import type { Admission, Ask, Session } from '../admission';
import type { Wire, WireEvents } from '../wire';
import type { Journal } from '../journal';
import { Busy, refusalFor } from '../refusal';
import type { Meter } from '../meter';
import type { OfferBoard } from '../webtransport/offer-board';
import type { Origins } from './origins';
import type { SocketHolder } from './sockets';
import type { Turnstile } from './turnstile';

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
  readonly sockets: SocketHolder;
  readonly turnstile: Turnstile;
}

export class WebSocketDoor {
  constructor(private readonly options: WebSocketDoorOptions) {}

  /** Answers an upgrade request for the relay's socket. Never throws. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    try {
      if (!this.options.origins.allows(request)) throw new ProtocolError('ORIGIN', 'This origin is not allowed.');
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      if (!offered.includes(SUBPROTOCOL)) throw new ProtocolError('VERSION', `This relay speaks ${SUBPROTOCOL}.`);
      const token = tokenOf(request, offered);
      if (token !== null) this.options.turnstile.pass(token);
      const session = await this.options.admission.authenticate(token, this.options.ask(request));
      this.options.checkRoom(session);
      if (socket.destroyed) return;
      this.options.sockets.take(request, socket, head, (wire) => this.introduce(wire, session, offered.includes(OFFERS)));
      socket.off('error', onError);
    } catch (error) {
      this.refuse(request, socket, error);
    }
  }

  close(): Promise<void> {
    return this.options.sockets.close();
  }

  /** Its space may prove unreadable just now; it is upgraded already, so it hears of that as of any later end. */
  private introduce(wire: Wire, session: Session, wantsOffers: boolean): WireEvents {
    try {
      const events = this.options.onConnection(wire, session);
      if (!wantsOffers) return events;
      const untell = this.options.offers.tell((frame) => wire.send(frame));
      return {
        message: (bytes) => events.message(bytes),
        alive: () => events.alive(),
        ended: (why) => {
          untell();
          events.ended(why);
        },
      };
    } catch (error) {
      const { code, message } = refusalFor(error);
      wire.send(encodeFrame({ type: 'error', code, message }));
      wire.close(closeCodeOf(code), code);
      return { message: () => undefined, alive: () => undefined, ended: () => undefined };
    }
  }

  /** A plain HTTP answer in place of the upgrade. */
  private refuse(request: IncomingMessage, socket: Duplex, error: unknown): void {
    const { code, message, headers } = refusalFor(error);
    this.options.meter.refuse(code);
    // Of those that are to come again there are thousands at once; they are counted.
    if (!(error instanceof Busy)) this.options.journal('upgrade.refused', { code, ...(code === 'INTERNAL' ? { error: String(error) } : {}) });
    refuseUpgrade(socket, HTTP_STATUS[code], encodeAnswer({ code, message, now: this.options.now() }), { ...this.options.origins.headers(request), ...headers });
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
