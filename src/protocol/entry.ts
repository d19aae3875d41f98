/** The clear, authenticated header of a sealed entry. What follows it in the bytes is nonce, ciphertext and signature. */
import type { Alias, DeviceId, Digest, SpaceId } from './ids';
import type { Lane } from './frames';

export type EntryKind = 'update' | 'snapshot';

export interface EntryHeader {
  /** Cipher suite; 1 = XChaCha20-Poly1305 with Ed25519. */
  readonly suite: 1;
  readonly kind: EntryKind;
  readonly space: SpaceId;
  /** Key epoch, from 0; rises when a device is removed. */
  readonly epoch: number;
  readonly device: DeviceId;
  readonly lane: Lane;
  /** From 1, without a gap, per (device, lane). */
  readonly counter: number;
  /** Digest of this device's previous entry of the same document, or 16 zero bytes. */
  readonly previous: Digest;
  readonly alias: Alias;
  /** Snapshots: every entry of the document up to this sequence is contained. Updates: 0. */
  readonly covers: number;
  /** Numbered parts of one large body: `part` from 0 to `parts` - 1. One part: 0 of 1. Only the last part of a snapshot covers anything. */
  readonly part: number;
  readonly parts: number;
}
