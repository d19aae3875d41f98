/** Ed25519 of Node without its thread pool, so that what happens in a test is the same in every run. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { Ed25519 } from '../../src/crypto';

const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');

export const syncEd25519: Ed25519 = {
  engine: 'WebCrypto',
  signer: async (seed) => {
    const key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' });
    const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC.length));
    return { publicKey, sign: async (message) => new Uint8Array(sign(null, message, key)) };
  },
  verifier: async (publicKey) => {
    const key = createPublicKey({ key: Buffer.concat([PUBLIC, publicKey]), format: 'der', type: 'spki' });
    return { verify: async (message, signature) => verify(null, message, key, signature) };
  },
};
