/**
 * All that is derived from a space's secrets, by HKDF-SHA-256 with one label each.
 *
 * The space's secret names the space and its documents, for good. Each key epoch has a secret of its own, for sealing and for
 * admitting devices: in epoch 0 it is the space's secret; later ones are random, so that a removed device, which knows the space's, can't derive them.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { SealError } from './seal-error';

export const SECRET_BYTES = 32;
const ID_BYTES = 16;
const KEY_BYTES = 32;

/** What lasts as long as the space. */
export interface SpaceKeys {
  /** 32 hexadecimal digits; tells nothing about the secret. */
  readonly spaceId: string;
  /** For `aliasOf`. */
  readonly aliasKey: Uint8Array;
  /** For ids of blocks that two devices must derive alike and nobody else may guess. */
  readonly blockIdKey: Uint8Array;
  /** For the names of files, and for the keys that seal them: content that is equal is one file, also after a device was removed. */
  readonly fileIdKey: Uint8Array;
  readonly fileKey: Uint8Array;
}

/** What lasts until a device is removed. */
export interface EpochKeys {
  readonly epoch: number;
  /** Seals entries and presence. */
  readonly contentKey: Uint8Array;
  /** Ed25519 seed of the key that admits devices; its public half is registered with the relay. */
  readonly admissionSeed: Uint8Array;
}

/** @param secret the space's, 32 bytes @throws SealError malformed on another length */
export function deriveSpace(secret: Uint8Array): SpaceKeys {
  return {
    spaceId: bytesToHex(derive(secret, 'space', ID_BYTES)),
    aliasKey: derive(secret, 'alias', KEY_BYTES),
    blockIdKey: derive(secret, 'block id', KEY_BYTES),
    fileIdKey: derive(secret, 'file id', KEY_BYTES),
    fileKey: derive(secret, 'file', KEY_BYTES),
  };
}

/**
 * @param secret the epoch's, 32 bytes; the space's own for epoch 0
 * @throws SealError malformed on another length or an epoch that is not an integer from 0 below 2^32
 */
export function deriveEpoch(secret: Uint8Array, epoch: number): EpochKeys {
  if (!Number.isSafeInteger(epoch) || epoch < 0 || epoch > 0xffff_ffff) throw new SealError('malformed', 'A key epoch is out of range.');
  return {
    epoch,
    contentKey: derive(secret, `content ${epoch}`, KEY_BYTES),
    admissionSeed: derive(secret, `admission ${epoch}`, KEY_BYTES),
  };
}

/** What the relay knows a document by. @returns 32 hexadecimal digits */
export function aliasOf(aliasKey: Uint8Array, documentId: string): string {
  return bytesToHex(hmac(sha256, aliasKey, utf8ToBytes(documentId)).subarray(0, ID_BYTES));
}

function derive(secret: Uint8Array, label: string, length: number): Uint8Array {
  if (secret.length !== SECRET_BYTES) throw new SealError('malformed', `A secret is not ${SECRET_BYTES} bytes.`);
  return hkdf(sha256, secret, utf8ToBytes('blockwire 1'), utf8ToBytes(label), length);
}
