/**
 * The documents of this device: loads them from the store when a note or view needs them, applies what arrives, makes local
 * edits durable through the engine. Documents that nothing needs stay bytes in the store.
 */
import { importsIn, LiveDocument, PastTexts } from '../document';
import type { Applied, Change, Edit, SharedFile, Step } from '../document';
import type { Alias } from '../protocol';
import type { CipherError, Clock, DeviceStore, Documents, OpenedEntry, StoreWrite, SyncEngine } from '../sync';
import type { DocumentsListener } from './documents-listener';
import { idsOf } from './found-text';
import { INDEX_ID } from './index-document';
import type { IndexDocument } from './index-document';
import { mergeEach } from './loaded-document';
import type { Arrived, ImportedInto, Loaded } from './loaded-document';
import { authorOf, HERE, localKey, logKey, sameBytes, sequenceOf, shortName, storedUpdates } from './update-rows';

/** Update rows of a document before they are folded into its base. */
const COMPACT_AFTER = 200;
/** Closed documents kept in memory, so that a burst of remote edits does not load one again and again. */
const KEPT = 32;
const DAY = 24 * 60 * 60 * 1000;
const SEQUENCE_ROW = 'last-sequence';
/** Author of edits that were found in a file. */
export const FOUND = 'found';

export interface DocumentsOptions {
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly index: IndexDocument;
  readonly device: string;
  readonly aliasOf: (documentId: string) => Alias;
  /** Fresh 32 random bits. */
  readonly clientId: () => number;
  readonly listener: DocumentsListener;
  /** Whether this document has local edits on their way to the relay. */
  readonly underWay: (alias: Alias) => boolean;
}

/** Edits that were found in a text outside. */
export interface Found {
  /** From `importClientId`. */
  readonly importAs: number;
  /** Bullets and their texts there. With what others wrote meanwhile the document's differ, and after a crash the file must not pass for another program's. */
  readonly seen?: ReadonlyMap<string, string>;
}

export class BlockDocuments implements Documents {
  private readonly loaded = new Map<string, Loaded>();
  private readonly loading = new Map<string, Promise<Loaded>>();
  /** What arrives for a document while it is being read. */
  private readonly late = new Map<string, Arrived[]>();
  private readonly changed = new Map<string, number>();
  /** Written in this run. */
  private readonly mine = new Set<string>();
  private readonly idOfAlias = new Map<Alias, string>();
  private readonly aliases = new Map<string, Alias>();
  private readonly indexAlias: Alias;
  /** Updates of the batch being applied, for documents not in memory: the store does not have them before the batch is committed. */
  private arriving = new Map<string, Arrived[]>();
  private localRows = 0;
  /** Highest sequence of the log that was applied here, in any run. */
  private lastSequence = 0;
  private readonly run: string;
  private engine: SyncEngine | null = null;

  constructor(private readonly options: DocumentsOptions) {
    this.indexAlias = options.aliasOf(INDEX_ID);
    this.run = options.clock.now().toString(36).padStart(10, '0');
  }

  /** The engine needs the documents and they need it: the composition hands it over before `start`. */
  connect(engine: SyncEngine): void {
    this.engine = engine;
  }

  /** To be called before anything else. */
  async load(): Promise<void> {
    const stored = await this.options.store.read('meta', SEQUENCE_ROW);
    if (stored) this.lastSequence = Number(new TextDecoder().decode(stored));
  }

  /** Index updates kept in the store, for loading the index before anything else. */
  static async storedIndex(store: DeviceStore, alias: Alias): Promise<Uint8Array[]> {
    return storedUpdates(store, alias);
  }

  aliasOf(blockId: string): Alias {
    let alias = this.aliases.get(blockId);
    if (alias === undefined) {
      alias = this.options.aliasOf(blockId);
      this.aliases.set(blockId, alias);
      this.idOfAlias.set(alias, blockId);
    }
    return alias;
  }

  blockOf(alias: Alias): string | undefined {
    const known = this.idOfAlias.get(alias);
    if (known !== undefined) return known;
    for (const id of this.options.index.blockIds()) if (this.aliasOf(id) === alias) return id;
    return undefined;
  }

  /** The document if it is in memory. */
  get(blockId: string): LiveDocument | undefined {
    return this.loaded.get(blockId)?.doc;
  }

  past(blockId: string): PastTexts | undefined {
    return this.loaded.get(blockId)?.past;
  }

  /** The short name of the device that a bullet of this run came from, `HERE` if it was made here; undefined if it is no news. */
  cameFrom(blockId: string, id: string): string | undefined {
    return this.loaded.get(blockId)?.from.get(id);
  }

  /** What imports wrote that have turned out to be echoes; tells it once. @param fresh imports that came just now: of others what was known here before them is forgotten */
  takeEchoes(blockId: string, fresh: readonly number[]): readonly ImportedInto[] {
    return this.loaded.get(blockId)?.echoes.splice(0).filter(({ client, isJoined }) => isJoined || fresh.includes(client)) ?? [];
  }

  /** Whether edits made here are on their way to the relay. */
  isUnderWay(blockId: string): boolean {
    return this.options.underWay(this.aliasOf(blockId));
  }

  /** Whether any of it was written in this run, or is on its way to the relay from an earlier one. */
  isMine(blockId: string): boolean {
    return this.mine.has(blockId) || this.isUnderWay(blockId);
  }

  /** When a document last changed in this run, ms since the epoch; 0 if it has not. */
  changedAt(blockId: string): number {
    return this.changed.get(blockId) ?? 0;
  }

  /** When one of its bullets did; when the document did, if that is not known. */
  bulletChangedAt(blockId: string, id: string): number {
    const entry = this.loaded.get(blockId);
    return entry ? (entry.times.get(id) ?? 0) : this.changedAt(blockId);
  }

  /** Whether anything of this document has arrived or been made here. */
  async has(blockId: string): Promise<boolean> {
    if (this.arriving.has(blockId)) return true;
    const loaded = this.loaded.get(blockId);
    // One that was asked for before anything of it came is empty.
    if (loaded) return !loaded.doc.isBlank;
    const alias = this.aliasOf(blockId);
    return (await this.options.store.read('bases', alias)) !== undefined || (await this.options.store.scan('updates', `${alias}/`)).length > 0;
  }

  /** Loads a document and keeps it in memory until `release`. */
  async hold(blockId: string): Promise<LiveDocument> {
    const entry = await this.loadBlock(blockId);
    entry.holds += 1;
    return entry.doc;
  }

  release(blockId: string): void {
    const entry = this.loaded.get(blockId);
    if (!entry) return;
    entry.holds = Math.max(0, entry.holds - 1);
    this.dropIdle();
  }

  /** Makes local edits: document, store and engine in one go. Returns what changed; null if nothing did. */
  edit(blockId: string, edits: readonly Edit[], found?: Found): Applied | null {
    const entry = this.loaded.get(blockId);
    if (!entry || edits.length === 0) return null;
    const now = this.options.clock.now();
    // What is found in a file may be found by another device too: then both must write the very same update.
    const applied =
      found === undefined
        ? entry.doc.apply(edits, { device: this.options.device, time: now })
        : entry.doc.apply(edits, { device: FOUND, time: now - (now % DAY) }, { importAs: found.importAs, found: found.seen });
    const { update, change, client } = applied;
    if (update.length === 0) return null;
    this.remember(blockId, entry, change);
    const beside: StoreWrite[] = found?.seen && client !== undefined ? [...this.options.listener.imported(blockId, edits, { client, run: entry.doc.run, known: entry.doc.clocks() }, found.seen)] : [];
    const others = [...(found?.seen ?? [])].filter(([id, text]) => entry.doc.get(id) !== undefined && !entry.past.had(id, text));
    for (const [id, text] of others) entry.past.add(id, text);
    if (others.length > 0) beside.push({ table: 'versions', key: this.aliasOf(blockId), value: entry.past.encode() });
    this.written(blockId, entry, applied, beside);
    return applied;
  }

  /** Takes local edits of a document in memory back, the newest first. @returns null if it is not in memory */
  takeBack(blockId: string, steps: readonly Step[]): Applied | null {
    const entry = this.loaded.get(blockId);
    if (!entry) return null;
    const applied = entry.doc.takeBack(steps, { device: this.options.device, time: this.options.clock.now() });
    if (applied.update.length === 0) return applied;
    this.remember(blockId, entry, applied.change);
    this.written(blockId, entry, applied, []);
    return applied;
  }

  private written(blockId: string, entry: Loaded, { update, change }: Applied, beside: readonly StoreWrite[]): void {
    this.send(blockId, entry, update, beside);
    this.options.listener.edited(blockId, entry.doc.digest());
    this.options.listener.written(blockId, [this.options.device], change);
  }

  /** Says what links of a block with this target stand for; null: nothing any more. The document must be in memory. */
  setFile(blockId: string, target: string, file: SharedFile | null): void {
    const entry = this.loaded.get(blockId);
    const update = entry?.doc.setFile(target, file);
    if (entry && update && update.length > 0) this.send(blockId, entry, update);
  }

  /** A new document from its seed, in memory and held; nobody is told before `publish`. */
  create(blockId: string, seed: Uint8Array): LiveDocument {
    const doc = LiveDocument.load(this.options.clientId(), seed, []);
    this.loaded.set(blockId, { doc, past: new PastTexts(), from: new Map(), echoes: [], times: new Map(), isPastNew: true, rows: 0, holds: 1 });
    this.rememberAll(blockId);
    return doc;
  }

  /** Stores and sends the seed of a document made by `create`. */
  publish(blockId: string, seed: Uint8Array): void {
    const entry = this.loaded.get(blockId);
    if (!entry) return;
    this.send(blockId, entry, seed);
    this.options.listener.written(blockId, [this.options.device], null);
  }

  /** Drops a document made by `create` that is not wanted after all. */
  forget(blockId: string): void {
    this.loaded.delete(blockId);
  }

  /** Whether the store has all that the memory has of a document; true for one that is not in memory. @throws DocumentError if it can't be read */
  async isStored(blockId: string): Promise<boolean> {
    const entry = this.loaded.get(blockId);
    if (!entry) return true;
    const { store, clientId } = this.options;
    return LiveDocument.load(clientId(), null, await storedUpdates(store, this.aliasOf(blockId))).digest() === entry.doc.digest();
  }

  /** Reads a document anew from the store, with what only the memory has, and sends all of it. @throws DocumentError if it can't be read */
  async sendWhole(blockId: string): Promise<void> {
    const { store, clientId, listener } = this.options;
    const entry = await this.loadBlock(blockId);
    entry.holds += 1;
    try {
      const updates = await storedUpdates(store, this.aliasOf(blockId));
      entry.doc = LiveDocument.load(clientId(), null, [...updates, entry.doc.encode()]);
      const whole = entry.doc.encode();
      this.send(blockId, entry, whole, [{ table: 'bases', key: this.aliasOf(blockId), value: whole }]);
      listener.edited(blockId, entry.doc.digest());
    } finally {
      this.release(blockId);
    }
  }

  /** Seals and sends an update of the index. */
  sendIndex(update: Uint8Array): void {
    const key = this.nextRowKey(this.indexAlias);
    this.engine?.queue(this.indexAlias, update, '', [{ table: 'updates', key, value: update }]);
  }

  // ---- Documents port ----

  async apply(entries: readonly OpenedEntry[]): Promise<StoreWrite[]> {
    this.arriving = new Map(); // the batch before this one is in the store by now
    const writes: StoreWrite[] = [];
    const byAlias = new Map<Alias, OpenedEntry[]>();
    for (const entry of entries) {
      this.lastSequence = Math.max(this.lastSequence, entry.sequence);
      const list = byAlias.get(entry.alias);
      if (list) list.push(entry);
      else byAlias.set(entry.alias, [entry]);
      entry.updates.forEach((value, i) => {
        writes.push({ table: 'updates', key: logKey(entry, i), value });
      });
    }
    writes.push({ table: 'meta', key: SEQUENCE_ROW, value: new TextEncoder().encode(String(this.lastSequence)) });
    const index = byAlias.get(this.indexAlias);
    if (index) {
      byAlias.delete(this.indexAlias);
      const change = this.options.index.merge(index.flatMap((entry) => entry.updates));
      if (change.blocks.size > 0 || change.roster) this.options.listener.indexChanged(change);
    }
    for (const [alias, list] of byAlias) {
      const blockId = this.blockOf(alias);
      if (blockId === undefined) continue; // stored; the index will name it
      writes.push({ table: 'notes', key: `w/${blockId}`, value: new Uint8Array() });
      this.applyTo(blockId, list);
    }
    return writes;
  }

  async snapshot(alias: Alias): Promise<{ update: Uint8Array; digest: string } | null> {
    if (alias === this.indexAlias) return { update: this.options.index.encode(), digest: '' };
    const blockId = this.blockOf(alias);
    if (blockId === undefined || !(await this.has(blockId))) return null;
    const { doc } = await this.loadBlock(blockId);
    return { update: doc.encode(), digest: doc.digest() };
  }

  async matches(alias: Alias, update: Uint8Array, covers: number, beside: readonly Uint8Array[] = []): Promise<boolean> {
    if (this.options.underWay(alias)) return false;
    if (alias === this.indexAlias) return this.options.index.equals([update, ...beside]);
    const blockId = this.blockOf(alias);
    if (blockId === undefined) return false;
    const { doc } = await this.loadBlock(blockId);
    const rows = await this.options.store.scan('updates', `${alias}/`);
    // Rows made here carry no sequence: leaving them out can only make the answer "no", never a wrong "yes".
    const later = rows.filter((row) => sequenceOf(row.key) > covers).map((row) => row.value);
    const copy = LiveDocument.load(this.options.clientId(), update, [...later, ...beside]);
    return copy.digest() === doc.digest() && sameBytes(copy.stateVector(), doc.stateVector());
  }

  setAside(sequence: number, error: CipherError): void {
    this.options.listener.setAside(sequence, error);
  }

  /** Folds update rows into bases where there are many; called when the device is quiet. */
  async compact(): Promise<void> {
    for (const [blockId, entry] of this.loaded) {
      if (entry.rows < COMPACT_AFTER) continue;
      const alias = this.aliasOf(blockId);
      const rows = await this.options.store.scan('updates', `${alias}/`);
      const writes: StoreWrite[] = [
        { table: 'bases', key: alias, value: entry.doc.encode() },
        { table: 'versions', key: alias, value: entry.past.encode() },
        ...rows.map((row): StoreWrite => ({ table: 'updates', key: row.key, value: null })),
      ];
      await this.options.store.write(writes, 'relaxed');
      entry.rows = 0;
      entry.isPastNew = false;
    }
  }

  /** Saves what each bullet's text has been, for telling echoes from edits after a restart. */
  async savePastTexts(): Promise<void> {
    const fresh = [...this.loaded].filter(([, entry]) => entry.isPastNew);
    const writes = fresh.map(([id, entry]): StoreWrite => ({ table: 'versions', key: this.aliasOf(id), value: entry.past.encode() }));
    for (const [, entry] of fresh) entry.isPastNew = false;
    if (writes.length > 0) await this.options.store.write(writes, 'relaxed');
  }

  private applyTo(blockId: string, entries: readonly OpenedEntry[]): void {
    this.changed.set(blockId, this.options.clock.now());
    const loaded = this.loaded.get(blockId);
    const updates = entries.flatMap(({ updates: each, device }) => each.map((update) => ({ update, from: shortName(device) })));
    const devices = entries.map(({ device }) => device);
    const news = { imports: updates.flatMap(({ update }) => importsIn(update)), isForeign: devices.some((one) => one !== this.options.device) };
    if (loaded) {
      const { change, between } = mergeEach(loaded, updates, true);
      loaded.rows += entries.length;
      if (between) loaded.isPastNew = true;
      this.stamp(loaded, change);
      this.options.listener.changed(blockId, change, news);
      this.options.listener.written(blockId, devices, change);
    } else {
      this.late.get(blockId)?.push(...updates);
      this.arriving.set(blockId, [...(this.arriving.get(blockId) ?? []), ...updates]);
      this.options.listener.touched(blockId, news);
      this.options.listener.written(blockId, devices, null);
    }
    const last = entries[entries.length - 1];
    if (last && last.digest !== '') this.options.listener.reported(blockId, last.device, last.digest, last.time);
  }

  private async loadBlock(blockId: string): Promise<Loaded> {
    const there = this.loaded.get(blockId);
    if (there) return there;
    const under = this.loading.get(blockId);
    if (under) return under;
    this.late.set(blockId, [...(this.arriving.get(blockId) ?? [])]);
    const work = this.read(blockId).finally(() => {
      this.loading.delete(blockId);
      this.late.delete(blockId);
    });
    this.loading.set(blockId, work);
    return work;
  }

  private async read(blockId: string): Promise<Loaded> {
    const alias = this.aliasOf(blockId);
    const { store, clientId } = this.options;
    const [base, rows, past] = await Promise.all([store.read('bases', alias), store.scan('updates', `${alias}/`), store.read('versions', alias)]);
    const doc = LiveDocument.load(clientId(), base ?? null, []);
    const entry: Loaded = { doc, past: past ? PastTexts.decode(past) : new PastTexts(), from: new Map(), echoes: [], times: new Map(), isPastNew: false, rows: rows.length, holds: 0 };
    // One by one, because each text that a bullet has had may come back by another sync engine.
    mergeEach(entry, rows.map(({ key, value }) => ({ update: value, from: authorOf(key) })), false);
    mergeEach(entry, this.late.get(blockId) ?? [], true);
    this.loaded.set(blockId, entry);
    if (!past) this.rememberAll(blockId);
    this.dropIdle();
    this.options.listener.edited(blockId, doc.digest());
    return entry;
  }

  private send(blockId: string, entry: Loaded, update: Uint8Array, beside: readonly StoreWrite[] = []): void {
    const alias = this.aliasOf(blockId);
    this.mine.add(blockId);
    entry.rows += 1;
    if (entry.rows % COMPACT_AFTER === 0) this.options.listener.grown(blockId);
    this.engine?.queue(alias, update, entry.doc.digest(), [{ table: 'updates', key: this.nextRowKey(alias), value: update }, ...beside]);
  }

  private remember(blockId: string, entry: Loaded, change: Change): void {
    entry.past.record(entry.doc, change);
    if (change.texts.size > 0) entry.isPastNew = true;
    for (const id of change.texts) if (!entry.from.has(id)) entry.from.set(id, HERE);
    this.stamp(entry, change);
    this.changed.set(blockId, this.options.clock.now());
  }

  private stamp({ times }: Loaded, { texts, places }: Change): void {
    const now = this.options.clock.now();
    for (const ids of [texts, places]) for (const id of ids) times.set(id, now);
  }

  private rememberAll(blockId: string): void {
    const entry = this.loaded.get(blockId);
    for (const id of entry ? idsOf(entry.doc) : []) entry?.past.add(id, entry.doc.get(id)?.text ?? '');
  }

  private nextRowKey(alias: Alias): string {
    this.localRows += 1;
    return localKey(alias, this.lastSequence, this.run, this.localRows);
  }

  private dropIdle(): void {
    const idle = [...this.loaded].filter(([, entry]) => entry.holds === 0);
    for (const [id, entry] of idle.slice(0, Math.max(0, idle.length - KEPT))) {
      this.loaded.delete(id);
      if (entry.isPastNew) void this.options.store.write([{ table: 'versions', key: this.aliasOf(id), value: entry.past.encode() }], 'relaxed').catch(() => undefined);
    }
  }
}
