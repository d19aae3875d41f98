/** Sealed entries: header, then a sealed message with the header as what it is bound to. The layout of the header is protocol's. */
import { concatBytes } from '@noble/hashes/utils.js';
import type { Signer, Verifier } from './ed25519';
import { openIntroducedMessage, openMessage, sealMessage } from './sealed-message';

/**
 * @param header the encoded header (`encodeHeader`)
 * @returns the entry's bytes, the same layout as protocol's `assembleEntry`
 */
export async function sealEntry(
  header: Uint8Array,
  body: Uint8Array,
  contentKey: Uint8Array,
  signer: Signer,
  random: (length: number) => Uint8Array,
): Promise<Uint8Array> {
  return concatBytes(header, await sealMessage('entry', header, body, contentKey, signer, random));
}

/**
 * @param headerLength bytes of the header at the front of `entry`
 * @param contentKey of the epoch that the header names
 * @param author of the device that the header names
 * @throws SealError
 */
export function openEntry(entry: Uint8Array, headerLength: number, contentKey: Uint8Array, author: Verifier): Promise<Uint8Array> {
  return openMessage('entry', entry.subarray(0, headerLength), entry.subarray(headerLength), contentKey, author);
}

/**
 * An entry whose body brings its author's key, as those of the index document do.
 * @param authorOf finds and proves the key in the body
 * @throws SealError, and what `authorOf` throws
 */
export function openIntroducedEntry(
  entry: Uint8Array,
  headerLength: number,
  contentKey: Uint8Array,
  authorOf: (body: Uint8Array) => Promise<Verifier>,
): Promise<Uint8Array> {
  return openIntroducedMessage('entry', entry.subarray(0, headerLength), entry.subarray(headerLength), contentKey, authorOf);
}
