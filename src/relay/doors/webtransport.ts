/** Streams of WebTransport, one a connection: checks the session, then carries frames. PROTOCOL.md [P102] [P103]. */
import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ByteStrings, closeCodeOf, encodeFrame, IS_THERE, LIMITS, ProtocolError, readOnStream, toBase64Url, TOKEN_BYTES } from '../../protocol';
import type { Admission, Ask, Session } from '../admission';
import type { Journal } from '../journal';
import type { Meter } from '../meter';
import { refusalFor } from '../refusal';
import type { OfferBoard } from '../webtransport/offer-board';
import { StreamWire } from '../webtransport/stream-wire';
import type { Wire, WireEvents } from '../wire';
import type { RequestRate } from './request-rate';

/** Streams that may be without a session at a time: anyone can open one. */
const WAITING = 2_000;
/** The relay stops, as planned. */
const GOING_AWAY = 1001;

export interface WebTransportDoorOptions {
  readonly admission: Admission;
  readonly ask: (request: IncomingMessage) => Ask;
  readonly rate: RequestRate;
  readonly journal: Journal;
  readonly meter: Meter;
  readonly offers: OfferBoard;
  /** @throws ProtocolError when no connection can be taken now */
  readonly checkRoom: (session: Session) => void;
  readonly onConnection: (wire: Wire, session: Session) => WireEvents;
  /** Who was silent for so long, in ms, is asked; who has not answered when as long has passed again is gone. */
  readonly pingEvery: number;
  /** Streams that may be without a session at a time. */
  readonly waiting?: number;
}

export class WebTransportDoor {
  private readonly streams = new Set<Stream>();
  private waiting = 0;
  private readonly beats: NodeJS.Timeout;

  constructor(private readonly options: WebTransportDoorOptions) {
    this.beats = setInterval(() => {
      for (const stream of this.streams) stream.look();
    }, options.pingEvery);
    this.beats.unref();
  }

  /** Takes one stream. @param address of its device, by which requests are counted */
  take(socket: Socket, address: string): void {
    if (this.waiting >= (this.options.waiting ?? WAITING)) {
      socket.destroy();
      return;
    }
    this.waiting++;
    const stream = new Stream(socket, address, this.options, () => this.waiting--);
    this.streams.add(stream);
    socket.once('close', () => this.streams.delete(stream));
  }

  /** Resolves when every stream has ended; their connections have told them. */
  async close(): Promise<void> {
    clearInterval(this.beats);
    await Promise.all([...this.streams].map((stream) => stream.end()));
  }
}

class Stream {
  private readonly wire: StreamWire;
  private readonly strings = new ByteStrings(LIMITS.frame);
  private events: WireEvents | null = null;
  private state: 'waiting' | 'checking' | 'open' | 'over' = 'waiting';
  /** What came while the session was looked up. */
  private early: Uint8Array[] = [];
  private silent = 0;
  private why = 'LOST';
  private handshake: NodeJS.Timeout;
  private untell = (): void => undefined;

  constructor(
    private readonly socket: Socket,
    private readonly address: string,
    private readonly options: WebTransportDoorOptions,
    /** It has a session, or is over; called once. */
    private known: () => void,
  ) {
    this.wire = new StreamWire(socket);
    this.handshake = setTimeout(() => this.refuse(new ProtocolError('SLOW_CONSUMER', 'The stream did not begin.')), LIMITS.opening);
    socket.on('data', (chunk) => this.hear(chunk));
    socket.on('error', () => undefined); // the close that follows is enough
    socket.once('close', () => {
      clearTimeout(this.handshake);
      this.isKnown();
      this.untell();
      this.state = 'over';
      this.events?.ended(this.why);
    });
    socket.resume();
  }

  look(): void {
    if (this.state !== 'open') return;
    if (this.silent === 0) this.events?.alive();
    this.silent++;
    if (this.silent === 2) this.wire.beat();
    else if (this.silent > 2) this.socket.destroy();
  }

  async end(): Promise<void> {
    if (this.socket.destroyed) return;
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()));
    this.wire.close(GOING_AWAY);
    await closed;
  }

  private hear(chunk: Uint8Array): void {
    if (this.state === 'over') return;
    this.silent = 0;
    try {
      for (const bytes of this.strings.take(chunk)) this.sort(bytes);
    } catch (error) {
      this.refuse(error);
    }
  }

  private sort(bytes: Uint8Array): void {
    if (this.state === 'over') return;
    if (this.state === 'checking') {
      this.early.push(bytes);
      this.socket.pause();
      return;
    }
    const { type, ...rest } = readOnStream(bytes);
    if (this.state === 'waiting') {
      if (type !== 'control' || !('bytes' in rest) || rest.bytes.length !== TOKEN_BYTES) throw new ProtocolError('BAD_FRAME', 'A stream begins with a session.');
      this.state = 'checking';
      void this.begin(toBase64Url(rest.bytes)).catch((error: unknown) => this.refuse(error));
    } else if (type === 'beat') {
      if (!this.wire.answered()) throw new ProtocolError('BAD_FRAME', 'An answer that nothing was asked for.');
    } else if (type === 'frame') this.events?.message(bytes);
    else if ('bytes' in rest && rest.bytes.length === 0) {
      this.why = 'CLOSED';
      this.socket.destroy();
    } else if ('bytes' in rest && rest.bytes.length === 1 && rest.bytes[0] === IS_THERE) this.wire.isThere();
    else throw new ProtocolError('BAD_FRAME', 'A stream begins once.');
  }

  private isKnown(): void {
    this.known();
    this.known = () => undefined;
  }

  /** @throws ProtocolError as an upgrade is refused */
  private async begin(token: string): Promise<void> {
    const { rate, admission, ask, checkRoom, onConnection, offers } = this.options;
    if (!rate.take(this.address)) throw new ProtocolError('RATE_LIMITED', 'Too many requests from this address.');
    const session = await admission.authenticate(token, ask(requestOf(this.socket, this.address)));
    checkRoom(session);
    if (this.state !== 'checking') return;
    clearTimeout(this.handshake);
    this.state = 'open';
    this.isKnown();
    this.wire.begun();
    this.events = onConnection(this.wire, session);
    this.untell = offers.tell((frame) => this.wire.send(frame), true);
    const { early } = this;
    this.early = [];
    this.socket.resume();
    for (const bytes of early) this.sort(bytes);
  }

  /** Before it is open, and where what came can't be read; later ends are the connection's. */
  private refuse(error: unknown): void {
    if (this.state === 'over') return;
    const { code, message } = refusalFor(error);
    this.options.meter.refuse(code);
    this.options.journal('stream.refused', { code, ...(code === 'INTERNAL' ? { error: String(error) } : {}) });
    clearTimeout(this.handshake);
    // Once the session is known an error is told in words, too. [P41]
    if (this.state === 'open') this.wire.send(encodeFrame({ type: 'error', code, message }));
    this.why = code;
    this.state = 'over';
    this.wire.close(closeCodeOf(code));
    this.events?.ended(code);
  }
}

/** What `authorize` is shown: there are no headers but the one that says where it came from. */
function requestOf(socket: Socket, address: string): IncomingMessage {
  const request = new IncomingMessage(socket);
  request.method = 'CONNECT';
  request.url = '/v1/webtransport';
  request.headers = { 'x-forwarded-for': address };
  return request;
}
