/** Sealed presence: bound to space, device and epoch; not counted, never stored. */
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { Signer, Verifier } from './ed25519';
import { openMessage, sealMessage } from './sealed-message';
import { SealError } from './seal-error';

/** Who says it, and under which key. */
export interface PresenceContext {
  /** 32 hexadecimal digits each. */
  readonly spaceId: string;
  readonly deviceId: string;
  readonly epoch: number;
}

/** @returns a sealed message, at most LIMITS.presence if the body is below 7 KiB */
export function sealPresence(
  context: PresenceContext,
  body: Uint8Array,
  contentKey: Uint8Array,
  signer: Signer,
  random: (length: number) => Uint8Array,
): Promise<Uint8Array> {
  return sealMessage('presence', associatedOf(context), body, contentKey, signer, random);
}

/** @throws SealError, also when it was sealed under another epoch or by another device than `context` says */
export async function openPresence(context: PresenceContext, message: Uint8Array, contentKey: Uint8Array, author: Verifier): Promise<Uint8Array> {
  return openMessage('presence', associatedOf(context), message, contentKey, author);
}

function associatedOf({ spaceId, deviceId, epoch }: PresenceContext): Uint8Array {
  if (!/^[0-9a-f]{32}$/.test(spaceId) || !/^[0-9a-f]{32}$/.test(deviceId)) throw new SealError('malformed', 'An identifier is not 16 bytes.');
  const epochBytes = new Uint8Array(4);
  new DataView(epochBytes.buffer).setUint32(0, epoch);
  return concatBytes(hexToBytes(spaceId), hexToBytes(deviceId), epochBytes);
}
