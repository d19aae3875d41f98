/** Whole peers without Obsidian: real engine, cipher, documents, notes and transport over a vault in memory. */
import { createEd25519 } from '../src/crypto';
import { nodeEd25519 } from '../src/folder/node-ed25519';
import { createPeer, keyringOf, type Credentials, type Peer } from '../src/peer';
import type { DeviceId, SpaceId } from '../src/protocol';
import type { DeviceStore } from '../src/sync';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom } from '../src/transport';
import { NodeWebSocket } from '../src/transport/ws-node';
import type { MemoryVault } from '../test/peers/memory-vault';
import { SETTINGS } from '../test/peers/world';

const PATIENCE = 600_000;

/** Not started yet. */
export async function makePeer(credentials: Credentials, store: DeviceStore, vault: MemoryVault, name: string): Promise<Peer> {
  const ed25519 = await createEd25519(globalThis.crypto.subtle, nodeEd25519);
  const { space, identity } = keyringOf(credentials);
  const signer = await ed25519.signer(identity.seed);
  return createPeer({
    clock: systemClock,
    random: systemRandom,
    ed25519,
    store,
    vault,
    transport: createWebSocketTransport({
      relays: credentials.relays,
      WebSocket: NodeWebSocket,
      space: space.spaceId as SpaceId,
      device: identity.deviceId as DeviceId,
      sign: (bytes) => signer.sign(bytes),
      http: httpByFetch(),
      clock: systemClock,
      random: systemRandom,
    }),
    credentials,
    settings: () => SETTINGS,
    deviceName: name,
    onProblem: (code, message) => {
      throw new Error(`${code}: ${message}`);
    },
    onCloned: () => {
      throw new Error('The relay took this device for a clone.');
    },
  });
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, every = 2): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Still not so: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** Path of the note of a day, days counted from a fixed one. */
export function dayPath(folder: string, day: number): string {
  return `${folder}/${new Date(Date.UTC(2026, 10, 22) - day * 86_400_000).toISOString().slice(0, 10)}.md`;
}
