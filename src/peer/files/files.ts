/** The files that live blocks link: found, sent, fetched and put where this vault keeps such. The rules are in SPEC.md. */
import { attachmentLinks, mayLinkAttachment } from '../../outline';
import type { Change, LiveDocument } from '../../document';
import type { Clock, DeviceStore } from '../../sync';
import type { FileEngine } from '../../files';
import type { Core } from '../core';
import type { FileStatus, FileVault } from '../ports';
import { ContentHashes } from './content-hashes';
import { fileStatuses, keyOf, transferText } from './file-statuses';
import type { Link, Refusal } from './file-statuses';
import { LinkRows } from './link-rows';
import { targetsOf } from './link-targets';
import { LinkWork } from './link-work';
import type { Moved } from './link-work';
import { Metered } from './metered';
import { TransferQueue } from './transfer-queue';
import type { Transfer } from './transfer-queue';
import { Upkeep } from './upkeep';

/** Links are looked at when a block has been quiet for so long, in ms. */
const QUIET = 500;
/** Between two blocks, so that hundreds of them are in nobody's way. */
const PACE = 10;
/** What this device could not read or write is tried again after so long, in ms. */
const AGAIN = 60_000;
/** Marks in editors follow progress at most this often, in ms. */
const SHOW_EVERY = 250;
const ADOPTED = 'files-adopted';

export interface FilesOptions {
  readonly vault: FileVault;
  readonly transfers: FileEngine;
  /** Whether each byte costs now, as far as the platform tells. */
  readonly isMetered: () => boolean;
}

export class Files {
  private readonly hashes: ContentHashes;
  private readonly rows: LinkRows;
  private readonly queue: TransferQueue;
  private readonly upkeep: Upkeep;
  private readonly links = new Map<string, Link>();
  private readonly refused = new Map<string, Refusal>();
  private readonly pending = new Set<string>();
  /** Blocks whose decision needs all that the relay has. */
  private readonly later = new Set<string>();
  private cancelLook: (() => void) | null = null;
  private cancelShow: (() => void) | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly metered: Metered;
  private readonly work: LinkWork;
  private isRunning = false;

  constructor(
    private readonly core: () => Core,
    private readonly options: FilesOptions,
    { clock, store }: { readonly clock: Clock; readonly store: DeviceStore },
  ) {
    const { vault, transfers } = options;
    this.hashes = new ContentHashes(vault, store, clock);
    this.rows = new LinkRows(store);
    this.metered = new Metered(core, options.isMetered);
    this.upkeep = new Upkeep(core, transfers, this.rows);
    this.queue = new TransferQueue({
      clock, vault, transfers,
      track: (work) => core().track(work),
      isUrgent: ({ uses }) => [...uses].some((use) => this.isShown(use)),
      mayStart: (transfer) => this.mayStart(transfer),
      finished: (transfer, uses, content) => this.finished(transfer, uses, content),
      failed: (transfer, code) => this.failed(transfer, code),
      changed: () => this.changed(),
    });
    this.work = new LinkWork(
      { core, vault, hashes: this.hashes, rows: this.rows, queue: this.queue },
      {
        refuse: (...refusal) => this.refuse(...refusal),
        settled: (link) => void this.refused.delete(keyOf(link)),
        again: (blockId) => this.look(blockId),
        whenCaughtUp: (blockId) => void this.later.add(blockId),
        shared: () => this.upkeep.hasFiles(),
      },
    );
  }

  async load(): Promise<void> {
    await this.hashes.load();
    await this.rows.load();
    this.metered.load();
  }

  /** Once notes were compared. */
  async start(): Promise<void> {
    await this.adopt();
    this.isRunning = true;
    for (const blockId of this.rows.blocks()) this.look(blockId);
    for (const blockId of [...this.pending]) this.look(blockId);
    this.upkeep.start();
  }

  /** Resolves when what came of files is stored. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.queue.stop();
    const stopped = this.options.transfers.stop();
    this.upkeep.stop();
    this.cancelLook?.();
    this.cancelShow?.();
    await stopped;
  }

  // ---- news ----

  /** A block is to be looked at, soon. */
  look(blockId: string): void {
    this.pending.add(blockId);
    if (!this.isRunning) return;
    this.cancelLook ??= this.core().clock.after(QUIET, () => {
      this.cancelLook = null;
      this.core().track(this.inTurn(() => this.lookAtAll()));
    });
  }

  /** A document was edited, here or elsewhere. Cheap: asked for every keystroke. @param change null if it is not in memory, or was made just now */
  edited(blockId: string, devices: readonly string[], change: Change | null): void {
    const isMine = devices.every((device) => device === this.core().device);
    if (change) return this.changedIn(blockId, change, isMine);
    const document = isMine ? this.core().documents.get(blockId) : undefined;
    for (const target of document ? targetsOf(document) : []) this.isMine(blockId, target);
    this.look(blockId);
  }

  private changedIn(blockId: string, change: Change, isMine: boolean): void {
    const document = this.core().documents.get(blockId);
    let isOfFiles = change.files === true;
    for (const id of new Set([...change.texts, ...change.places])) {
      const text = document?.textOf(id) ?? '';
      const before = change.before?.get(id) ?? '';
      if (!mayLinkAttachment(text) && !mayLinkAttachment(before)) continue;
      isOfFiles = true;
      if (isMine && change.texts.has(id)) this.wrote(blockId, text, before);
    }
    if (isOfFiles) this.look(blockId);
  }

  fileChanged(path: string): void {
    for (const blockId of this.rows.blocksWith(path)) this.look(blockId);
  }

  /** The limit may be another. */
  settingsChanged(): void {
    for (const blockId of this.rows.blocks()) this.look(blockId);
  }

  /** The connection, or what waits to be sent, is another. */
  statusChanged(): void {
    if (!this.isRunning) return;
    if (this.core().caughtUp()) {
      for (const blockId of this.later) this.look(blockId);
      this.later.clear();
    }
    this.queue.pump();
  }

  // ---- what is shown ----

  list(): readonly FileStatus[] {
    return fileStatuses(this.links, this.queue.list(), this.refused, this.options.transfers.problem !== null);
  }

  problem(): string | null {
    return this.queue.list().length > 0 ? (this.options.transfers.problem?.message ?? null) : null;
  }

  transferOf(blockId: string): string | undefined {
    return this.queue.list().length + this.refused.size === 0 ? undefined : transferText(this.list(), blockId);
  }

  async retry(id: string): Promise<void> {
    const link = this.links.get(id);
    const refusal = this.refused.get(id);
    for (const transfer of this.queue.list()) if (transfer.uses.has(id)) this.queue.retry(transfer);
    if (!link || !refusal) return;
    this.refused.delete(id);
    if (refusal.code === 'FILE_DELETED') await this.rows.set(link.blockId, link.target, { base: null, path: null });
    this.look(link.blockId);
  }

  answer(answer: string): void {
    this.metered.answer(answer);
    this.queue.pump();
  }

  // ---- inside ----

  /** Links that stand in blocks of this vault when it first hears of files are its own. */
  private async adopt(): Promise<void> {
    const { documents, index, notes, store } = this.core();
    if (await store.read('meta', ADOPTED)) return;
    for (const blockId of [...index.blockIds()]) {
      if (!(await documents.has(blockId))) continue;
      const document = await documents.hold(blockId);
      if (notes.owners.has(blockId)) for (const target of targetsOf(document)) await this.rows.set(blockId, target, { mine: true });
      if (document.files().size > 0) this.upkeep.hasFiles();
      documents.release(blockId);
    }
    await store.write([{ table: 'meta', key: ADOPTED, value: new Uint8Array([1]) }], 'strict');
  }

  /** Links that this text has and the one before had not were written here. */
  private wrote(blockId: string, text: string, before: string): void {
    const had = new Set(attachmentLinks(before).map(({ target }) => target));
    for (const { target } of attachmentLinks(text)) if (!had.has(target)) this.isMine(blockId, target);
  }

  private isMine(blockId: string, target: string): void {
    this.core().track(this.rows.set(blockId, target, { mine: true }));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async lookAtAll(): Promise<void> {
    const { clock } = this.core();
    const blocks = [...this.pending].sort((a, b) => Number(this.isOpen(b)) - Number(this.isOpen(a)));
    for (const [i, blockId] of blocks.entries()) {
      if (!this.isRunning) return;
      if (i > 0) await new Promise<void>((resolve) => clock.after(PACE, resolve));
      this.pending.delete(blockId);
      await this.lookAt(blockId, null);
    }
  }

  private async lookAt(blockId: string, moved: Moved | null): Promise<void> {
    const { documents, index, notes, questions, settings } = this.core();
    const note = notes.owners.get(blockId);
    const isOff = (settings().largestFile ?? 0) === 0;
    if (isOff || note === undefined || index.block(blockId)?.fate !== 'live' || questions.holds(blockId)) return this.forget(blockId, new Set());
    if (!(await documents.has(blockId))) return;
    const document = await documents.hold(blockId);
    try {
      const targets = targetsOf(document);
      this.forget(blockId, targets);
      if (document.files().size > 0) this.upkeep.hasFiles();
      for (const target of targets) {
        const link = { blockId, target, note };
        this.links.set(keyOf(link), link);
        await this.work.lookAt(link, document, moved);
      }
    } finally {
      documents.release(blockId);
      this.changed();
    }
  }

  /** Forgets what was under way for links that are not there any more. */
  private forget(blockId: string, targets: ReadonlySet<string>): void {
    for (const [key, link] of this.links) {
      if (link.blockId !== blockId || targets.has(link.target)) continue;
      this.links.delete(key);
      this.refused.delete(key);
      this.queue.release(key);
    }
  }

  private refuse(link: Link, code: string, direction: 'up' | 'down', size: number, isWanted = true): void {
    this.queue.release(keyOf(link));
    if (isWanted) this.refused.set(keyOf(link), { link, code, direction, size });
    else this.refused.delete(keyOf(link));
    if (code.startsWith('FILE_NOT_')) this.core().clock.after(AGAIN, () => this.look(link.blockId));
  }

  private async finished({ file }: Transfer, uses: readonly string[], content: Uint8Array | null): Promise<void> {
    const blocks = new Set(uses.flatMap((use) => this.links.get(use)?.blockId ?? []));
    await this.inTurn(async () => {
      for (const blockId of blocks) await this.lookAt(blockId, { hash: file.hash, content });
    });
  }

  private failed({ direction, file, uses }: Transfer, code: string): void {
    const { documents, track } = this.core();
    for (const use of uses) {
      const link = this.links.get(use);
      if (!link) continue;
      // What was read is not what was hashed: it was changed meanwhile.
      if (direction === 'up' && code === 'DAMAGED') this.look(link.blockId);
      if (direction === 'down' && code === 'MISSING') track(documents.hold(link.blockId).then((document) => this.missed(link, document, file.hash)).finally(() => documents.release(link.blockId)));
    }
  }

  /** Asks those that have it to send it again. */
  private missed({ blockId, target }: Link, document: LiveDocument, hash: string): void {
    const entry = document.files().get(target);
    if (entry?.hash === hash && !entry.lost) this.core().documents.setFile(blockId, target, { ...entry, lost: true });
  }

  private mayStart({ direction, uses }: Transfer): boolean {
    const { caughtUp, documents } = this.core();
    if (!caughtUp()) return false;
    if (direction === 'up' && ![...uses].some((use) => !documents.isUnderWay(this.links.get(use)?.blockId ?? ''))) return false;
    return this.metered.allows(this.queue.list().map(({ file }) => file.size));
  }

  private isShown(use: string): boolean {
    return this.isOpen(this.links.get(use)?.blockId ?? '');
  }

  private isOpen(blockId: string): boolean {
    const path = this.core().notes.owners.get(blockId);
    return path !== undefined && this.core().notes.at(path)?.open === true;
  }

  private changed(): void {
    const { clock, changed, notes } = this.core();
    changed();
    this.cancelShow ??= clock.after(SHOW_EVERY, () => {
      this.cancelShow = null;
      for (const session of notes.openSessions()) session.editors.forEach((editor) => editor.refresh());
    });
  }
}
