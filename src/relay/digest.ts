import { hash } from 'node:crypto';
import { ID_BYTES, toHex, type Digest } from '../protocol';

/** First 16 bytes of SHA-256: names an entry in cursors, heads and pruned places. */
export function digestBytes(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer').subarray(0, ID_BYTES);
}

export function digestOf(bytes: Uint8Array): Digest {
  return toHex(digestBytes(bytes)) as Digest;
}
