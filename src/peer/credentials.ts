/** What a device must keep secret to be itself, as one line of text for SecretStorage or local storage; never for data.json or a vault. */
import { fromBase64Url, toBase64Url } from '../protocol';
import { deriveEpoch, deriveSpace, fingerprint, identityOf, publicKeyOf, SECRET_BYTES, SEED_BYTES } from '../crypto';
import type { EpochKeys, Identity, SpaceKeys } from '../crypto';
import { PeerError } from './api';

export interface Credentials {
  /** The space's secret, 32 bytes. */
  readonly secret: Uint8Array;
  readonly epoch: number;
  /** The epoch's own secret; null in epoch 0. */
  readonly epochSecret: Uint8Array | null;
  /** Ed25519 seed of this device. */
  readonly seed: Uint8Array;
  /** Addresses of the relay, best first. */
  readonly relays: readonly string[];
}

/** Everything derived from credentials. */
export interface Keyring {
  readonly space: SpaceKeys;
  readonly epoch: EpochKeys;
  readonly identity: Identity;
}

export function keyringOf(credentials: Credentials): Keyring {
  return {
    space: deriveSpace(credentials.secret),
    epoch: deriveEpoch(credentials.epochSecret ?? credentials.secret, credentials.epoch),
    identity: identityOf(credentials.seed),
  };
}

/** What people compare to see that two devices are of one space: of the key that admits devices. @returns such as "0412 9921 7730 0058" */
export function spaceFingerprint({ secret, epoch, epochSecret }: Pick<Credentials, 'secret' | 'epoch' | 'epochSecret'>): string {
  return fingerprint(publicKeyOf(deriveEpoch(epochSecret ?? secret, epoch).admissionSeed));
}

export function encodeCredentials(credentials: Credentials): string {
  const { secret, epoch, epochSecret, seed, relays } = credentials;
  return JSON.stringify({
    v: 1,
    secret: toBase64Url(secret),
    epoch,
    epochSecret: epochSecret && toBase64Url(epochSecret),
    seed: toBase64Url(seed),
    relays,
  });
}

/** @throws PeerError when the text is damaged or of a newer version */
export function decodeCredentials(text: string): Credentials {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    if (value.v !== 1) throw new PeerError('NEWER_KEYS', 'The stored keys were written by a newer Blockwire.', 'Update Blockwire on this device.');
    const { epoch, relays } = value;
    if (!Number.isSafeInteger(epoch) || !Array.isArray(relays) || !relays.every((relay) => typeof relay === 'string')) throw new Error('shape');
    return {
      secret: fromBase64Url(textOf(value.secret), SECRET_BYTES),
      epoch: epoch as number,
      epochSecret: value.epochSecret === null ? null : fromBase64Url(textOf(value.epochSecret), SECRET_BYTES),
      seed: fromBase64Url(textOf(value.seed), SEED_BYTES),
      relays,
    };
  } catch (error) {
    if (error instanceof PeerError) throw error;
    throw new PeerError('DAMAGED_KEYS', "This device's stored keys are damaged. Your notes are untouched.", 'Leave the space here and add this device again from another one.');
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}
