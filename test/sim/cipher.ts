/**
 * Entries in their real byte form, with nothing encrypted: the simulation is about what is sent when, and thousands of seeds must
 * run. A checksum stands for tag and signature, so damage is found.
 */
import { createHash } from 'node:crypto';
import { assembleEntry, assembleSigned, encodeHeader, NONCE_BYTES, readEntry, SIGNATURE_BYTES, TAG_BYTES, type DeviceId, type Digest, type EntryHeader } from '../../src/protocol';
import { CipherError, type Cipher, type Random } from '../../src/sync';

export class SimCipher implements Cipher {
  constructor(private readonly random: Random) {}

  async seal(header: EntryHeader, body: Uint8Array): Promise<Uint8Array> {
    const text = new Uint8Array(body.length + TAG_BYTES);
    text.set(body);
    const signed = assembleSigned(encodeHeader(header), this.random.bytes(NONCE_BYTES), text);
    return assembleEntry(signed, this.sign(signed));
  }

  async open(entry: Uint8Array): Promise<{ header: EntryHeader; body: Uint8Array }> {
    let parts;
    try {
      parts = readEntry(entry);
    } catch (error) {
      throw new CipherError('damaged', String(error));
    }
    const expected = this.sign(parts.signed);
    if (parts.signature.some((byte, at) => byte !== expected[at])) throw new CipherError('forged', 'The signature does not fit.');
    return { header: parts.header, body: parts.ciphertext.slice(0, -TAG_BYTES) };
  }

  async sealPresence(body: Uint8Array): Promise<Uint8Array> {
    return body;
  }

  async openPresence(_device: DeviceId, bytes: Uint8Array): Promise<Uint8Array> {
    return bytes;
  }

  digest(bytes: Uint8Array): Digest {
    return createHash('sha256').update(bytes).digest('hex').slice(0, 32) as Digest;
  }

  private sign(signed: Uint8Array): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_BYTES);
    signature.set(createHash('sha256').update(signed).digest());
    return signature;
  }
}
