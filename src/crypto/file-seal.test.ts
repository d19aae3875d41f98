import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { createHash, createHmac } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ContentHash } from './content-hash';
import { FILE_CHUNK, FILE_PIECE, fileKeysOf, openChunk, pieceCount, sealChunk } from './file-seal';
import { SealError } from './seal-error';
import { deriveSpace } from './space-keys';

const SPACE = deriveSpace(Uint8Array.from({ length: 32 }, (_, i) => i));
const content = new TextEncoder().encode('The photo of the garden gate.');
const hash = createHash('sha256').update(content).digest('hex');
const nonce = (length: number): Uint8Array => new Uint8Array(length).fill(9);
const keys = fileKeysOf(SPACE, hash, content.length);

test('[P46] names and keys of files are HMAC-SHA-256 of the content’s hash, under keys of the space', () => {
  const mac = (key: Uint8Array): string => createHmac('sha256', key).update(Buffer.from(hash, 'hex')).digest('hex');
  expect(keys.fileId).toBe(mac(SPACE.fileIdKey).slice(0, 32));
  expect(bytesToHex(keys.key)).toBe(mac(SPACE.fileKey));
  expect(fileKeysOf(deriveSpace(new Uint8Array(32)), hash, content.length).fileId).not.toBe(keys.fileId);
});

test('[P46] the name and key of this vector stay what they are', () => {
  expect([keys.fileId, bytesToHex(keys.key)]).toEqual(['c8dcf82563fe3f830bb6c54ef840d4bb', '20b0b191cd2b3de19714d2fc71b0abb07599a94bbee71e24adac49bdcd86d1f0']);
});

test('[P45] a chunk is nonce and ciphertext of the piece filled with zeros, bound to its place', () => {
  const padded = concatBytes(content, new Uint8Array(FILE_PIECE - content.length));
  const associated = hexToBytes(`${SPACE.spaceId}${keys.fileId}${'00000000'}${'00000001'}`);
  const expected = concatBytes(nonce(24), xchacha20poly1305(keys.key, nonce(24), associated).encrypt(padded));
  expect(bytesToHex(sealChunk(keys, 0, content, nonce))).toBe(bytesToHex(expected));
});

test.each([0, 1, FILE_PIECE - 1, FILE_PIECE])('[P45] a piece of %d bytes comes back from a chunk of one length', (length) => {
  const piece = new Uint8Array(length).fill(7);
  const chunk = sealChunk(keys, 0, piece, nonce);
  expect(chunk).toHaveLength(FILE_CHUNK);
  expect(Buffer.compare(openChunk(keys, 0, chunk, length), piece)).toBe(0);
});

test('[P45] an empty file has one chunk, and one byte more than a piece two', () => {
  expect([0, 1, FILE_PIECE, FILE_PIECE + 1, 2 * FILE_PIECE].map(pieceCount)).toEqual([1, 1, 1, 2, 2]);
});

test('[P47] a chunk of another file, space, place or count does not open, nor does a changed or cut one', () => {
  const chunk = sealChunk(keys, 0, content, nonce);
  const others = [
    () => openChunk(keys, 1, chunk, 29),
    () => openChunk({ ...keys, count: 2 }, 0, chunk, 29),
    () => openChunk({ ...keys, fileId: '0'.repeat(32) }, 0, chunk, 29),
    () => openChunk({ ...keys, spaceId: '0'.repeat(32) }, 0, chunk, 29),
    () => openChunk({ ...keys, key: new Uint8Array(32) }, 0, chunk, 29),
    () => openChunk(keys, 0, chunk.map((byte, i) => (i === 100 ? byte ^ 1 : byte)), 29),
    () => openChunk(keys, 0, chunk.subarray(1), 29),
  ];
  for (const open of others) expect(open).toThrow(SealError);
});

test.each([['', 1], ['0F'.repeat(32), 1], ['0f'.repeat(31), 1], [hash, -1], [hash, 0.5]])('a file named %s, %d is refused', (name, size) => {
  expect(() => fileKeysOf(SPACE, name, size)).toThrow(SealError);
});

test('[P47] the hash of pieces is that of the whole', () => {
  const running = new ContentHash();
  for (let at = 0; at < content.length; at += 10) running.add(content.subarray(at, at + 10));
  expect(running.toString()).toBe(hash);
});
