/** The signed request by which a device asks for a session, as the check of a connection makes it. */
import type { Ed25519 } from '../crypto';
import { encodeSession, NONCE_LENGTH, signedSession } from '../protocol';
import type { DeviceId, SpaceId } from '../protocol';
import { keyringOf, type Credentials } from './credentials';

/** @param time ms since 1970 @returns the JSON body; each has a nonce of its own */
export async function sessionRequest(credentials: Credentials, time: number, ed25519: Ed25519, random: (length: number) => Uint8Array): Promise<string> {
  const { space, identity } = keyringOf(credentials);
  const signer = await ed25519.signer(identity.seed);
  const request = { space: space.spaceId as SpaceId, device: identity.deviceId as DeviceId, time: Math.round(time), nonce: random(NONCE_LENGTH) };
  return encodeSession({ ...request, signature: await signer.sign(signedSession(request)) });
}

