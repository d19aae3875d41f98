import { createEd25519, nobleEd25519, publicKeyOf, SealError } from '../crypto';
import { fromHex, toHex } from '../protocol';
import { nodeEd25519 } from './node-ed25519';

/** RFC 8032, 7.1, tests 1 to 3. */
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
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature: '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

test('is what a program in Node gets', async () => {
  expect((await createEd25519(globalThis.crypto.subtle, nodeEd25519)).engine).toBe('node:crypto');
});

test('is not taken where it does not pass the known answers', async () => {
  const wrong = { ...nodeEd25519, verifier: async () => ({ verify: async () => true }) };
  expect((await createEd25519(undefined, wrong)).engine).toBe('noble');
});

test.each(VECTORS)('RFC 8032: message "$message"', async ({ seed, publicKey, message, signature }) => {
  const signer = await nodeEd25519.signer(fromHex(seed));
  expect(toHex(signer.publicKey)).toBe(publicKey);
  expect(toHex(await signer.sign(fromHex(message)))).toBe(signature);
  const verifier = await nodeEd25519.verifier(fromHex(publicKey));
  expect(await verifier.verify(fromHex(message), fromHex(signature))).toBe(true);
  expect(await verifier.verify(fromHex(`${message}00`), fromHex(signature))).toBe(false);
});

test('takes no signature that is not one', async () => {
  const seed = new Uint8Array(32).fill(7);
  const signature = await (await nodeEd25519.signer(seed)).sign(new Uint8Array());
  const verifier = await nodeEd25519.verifier(publicKeyOf(seed));
  const tampered = Array.from(signature, (byte, at) => signature.map((same, i) => (i === at ? byte ^ 0x40 : same)));
  for (const wrong of [...tampered, new Uint8Array(), signature.subarray(1), new Uint8Array(64), new Uint8Array(64).fill(255), new Uint8Array(1000)]) {
    expect(await verifier.verify(new Uint8Array(), wrong)).toBe(false);
  }
});

test.each<[string, Uint8Array]>([
  ['too short', new Uint8Array(31)],
  ['no point of the curve', new Uint8Array(32).fill(0xff, 0, 31)],
  ['the neutral element, for which anything may pass', Uint8Array.of(1, ...new Uint8Array(31))],
])('refuses a public key that is %s', async (_, key) => {
  await expect(nodeEd25519.verifier(key)).rejects.toThrow(SealError);
});

test('agrees with noble', async () => {
  for (let i = 0; i < 20; i++) {
    const seed = globalThis.crypto.getRandomValues(new Uint8Array(32));
    const message = globalThis.crypto.getRandomValues(new Uint8Array(i * 13));
    const signature = await (await nodeEd25519.signer(seed)).sign(message);
    expect(await (await nobleEd25519.signer(seed)).sign(message)).toEqual(signature);
  }
});
