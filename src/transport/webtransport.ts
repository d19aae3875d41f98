/** Frames over WebTransport, an experiment: one session, and in it a stream for each connection. PROTOCOL.md [P100]-[P103]. */
import { BEAT, ByteStrings, decodeCode, encodeBegin, encodeByteString, END, errorOfCloseCode, fromBase64Url, IS_THERE, LIMITS, readOnStream, THERE, TOKEN_BYTES, webTransportUrl } from '../protocol';
import type { Clock, CloseReason } from '../sync';
import { closedWith, NOT_A_FRAME } from './failure';
import type { Offers } from './offers';
import { SessionError } from './session';
import type { Channel, ChannelEvents, Way } from './way';

export interface WebTransportOptions {
  /** The browser's own. Used only where an offer was taken, which needs one that is there. */
  readonly WebTransport: typeof WebTransport;
  readonly offers: Offers;
  readonly clock: Clock;
}

/** For a session and its stream to open, ms. */
const OPENING = 5_000;
/** Nothing heard for so long after a frame: the other side is asked whether it is there, and may take as long again, ms. [P106] */
const UNHEARD = 3_000;
/** A line so slow that nothing slower is waited for, bytes a ms. */
const SLOWEST = 5;
/** That one session may have in its life: where QUIC ends, they may count as open until it is over. */
const STREAMS = 32;

/** One for the streams to a relay. */
interface Session {
  readonly transport: WebTransport;
  /** Open now, and opened ever. */
  streams: number;
  opened: number;
}

export function webTransportWay({ WebTransport, offers, clock }: WebTransportOptions): Way {
  const sessions = new Map<string, Session>();

  function sessionTo(relay: string): Session | null {
    const offer = offers.of(relay);
    const open = sessions.get(relay);
    if (open !== undefined && open.opened < STREAMS) return open;
    if (offer === null) return null;
    let transport: WebTransport;
    try {
      transport = new WebTransport(webTransportUrl(relay, offer.port), { serverCertificateHashes: offer.hashes.map((value) => ({ algorithm: 'sha-256', value: value.slice() })) });
    } catch {
      return null; // the platform forbids it
    }
    const session = { transport, streams: 0, opened: 0 };
    sessions.set(relay, session);
    const over = (): void => forget(relay, session);
    transport.closed.then(over, over);
    return session;
  }

  function forget(relay: string, session: Session): void {
    if (sessions.get(relay) === session) sessions.delete(relay);
  }

  return {
    name: 'webtransport',
    isOffered: (relay) => offers.of(relay) !== null,
    async open(relay, token, events, signal) {
      const session = sessionTo(relay);
      if (session === null) return null;
      session.streams++;
      session.opened++;
      const onFrame = (frame: Uint8Array): void => {
        const offer = offers.take(relay, frame);
        if (offer === null) events.onFrame(frame);
        else events.onOffer?.(offer.isAnew);
      };
      return openStream(session.transport, token, { onFrame, onEnd: (reason) => events.onEnd(reason) }, clock, signal, (isDead) => {
        if (--session.streams > 0 && !isDead) return;
        forget(relay, session);
        session.transport.close();
      });
    },
  };
}

/** @param left nothing is sent or read any more; called once. `isDead`: nobody is there, for no stream of the session */
function openStream(transport: WebTransport, token: string, events: ChannelEvents, clock: Clock, signal: AbortSignal, left: (isDead: boolean) => void): Promise<Channel | null> {
  return new Promise((resolve, reject) => {
    let state: 'opening' | 'open' | 'over' = 'opening';
    let writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
    let waiting = 0;
    /** Sent since something was heard, bytes. */
    let unheard = 0;
    let cancelAsking = (): void => undefined;

    const isOver = (): boolean => state === 'over';
    const write = (bytes: Uint8Array): void => {
      waiting += bytes.length;
      writer?.write(bytes).then(
        () => (waiting -= bytes.length),
        () => undefined, // the reader hears of it, too
      );
    };
    const heard = (): void => {
      unheard = 0;
      cancelAsking();
    };
    const over = (isDead = false): void => {
      state = 'over';
      cancel();
      heard();
      write(END);
      writer?.close().catch(() => undefined);
      left(isDead);
    };
    const end = (reason: CloseReason, code = 0, isDead = false): void => {
      if (isOver()) return;
      const wasOpen = state === 'open';
      over(isDead);
      if (wasOpen) events.onEnd(reason);
      else if (errorOfCloseCode(code) === null) resolve(null);
      else reject(new SessionError(reason, true));
    };
    const giveUp = (): void => {
      if (state === 'opening') end(closedWith(0));
    };
    const cancel = clock.after(OPENING, giveUp);
    const patience = (): number => UNHEARD + unheard / SLOWEST;
    const ask = (): void => {
      write(THERE);
      cancelAsking = clock.after(patience(), () => end(closedWith(0), 0, true));
    };
    const channel: Channel = {
      send: (frame) => {
        if (state !== 'open') return;
        const isFirst = unheard === 0;
        unheard += frame.length;
        if (isFirst) cancelAsking = clock.after(patience(), ask);
        write(encodeByteString(frame, LIMITS.frame));
      },
      buffered: () => waiting,
      close: () => {
        if (!isOver()) over();
      },
    };

    const hear = (bytes: Uint8Array): void => {
      const message = readOnStream(bytes);
      if (message.type === 'beat') write(BEAT);
      else if (message.type === 'frame') {
        if (state === 'open') events.onFrame(bytes);
      } else {
        const code = decodeCode(message.bytes);
        if (state === 'open' && code === IS_THERE) return;
        if (code !== 0 || state === 'open') return end(closedWith(code), code);
        state = 'open';
        cancel();
        resolve(channel);
      }
    };
    const run = async (): Promise<void> => {
      await transport.ready;
      const { readable, writable } = (await transport.createBidirectionalStream()) as { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
      writer = writable.getWriter();
      // Given up meanwhile, in a session that others use.
      if (isOver()) return void writer.abort();
      write(encodeBegin(fromBase64Url(token, TOKEN_BYTES)));
      const reader = readable.getReader();
      const strings = new ByteStrings(LIMITS.frame);
      while (!isOver()) {
        const { done, value } = await reader.read();
        if (done) break;
        heard();
        try {
          for (const bytes of strings.take(value)) if (!isOver()) hear(bytes);
        } catch {
          end(NOT_A_FRAME);
        }
      }
      await reader.cancel();
    };
    signal.addEventListener('abort', giveUp);
    const broke = (): void => end(closedWith(0));
    run().then(broke, broke);
  });
}
