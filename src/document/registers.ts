/** The Yjs document under a block: flat maps by bullet id, read and written as plain values. */
import * as Y from 'yjs';
import { DocumentError } from './errors';
import { hashClient } from './hash';
import { decodePlace, encodePlace } from './place';
import type { Place } from './place';
import { decodeSeed, SEEDS } from './seed';
import type { SeededBullet } from './seed';
import { decodeFile, encodeFile } from './shared-file';
import type { SharedFile } from './shared-file';
import type { ItemRange, Step } from './take-back';
import type { Attributes, BulletId } from './types';

/** Written to `meta` once there is a second one. */
export const SCHEMA = 1;

/** Registers that updates from outside have set. */
export interface Seen {
  seeds: boolean;
  files: boolean;
  readonly texts: Set<BulletId>;
  readonly places: Set<BulletId>;
  readonly attributes: Set<BulletId>;
}

/** Names a value that was set of a bullet's place, as Yjs does: the client that set it, and its clock then. */
export type Placing = readonly [client: number, clock: number];

export interface Written {
  readonly update: Uint8Array;
  readonly step: Step;
}

export class Registers {
  private readonly doc = new Y.Doc({ gc: false });
  private readonly meta = this.doc.getMap<unknown>('meta');
  private readonly seeds = this.doc.getMap<unknown>(SEEDS);
  private readonly texts = this.doc.getMap<unknown>('texts');
  readonly places = this.doc.getMap<unknown>('places');
  readonly attributes = this.doc.getMap<unknown>('attributes');
  private readonly files = this.doc.getMap<unknown>('files');
  /** Of each import: what it was found to show. */
  private readonly imports = this.doc.getMap<unknown>('imports');
  private seen = unseen();
  private local = false;

  constructor(clientId: number) {
    this.doc.clientID = clientId;
    this.seeds.observe(() => {
      this.seen.seeds = true;
    });
    this.files.observe(() => {
      if (!this.local) this.seen.files = true;
    });
    this.texts.observeDeep((events) => {
      if (this.local) return;
      for (const event of events) {
        if (event instanceof Y.YMapEvent) for (const key of event.keysChanged) this.seen.texts.add(String(key));
        else this.seen.texts.add(String(event.path[0]));
      }
    });
    this.places.observe((event) => {
      if (!this.local) for (const key of event.keysChanged) this.seen.places.add(String(key));
    });
    this.attributes.observe((event) => {
      if (!this.local) for (const key of event.keysChanged) this.seen.attributes.add(String(key).split('/')[0] ?? '');
    });
  }

  /** Whether the document holds nothing, not even of another device. */
  get isBlank(): boolean {
    return this.doc.store.clients.size === 0;
  }

  get clientId(): number {
    return this.doc.clientID;
  }

  // Reading

  text(id: BulletId): Y.Text | null {
    const value = this.texts.get(id);
    return value instanceof Y.Text ? value : null;
  }

  /** null if there is none, or no valid one. */
  place(id: BulletId): Place | null {
    return decodePlace(this.places.get(id));
  }

  /** undefined if it was never set. */
  attribute(id: BulletId, name: keyof Attributes): unknown {
    return this.attributes.get(`${id}/${name}`);
  }

  /** The valid seeds by their keys. */
  seeded(): Map<string, readonly SeededBullet[]> {
    const seeds = new Map<string, readonly SeededBullet[]>();
    for (const [key, value] of this.seeds) {
      const bullets = decodeSeed(value);
      if (bullets) seeds.set(key, bullets);
    }
    return seeds;
  }

  /** The valid entries of the table of files, by link target. */
  sharedFiles(): Map<string, SharedFile> {
    const files = new Map<string, SharedFile>();
    for (const [target, value] of this.files) {
      const file = decodeFile(target, value);
      if (file) files.set(target, file);
    }
    return files;
  }

  /** Bullets that an import wrote into -> hashes of their whole texts as they were found; none if it does not say. */
  importedTexts(client: number): ReadonlyMap<BulletId, number> {
    const value = this.imports.get(String(client));
    const pairs = Array.isArray(value) ? (value as unknown[]) : [];
    return new Map(pairs.flatMap((pair) => (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'number' ? [[pair[0], pair[1]] as const] : [])));
  }

  knows(client: number): boolean {
    return this.doc.store.clients.has(client);
  }

  // Writing, within `transact`

  setFile(target: string, file: SharedFile | null): void {
    if (file) this.files.set(target, encodeFile(file));
    else this.files.delete(target);
  }

  createText(id: BulletId, text: string): Y.Text {
    const made = new Y.Text(text);
    this.texts.set(id, made);
    return made;
  }

  /** The Y.Text of a seeded text that is about to be edited: the same items on every device that makes it. */
  createSeededText(id: BulletId, text: string): Y.Text {
    return this.as(hashClient('text', id, text), () => this.createText(id, text));
  }

  setPlace(id: BulletId, place: Place): void {
    this.places.set(id, encodePlace(place));
  }

  setAttribute(id: BulletId, name: keyof Attributes, value: string | number | null): void {
    this.attributes.set(`${id}/${name}`, value);
  }

  /** Makes local writes as one update; null if there were none. */
  transact(write: (transaction: Y.Transaction) => void): Uint8Array | null {
    return this.written(write)?.update ?? null;
  }

  /** The same, with the items that were made and deleted. */
  written(write: (transaction: Y.Transaction) => void): Written | null {
    let written: Written | null = null;
    const take = (update: Uint8Array, _: unknown, { clientID }: Y.Doc, { beforeState, afterState, deleteSet }: Y.Transaction): void => {
      const clock = beforeState.get(clientID) ?? 0;
      const length = (afterState.get(clientID) ?? 0) - clock;
      const deleted = [...deleteSet.clients].flatMap(([client, items]) => items.map((item): ItemRange => [client, item.clock, item.len]));
      written = { update, step: { made: length > 0 ? [[clientID, clock, length]] : [], deleted } };
    };
    this.doc.on('update', take);
    this.local = true;
    try {
      this.doc.transact(write);
    } finally {
      this.local = false;
      this.doc.off('update', take);
    }
    return written;
  }

  /** Runs with another client id for what is written. */
  as<T>(client: number, write: () => T): T {
    const own = this.doc.clientID;
    this.doc.clientID = client;
    try {
      return write();
    } finally {
      this.doc.clientID = own;
    }
  }

  setImportedTexts(client: number, texts: ReadonlyMap<BulletId, number>): void {
    this.imports.set(String(client), [...texts].map((pair) => [...pair]));
  }

  // Exchange

  /**
   * Takes in updates in one transaction; gives what they set and the indices of those that can't be read.
   * @throws DocumentError NEWER_SCHEMA
   */
  merge(updates: readonly Uint8Array[]): { seen: Seen; refused: number[] } {
    const refused: number[] = [];
    this.doc.transact(() => {
      updates.forEach((update, index) => {
        try {
          Y.applyUpdate(this.doc, update);
        } catch {
          refused.push(index);
        }
      });
    });
    const schema = this.meta.get('schema') ?? SCHEMA;
    if (typeof schema !== 'number' || schema > SCHEMA) {
      throw new DocumentError('NEWER_SCHEMA', `This block was written by a newer Blockwire (format ${typeof schema === 'number' ? schema : 'unknown'}). Update Blockwire on this device.`);
    }
    const seen = this.seen;
    this.seen = unseen();
    return { seen, refused };
  }

  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  /** @throws DocumentError BAD_UPDATE */
  encodeSince(stateVector: Uint8Array): Uint8Array {
    try {
      return Y.encodeStateAsUpdate(this.doc, stateVector);
    } catch {
      throw new DocumentError('BAD_UPDATE', 'That is no state vector.');
    }
  }

  clocks(): Map<number, number> {
    return Y.decodeStateVector(Y.encodeStateVector(this.doc));
  }

  writerOf(id: BulletId): { client: number; clock: number } | null {
    return this.texts._map.get(id)?.id ?? null;
  }

  /** Names the value that says where a bullet is, as it is now; null if none was ever set. */
  placing(id: BulletId): Placing | null {
    const item = this.places._map.get(id);
    return item ? [item.id.client, item.id.clock] : null;
  }

  /** Whether who set the place of a bullet had seen an earlier value of it. */
  isPlacedAfter(id: BulletId, [client, clock]: Placing): boolean {
    const item = this.places._map.get(id);
    let seen: Y.ID | null = item ? item.id : null;
    // Yjs keeps a client's values in a row as one item: an id may be in the middle of it.
    while (seen && !(seen.client === client && seen.clock >= clock)) seen = Y.getItem(this.doc.store, seen).origin;
    return seen !== null;
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.doc);
  }

  snapshot(): Uint8Array {
    return Y.encodeSnapshot(Y.snapshot(this.doc));
  }

  /** The whole document as it was at a snapshot. @throws DocumentError BAD_UPDATE */
  encodeAt(snapshot: Uint8Array): Uint8Array {
    try {
      return Y.encodeStateAsUpdate(Y.createDocFromSnapshot(this.doc, Y.decodeSnapshot(snapshot), new Y.Doc({ gc: false })));
    } catch {
      throw new DocumentError('BAD_UPDATE', 'That is no earlier state of this block.');
    }
  }
}

function unseen(): Seen {
  return { seeds: false, files: false, texts: new Set(), places: new Set(), attributes: new Set() };
}
