/** A device: a disk that outlives crashes, and an engine that does not. */
import { createHash } from 'node:crypto';
import type { Alias, DeviceId, SpaceId } from '../../src/protocol';
import { MemoryDisk, openMemoryStore } from '../../src/store/memory';
import { CipherError, createSyncEngine, type Cipher, type Clock, type DeviceStore, type SyncEngine, type SyncStatus } from '../../src/sync';
import { SimCipher } from './cipher';
import type { SimClock } from './clock';
import { WordSets } from './documents';
import type { SimNetwork } from './network';
import type { SimRandom } from './random';

export const SPACE = '5'.repeat(32) as SpaceId;

interface Life {
  readonly engine: SyncEngine;
  readonly documents: WordSets;
  readonly store: DeviceStore;
  kill(): void;
}

export class SimDevice {
  readonly disk = new MemoryDisk();
  private life: Life | null = null;
  private identity = 0;
  wanted: readonly Alias[] = [];
  readonly statuses: SyncStatus[] = [];
  readonly presences: string[] = [];
  /** The next entries that are opened here turn out damaged: so many. */
  corrupt = 0;
  /** Devices that are not in the roster yet, as far as this one knows. */
  readonly strangers = new Set<DeviceId>();
  clones = 0;
  reborn = false;

  constructor(
    readonly name: string,
    private readonly clock: SimClock,
    private readonly random: SimRandom,
    private readonly network: SimNetwork,
    private readonly log: (line: string) => void,
  ) {}

  get id(): DeviceId {
    return idOf(`${this.name} ${this.identity}`);
  }

  get isUp(): boolean {
    return this.life !== null;
  }

  get documents(): WordSets {
    return this.alive().documents;
  }

  get engine(): SyncEngine {
    return this.alive().engine;
  }

  async start(): Promise<void> {
    const { clock, kill } = this.clock.mortal();
    let alive = true;
    const store = slow(openMemoryStore(this.disk), clock, this.random, () => alive);
    const documents = await WordSets.load(store);
    const engine = createSyncEngine({
      clock,
      random: this.random,
      cipher: this.cipher(),
      transport: this.network.transport(this.id, () => alive),
      store,
      documents,
      identity: { space: SPACE, device: this.id, epoch: 0 },
      wanted: () => this.wanted,
      onStatus: (status) => this.statuses.push(status),
      onPresence: (_device, body) => this.presences.push(body.join(' ')),
      onCloned: () => {
        this.log(`${this.name} is cloned`);
        this.clones++;
        this.reborn = true;
      },
    });
    this.life = {
      engine,
      documents,
      store,
      kill: () => {
        alive = false;
        kill();
      },
    };
    await engine.start();
  }

  async stop(): Promise<void> {
    const life = this.alive();
    const stopped = life.engine.stop();
    // A stop takes (virtual) time for its strict flush.
    let done = false;
    void stopped.then(() => (done = true));
    await this.clock.until(() => done, 5_000);
    await life.store.close();
    life.kill();
    this.life = null;
    this.network.cut(this.id);
  }

  /** The power goes: of the batches not made safe only the first `kept` survive. */
  crash(kept: number): void {
    this.life?.kill();
    this.life = null;
    this.network.cut(this.id);
    this.disk.crash(kept);
  }

  /** The peer's answer to onCloned. */
  async takeNewIdentity(): Promise<void> {
    this.reborn = false;
    await this.stop();
    this.identity++;
    await this.start();
  }

  say(alias: Alias, words: readonly string[]): void {
    const { update, writes } = this.documents.say(alias, words);
    this.engine.queue(alias, update, this.documents.digest(alias), writes);
  }

  private cipher(): Cipher {
    const cipher = new SimCipher(this.random);
    return Object.assign(Object.create(cipher) as SimCipher, {
      open: async (entry: Uint8Array) => {
        if (this.corrupt > 0) {
          this.corrupt--;
          throw new CipherError('damaged', 'As the test wants it.');
        }
        const opened = await cipher.open(entry);
        if (this.strangers.has(opened.header.device)) throw new CipherError('unknown-device', 'As the test wants it.');
        return opened;
      },
    });
  }

  private alive(): Life {
    if (this.life === null) throw new Error(`${this.name} is off.`);
    return this.life;
  }
}

export function idOf(name: string): DeviceId {
  return createHash('sha256').update(name).digest('hex').slice(0, 32) as DeviceId;
}

export function aliasNamed(name: string): Alias {
  return idOf(`alias ${name}`) as string as Alias;
}

/** A disk takes its time, in order; a dead device's writes never come to an end. */
function slow(store: DeviceStore, clock: Clock, random: SimRandom, isAlive: () => boolean): DeviceStore {
  return {
    description: store.description,
    read: (table, key) => store.read(table, key),
    scan: (table, prefix) => store.scan(table, prefix),
    write: (writes, durability) =>
      new Promise((resolve, reject) => {
        clock.after(random.chance(0.5) ? 0 : random.below(15), () => {
          if (isAlive()) store.write(writes, durability).then(resolve, reject);
        });
      }),
    close: () => store.close(),
  };
}
