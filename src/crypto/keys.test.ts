import { bytesToHex } from '@noble/hashes/utils.js';
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { deviceIdOf, digest } from './digest';
import { createIdentity, fingerprint, identityOf } from './identity';
import { SealError } from './seal-error';
import { aliasOf, deriveEpoch, deriveSpace } from './space-keys';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);

/** The same by another implementation. */
const expected = (label: string, length: number): string => Buffer.from(hkdfSync('sha256', secret, 'blockwire 1', label, length)).toString('hex');

test('a space’s keys are HKDF-SHA-256 of its secret, one label each', () => {
  const space = deriveSpace(secret);
  expect(space.spaceId).toBe(expected('space', 16));
  expect(bytesToHex(space.aliasKey)).toBe(expected('alias', 32));
  expect(bytesToHex(space.blockIdKey)).toBe(expected('block id', 32));
  expect(bytesToHex(space.fileIdKey)).toBe(expected('file id', 32));
  expect(bytesToHex(space.fileKey)).toBe(expected('file', 32));
});

test('an epoch’s keys are HKDF-SHA-256 of its secret and number', () => {
  const keys = deriveEpoch(secret, 7);
  expect(bytesToHex(keys.contentKey)).toBe(expected('content 7', 32));
  expect(bytesToHex(keys.admissionSeed)).toBe(expected('admission 7', 32));
});

test('no two derived keys are alike', () => {
  const { aliasKey, blockIdKey, fileIdKey, fileKey } = deriveSpace(secret);
  const keys = [aliasKey, blockIdKey, fileIdKey, fileKey, ...[0, 1, 10].flatMap((epoch) => [deriveEpoch(secret, epoch).contentKey, deriveEpoch(secret, epoch).admissionSeed])];
  expect(new Set(keys.map(bytesToHex)).size).toBe(keys.length);
});

test('secrets are 32 bytes and epochs 32 bits', () => {
  expect(() => deriveSpace(secret.subarray(1))).toThrow(SealError);
  for (const epoch of [-1, 0.5, Number.NaN, 2 ** 32]) expect(() => deriveEpoch(secret, epoch)).toThrow(SealError);
});

test('an alias is the first 16 bytes of HMAC-SHA-256 of the document’s id', () => {
  const { aliasKey } = deriveSpace(secret);
  expect(aliasOf(aliasKey, 'bw-abc')).toBe(createHmac('sha256', aliasKey).update('bw-abc').digest('hex').slice(0, 32));
  expect(aliasOf(aliasKey, 'bw-abd')).not.toBe(aliasOf(aliasKey, 'bw-abc'));
});

test('[P16] a digest is the first 16 bytes of SHA-256', () => {
  expect(digest(secret)).toBe(createHash('sha256').update(secret).digest('hex').slice(0, 32));
});

test('[P15] a device is named by its public key', () => {
  const identity = createIdentity((length) => new Uint8Array(length).fill(3));
  expect(identity.deviceId).toBe(deviceIdOf(identity.publicKey));
  expect(identity.deviceId).toBe(digest(identity.publicKey));
  expect(identityOf(identity.seed)).toEqual(identity);
  expect(() => identityOf(new Uint8Array(31))).toThrow(SealError);
});

test('a fingerprint is four groups of digits, another for another key', () => {
  const prints = Array.from({ length: 50 }, (_, i) => fingerprint(identityOf(new Uint8Array(32).fill(i)).publicKey));
  for (const print of prints) expect(print).toMatch(/^\d{4} \d{4} \d{4} \d{4}$/);
  expect(new Set(prints).size).toBe(prints.length);
});
