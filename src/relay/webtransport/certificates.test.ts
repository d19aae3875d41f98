import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandClock } from '../testing/hand-clock';
import { CertificateFile, type CertificateKeeper } from './certificate-file';
import { Certificates, makeCertificate } from './certificates';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 27);

/** Moves on a step a time, and lets what it starts end. */
class StepClock extends HandClock {
  constructor() {
    super(START);
  }

  override async pass(ms: number): Promise<number> {
    const ran = await super.pass(ms);
    while (!this.isWaitedFor && ran > 0) await new Promise((resolve) => setImmediate(resolve));
    return ran;
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
  const clock = new StepClock();
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
  const clock = new StepClock();
  const certificates = new Certificates(makeCertificate, clock, () => undefined);
  await certificates.start();
  const before = certificates.hashes.map((hash) => Buffer.from(hash).toString('hex'));
  await clock.pass(30 * DAY);
  for (const hash of certificates.hashes) expect(before).not.toContain(Buffer.from(hash).toString('hex'));
  expect(validity(certificates.current.cert)[1]).toBeGreaterThan(clock.now());
  certificates.stop();
});

test('one that can’t be made is told, and tried again an hour later', async () => {
  const clock = new StepClock();
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

/** What a process leaves to the next. */
function memory(text: string | null = null): CertificateKeeper & { text: string | null } {
  const kept = {
    text,
    load: () => kept.text,
    save: (saved: string) => void (kept.text = saved),
  };
  return kept;
}

/** The hashes that a process begins with at a time. */
async function begun(keeper: CertificateKeeper, now: number): Promise<string[]> {
  const clock = new StepClock();
  await clock.pass(now - START);
  const certificates = new Certificates(makeCertificate, clock, () => undefined, keeper);
  await certificates.start();
  certificates.stop();
  return certificates.hashes.map((hash) => Buffer.from(hash).toString('hex'));
}

test('[P101] a process that is started again goes on with those of the one before it, and with their turns', async () => {
  const keeper = memory();
  const [first, second] = await begun(keeper, START);
  expect(await begun(keeper, START + 6 * DAY - 1)).toEqual([first, second]);
  const [next, third] = await begun(keeper, START + 6 * DAY);
  expect(next).toBe(second);
  expect(await begun(keeper, START + 12 * DAY - 1)).toEqual([second, third]);
  // It was away for so long that none of them is young enough.
  const late = await begun(keeper, START + 18 * DAY);
  for (const hash of late) expect([first, second, third]).not.toContain(hash);
});

test('[P101] what is kept and does not fit the date, or is damaged, is not used', async () => {
  const keeper = memory();
  const before = await begun(keeper, START);
  const { turnsAt, pair } = JSON.parse(keeper.text ?? '') as { turnsAt: number; pair: { cert: string; key: string }[] };
  const [one, other] = pair;
  const long = await makeCertificate(START - DAY, START + 14 * DAY);
  const bad: [string, number, unknown][] = [
    ['a clock that was set back', START - 1, { turnsAt, pair }],
    ['certificates of the future', START - 2 * DAY, { turnsAt: START, pair }],
    ['a turn that comes too late', START, { turnsAt: turnsAt + 1, pair }],
    ['one that ends before its turn', START, { turnsAt, pair: [other, await makeCertificate(START - DAY, START + 11 * DAY)] }],
    ['one that no browser believes', START, { turnsAt, pair: [long, other] }],
    ['the key of another', START, { turnsAt, pair: [{ cert: one?.cert, key: other?.key }, other] }],
    ['one only', START, { turnsAt, pair: [one] }],
    ['no turn', START, { pair }],
    ['no object', START, null],
  ];
  for (const [, now, kept] of bad) {
    const found = await begun(memory(JSON.stringify(kept)), now);
    for (const hash of found) expect(before).not.toContain(hash);
  }
  expect(await begun(memory(keeper.text), START)).toEqual(before);
  expect((await begun(memory('half of'), START)).length).toBe(2);
});

test('[P101] one that can’t be kept is told, and serves', async () => {
  const told: unknown[] = [];
  const full: CertificateKeeper = {
    load: () => null,
    save() {
      throw new Error('ENOSPC');
    },
  };
  const certificates = new Certificates(makeCertificate, new StepClock(), (error) => told.push(error), full);
  await certificates.start();
  expect(told).toEqual([new Error('ENOSPC')]);
  expect(certificates.hashes).toHaveLength(2);
  certificates.stop();
});

describe('on the disk', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'blockwire-certificates-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('[P101] the keys are for their user alone, and what others could have read is not used', () => {
    const kept = new CertificateFile(directory);
    expect(kept.load()).toBeNull();
    // One that was interrupted, with a mode that is too wide.
    writeFileSync(join(directory, 'webtransport.json.new'), 'half', { mode: 0o644 });
    kept.save('one');
    kept.save('two');
    expect(kept.load()).toBe('two');
    expect(readdirSync(directory)).toEqual(['webtransport.json']);
    if (process.platform === 'win32') return;
    const file = join(directory, 'webtransport.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o640);
    expect(kept.load()).toBeNull();
    kept.save('three');
    expect(kept.load()).toBe('three');
    expect(() => new CertificateFile(join(directory, 'none')).save('x')).toThrow(/ENOENT/);
  });
});
