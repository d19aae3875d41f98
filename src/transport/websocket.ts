/**
 * Frames over a WebSocket. The session token travels as the second subprotocol. A browser shows a refused upgrade only as a close
 * before the open. PROTOCOL.md [P27] [P41] [P55].
 */
import { LIMITS, OFFERS, socketUrl, SUBPROTOCOL, TOKEN_PREFIX } from '../protocol';
import type { Clock } from '../sync';
import { closedWith, NOT_A_FRAME } from './failure';
import type { Offers } from './offers';
import { createTransport, type RelayTransport, type TransportOptions } from './transport';
import type { Channel, ChannelEvents, Way } from './way';

export interface WebSocketOptions {
  /** The browser's own, or the one of ws-node.ts. */
  readonly WebSocket: typeof WebSocket;
  readonly clock: Clock;
  /** Takes what the relay says of other ways. */
  readonly offers?: Offers;
}

/** For a socket to open, ms. */
const OPENING = 5_000;

export function webSocketWay(options: WebSocketOptions): Way {
  return { name: 'websocket', open: (relay, token, events, signal) => open(options, relay, token, events, signal) };
}

/** A transport that knows no other way. */
export function createWebSocketTransport(options: Omit<TransportOptions, 'ways'> & WebSocketOptions): RelayTransport {
  return createTransport({ ...options, ways: [webSocketWay(options)] });
}

function open({ WebSocket, clock, offers }: WebSocketOptions, relay: string, token: string, events: ChannelEvents, signal: AbortSignal): Promise<Channel | null> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(socketUrl(relay), [SUBPROTOCOL, ...(offers?.isWanted() ? [OFFERS] : []), TOKEN_PREFIX + token]);
    } catch {
      resolve(null); // the platform forbids it, e.g. ws: from a secure page
      return;
    }
    let isOpen = false;
    socket.binaryType = 'arraybuffer';
    const close = (): void => {
      isOpen = false;
      socket.close();
    };
    const cancel = clock.after(OPENING, close);
    signal.addEventListener('abort', close);
    socket.onopen = (): void => {
      cancel();
      signal.removeEventListener('abort', close);
      isOpen = true;
      resolve({
        // A copy where the frame is a view: a WebSocket may read it later than now.
        send: (frame) => {
          if (isOpen) socket.send(frame.slice());
        },
        buffered: () => socket.bufferedAmount,
        close,
      });
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (!isOpen) return;
      const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null;
      const offer = frame === null ? undefined : offers?.take(relay, frame);
      if (offer) return events.onOffer?.(offer.isAnew);
      if (frame !== null && frame.length <= LIMITS.frame) return events.onFrame(frame);
      close();
      events.onEnd(NOT_A_FRAME);
    };
    // What went wrong is told by the close that follows.
    socket.onerror = (): void => undefined;
    socket.onclose = ({ code }: CloseEvent): void => {
      cancel();
      resolve(null);
      if (!isOpen) return;
      isOpen = false;
      events.onEnd(closedWith(code));
    };
  });
}
