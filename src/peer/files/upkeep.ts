/** Once a day: files that no live block links any more are dropped from the relay, when they have been linked by none for 30 days. */
import type { SharedFile } from '../../document';
import type { FileTransfers } from '../../files/api';
import type { Core } from '../core';
import type { LinkRows } from './link-rows';
import { targetsOf } from './link-targets';

const DAY = 24 * 60 * 60 * 1000;
const KEPT_FOR = 30 * DAY;
/** After the start, so that it is in nobody's way. */
const FIRST = 10 * 60_000;
/** Between two documents. */
const PACE = 50;
/** Row: this space has files. */
const ANY = 'files-any';
const LAST = 'files-swept';
/** Rows: since when a content was seen to be linked by none. */
const UNLINKED = 'file-unlinked/';

/** An entry of a table. */
interface Entry {
  readonly blockId: string;
  readonly target: string;
  readonly file: SharedFile;
}

export class Upkeep {
  private cancel: (() => void) | null = null;
  private isKnown = false;

  constructor(
    private readonly core: () => Core,
    private readonly transfers: FileTransfers,
    private readonly rows: LinkRows,
  ) {}

  start(): void {
    this.wait(FIRST);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  /** A block has a table of files: from now on there is something to keep up. */
  hasFiles(): void {
    if (this.isKnown) return;
    this.isKnown = true;
    this.core().track(this.core().store.write([{ table: 'meta', key: ANY, value: new Uint8Array([1]) }], 'relaxed'));
  }

  private wait(ms: number): void {
    const { clock, track } = this.core();
    this.cancel = clock.after(ms, () => {
      track(this.sweepDaily());
      this.wait(FIRST);
    });
  }

  private async sweepDaily(): Promise<void> {
    const { caughtUp, clock, settings, store } = this.core();
    if (!caughtUp() || (settings().largestFile ?? 0) === 0 || !(await store.read('meta', ANY))) return;
    const last = await store.read('meta', LAST);
    const age = clock.now() - (last ? Number(new TextDecoder().decode(last)) : -Infinity);
    if (age >= 0 && age < DAY) return;
    const { unlinked, linked, isWhole } = await this.gather();
    if (!isWhole) return;
    await store.write([{ table: 'meta', key: LAST, value: new TextEncoder().encode(String(clock.now())) }], 'relaxed');
    const known = new Map((await store.scan('meta', UNLINKED)).map(({ key, value }) => [key.slice(UNLINKED.length), Number(new TextDecoder().decode(value))]));
    for (const hash of known.keys()) if (linked.has(hash) || !unlinked.has(hash)) await this.since(hash, null);
    for (const [hash, entries] of unlinked) {
      if (linked.has(hash)) continue;
      const since = known.get(hash);
      if (since === undefined || since > clock.now()) await this.since(hash, clock.now());
      else if (clock.now() - since >= KEPT_FOR) this.drop(hash, entries);
    }
  }

  /** All tables of the space. What a block that can still be had back links counts as linked. */
  private async gather(): Promise<{ readonly linked: Set<string>; readonly unlinked: Map<string, Entry[]>; readonly isWhole: boolean }> {
    const { caughtUp, clock, documents, index } = this.core();
    const linked = new Set<string>();
    const unlinked = new Map<string, Entry[]>();
    for (const blockId of [...index.blockIds()]) {
      if (!caughtUp() || this.cancel === null) return { linked, unlinked, isWhole: false };
      if (!(await documents.has(blockId))) continue;
      const block = index.block(blockId);
      const isKept = block?.fate === 'live' || (block?.fate === 'trashed' && clock.now() - block.since < KEPT_FOR);
      const document = await documents.hold(blockId);
      const targets = targetsOf(document);
      for (const [target, file] of document.files()) {
        if (isKept && targets.has(target)) linked.add(file.hash);
        else unlinked.set(file.hash, [...(unlinked.get(file.hash) ?? []), { blockId, target, file }]);
      }
      await this.rows.keepOnly(blockId, targets);
      documents.release(blockId);
      await new Promise<void>((resolve) => clock.after(PACE, resolve));
    }
    return { linked, unlinked, isWhole: true };
  }

  /** The user's own copy in the vault stays. Nobody waits for it: offline, it is done another day. */
  private drop(hash: string, [first, ...others]: readonly Entry[]): void {
    if (!first) return;
    const dropped = this.transfers.drop({ hash, size: first.file.size });
    void dropped.then(() => this.core().track(this.forget(hash, [first, ...others])), () => undefined);
  }

  private async forget(hash: string, entries: readonly Entry[]): Promise<void> {
    const { documents } = this.core();
    for (const { blockId, target } of entries) {
      const document = await documents.hold(blockId);
      if (document.files().get(target)?.hash === hash && !targetsOf(document).has(target)) documents.setFile(blockId, target, null);
      documents.release(blockId);
    }
    await this.since(hash, null);
  }

  private async since(hash: string, time: number | null): Promise<void> {
    const value = time === null ? null : new TextEncoder().encode(String(time));
    await this.core().store.write([{ table: 'meta', key: UNLINKED + hash, value }], 'relaxed');
  }
}
