/** SHA-256 of content that comes piece by piece, as lower-case hexadecimal: how files are named. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export class ContentHash {
  private readonly hash = sha256.create();

  add(bytes: Uint8Array): this {
    this.hash.update(bytes);
    return this;
  }

  /** 64 hexadecimal digits, once. */
  toString(): string {
    return bytesToHex(this.hash.digest());
  }
}
