/** Joining a space with a folder. */
import { createEd25519 } from '../crypto';
import { useLink } from '../peer';
import type { Credentials } from '../peer';
import { systemClock, systemRandom } from '../transport';
import { httpByNode } from '../transport/http-node';
import { nodeEd25519 } from './node-ed25519';

/** Founds or joins a space, as the link says. Nothing of the folder is sent. @throws PeerError in words */
export async function credentialsFrom(link: string): Promise<Credentials> {
  return useLink(link, {
    post: httpByNode(),
    random: (length) => systemRandom.bytes(length),
    now: () => systemClock.now(),
    ed25519: await createEd25519(globalThis.crypto.subtle, nodeEd25519),
  });
}
