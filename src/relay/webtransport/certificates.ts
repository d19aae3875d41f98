/**
 * The certificates of the WebTransport end. No authority knows them: devices are told their hashes. A browser believes those of
 * certificates alone that are valid for 14 days at most, so there is always one in use and one that follows. PROTOCOL.md [P101].
 */
import { createHash, webcrypto } from 'node:crypto';

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

export class Certificates {
  /** The one in use, and the one that follows. */
  private pair: readonly [Certificate, Certificate] | null = null;
  private turnsAt = 0;
  private cancel = (): void => undefined;
  private isStopped = false;

  /** @param onTurn another one is in use from now on, or the making of one failed */
  constructor(
    private readonly make: MakeCertificate,
    private readonly clock: CertificateClock,
    private readonly onTurn: (error: Error | null) => void,
  ) {}

  /** Makes the first two. */
  async start(): Promise<void> {
    const now = this.clock.now();
    this.pair = [await this.makeAt(now), await this.makeAt(now)];
    this.turnsAt = now + TURN;
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
        // After a long sleep the one that follows is too old, too.
        const next = now < this.turnsAt + TURN ? this.both[1] : await this.makeAt(now);
        this.pair = [next, await this.makeAt(now)];
        this.turnsAt = now + TURN;
        if (!this.isStopped) this.onTurn(null);
      }
    } catch (error) {
      this.onTurn(error instanceof Error ? error : new Error(String(error)));
    }
    this.lookLater();
  }

  private makeAt(now: number): Promise<Certificate> {
    return this.make(now - BEFORE, now + AFTER);
  }
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
