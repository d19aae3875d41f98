/**
 * A session with the relay: got by a signed request, kept for a day after its last use, so that coming back after sleep costs one
 * round trip. PROTOCOL.md [P26] [P27] [P50]-[P54].
 */
import {
  decodeErrorAnswer,
  decodeSessionAnswer,
  encodeSession,
  NONCE_LENGTH,
  refusalOf,
  requestUrl,
  signedSession,
  type DeviceId,
  type ErrorAnswer,
  type SpaceId,
} from '../protocol';
import type { Clock, CloseReason, Random } from '../sync';
import { unreachable } from './failure';

/** POSTs a JSON body. Resolves with any HTTP status; rejects when no answer came. `signal`: nobody waits for it any more; a port that can't give up may ignore it. */
export type HttpPort = (url: string, body: string, signal?: AbortSignal) => Promise<{ readonly status: number; readonly body: string }>;

export interface KeptSession {
  /** Secret: never logged, never put into a URL. */
  readonly token: string;
  /** By this device's clock, milliseconds since the epoch. */
  readonly validUntil: number;
}
/** Keeps the session over a restart of the app, among the device's secrets. */
export interface SessionKeeper {
  load(): Promise<KeptSession | null>;
  save(session: KeptSession | null): void;
}

export interface SessionOptions {
  readonly space: SpaceId;
  readonly device: DeviceId;
  /** Ed25519 signature by the device's key. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly http: HttpPort;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
  readonly keeper?: SessionKeeper;
}

/** No session, or no connection with it, could be had; `reason` says why in words. `answered`: the relay itself said so, another address won't help. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  constructor(
    readonly reason: CloseReason,
    readonly answered: boolean,
  ) {
    super(reason.message);
  }
}

export class Sessions {
  private session: KeptSession | null = null;
  private loaded: Promise<void> | null = null;
  /** Relay's clock minus ours, ms. */
  private skew = 0;
  private lifetime = 0;

  constructor(private readonly options: SessionOptions) {}

  /** A token that ought to be good still, or null. */
  async kept(): Promise<string | null> {
    this.loaded ??= this.load();
    await this.loaded;
    return this.session !== null && this.session.validUntil > this.options.clock.now() ? this.session.token : null;
  }

  /** Asks for a session, with a corrected clock if the relay says ours is wrong. @throws SessionError */
  async renew(relay: string, signal?: AbortSignal): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.ask(relay, signal);
      if ('token' in answer) {
        this.lifetime = answer.expiresIn;
        this.keep({ token: answer.token, validUntil: this.options.clock.now() + answer.expiresIn });
        return answer.token;
      }
      if (answer.code !== 'CLOCK_SKEW' || attempt > 0) throw new SessionError(refusalOf(answer.code), true);
    }
  }

  /** The relay has just accepted the token: its day begins anew. */
  used(): void {
    if (this.session !== null && this.lifetime > 0) this.keep({ token: this.session.token, validUntil: this.options.clock.now() + this.lifetime });
  }

  /** The relay did not accept it. */
  forget(): void {
    this.keep(null);
  }

  private async ask(relay: string, signal?: AbortSignal): Promise<{ token: string; expiresIn: number } | ErrorAnswer> {
    const { space, device, sign, http, clock, random } = this.options;
    const request = { space, device, time: Math.round(clock.now() + this.skew), nonce: random.bytes(NONCE_LENGTH) };
    const body = encodeSession({ ...request, signature: await sign(signedSession(request)) });
    let response;
    try {
      response = await http(requestUrl(relay, 'session'), body, signal);
    } catch (error) {
      throw new SessionError(unreachable(relay, error), false);
    }
    try {
      const answer = response.status === 200 ? decodeSessionAnswer(response.body) : decodeErrorAnswer(response.body);
      this.skew = answer.now - clock.now();
      return answer;
    } catch {
      throw new SessionError(
        {
          code: 'NOT_A_RELAY',
          message: `Something answered at the relay's address, with HTTP status ${response.status}, but it is no Blockwire relay: a proxy whose relay is down, perhaps, or a hotel's log-in page. Your edits are kept on this device.`,
          retry: true,
        },
        false,
      );
    }
  }

  private async load(): Promise<void> {
    const kept = await this.options.keeper?.load().catch(() => null);
    if (kept && this.session === null) this.session = kept;
    this.lifetime = 24 * 60 * 60 * 1000;
  }

  private keep(session: KeptSession | null): void {
    this.session = session;
    this.options.keeper?.save(session);
  }
}
