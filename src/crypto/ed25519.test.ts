import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createEd25519, nobleEd25519, publicKeyOf, type Ed25519 } from './ed25519';
import { SealError } from './seal-error';

/** RFC 8032, 7.1, tests 1 and 2. */
const VECTORS = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
];
const subtle = globalThis.crypto.subtle;

const engines: [string, () => Promise<Ed25519>][] = [
  ['noble', async () => nobleEd25519],
  ['WebCrypto', () => createEd25519(subtle)],
];

describe.each(engines)('%s', (name, create) => {
  test('is what was asked for', async () => expect((await create()).engine).toBe(name));

  test.each(VECTORS)('RFC 8032: message "$message"', async ({ seed, publicKey, message, signature }) => {
    const engine = await create();
    const signer = await engine.signer(hexToBytes(seed));
    expect(bytesToHex(signer.publicKey)).toBe(publicKey);
    expect(bytesToHex(await signer.sign(hexToBytes(message)))).toBe(signature);
    const verifier = await engine.verifier(hexToBytes(publicKey));
    expect(await verifier.verify(hexToBytes(message), hexToBytes(signature))).toBe(true);
    expect(await verifier.verify(hexToBytes(`${message}00`), hexToBytes(signature))).toBe(false);
  });

  test('takes no signature that is not one', async () => {
    const [vector] = VECTORS;
    if (vector === undefined) throw new Error('no vector');
    const verifier = await (await create()).verifier(hexToBytes(vector.publicKey));
    const signature = hexToBytes(vector.signature);
    for (let i = 0; i < signature.length; i++) {
      const tampered = signature.slice();
      tampered[i] = (tampered[i] as number) ^ 0x40;
      expect(await verifier.verify(new Uint8Array(), tampered)).toBe(false);
    }
    for (const wrong of [new Uint8Array(), signature.subarray(1), new Uint8Array(64), new Uint8Array(64).fill(255), new Uint8Array(1000)]) {
      expect(await verifier.verify(new Uint8Array(), wrong)).toBe(false);
    }
  });

  test.each<[string, Uint8Array]>([
    ['too short', new Uint8Array(31)],
    ['too long', new Uint8Array(33)],
    ['no point of the curve', new Uint8Array(32).fill(0xff, 0, 31)],
    ['the neutral element, for which anything may pass', Uint8Array.of(1, ...new Uint8Array(31))],
    ['zero', new Uint8Array(32)],
  ])('refuses a public key that is %s', async (_, key) => {
    const engine = await create();
    await expect(engine.verifier(key)).rejects.toThrow(SealError);
  });

  test('refuses a seed that is not 32 bytes', async () => {
    const engine = await create();
    await expect(engine.signer(new Uint8Array(31))).rejects.toThrow(SealError);
  });
});

describe('falls back to noble where the platform', () => {
  const broken = (change: Partial<SubtleCrypto>): SubtleCrypto =>
    new Proxy(subtle, {
      get(target, property) {
        const own = Reflect.get(change, property) as unknown;
        if (own !== undefined) return own;
        const value = Reflect.get(target, property) as unknown;
        return typeof value === 'function' ? (...parameters: unknown[]) => Reflect.apply(value, target, parameters) as unknown : value;
      },
    });

  test.each<[string, SubtleCrypto | undefined]>([
    ['has no WebCrypto', undefined],
    ['does not know Ed25519', broken({ importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')) })],
    [
      'throws at once',
      broken({
        importKey: () => {
          throw new TypeError('Not implemented.');
        },
      }),
    ],
    ['signs wrongly', broken({ sign: () => Promise.resolve(new ArrayBuffer(64)) })],
    ['takes any signature', broken({ verify: () => Promise.resolve(true) })],
    ['takes no signature', broken({ verify: () => Promise.resolve(false) })],
  ])('%s', async (_, platform) => {
    const engine = await createEd25519(platform);
    expect(engine.engine).toBe('noble');
  });
});

test('both engines agree', async () => {
  const platform = await createEd25519(subtle);
  for (let i = 0; i < 20; i++) {
    const seed = globalThis.crypto.getRandomValues(new Uint8Array(32));
    const message = globalThis.crypto.getRandomValues(new Uint8Array(i * 13));
    const signature = await (await platform.signer(seed)).sign(message);
    expect(await (await nobleEd25519.signer(seed)).sign(message)).toEqual(signature);
    expect(await (await nobleEd25519.verifier(publicKeyOf(seed))).verify(message, signature)).toBe(true);
  }
});
