/**
 * The space's index: which blocks there are, where each first lands, whether it is still live, and the roster of devices.
 * One small Yjs document under an alias of its own, read before any other. Each fact is a register: the last writer wins.
 */
import * as Y from 'yjs';
import type { Home } from '../outline';
import type { DeviceId } from '../protocol';

/** Document id from which the index's alias is derived; no block id can equal it. */
export const INDEX_ID = 'index';

/** `stopped`: plain text everywhere. `trashed`: deleted everywhere, kept for restoring. `absorbed`: part of another block now. */
export type Fate = 'live' | 'stopped' | 'trashed' | 'absorbed';

export interface IndexedBlock {
  readonly home: Home;
  readonly fate: Fate;
  /** When the fate was set, milliseconds since the epoch, by its author's clock. */
  readonly since: number;
  readonly by: string;
}

export interface RosterEntry {
  readonly name: string;
  /** Ed25519 public key, 64 hex digits. */
  readonly publicKey: string;
  /** Signature of the space's admission key over the public key, hex: proves that the device held the space's secret. */
  readonly admission: string;
  readonly joined: number;
}

export interface IndexChange {
  readonly blocks: ReadonlySet<string>;
  readonly roster: boolean;
}

interface FateRegister {
  readonly fate: Fate;
  readonly since: number;
  readonly by: string;
}

const NO_CHANGE: IndexChange = { blocks: new Set(), roster: false };

export class IndexDocument {
  private readonly doc: Y.Doc;
  private readonly homes: Y.Map<Home>;
  private readonly fates: Y.Map<FateRegister>;
  private readonly devices: Y.Map<RosterEntry>;

  /** `clientId`: fresh 32 random bits for every run, never stored; a reused one diverges silently. */
  constructor(clientId: number, updates: readonly Uint8Array[] = []) {
    this.doc = new Y.Doc();
    this.doc.clientID = clientId;
    this.homes = this.doc.getMap('homes');
    this.fates = this.doc.getMap('fates');
    this.devices = this.doc.getMap('devices');
    this.merge(updates);
  }

  block(id: string): IndexedBlock | undefined {
    const home = this.homes.get(id);
    const fate = this.fates.get(id);
    return home && fate ? { home, ...fate } : undefined;
  }

  /** Every block ever made live, whatever became of it. */
  blockIds(): Iterable<string> {
    return this.homes.keys();
  }

  get roster(): ReadonlyMap<DeviceId, RosterEntry> {
    return new Map(this.devices.entries() as IterableIterator<[DeviceId, RosterEntry]>);
  }

  device(id: DeviceId): RosterEntry | undefined {
    return this.devices.get(id);
  }

  /** Registers a block or changes its fate. Returns the update to be sealed. */
  setBlock(id: string, home: Home, fate: Fate, since: number, by: string): Uint8Array {
    return this.local(() => {
      const known = this.homes.get(id);
      if (known === undefined || JSON.stringify(known) !== JSON.stringify(home)) this.homes.set(id, home);
      this.fates.set(id, { fate, since, by });
    });
  }

  setDevice(id: DeviceId, entry: RosterEntry): Uint8Array {
    return this.local(() => this.devices.set(id, entry));
  }

  /** Applies updates of others. Idempotent. */
  merge(updates: readonly Uint8Array[]): IndexChange {
    if (updates.length === 0) return NO_CHANGE;
    const blocks = new Set<string>();
    let roster = false;
    const onBlocks = (event: { readonly keysChanged: ReadonlySet<unknown> }): void => event.keysChanged.forEach((key) => blocks.add(String(key)));
    const onDevices = (): void => {
      roster = true;
    };
    this.homes.observe(onBlocks);
    this.fates.observe(onBlocks);
    this.devices.observe(onDevices);
    try {
      this.doc.transact(() => updates.forEach((update) => Y.applyUpdate(this.doc, update)), 'remote');
    } finally {
      this.homes.unobserve(onBlocks);
      this.fates.unobserve(onBlocks);
      this.devices.unobserve(onDevices);
    }
    return { blocks, roster };
  }

  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  /** Whether another encoded state, with these updates after it, holds the same facts as this one. */
  equals(updates: readonly Uint8Array[]): boolean {
    const other = new Y.Doc();
    for (const update of updates) Y.applyUpdate(other, update);
    return Y.equalSnapshots(Y.snapshot(this.doc), Y.snapshot(other));
  }

  private local(change: () => void): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    this.doc.transact(change);
    return Y.encodeStateAsUpdate(this.doc, before);
  }
}
