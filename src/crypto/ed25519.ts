/**
 * Ed25519 by the platform where it proves to work, else by @noble/ed25519, about ten times slower. Which one is decided once,
 * by known answers, because platforms have shipped Ed25519 that is present but wrong or throws.
 */
import { getPublicKey, hashes, Point, sign, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { SealError } from './seal-error';

hashes.sha512 = sha512;

export interface Ed25519 {
  /** Named in reports and benchmarks. */
  readonly engine: 'node:crypto' | 'WebCrypto' | 'noble';
  /** @param seed 32 secret bytes @throws SealError malformed on another length */
  signer(seed: Uint8Array): Promise<Signer>;
  /** @param publicKey 32 bytes @throws SealError malformed when it is no key */
  verifier(publicKey: Uint8Array): Promise<Verifier>;
}
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** @returns 64 bytes, the same for the same message */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
export interface Verifier {
  /** False, never an error, for anything that is not this key's signature of this message. */
  verify(message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;

/**
 * @param subtle the platform's WebCrypto, if it has one (`globalThis.crypto?.subtle`; absent on insecure pages)
 * @param better a faster engine that the platform may have, tried first
 * @returns the fastest engine that passes the known-answer test; never rejects
 */
export async function createEd25519(subtle: SubtleCrypto | undefined, better?: Ed25519): Promise<Ed25519> {
  for (const candidate of [better, subtle && webCryptoEd25519(subtle)]) {
    if (candidate !== undefined && (await passesKnownAnswers(candidate))) return candidate;
  }
  return nobleEd25519;
}

/** @returns the public key of a seed @throws SealError malformed on another length */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  requireLength(seed, SEED_BYTES, 'A secret key');
  return getPublicKey(seed);
}

export const nobleEd25519: Ed25519 = {
  engine: 'noble',
  async signer(seed) {
    const publicKey = publicKeyOf(seed);
    return { publicKey, sign: async (message) => sign(message, seed) };
  },
  async verifier(publicKey) {
    requireKey(publicKey);
    return {
      verify: async (message, signature) => {
        try {
          // RFC 8032's strict rules, as WebCrypto has them, so that two devices never disagree about a signature.
          return signature.length === 64 && verify(signature, message, publicKey, { zip215: false });
        } catch {
          return false;
        }
      },
    };
  },
};

/** What stands before the seed in the PKCS #8 form of RFC 8410; a raw private key can't be imported. */
const PKCS8_PREFIX = hexToBytes('302e020100300506032b657004220420');

function webCryptoEd25519(subtle: SubtleCrypto): Ed25519 {
  return {
    engine: 'WebCrypto',
    async signer(seed) {
      const publicKey = publicKeyOf(seed);
      const encoded = new Uint8Array(PKCS8_PREFIX.length + SEED_BYTES);
      encoded.set(PKCS8_PREFIX);
      encoded.set(seed, PKCS8_PREFIX.length);
      const key = await subtle.importKey('pkcs8', encoded, 'Ed25519', false, ['sign']);
      return { publicKey, sign: async (message) => new Uint8Array(await subtle.sign('Ed25519', key, source(message))) };
    },
    async verifier(publicKey) {
      requireKey(publicKey);
      const key = await subtle.importKey('raw', source(publicKey), 'Ed25519', false, ['verify']);
      return {
        verify: async (message, signature) => {
          try {
            return await subtle.verify('Ed25519', key, source(signature), source(message));
          } catch {
            return false;
          }
        },
      };
    },
  };
}

/** RFC 8032, 7.1, test 3. */
const KNOWN = {
  seed: hexToBytes('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'),
  publicKey: hexToBytes('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'),
  message: hexToBytes('af82'),
  signature: hexToBytes(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ),
};

async function passesKnownAnswers(candidate: Ed25519): Promise<boolean> {
  try {
    const signature = await (await candidate.signer(KNOWN.seed)).sign(KNOWN.message);
    const verifier = await candidate.verifier(KNOWN.publicKey);
    const tampered = KNOWN.signature.slice();
    tampered[0] = (tampered[0] as number) ^ 1; // 64 bytes long
    return (
      signature.length === KNOWN.signature.length &&
      signature.every((byte, i) => byte === KNOWN.signature[i]) &&
      (await verifier.verify(KNOWN.message, KNOWN.signature)) &&
      !(await verifier.verify(KNOWN.message, tampered))
    );
  } catch {
    return false;
  }
}

/** A point of the curve, and not one of the eight for which anything passes as a signature. */
function requireKey(publicKey: Uint8Array): void {
  requireLength(publicKey, PUBLIC_KEY_BYTES, 'A public key');
  let small: boolean;
  try {
    small = Point.fromBytes(publicKey).isSmallOrder();
  } catch {
    throw new SealError('malformed', 'A public key is not a point of the curve.');
  }
  if (small) throw new SealError('malformed', 'A public key is of small order.');
}

function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) throw new SealError('malformed', `${what} is not ${length} bytes.`);
}

/** The types of WebCrypto exclude shared memory, which nothing here is ever in. */
function source(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
