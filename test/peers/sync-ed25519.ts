/**
 * Ed25519 of Node without its thread pool, so that what happens in a test is the same in every run. What was signed here need not be
 * verified by calculation: a key, a message and the signature that this very key made of it belong together. All else is.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Ed25519, Signer, Verifier } from '../../src/crypto';

const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');
/** Signatures that are remembered, and signers and verifiers; the oldest are forgotten. */
const SIGNATURES = 20_000;
const KEYS = 500;

/** Signature, as text -> what it was made of. */
const made = new Map<string, { readonly publicKey: Uint8Array; readonly message: Uint8Array }>();
const signers = new Map<string, Signer>();
const verifiers = new Map<string, Verifier>();

export const syncEd25519: Ed25519 = {
  engine: 'WebCrypto',
  signer: async (seed) => remembered(signers, KEYS, textOf(seed), () => signerOf(createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' }))),
  verifier: async (publicKey) => remembered(verifiers, KEYS, textOf(publicKey), () => verifierOf(publicKey.slice())),
};

function signerOf(key: KeyObject): Signer {
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC.length));
  return {
    publicKey,
    sign: async (message) => {
      const signature = new Uint8Array(sign(null, message, key));
      remembered(made, SIGNATURES, textOf(signature), () => ({ publicKey, message: message.slice() }));
      return signature;
    },
  };
}

function verifierOf(publicKey: Uint8Array): Verifier {
  const key = createPublicKey({ key: Buffer.concat([PUBLIC, publicKey]), format: 'der', type: 'spki' });
  return {
    verify: async (message, signature) => {
      const own = made.get(textOf(signature));
      if (own && Buffer.compare(own.publicKey, publicKey) === 0 && Buffer.compare(own.message, message) === 0) return true;
      return verify(null, message, key, signature);
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function remembered<Value>(all: Map<string, Value>, most: number, key: string, make: () => Value): Value {
  let value = all.get(key);
  if (value === undefined) {
    all.set(key, (value = make()));
    for (const oldest of all.keys()) {
      if (all.size <= most) break;
      all.delete(oldest);
    }
  }
  return value;
}
