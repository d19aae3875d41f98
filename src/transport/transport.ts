/** Connections to a relay: a session, the best of its addresses, the best way that is open, and a look for a better one. */
import type { Clock, CloseReason, Connection, Transport, TransportEvents } from '../sync';
import { closedWith, NO_WEBSOCKET, SWITCHING, unreachable } from './failure';
import { Ladder, type LadderOptions } from './ladder';
import { race, type Line } from './line';
import { SessionError, Sessions, type SessionOptions } from './session';

export interface TransportOptions extends SessionOptions, LadderOptions {
  /** Addresses of the one relay, best first, each as `parseRelayUrl` gives it. */
  readonly relays: readonly string[];
}

/** For one address to give a session, ms. */
const SESSION = 5_000;
/** An open line on which nothing comes for so long after the first frame went is closed for what is on the way, ms. */
const SILENT = 6_000;

export interface RelayTransport extends Transport {
  /** Makes further connections with the same session. What becomes of those says nothing of the way that the others take. */
  beside(): Transport;
}

/** @returns a transport whose connections are bound to this device's session */
export function createTransport(options: TransportOptions): RelayTransport {
  const shared: Shared = { options, sessions: new Sessions(options), ladder: new Ladder(options), best: 0 };
  const over = (each: Shared): Transport => ({ connect: (events) => new RelayConnection(each, events) });
  return { ...over(shared), beside: () => over({ ...shared, ladder: new Ladder({ ...options, ladder: undefined }) }) };
}

/** What one connection leaves to the next. */
interface Shared {
  readonly options: TransportOptions;
  readonly sessions: Sessions;
  readonly ladder: Ladder;
  /** Index of the address that worked last. */
  best: number;
}

class RelayConnection implements Connection {
  private line: Line | null = null;
  private relay = '';
  private since = 0;
  private ended = false;
  private readonly timers = new Set<() => void>();
  private hasSent = false;
  /** A better way is being looked for. */
  private isClimbing = false;
  /** It will be; takes that back. */
  private cancelClimb = (): void => undefined;
  /** Aborted by the end: nothing that still waits then may keep a program from ending. */
  private readonly givenUp = new AbortController();

  constructor(
    private readonly shared: Shared,
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
    this.line?.channel?.send(frame);
    if (this.hasSent || this.line === null) return;
    this.hasSent = true;
    // Only where another way is left: a slow relay has the engine's patience.
    const { line, shared } = this;
    if (line.way !== shared.options.ways.at(-1)) this.after(SILENT, () => !line.heard && this.lost(closedWith(0)));
  }

  buffered(): number {
    return this.line?.channel?.buffered() ?? 0;
  }

  close(): void {
    this.end({ code: 'CLOSED', message: 'The connection was closed by this device.', retry: true });
  }

  /** Tries one address after the other. @returns why none opened, or null when one did (or this side gave up) */
  private async open(): Promise<CloseReason | null> {
    const { options, ladder, best } = this.shared;
    const { relays } = options;
    const { spare } = ladder;
    ladder.spare = null;
    if (spare !== null && spare.line.ended === null && relays.includes(spare.relay)) {
      // Not before the caller has this connection in its hands.
      await Promise.resolve();
      return this.take(spare.relay, spare.line);
    }
    spare?.line.channel?.close();
    let failure: CloseReason = { code: 'NO_RELAY', message: 'No relay is set up on this device.', retry: false };
    for (let i = 0; i < relays.length && !this.ended; i++) {
      const relay = relays[(best + i) % relays.length];
      if (relay === undefined) continue;
      const result = await this.openAt(relay);
      if (result === null) return null;
      failure = result.reason;
      if (result.answered) break;
    }
    return this.ended ? null : failure;
  }

  private async openAt(relay: string): Promise<SessionError | null> {
    const { sessions, options } = this.shared;
    try {
      const kept = await sessions.kept();
      // A refused upgrade looks like any other failure, and a refused session as well: a kept token gets one try, then there is a new one.
      if (kept !== null && (await this.openWith(relay, kept, true))) return null;
      if (this.ended) return null;
      const fresh = await within(SESSION, options.clock, this.givenUp.signal, sessions.renew(relay, this.givenUp.signal), () => new SessionError(unreachable(relay, null), false));
      if (this.ended || (await this.openWith(relay, fresh, false))) return null;
      return this.ended ? null : new SessionError(NO_WEBSOCKET, false);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      // One that the relay has not looked at yet may be good.
      if (error.answered && error.reason.after === undefined) sessions.forget();
      return error;
    }
  }

  /** @returns whether a way opened @throws SessionError when the relay refused, but for a session that was only kept */
  private async openWith(relay: string, token: string, isKept: boolean): Promise<boolean> {
    const { ladder, options, sessions } = this.shared;
    const order = ladder.order(relay);
    let line: Line | null;
    try {
      line = await race(order, relay, token, options.clock, this.givenUp.signal);
    } catch (error) {
      if (isKept && error instanceof SessionError && error.reason.code === 'SESSION_EXPIRED') return false;
      throw error;
    }
    if (line === null) return false;
    ladder.won(relay, line.way, order[0]);
    sessions.used();
    this.take(relay, line);
    return true;
  }

  private take(relay: string, line: Line): null {
    if (this.ended) {
      line.channel?.close();
      return null;
    }
    this.relay = relay;
    this.shared.best = this.shared.options.relays.indexOf(relay);
    this.line = line;
    this.since = this.shared.options.clock.now();
    line.listener = {
      onFrame: (bytes) => {
        if (!this.ended) this.events.onFrame(bytes);
      },
      onEnd: (reason) => this.lost(reason),
      onOffer: (isAnew) => {
        if (isAnew) this.shared.ladder.hope(relay);
        this.climbLater();
      },
    };
    if (line.ended !== null) this.lost(line.ended);
    else {
      this.events.onOpen(line.way.name);
      if (line.isOfferedAnew) this.shared.ladder.hope(relay);
      this.climbLater();
    }
    return null;
  }

  /** A better way may be open by now: it is tried beside this one, and kept for the connection that follows. */
  private climbLater(): void {
    const { line, relay, shared } = this;
    if (line === null || this.isClimbing) return;
    this.cancelClimb();
    if (shared.ladder.above(relay, line.way).length === 0) return;
    this.cancelClimb = this.after(shared.ladder.wait(relay), () => {
      this.isClimbing = true;
      void this.climb(line, relay).catch(() => undefined);
    });
  }

  private async climb(line: Line, relay: string): Promise<void> {
    const { ladder, options, sessions } = this.shared;
    const token = await sessions.kept();
    const better = token === null || this.ended ? null : await race(ladder.above(relay, line.way), relay, token, options.clock, this.givenUp.signal).catch(() => null);
    if (this.ended) return better?.channel?.close();
    if (better === null) {
      ladder.fall(relay, options.ways.indexOf(line.way));
      this.isClimbing = false;
      this.climbLater();
      return;
    }
    ladder.won(relay, better.way, undefined);
    ladder.spare = { relay, line: better };
    this.end(SWITCHING);
  }

  /** The line broke, or what it says makes no sense. */
  private lost(reason: CloseReason): void {
    if (this.ended) return;
    if (reason.code === 'SESSION_EXPIRED') this.shared.sessions.forget();
    this.note(reason.code === 'LOST' || reason.code === 'SLOW_CONSUMER');
    this.end(reason);
  }

  private note(broke: boolean): void {
    const { line, relay, shared } = this;
    if (line !== null) shared.ladder.ended(relay, line.way, broke, shared.options.clock.now() - this.since, line.heard);
    this.line = null;
    line?.channel?.close();
  }

  private end(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    for (const cancel of this.timers) cancel();
    this.note(false);
    this.givenUp.abort();
    // Never from within the caller's own call: it may not have this connection in its hands yet.
    queueMicrotask(() => this.events.onClose(reason));
  }

  private after(ms: number, run: () => void): () => void {
    const cancel = this.shared.options.clock.after(ms, () => {
      this.timers.delete(cancel);
      run();
    });
    this.timers.add(cancel);
    return () => {
      this.timers.delete(cancel);
      cancel();
    };
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
