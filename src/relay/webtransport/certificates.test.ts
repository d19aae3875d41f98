import { X509Certificate } from 'node:crypto';
import { Certificates, makeCertificate, type CertificateClock } from './certificates';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 27);

/** Moves on by hand, a step a time, and lets what it starts end. */
class HandClock implements CertificateClock {
  private time = START;
  private waiting: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const wait = { at: this.time + ms, run };
    this.waiting.push(wait);
    return () => void (this.waiting = this.waiting.filter((each) => each !== wait));
  }

  get isWaitedFor(): boolean {
    return this.waiting.length > 0;
  }

  /** Runs what is due. */
  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.waiting.filter(({ at }) => at <= this.time);
    this.waiting = this.waiting.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
    while (!this.isWaitedFor && due.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

const validity = (cert: string): [number, number] => {
  const { validFrom, validTo } = new X509Certificate(cert);
  return [Date.parse(validFrom), Date.parse(validTo)];
};

test('[P101] a certificate is what a browser believes by its hash: ECDSA on P-256, its own authority, valid for less than 14 days', async () => {
  const { cert, key, hash } = await makeCertificate(START - DAY, START + 13 * DAY - HOUR);
  const read = new X509Certificate(cert);
  expect(read.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(Buffer.from(hash).toString('hex'));
  expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(validity(cert)).toEqual([START - DAY, START + 13 * DAY - HOUR]);
});

test('[P101] over two months the one in use is always valid, was told of for 6 days before, and changes every 6 days', async () => {
  const clock = new HandClock();
  const turns: number[] = [];
  const certificates = new Certificates(makeCertificate, clock, () => turns.push(clock.now()));
  await certificates.start();
  /** Since when each hash has been told. */
  const toldAt = new Map<string, number>();
  const used = new Set<string>();
  for (let hour = 0; hour < 60 * 24; hour++) {
    const hashes = certificates.hashes.map((hash) => Buffer.from(hash).toString('hex'));
    expect(new Set(hashes).size).toBe(2);
    for (const hash of hashes) if (!toldAt.has(hash)) toldAt.set(hash, clock.now());
    const [from, until] = validity(certificates.current.cert);
    expect(until - from).toBeLessThan(14 * DAY);
    expect(clock.now()).toBeGreaterThanOrEqual(from);
    expect(clock.now()).toBeLessThan(until);
    const current = hashes[0] ?? '';
    if (!used.has(current) && used.size > 0) expect(clock.now() - (toldAt.get(current) ?? 0)).toBeGreaterThanOrEqual(6 * DAY - HOUR);
    used.add(current);
    await clock.pass(HOUR);
  }
  expect(turns).toEqual(Array.from({ length: 10 }, (_, i) => START + (i + 1) * 6 * DAY));
  certificates.stop();
  expect(clock.isWaitedFor).toBe(false);
});

test('[P101] a computer that slept for a month uses none of those that it had', async () => {
  const clock = new HandClock();
  const certificates = new Certificates(makeCertificate, clock, () => undefined);
  await certificates.start();
  const before = certificates.hashes.map((hash) => Buffer.from(hash).toString('hex'));
  await clock.pass(30 * DAY);
  for (const hash of certificates.hashes) expect(before).not.toContain(Buffer.from(hash).toString('hex'));
  expect(validity(certificates.current.cert)[1]).toBeGreaterThan(clock.now());
  certificates.stop();
});

test('one that can’t be made is told, and tried again an hour later', async () => {
  const clock = new HandClock();
  const told: unknown[] = [];
  let fails = false;
  const certificates = new Certificates((from, until) => (fails ? Promise.reject(new Error('no randomness')) : makeCertificate(from, until)), clock, (error) => told.push(error));
  await certificates.start();
  const next = certificates.hashes[1];
  fails = true;
  await clock.pass(6 * DAY);
  expect(told).toEqual([new Error('no randomness')]);
  fails = false;
  await clock.pass(HOUR);
  expect(told[1]).toBeNull();
  expect(certificates.current.hash).toEqual(next);
  certificates.stop();
});
