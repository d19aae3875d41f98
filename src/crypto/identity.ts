/** A device's own keys, and the form in which people compare keys. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { deviceIdOf } from './digest';
import { publicKeyOf, SEED_BYTES } from './ed25519';

export interface Identity {
  /** Ed25519 seed, 32 bytes: the device's secret. */
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  /** 32 hexadecimal digits, from the public key. */
  readonly deviceId: string;
}

/** @param random gives that many bytes, unpredictable */
export function createIdentity(random: (length: number) => Uint8Array): Identity {
  return identityOf(random(SEED_BYTES));
}

/** The identity that a stored seed stands for. @throws SealError malformed unless it is 32 bytes */
export function identityOf(seed: Uint8Array): Identity {
  const publicKey = publicKeyOf(seed);
  return { seed, publicKey, deviceId: deviceIdOf(publicKey) };
}

const GROUPS = 4;
const GROUP_SIZE = 10_000;

/**
 * Four groups of four digits (about 53 bits) that stand for a public key, to be read out to each other.
 * @returns such as "0412 9921 7730 0058"
 */
export function fingerprint(publicKey: Uint8Array): string {
  const hash = sha256(concatBytes(utf8ToBytes('blockwire 1 fingerprint\n'), publicKey));
  let rest = new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
  const groups: string[] = [];
  for (let i = 0; i < GROUPS; i++) {
    groups.push((rest % BigInt(GROUP_SIZE)).toString().padStart(4, '0'));
    rest /= BigInt(GROUP_SIZE);
  }
  return groups.join(' ');
}
