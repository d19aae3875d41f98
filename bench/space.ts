/** A space and its devices with real keys, founded and joined at a real relay. */
import { randomBytes } from 'node:crypto';
import { createEd25519, identityOf } from '../src/crypto';
import { nodeEd25519 } from '../src/folder/node-ed25519';
import { foundSpace, joinSpace, keyringOf, type Credentials, type PairingPorts } from '../src/peer';
import { httpByFetch } from '../src/transport';

export const ed25519 = createEd25519(globalThis.crypto.subtle, nodeEd25519);

const ports = async (): Promise<PairingPorts> => ({ post: httpByFetch(), random: (length) => new Uint8Array(randomBytes(length)), now: Date.now, ed25519: await ed25519 });

/** @returns the credentials of the space's devices, its founder first */
export async function makeSpace(relay: string, ticket: string, devices: number): Promise<Credentials[]> {
  const founder = await foundSpace({ type: 'setup', relay, ticket }, await ports());
  const all = [founder];
  while (all.length < devices) all.push(await addDevice(founder));
  return all;
}

/** One more device of a space, with the same relay. */
export async function addDevice({ secret, epoch, epochSecret, relays }: Credentials): Promise<Credentials> {
  return joinSpace({ type: 'pairing', secret, epoch, epochSecret, relays }, await ports());
}

export function deviceOf(credentials: Credentials): string {
  return identityOf(credentials.seed).deviceId;
}

export function spaceOf(credentials: Credentials): string {
  return keyringOf(credentials).space.spaceId;
}
