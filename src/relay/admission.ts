/** Founding, joining and sessions: checks signed requests and keeps who may connect. PROTOCOL.md [P50]-[P55]. */
import { createHash, createPublicKey, hash, randomBytes, verify } from 'node:crypto';
import {
  LIMITS,
  ProtocolError,
  signedAdmission,
  signedFound,
  signedJoin,
  signedSession,
  toBase64Url,
  toHex,
  fromBase64Url,
  TICKET_BYTES,
  TOKEN_BYTES,
  ID_BYTES,
  type DeviceId,
  type FoundRequest,
  type SessionAnswer,
  type SessionRequest,
  type Signed,
  type SignedJoin,
} from '../protocol';
import type { AuthorizedAct } from './authorization';
import type { Registry, SessionRecord } from './registry';

export interface AdmissionOptions {
  readonly now?: () => number;
}

/** Asks the owner about an act of this request, and throws where it is refused. */
export type Ask = (act: AuthorizedAct) => Promise<void>;
const ALLOW: Ask = () => Promise.resolve();

/** A live session; `hash`, as base64url (a string takes less memory than bytes), names it in the registry. */
export interface Session extends SessionRecord {
  readonly hash: string;
}

const HASH_BYTES = 32;
/** A session's end is pushed back at most this often: each time is a sync of the disk. */
const EXTEND_EVERY = 60 * 60 * 1000;

export class Admission {
  private readonly now: () => number;
  /** Nonces of accepted session requests, with the time after which their request is too old anyway. */
  private readonly nonces = new Map<string, number>();

  constructor(
    private readonly registry: Registry,
    options: AdmissionOptions = {},
  ) {
    this.now = options.now ?? Date.now;
  }

  /** @throws ProtocolError, as the others do */
  async found(request: Signed<FoundRequest>, ask: Ask = ALLOW): Promise<DeviceId> {
    this.checkTime(request.time);
    checkSignature(request.deviceKey, signedFound(request), request.signature);
    checkKey(request.admissionKey);
    const { ticket, space, deviceKey, admissionKey } = request;
    const device = deviceOf(deviceKey);
    await ask({ kind: 'found', space, device, ticket });
    const outcome = await this.registry.found({ ticket, space, device, deviceKey, admissionKey, founded: this.now() });
    if (outcome === 'bad-ticket') throw new ProtocolError('BAD_TICKET', 'This ticket was used already, or is not of this relay.');
    if (outcome === 'taken') throw new ProtocolError('BAD_TICKET', 'This space exists already.');
    return device;
  }

  async join(request: SignedJoin, ask: Ask = ALLOW): Promise<DeviceId> {
    this.checkTime(request.time);
    const { space, deviceKey } = request;
    const foundation = await this.registry.space(space);
    if (foundation === null) throw new ProtocolError('UNKNOWN_SPACE', 'This relay does not have this space.');
    checkSignature(deviceKey, signedJoin(request), request.signature);
    checkSignature(foundation.admissionKey, signedAdmission(request), request.admission);
    const device = deviceOf(deviceKey);
    await ask({ kind: 'join', space, device, ticket: null });
    const outcome = await this.registry.admit(space, device, deviceKey, this.now(), LIMITS.devices);
    if (outcome === 'full') throw new ProtocolError('SPACE_FULL', `A space has at most ${LIMITS.devices} devices.`);
    return device;
  }

  async session(request: Signed<SessionRequest>, ask: Ask = ALLOW): Promise<SessionAnswer> {
    this.checkTime(request.time);
    const { space, device } = request;
    const key = await this.registry.deviceKey(space, device);
    if (key === null) {
      if ((await this.registry.space(space)) === null) throw new ProtocolError('UNKNOWN_SPACE', 'This relay does not have this space.');
      throw new ProtocolError('UNAUTHORIZED', 'This space does not have this device.');
    }
    checkSignature(key, signedSession(request), request.signature);
    this.takeNonce(request.nonce, request.time);
    await ask({ kind: 'session', space, device, ticket: null });
    const now = this.now();
    const token = randomBytes(TOKEN_BYTES);
    await this.registry.openSession(hashOf(token), space, device, now + LIMITS.session, now);
    return { token: toBase64Url(token), expiresIn: LIMITS.session, now };
  }

  /**
   * The session that a token stands for, its end pushed back.
   * @throws ProtocolError UNAUTHORIZED without a token, SESSION_EXPIRED when it stands for none
   */
  async authenticate(token: string | null, ask: Ask = ALLOW): Promise<Session> {
    if (token === null) throw new ProtocolError('UNAUTHORIZED', 'A session is needed.');
    let bytes: Uint8Array;
    try {
      bytes = fromBase64Url(token, TOKEN_BYTES);
    } catch {
      throw new ProtocolError('SESSION_EXPIRED', 'The session is not known.');
    }
    const key = hashOf(bytes);
    const record = await this.registry.session(key, this.now());
    if (record === null) throw new ProtocolError('SESSION_EXPIRED', 'The session has ended.');
    await ask({ kind: 'connect', space: record.space, device: record.device, ticket: null });
    return this.extend({ ...record, hash: toBase64Url(key) });
  }

  /** Counts as a use of the session: it ends 24 hours from now, exact to the hour. */
  async extend(session: Session): Promise<Session> {
    const expires = this.now() + LIMITS.session;
    if (expires - session.expires < EXTEND_EVERY) return session;
    await this.registry.extendSession(fromBase64Url(session.hash, HASH_BYTES), expires);
    return { ...session, expires };
  }

  /** The ticket for the next space: the unused one, or a new one if there is none and `anew`. */
  async ticket(anew: boolean): Promise<string | null> {
    const unused = await this.registry.unusedTicket();
    if (unused !== null || !anew) return unused;
    return this.newTicket();
  }

  async newTicket(): Promise<string> {
    const ticket = toBase64Url(randomBytes(TICKET_BYTES));
    await this.registry.addTicket(ticket, this.now());
    return ticket;
  }

  private checkTime(time: number): void {
    if (Math.abs(time - this.now()) > LIMITS.clockSkew) throw new ProtocolError('CLOCK_SKEW', 'The clocks differ by more than five minutes.');
  }

  private takeNonce(nonce: Uint8Array, time: number): void {
    const now = this.now();
    for (const [used, until] of this.nonces) {
      if (until >= now) break;
      this.nonces.delete(used);
    }
    const key = toHex(nonce);
    if (this.nonces.has(key)) throw new ProtocolError('BAD_SIGNATURE', 'This request was made before.');
    this.nonces.set(key, Math.max(time, now) + LIMITS.clockSkew);
  }
}

/** First half of SHA-256 of an Ed25519 public key. */
export function deviceOf(deviceKey: Uint8Array): DeviceId {
  return toHex(createHash('sha256').update(deviceKey).digest(), 0, ID_BYTES) as DeviceId;
}

/** What a token is stored as. */
export function hashOf(token: Uint8Array): Uint8Array {
  return hash('sha256', token, 'buffer');
}

function checkSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  if (!verify(null, message, checkKey(publicKey), signature)) throw new ProtocolError('BAD_SIGNATURE', 'A signature does not match.');
}

function checkKey(publicKey: Uint8Array): ReturnType<typeof createPublicKey> {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(publicKey) }, format: 'jwk' });
  } catch {
    throw new ProtocolError('BAD_SIGNATURE', 'A public key is not one.');
  }
}
