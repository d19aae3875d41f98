/** SHA-256 cut to 16 bytes, as lower-case hexadecimal: how entries and devices are named. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const BYTES = 16;

/** @returns 32 hexadecimal digits */
export function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes).subarray(0, BYTES));
}

/** The id of a device: the digest of its Ed25519 public key. */
export function deviceIdOf(publicKey: Uint8Array): string {
  return digest(publicKey);
}
