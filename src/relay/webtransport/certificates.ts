/**
 * The certificates of the WebTransport end. No authority knows them: devices are told their hashes. A browser believes those of
 * certificates alone that are valid for 14 days at most, so there is always one in use and one that follows. PROTOCOL.md [P101].
 */
import { createHash, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import type { CertificateKeeper } from './certificate-file';

/** PEM of both. `hash`: SHA-256 of the certificate's DER, 32 bytes. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly hash: Uint8Array;
}

/** @param from @param until ms since 1970 */
export type MakeCertificate = (from: number, until: number) => Promise<Certificate>;

export interface CertificateClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** It follows for so long, and then serves for so long. */
const TURN = 6 * DAY;
/** For devices whose clocks are behind. */
const BEFORE = DAY;
/** From its making on: two turns, and time for a computer that was asleep. */
const AFTER = 13 * DAY - HOUR;
/** Timers stand still while a computer sleeps: the date is looked at so often. */
const LOOK_EVERY = HOUR;
/** What a browser believes by its hash is valid for so long at most. */
const LONGEST = 14 * DAY;
const NOWHERE: CertificateKeeper = { load: () => null, save: () => undefined };

export class Certificates {
  /** The one in use, and the one that follows. */
  private pair: readonly [Certificate, Certificate] | null = null;
  private turnsAt = 0;
  private cancel = (): void => undefined;
  private isStopped = false;

  /** @param onTurn another one is in use from now on, or the making or keeping of one failed */
  constructor(
    private readonly make: MakeCertificate,
    private readonly clock: CertificateClock,
    private readonly onTurn: (error: Error | null) => void,
    private readonly keeper: CertificateKeeper = NOWHERE,
  ) {}

  /** Takes those that were kept, or makes the first two. */
  async start(): Promise<void> {
    const now = this.clock.now();
    const kept = readKept(this.keeper.load(), now);
    if (kept === null) this.keep([await this.makeAt(now), await this.makeAt(now)], now + TURN);
    else {
      ({ pair: this.pair, turnsAt: this.turnsAt } = kept);
      if (now >= this.turnsAt) await this.turn(now);
    }
    this.lookLater();
  }

  /** @throws Error before `start` has resolved */
  get current(): Certificate {
    return this.both[0];
  }

  /** What devices are told. */
  get hashes(): readonly Uint8Array[] {
    return this.both.map(({ hash }) => hash);
  }

  stop(): void {
    this.isStopped = true;
    this.cancel();
  }

  private get both(): readonly [Certificate, Certificate] {
    if (this.pair === null) throw new Error('There are no certificates yet.');
    return this.pair;
  }

  private lookLater(): void {
    if (!this.isStopped) this.cancel = this.clock.after(LOOK_EVERY, () => void this.look());
  }

  private async look(): Promise<void> {
    const now = this.clock.now();
    try {
      if (now >= this.turnsAt) {
        await this.turn(now);
        if (!this.isStopped) this.onTurn(null);
      }
    } catch (error) {
      this.onTurn(toError(error));
    }
    this.lookLater();
  }

  private async turn(now: number): Promise<void> {
    // After a long sleep the one that follows is too old, too.
    const next = now < this.turnsAt + TURN ? this.both[1] : await this.makeAt(now);
    this.keep([next, await this.makeAt(now)], now + TURN);
  }

  /** Before anybody is told of them. */
  private keep(pair: readonly [Certificate, Certificate], turnsAt: number): void {
    this.pair = pair;
    this.turnsAt = turnsAt;
    try {
      this.keeper.save(JSON.stringify({ turnsAt, pair: pair.map(({ cert, key }) => ({ cert, key })) }));
    } catch (error) {
      // They serve until the process ends.
      this.onTurn(toError(error));
    }
  }

  private makeAt(now: number): Promise<Certificate> {
    return this.make(now - BEFORE, now + AFTER);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** @returns null for what is damaged, or does not fit the date */
function readKept(text: string | null, now: number): { readonly pair: readonly [Certificate, Certificate]; readonly turnsAt: number } | null {
  try {
    const { turnsAt, pair } = JSON.parse(text ?? '') as { turnsAt: number; pair: readonly { cert: string; key: string }[] };
    const [current, next] = pair.map(({ cert, key }) => readCertificate(cert, key));
    // A clock that was set back would keep one in use for too long.
    if (current === undefined || next === undefined || !(turnsAt <= now + TURN)) return null;
    const serves = ({ from, until }: Validity, end: number): boolean => from <= now && end < until && until - from < LONGEST;
    return serves(current, turnsAt) && serves(next, turnsAt + TURN) ? { pair: [current, next], turnsAt } : null;
  } catch {
    return null;
  }
}

interface Validity {
  readonly from: number;
  readonly until: number;
}

/** @throws Error for what is none, or has another key */
function readCertificate(cert: string, key: string): Certificate & Validity {
  const read = new X509Certificate(cert);
  if (!read.checkPrivateKey(createPrivateKey(key))) throw new Error('The key is of another certificate.');
  return { cert, key, hash: createHash('sha256').update(read.raw).digest(), from: Date.parse(read.validFrom), until: Date.parse(read.validTo) };
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The real `MakeCertificate`. Loaded when it is needed: most relays never do. */
export const makeCertificate: MakeCertificate = async (from, until) => {
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const options = { name: 'CN=Blockwire', notBefore: new Date(from), notAfter: new Date(until), signingAlgorithm: ALGORITHM, keys };
  const certificate = await X509CertificateGenerator.createSelfSigned(options, webcrypto as Crypto);
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`,
    hash: createHash('sha256').update(Buffer.from(certificate.rawData)).digest(),
  };
};
