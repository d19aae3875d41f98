/**
 * Frames over a WebSocket. The session token travels as the second subprotocol. A browser shows a refused upgrade only as a close
 * before the open, so that is answered by asking for a new session, once. PROTOCOL.md [P27] [P41] [P55].
 */
import { LIMITS, socketUrl, SUBPROTOCOL, TOKEN_PREFIX } from '../protocol';
import { type Clock, type CloseReason, type Connection, type Transport, type TransportEvents } from '../sync';
import { closedWith, NO_WEBSOCKET, NOT_A_FRAME, unreachable } from './failure';
import { SessionError, Sessions, type SessionOptions } from './session';

export interface WebSocketTransportOptions extends SessionOptions {
  /** Addresses of the one relay, best first, each as `parseRelayUrl` gives it. */
  readonly relays: readonly string[];
  /** The browser's own, or the one of ws-node.ts. */
  readonly WebSocket: typeof WebSocket;
}

/** For one address to open, ms. */
const OPENING = 5_000;

/** @returns a transport whose connections are bound to this device's session */
export function createWebSocketTransport(options: WebSocketTransportOptions): Transport {
  const sessions = new Sessions(options);
  /** Index of the address that worked last. */
  const best = { index: 0 };
  return { connect: (events) => new WebSocketConnection(options, sessions, best, events) };
}

class WebSocketConnection implements Connection {
  private socket: WebSocket | null = null;
  /** Of the address being tried. */
  private index = 0;
  private isOpen = false;
  private ended = false;
  /** Aborted by the end: nothing that still waits then may keep a program from ending. */
  private readonly givenUp = new AbortController();

  constructor(
    private readonly options: WebSocketTransportOptions,
    private readonly sessions: Sessions,
    private readonly best: { index: number },
    private readonly events: TransportEvents,
  ) {
    this.open().then(
      (failure) => {
        if (failure !== null) this.end(failure);
      },
      (error: unknown) => this.end({ code: 'UNREACHABLE', message: `The connection failed (${error instanceof Error ? error.name : 'unknown'}). Your edits are kept on this device.`, retry: true }),
    );
  }

  send(frame: Uint8Array): void {
    // A copy where the frame is a view: a WebSocket may read it later than now.
    if (this.isOpen && this.socket !== null) this.socket.send(frame.slice());
  }

  buffered(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  close(): void {
    this.end({ code: 'CLOSED', message: 'The connection was closed by this device.', retry: true });
  }

  /** Tries one address after the other. @returns why none opened, or null when one did (or this side gave up) */
  private async open(): Promise<CloseReason | null> {
    const { relays } = this.options;
    let failure: CloseReason = { code: 'NO_RELAY', message: 'No relay is set up on this device.', retry: false };
    const first = this.best.index;
    for (let i = 0; i < relays.length && !this.ended; i++) {
      this.index = (first + i) % relays.length;
      const relay = relays[this.index];
      if (relay === undefined) continue;
      const result = await this.openAt(relay);
      if (result === null) return null;
      failure = result.reason;
      if (result.answered) break;
    }
    return this.ended ? null : failure;
  }

  private async openAt(relay: string): Promise<SessionError | null> {
    try {
      const kept = await this.sessions.kept();
      // Before an upgrade, 401 looks like any other failure: a kept token gets one try, then there is a new one.
      if (kept !== null && (await this.openWith(relay, kept))) return null;
      if (this.ended) return null;
      const fresh = await within(OPENING, this.options.clock, this.givenUp.signal, this.sessions.renew(relay, this.givenUp.signal), () => new SessionError(unreachable(relay, null), false));
      if (this.ended || (await this.openWith(relay, fresh))) return null;
      return this.ended ? null : new SessionError(NO_WEBSOCKET, false);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      if (error.answered) this.sessions.forget();
      return error;
    }
  }

  /** @returns whether it opened */
  private openWith(relay: string, token: string): Promise<boolean> {
    return new Promise((resolve) => {
      let socket: WebSocket;
      try {
        socket = new this.options.WebSocket(socketUrl(relay), [SUBPROTOCOL, TOKEN_PREFIX + token]);
      } catch {
        resolve(false); // the platform forbids it, e.g. ws: from a secure page
        return;
      }
      this.socket = socket;
      socket.binaryType = 'arraybuffer';
      const cancel = this.options.clock.after(OPENING, () => socket.close());
      socket.onopen = (): void => {
        cancel();
        if (this.ended) {
          socket.close();
          return;
        }
        this.isOpen = true;
        this.best.index = this.index;
        this.sessions.used();
        resolve(true);
        this.events.onOpen();
      };
      socket.onmessage = ({ data }: MessageEvent<unknown>): void => {
        if (this.ended || this.socket !== socket) return;
        const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null;
        if (frame === null || frame.length > LIMITS.frame) this.end(NOT_A_FRAME);
        else this.events.onFrame(frame);
      };
      // What went wrong is told by the close that follows.
      socket.onerror = (): void => undefined;
      socket.onclose = ({ code }: CloseEvent): void => {
        cancel();
        resolve(false);
        if (!this.isOpen || this.socket !== socket) return;
        const reason = closedWith(code);
        if (reason.code === 'SESSION_EXPIRED') this.sessions.forget();
        this.end(reason);
      };
    });
  }

  private end(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    this.isOpen = false;
    this.socket?.close();
    this.givenUp.abort();
    // Never from within the caller's own call: it may not have this connection in its hands yet.
    queueMicrotask(() => this.events.onClose(reason));
  }
}

function within<Value>(ms: number, clock: Clock, signal: AbortSignal, promise: Promise<Value>, late: () => Error): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()));
    const abort = (): void => {
      cancel();
      reject(late());
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
