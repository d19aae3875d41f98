/**
 * Ed25519 by node:crypto, on the caller's thread: a signature takes a tenth of a millisecond, and WebCrypto's way through the thread
 * pool and back takes several times that on a busy machine.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { nobleEd25519, publicKeyOf, type Ed25519 } from '../crypto';

/** What stands before a seed in its PKCS #8 form, and before a public key in its SPKI form (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** @see Ed25519 */
export const nodeEd25519: Ed25519 = {
  engine: 'node:crypto',
  async signer(seed) {
    const publicKey = publicKeyOf(seed);
    const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    return { publicKey, sign: async (message) => new Uint8Array(sign(null, message, key)) };
  },
  async verifier(publicKey) {
    await nobleEd25519.verifier(publicKey); // refuses what is no key; OpenSSL would take any 32 bytes
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return {
      verify: async (message, signature) => {
        try {
          return verify(null, message, key, signature);
        } catch {
          return false;
        }
      },
    };
  },
};
