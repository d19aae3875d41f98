/**
 * A device without an editor: real sync engine, cipher, transport and document of one block. The roster is known beforehand, so that
 * nothing but this one document is on the wire.
 */
import { randomBytes } from 'node:crypto';
import { aliasOf, createEd25519 } from '../src/crypto';
import { nodeEd25519 } from '../src/folder/node-ed25519';
import { LiveDocument, ROOT, seed, type PlainBullet } from '../src/document';
import { keyringOf, type Credentials } from '../src/peer';
import { EntryCipher } from '../src/peer/entry-cipher';
import { signedAdmission, toHex, type Alias, type DeviceId, type SpaceId } from '../src/protocol';
import { createSyncEngine, type Cipher, type DeviceStore, type Documents, type SyncEngine, type Transport } from '../src/sync';
import { createTransport, httpByFetch, systemClock, systemRandom, webSocketWay, type RelayTransport, type Way } from '../src/transport';
import { NodeWebSocket } from '../src/transport/ws-node';
import { deviceOf } from './space';

const BLOCK = 'bench';
const INDEX = 'f0'.repeat(16) as Alias;

export class BenchDevice {
  readonly document: LiveDocument;
  readonly alias: Alias;
  private readonly id: DeviceId;
  private rows = 0;
  /** Sealed bytes and entries made so far. */
  readonly sealed = { entries: 0, bytes: 0 };
  onText: ((text: string) => void) | null = null;

  private constructor(
    credentials: Credentials,
    readonly store: DeviceStore,
    cipher: Cipher,
    sign: (bytes: Uint8Array) => Promise<Uint8Array>,
    block: PlainBullet,
    private readonly onStatus: () => void,
    over: (transport: RelayTransport, store: DeviceStore) => Transport,
    ways: readonly Way[],
  ) {
    const { space } = keyringOf(credentials);
    this.alias = aliasOf(space.aliasKey, BLOCK) as Alias;
    this.document = LiveDocument.load(randomBytes(4).readUInt32LE(), seed(BLOCK, block, () => toHex(randomBytes(8))).update, []);
    const device = (this.id = deviceOf(credentials) as DeviceId);
    const counting: Cipher = {
      seal: async (header, body) => {
        const bytes = await cipher.seal(header, body);
        this.sealed.entries++;
        this.sealed.bytes += bytes.length;
        return bytes;
      },
      open: (entry) => cipher.open(entry),
      sealPresence: (body) => cipher.sealPresence(body),
      openPresence: (from, bytes) => cipher.openPresence(from, bytes),
      digest: (bytes) => cipher.digest(bytes),
    };
    this.engine = createSyncEngine({
      clock: systemClock,
      random: systemRandom,
      cipher: counting,
      store,
      documents: this.documents(),
      transport: over(
        createTransport({
          relays: credentials.relays,
          ways,
          space: space.spaceId as SpaceId,
          device,
          sign,
          http: httpByFetch(),
          clock: systemClock,
          random: systemRandom,
        }),
        store,
      ),
      identity: { space: space.spaceId as SpaceId, device, epoch: 0 },
      wanted: () => [this.alias],
      onStatus: () => this.onStatus(),
      onPresence: () => undefined,
      onCloned: () => {
        throw new Error('The relay took this device for a clone.');
      },
    });
  }

  readonly engine: SyncEngine;

  /**
   * Devices of one space, started and live.
   * @param space credentials of all its devices, which make up the roster
   * @param over what each uses in the place of its transport
   * @param ways by which they connect, best first
   */
  static async open(
    space: readonly Credentials[],
    members: readonly { credentials: Credentials; store: DeviceStore }[],
    block: PlainBullet,
    over: (transport: RelayTransport, store: DeviceStore) => Transport = (transport) => transport,
    ways: readonly Way[] = [webSocketWay({ WebSocket: NodeWebSocket, clock: systemClock })],
  ): Promise<BenchDevice[]> {
    const ed25519 = await createEd25519(globalThis.crypto.subtle, nodeEd25519);
    const roster = new Map<string, { name: string; publicKey: string; admission: string; joined: number }>();
    const admission = await ed25519.signer(keyringOf(space[0] as Credentials).epoch.admissionSeed); // a space has a founder
    for (const credentials of space) {
      const { identity, space: keys } = keyringOf(credentials);
      const claim = signedAdmission({ space: keys.spaceId as SpaceId, deviceKey: identity.publicKey });
      roster.set(identity.deviceId, { name: '', publicKey: toHex(identity.publicKey), admission: toHex(await admission.sign(claim)), joined: 0 });
    }
    const devices: BenchDevice[] = [];
    for (const { credentials, store } of members) {
      const keyring = keyringOf(credentials);
      const cipher = await EntryCipher.create({ ed25519, keyring, indexAlias: INDEX, random: (n) => systemRandom.bytes(n), rosterEntry: (id) => roster.get(id) });
      const signer = await ed25519.signer(keyring.identity.seed);
      const status = { changed: (): void => undefined };
      const device = new BenchDevice(credentials, store, cipher, (bytes) => signer.sign(bytes), block, () => status.changed(), over, ways);
      await device.engine.start();
      device.engine.notify('visible');
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`A device did not come live: ${JSON.stringify(device.engine.status.problem)}`)), 20_000);
        status.changed = () => {
          if (device.engine.status.phase !== 'live') return;
          clearTimeout(timer);
          status.changed = () => undefined;
          resolve();
        };
        status.changed();
      });
      devices.push(device);
    }
    return devices;
  }

  /** One keystroke at the end of the root bullet. */
  type(text: string): void {
    const at = this.text().length;
    const { update } = this.document.apply([{ type: 'text', id: ROOT, changes: [{ from: at, to: at, insert: text }] }], { device: this.id, time: Date.now() });
    this.engine.queue(this.alias, update, this.document.digest(), [{ table: 'updates', key: `${this.alias}/l${String(this.rows++).padStart(8, '0')}`, value: update }]);
  }

  text(): string {
    return this.document.get(ROOT)?.text ?? '';
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.store.close();
  }

  private documents(): Documents {
    return {
      apply: async (entries) => {
        // What stands for other documents is stored, and read by nobody.
        this.document.merge(entries.filter(({ alias }) => alias === this.alias).flatMap((entry) => entry.updates));
        this.onText?.(this.text());
        return entries.flatMap(({ alias, sequence, updates }) => updates.map((value, i) => ({ table: 'updates' as const, key: `${alias}/${String(sequence).padStart(16, '0')}.${i}`, value })));
      },
      snapshot: async () => ({ update: this.document.encode(), digest: this.document.digest() }),
      matches: async (_alias, update) => LiveDocument.load(0, update, []).digest() === this.document.digest(),
      setAside: (_sequence, error) => {
        throw error;
      },
    };
  }
}
