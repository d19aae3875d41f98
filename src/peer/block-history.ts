/**
 * The versions of each live block that this device kept. What happens to a block is noted as it happens; a version is made of it in a quiet moment and
 * stored beside the block, so a crash costs the last minutes of history and never text.
 */
import { DocumentError, VersionLog } from '../document';
import type { Change, Edit, LiveDocument, Version } from '../document';
import { renderBlock } from '../note';
import { PeerError } from './api';
import type { BlockVersion } from './api';
import type { Core } from './core';
import { revert } from './reverting';
import { sameBytes } from './update-rows';

/** A version is made when a block has been quiet for so long, or has been changing for so long, in ms. */
const QUIET = 30_000;
const AT_LEAST = 5 * 60_000;
/** A restore begins anew when somebody writes in the same moment; the last time it no longer waits for quiet. */
const ATTEMPTS = 8;
/** In the place of devices whose edits a crash made nameless. */
const UNKNOWN = '';

interface Noted {
  readonly since: number;
  readonly devices: Set<string>;
  readonly texts: Set<string>;
  readonly places: Set<string>;
  readonly trashed: Set<string>;
  time: number;
}

export class BlockHistory {
  private readonly noted = new Map<string, Noted>();
  private cancel: (() => void) | null = null;
  /** One at a time: a log is read, added to and written. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly core: () => Core) {}

  /** A block was edited; cheap, for every keystroke. @param change null if the document is not in memory */
  note(blockId: string, devices: readonly string[], change: Change | null): void {
    const { clock } = this.core();
    const now = clock.now();
    let noted = this.noted.get(blockId);
    if (!noted) this.noted.set(blockId, (noted = { since: now, devices: new Set(), texts: new Set(), places: new Set(), trashed: new Set(), time: now }));
    noted.time = now;
    for (const device of devices) noted.devices.add(device);
    for (const name of ['texts', 'places', 'trashed'] as const) for (const id of change?.[name] ?? []) noted[name].add(id);
    this.wait(QUIET);
  }

  /** Makes versions of all that was noted: before this device stops or rests. */
  async cutAll(): Promise<void> {
    for (const blockId of [...this.noted.keys()]) await this.tryCut(blockId);
  }

  /** Makes a version of what the block is now, if it is none yet. */
  async keep(blockId: string): Promise<void> {
    await this.upToNow(blockId);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  /** Newest first. @throws PeerError NO_BLOCK */
  async list(blockId: string): Promise<readonly BlockVersion[]> {
    const { index, device } = this.core();
    await this.known(blockId);
    const { versions } = await this.upToNow(blockId);
    const nameOf = (id: string): string => index.device(id as never)?.name ?? (id === device ? 'This device' : 'Another device');
    const named = (devices: readonly string[]): string[] => [...new Set(devices.filter((id) => id !== UNKNOWN).map(nameOf))];
    return [...versions].reverse().map((version) => ({ id: idOf(version), time: version.time, devices: named(version.devices) }));
  }

  /** The block as it was, or is, as Markdown with the vault's default indent. @param versionId null for now @throws PeerError NO_BLOCK, NO_VERSION */
  async text(blockId: string, versionId: string | null): Promise<string> {
    return this.withVersion(blockId, versionId, (_document, then) => renderBlock(then, { indent: this.core().vault.defaultIndent, eol: '\n', tabSize: 4 }, ''));
  }

  /** Makes the block what it was, on every device, as an edit of this one. @throws PeerError NO_BLOCK, NO_VERSION, NOT_LIVE */
  async restore(blockId: string, versionId: string): Promise<void> {
    const core = this.core();
    await this.known(blockId);
    const fate = core.index.block(blockId)?.fate;
    if (fate !== 'live' && fate !== 'trashed') throw new PeerError('NOT_LIVE', 'This block is not synced any more.', 'Nothing was changed. Its text can be copied from the version.');
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { digest } = await this.upToNow(blockId);
      const done = await this.withVersion(blockId, versionId, (document, then) => {
        // What was written since would be in no version.
        if (document.digest() !== digest && attempt < ATTEMPTS - 1) return false;
        if (core.index.block(blockId)?.fate === 'trashed') core.lives.vanishing.restore(blockId);
        const make = (edits: readonly Edit[]): void => {
          const change = core.documents.edit(blockId, edits)?.change;
          if (change) core.notes.documentChanged(blockId, change);
        };
        revert(document, then, make);
        return true;
      });
      if (done) return;
    }
  }

  /** What the block is now is a version, also where a crash took the note that it changed. */
  private async upToNow(blockId: string): Promise<{ readonly versions: readonly Version[]; readonly digest: string }> {
    const { documents } = this.core();
    return this.inTurn(async () => {
      const document = await documents.hold(blockId);
      try {
        const last = (await this.logOf(blockId)).versions.at(-1);
        if (!this.noted.has(blockId) && (!last || !sameBytes(last.snapshot, document.snapshot()))) this.note(blockId, [UNKNOWN], null);
        await this.cut(blockId);
        const { versions } = await this.logOf(blockId);
        const now = versions.at(-1);
        return { versions, digest: now ? document.at(now.snapshot).digest() : '' };
      } finally {
        documents.release(blockId);
      }
    });
  }

  private async withVersion<T>(blockId: string, versionId: string | null, use: (document: LiveDocument, then: LiveDocument) => T): Promise<T> {
    const { documents } = this.core();
    await this.known(blockId);
    const version = versionId === null ? null : (await this.logOf(blockId)).versions.find((one) => idOf(one) === versionId);
    if (version === undefined) throw noVersion();
    const document = await documents.hold(blockId);
    try {
      return use(document, version ? document.at(version.snapshot) : document);
    } catch (error) {
      throw error instanceof DocumentError && error.code === 'BAD_UPDATE' ? noVersion() : error;
    } finally {
      documents.release(blockId);
    }
  }

  private async known(blockId: string): Promise<void> {
    if (!(await this.core().documents.has(blockId))) throw new PeerError('NO_BLOCK', 'This device has no such block.', 'Nothing was changed.');
  }

  private wait(ms: number): void {
    const { clock, track } = this.core();
    this.cancel ??= clock.after(ms, () => {
      this.cancel = null;
      track(this.cutQuiet());
    });
  }

  private async cutQuiet(): Promise<void> {
    const now = this.core().clock.now();
    for (const [blockId, { since, time }] of [...this.noted]) {
      if (now - time >= QUIET || now - since >= AT_LEAST) await this.tryCut(blockId);
    }
    if (this.noted.size > 0) this.wait(QUIET);
  }

  /** A version that can't be made, of a document that can't be read or on a store that fails, stands in nobody's way: those have messages of their own. */
  private async tryCut(blockId: string): Promise<void> {
    await this.inTurn(() => this.cut(blockId)).catch(() => undefined);
  }

  private async cut(blockId: string): Promise<void> {
    const { documents, store, clock } = this.core();
    const noted = this.noted.get(blockId);
    if (!noted || !(await documents.has(blockId))) return;
    this.noted.delete(blockId);
    const document = await documents.hold(blockId);
    try {
      const log = await this.logOf(blockId);
      const { texts, places, trashed, time } = noted;
      for (const device of noted.devices) log.note({ device, time }, { texts, places, trashed, attributes: new Set() });
      log.cut(document);
      log.thin(clock.now());
      await store.write([{ table: 'versions', key: this.keyOf(blockId), value: log.encode() }], 'relaxed');
    } finally {
      documents.release(blockId);
    }
  }

  /** A log that can't be read is begun anew: it is the past of a text, never the text. */
  private async logOf(blockId: string): Promise<VersionLog> {
    const stored = await this.core().store.read('versions', this.keyOf(blockId));
    try {
      return stored ? VersionLog.decode(stored) : new VersionLog();
    } catch (error) {
      if (error instanceof DocumentError && error.code === 'BAD_UPDATE') return new VersionLog();
      throw error;
    }
  }

  private keyOf(blockId: string): string {
    return `history/${this.core().documents.aliasOf(blockId)}`;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

function idOf({ time }: Version): string {
  return time.toString(36);
}

function noVersion(): PeerError {
  return new PeerError('NO_VERSION', 'This version is not kept any more, or never was.', 'Nothing was changed.');
}
