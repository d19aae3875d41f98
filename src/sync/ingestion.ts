/**
 * Opens log entries, puts large bodies together from their parts, and has the documents apply them: one run after another, in log
 * order. What can't be opened is set aside, never skipped silently and never fatal. [S24]-[S26]
 */
import type { Alias, Cursor, Digest, EntryHeader, StoredEntry } from '../protocol';
import { BodyError, decodeBody, joinBody } from './body';
import type { Effect, IngestPurpose, ReadMark, Touched } from './event';
import { CipherError, type Cipher, type DeviceStore, type Documents, type OpenedEntry, type StoreWrite } from './ports';
import { aliasOf, asideRow, completeKey, headerOf, isComplete, partKey, partPrefix } from './rows';

export type Run = Extract<Effect, { type: 'ingest' }>;

export interface Ingested {
  readonly touched: readonly Touched[];
  readonly marks: readonly ReadMark[];
  readonly cursor: Cursor | null;
  readonly writes: readonly StoreWrite[];
  readonly purpose: IngestPurpose;
  /** Snapshots of others that were found equal to the state here. */
  readonly matched: readonly { readonly alias: Alias; readonly sequence: number }[];
}

interface Opened {
  readonly entry: OpenedEntry;
  readonly stored: StoredEntry;
  readonly header: EntryHeader;
}

/** Entries set aside for want of their device's key are tried again when others were read; so many of them, and the rest when one succeeds. */
const RETRIED = 64;
/** Open parts at most kept in memory beside the store, bytes. */
const PARTS_IN_MEMORY = 16 * 1024 * 1024;

export class Ingestion {
  /** Bodies of parts that have arrived, by key of their row. */
  private readonly parts = new Map<string, Uint8Array>();
  private partBytes = 0;
  private readonly complete = new Set<string>();
  private readonly waitingForKey = new Map<number, StoredEntry>();
  private moreWait = false;

  constructor(
    private readonly ports: { readonly cipher: Cipher; readonly store: DeviceStore; readonly documents: Documents },
    private readonly device: string,
  ) {}

  /** Applies several runs as one; the cursor is the last one's. @returns what must be written in one batch */
  async ingest(runs: readonly Run[]): Promise<Ingested> {
    const writes: StoreWrite[] = [];
    const touched = new Map<Alias, Touched>();
    const opened: Opened[] = [];
    const confirmable: Opened[] = [];
    const marks: ReadMark[] = [];
    const returning = runs.some((run) => run.purpose === 'aside');
    for (const run of runs) {
      for (const stored of run.entries) {
        const whole = await this.open(stored, writes, touched, returning, marks);
        if (whole === null) continue;
        opened.push(whole);
        if (run.confirm && whole.entry.kind === 'snapshot' && whole.entry.device !== this.device) confirmable.push(whole);
      }
    }
    writes.push(...(await this.apply(opened, writes, touched)));
    // A letter is in its document by now.
    const cursor = this.cursorAfter(runs);
    const matched: { alias: Alias; sequence: number }[] = [];
    for (const { entry, header } of confirmable) {
      const state = entry.updates[0];
      if (state !== undefined && (await this.ports.documents.matches(entry.alias, state, header.covers).catch(() => false))) matched.push({ alias: entry.alias, sequence: entry.sequence });
    }
    return { touched: [...touched.values()], marks: returning ? [] : marks, cursor, writes, purpose: runs[runs.length - 1]?.purpose ?? 'live', matched };
  }

  /** Whether this device's own snapshot, as the relay gave it back, and the entries of its document after it are what is here. */
  async proves(alias: Alias, sequence: number, covers: number, entries: readonly StoredEntry[]): Promise<boolean> {
    let state: Uint8Array | null = null;
    const later: Uint8Array[] = [];
    const bodies = new Map<string, Uint8Array[]>();
    for (const stored of entries) {
      const { header, body } = await this.ports.cipher.open(stored.bytes);
      if (header.alias !== alias) return false;
      const source = `${header.device}/${header.lane}/${header.counter - header.part}`;
      const parts = [...(bodies.get(source) ?? []), body];
      bodies.set(source, parts);
      if (header.part < header.parts - 1) continue;
      // Of a body whose first parts are covered, or not there, nothing can be said.
      if (parts.length !== header.parts) return false;
      const { updates } = decodeBody(joinBody(parts));
      const isIt = stored.sequence === sequence;
      if (isIt && (header.kind !== 'snapshot' || header.covers !== covers || header.device !== this.device)) return false;
      if (isIt) state = updates[0] ?? null;
      else later.push(...updates);
    }
    return state !== null && (await this.ports.documents.matches(alias, state, covers, later));
  }

  /** Entries that wait for a device's key; asking for them takes them off the list. */
  takeRetries(): StoredEntry[] {
    const entries = [...this.waitingForKey.values()];
    this.waitingForKey.clear();
    return entries;
  }

  /** Whether more wait than `takeRetries` gave: they are in the table `aside`. */
  takeMoreWait(): boolean {
    const more = this.moreWait;
    this.moreWait = false;
    return more;
  }

  private cursorAfter(runs: readonly Run[]): Cursor | null {
    for (const { cursor, entries } of [...runs].reverse()) {
      const last = entries.at(-1);
      if (cursor === 'last' && last) return { sequence: last.sequence, digest: this.ports.cipher.digest(last.bytes) };
      if (cursor !== 'last' && cursor !== null) return cursor;
    }
    return null;
  }

  /** @returns the entry with its whole body; null if it was set aside or is one part of more */
  private async open(stored: StoredEntry, writes: StoreWrite[], touched: Map<Alias, Touched>, returning: boolean, marks: ReadMark[]): Promise<Opened | null> {
    let isMarked = false;
    try {
      const { header, body } = await this.ports.cipher.open(stored.bytes);
      isMarked = true;
      this.mark(header, stored, true, marks);
      const whole = header.parts === 1 ? body : await this.collect(header, body, stored.sequence, writes, touched);
      if (returning) {
        writes.push(asideRow(stored.sequence, null));
        touch(touched, header.alias, { sequence: stored.sequence, recovered: [stored.sequence] });
      }
      if (whole === null) {
        touch(touched, header.alias, { sequence: stored.sequence, own: this.ownDigest(header, stored) });
        return null;
      }
      const { time, digest, updates } = decodeBody(whole);
      const entry: OpenedEntry = { sequence: stored.sequence, alias: header.alias, device: header.device, kind: header.kind, time, digest, updates };
      return { entry, stored, header };
    } catch (error) {
      const header = isMarked ? null : headerOf(stored.bytes);
      if (header !== null) this.mark(header, stored, false, marks);
      if (error instanceof CipherError || error instanceof BodyError) this.setAside(stored, error, writes, touched, returning);
      else throw error;
      return null;
    }
  }

  private async apply(opened: readonly Opened[], writes: StoreWrite[], touched: Map<Alias, Touched>): Promise<StoreWrite[]> {
    if (opened.length === 0) return [];
    let made: StoreWrite[];
    try {
      made = await this.ports.documents.apply(opened.map(({ entry }) => entry));
    } catch (error) {
      if (opened.length === 1) {
        const [only] = opened;
        if (only !== undefined) this.setAside(only.stored, new CipherError('damaged', `An entry could not be applied: ${String(error)}`), writes, touched, false);
        return [];
      }
      // One of them is bad: the others must not suffer for it.
      made = [];
      for (const one of opened) made.push(...(await this.apply([one], writes, touched)));
      return made;
    }
    for (const { entry, header, stored } of opened) {
      touch(touched, entry.alias, { sequence: entry.sequence, updates: 1, snapshot: entry.kind === 'snapshot', own: this.ownDigest(header, stored), returned: entry.device === this.device ? entry.updates : [] });
    }
    return made;
  }

  private setAside(stored: StoredEntry, error: CipherError | BodyError, writes: StoreWrite[], touched: Map<Alias, Touched>, returning: boolean): void {
    const reason = error instanceof CipherError ? error : new CipherError('damaged', error.message);
    if (reason.reason === 'unknown-device') {
      // A copy: it may be a view of a page that need not stay in memory for it.
      if (this.waitingForKey.size < RETRIED) this.waitingForKey.set(stored.sequence, { sequence: stored.sequence, bytes: stored.bytes.slice() });
      else this.moreWait = true;
    }
    if (returning) return; // it is aside already, and was reported
    writes.push(asideRow(stored.sequence, stored.bytes));
    const alias = aliasOf(stored.bytes);
    if (alias !== null) touch(touched, alias, { sequence: stored.sequence, aside: [stored.sequence] });
    this.ports.documents.setAside(stored.sequence, reason);
  }

  /** Keeps one part; @returns the whole body when it is the last and all are there */
  private async collect(header: EntryHeader, body: Uint8Array, sequence: number, writes: StoreWrite[], touched: Map<Alias, Touched>): Promise<Uint8Array | null> {
    const prefix = partPrefix(header.device, header.alias, header.lane);
    const group = header.counter - header.part;
    const complete = completeKey(prefix, group);
    if (this.complete.has(complete) || (await this.ports.store.read('meta', complete)) !== undefined) return null;
    const source = `${header.device}/${header.lane}`;
    if (header.part < header.parts - 1) {
      const key = partKey(prefix, group, header.part);
      this.remember(key, body);
      writes.push({ table: 'meta', key, value: body });
      if (header.part === 0 && header.kind === 'update') touch(touched, header.alias, { sequence, bodies: [{ source, sequence }] });
      return null;
    }
    const stored = new Map((await this.ports.store.scan('meta', prefix)).map((row) => [row.key, row.value]));
    const parts: Uint8Array[] = [];
    for (let part = 0; part < header.part; part++) {
      const key = partKey(prefix, group, part);
      const found = this.parts.get(key) ?? stored.get(key);
      if (found === undefined) {
        // A snapshot that another overtook: nothing was only in it.
        if (header.kind === 'snapshot') return null;
        throw new BodyError('malformed', 'Parts of a large entry are missing.');
      }
      parts.push(found);
    }
    for (const key of new Set([...stored.keys(), ...[...this.parts.keys()].filter((key) => key.startsWith(prefix))])) {
      // What is complete stays known, because a relay that was restored may show an older body again.
      if (isComplete(key)) continue;
      writes.push({ table: 'meta', key, value: null });
      this.partBytes -= this.parts.get(key)?.length ?? 0;
      this.parts.delete(key);
    }
    this.complete.add(complete);
    writes.push({ table: 'meta', key: complete, value: new Uint8Array() });
    if (header.kind === 'update') touch(touched, header.alias, { sequence, bodies: [{ source, sequence: 0 }] });
    return joinBody([...parts, body]);
  }

  private remember(key: string, body: Uint8Array): void {
    // Rows being written now are not in the store yet, so the newest parts must be here.
    while (this.partBytes + body.length > PARTS_IN_MEMORY) {
      const [oldest] = this.parts;
      if (oldest === undefined) break;
      this.parts.delete(oldest[0]);
      this.partBytes -= oldest[1].length;
    }
    this.parts.set(key, body);
    this.partBytes += body.length;
  }

  private mark(header: EntryHeader, { sequence }: StoredEntry, isOpen: boolean, marks: ReadMark[]): void {
    if (header.device !== this.device) marks.push({ source: `${header.device}/${header.lane}`, counter: header.counter, sequence, isOpen, covers: header.covers });
  }

  private ownDigest(header: EntryHeader, stored: StoredEntry): Digest | null {
    return header.device === this.device ? this.ports.cipher.digest(stored.bytes) : null;
  }
}

function touch(touched: Map<Alias, Touched>, alias: Alias, by: Partial<Touched> & { readonly sequence: number }): void {
  const before = touched.get(alias);
  touched.set(alias, {
    alias,
    sequence: Math.max(before?.sequence ?? 0, by.sequence),
    updates: by.snapshot ? 0 : (before?.updates ?? 0) + (by.updates ?? 0),
    snapshot: (before?.snapshot ?? false) || (by.snapshot ?? false),
    aside: [...(before?.aside ?? []), ...(by.aside ?? [])],
    recovered: [...(before?.recovered ?? []), ...(by.recovered ?? [])],
    bodies: [...(before?.bodies ?? []), ...(by.bodies ?? [])],
    own: by.own ?? before?.own ?? null,
    returned: [...(before?.returned ?? []), ...(by.returned ?? [])],
  });
}

/** Rows of the table `aside` as log entries. */
export function asideEntries(rows: readonly { readonly key: string; readonly value: Uint8Array }[]): StoredEntry[] {
  return rows.map(({ key, value }) => ({ sequence: Number(key), bytes: value }));
}
