/** The libraries give the answers of their standards, on this platform. */
import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

const LADIES = utf8ToBytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
const KEY = hexToBytes('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
const ASSOCIATED = hexToBytes('50515253c0c1c2c3c4c5c6c7');

test('RFC 8439, 2.8.2: ChaCha20-Poly1305', () => {
  const sealed = chacha20poly1305(KEY, hexToBytes('070000004041424344454647'), ASSOCIATED).encrypt(LADIES);
  expect(bytesToHex(sealed)).toBe(
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36' +
      '92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
  );
});

test('draft-irtf-cfrg-xchacha, A.3.1: XChaCha20-Poly1305', () => {
  const nonce = hexToBytes('404142434445464748494a4b4c4d4e4f5051525354555657');
  const sealed = xchacha20poly1305(KEY, nonce, ASSOCIATED).encrypt(LADIES);
  expect(bytesToHex(sealed)).toBe(
    'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452' +
      '2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49',
  );
  expect(xchacha20poly1305(KEY, nonce, ASSOCIATED).decrypt(sealed)).toEqual(LADIES);
});

test('RFC 5869, A.1 and A.3: HKDF-SHA-256', () => {
  const ikm = new Uint8Array(22).fill(0x0b);
  expect(bytesToHex(hkdf(sha256, ikm, hexToBytes('000102030405060708090a0b0c'), hexToBytes('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  expect(bytesToHex(hkdf(sha256, ikm, new Uint8Array(), new Uint8Array(), 42))).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});
