/**
 * Seal and sign, verify and open: what both entries and presence are made of.
 *
 *   nonce (24, random) | XChaCha20-Poly1305 of the padded body with its tag | Ed25519 signature (64)
 *
 * `associated` is authenticated by both and not part of the result. The signature also covers the purpose, so that no message of one purpose passes for another.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Signer, Verifier } from './ed25519';
import { pad, unpad } from './padding';
import { SealError } from './seal-error';

const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 64;

/** What a sealed message costs beside its padded body. */
export const SEAL_OVERHEAD = NONCE_BYTES + TAG_BYTES + SIGNATURE_BYTES;

export type Purpose = 'entry' | 'presence';

const PURPOSES: Readonly<Record<Purpose, Uint8Array>> = {
  entry: utf8ToBytes('blockwire 1 entry\n'),
  presence: utf8ToBytes('blockwire 1 presence\n'),
};

/**
 * @param contentKey 32 bytes, of the epoch that `associated` names
 * @param random gives the nonce; must be unpredictable, and needs no memory of earlier ones
 */
export async function sealMessage(
  purpose: Purpose,
  associated: Uint8Array,
  body: Uint8Array,
  contentKey: Uint8Array,
  signer: Signer,
  random: (length: number) => Uint8Array,
): Promise<Uint8Array> {
  const nonce = random(NONCE_BYTES);
  const ciphertext = xchacha20poly1305(contentKey, nonce, associated).encrypt(pad(body));
  const signature = await signer.sign(concatBytes(PURPOSES[purpose], associated, nonce, ciphertext));
  return concatBytes(nonce, ciphertext, signature);
}

/**
 * Checks the signature first, so that nothing of an unknown author is ever opened.
 * @returns the body, a view of a buffer that nothing else holds
 * @throws SealError
 */
export async function openMessage(
  purpose: Purpose,
  associated: Uint8Array,
  message: Uint8Array,
  contentKey: Uint8Array,
  author: Verifier,
): Promise<Uint8Array> {
  const signatureAt = signatureOffset(message);
  await check(purpose, associated, message, signatureAt, author);
  return decrypt(associated, message, signatureAt, contentKey);
}

/**
 * Opens a message whose body itself brings its author's key, proven otherwise (by an admission). Opened before its signature is
 * checked: that it opens already proves that its author holds the content key.
 * @param authorOf finds and proves the author's key in the body; what it throws is passed on
 * @throws SealError
 */
export async function openIntroducedMessage(
  purpose: Purpose,
  associated: Uint8Array,
  message: Uint8Array,
  contentKey: Uint8Array,
  authorOf: (body: Uint8Array) => Promise<Verifier>,
): Promise<Uint8Array> {
  const signatureAt = signatureOffset(message);
  const body = decrypt(associated, message, signatureAt, contentKey);
  await check(purpose, associated, message, signatureAt, await authorOf(body));
  return body;
}

function signatureOffset(message: Uint8Array): number {
  if (message.length < SEAL_OVERHEAD) throw new SealError('malformed', 'A sealed message is too short.');
  return message.length - SIGNATURE_BYTES;
}

async function check(purpose: Purpose, associated: Uint8Array, message: Uint8Array, signatureAt: number, author: Verifier): Promise<void> {
  const signed = concatBytes(PURPOSES[purpose], associated, message.subarray(0, signatureAt));
  if (!(await author.verify(signed, message.subarray(signatureAt)))) {
    throw new SealError('forged', 'A sealed message was not signed by the device that it names.');
  }
}

function decrypt(associated: Uint8Array, message: Uint8Array, signatureAt: number, contentKey: Uint8Array): Uint8Array {
  try {
    return unpad(xchacha20poly1305(contentKey, message.subarray(0, NONCE_BYTES), associated).decrypt(message.subarray(NONCE_BYTES, signatureAt)));
  } catch (error) {
    if (error instanceof SealError) throw error;
    throw new SealError('damaged', 'A sealed message does not open with this key.');
  }
}
