/** The files that live blocks link: found, sent, fetched and put where this vault keeps such. The rules are in SPEC.md. */
import { attachmentLinks, mayLinkAttachment } from '../../outline';
import type { Change, LiveDocument, SharedFile } from '../../document';
import type { Clock, DeviceStore } from '../../sync';
import { ContentHash } from '../../crypto';
import type { FileEngine } from '../../files';
import type { Core } from '../core';
import type { FileStatus, FileVault, NotePath } from '../ports';
import { makeDistinct } from './clash';
import { ContentHashes } from './content-hashes';
import { decide } from './decide';
import type { Here, LinkRow } from './decide';
import { againOf, percentOf, problemOf, sizeText } from './file-words';
import { LinkRows } from './link-rows';
import { targetsOf } from './link-targets';
import { isFileName, isSafeName, placeOf } from './safe-path';
import type { Place } from './safe-path';
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

/** One link of one block, as it stands in its note. */
interface Link {
  readonly blockId: string;
  readonly target: string;
  readonly note: NotePath;
}

/** A transfer that has just ended. */
interface Moved {
  readonly hash: string;
  /** null for one that was sent. */
  readonly content: Uint8Array | null;
}

interface Refusal {
  readonly link: Link;
  readonly code: string;
  readonly direction: 'up' | 'down';
  readonly size: number;
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
  private isRunning = false;
  /** The user's answer for this run: whether files may go over a metered line. */
  private mayCost: boolean | null = null;

  constructor(
    private readonly core: () => Core,
    private readonly options: FilesOptions,
    { clock, store }: { readonly clock: Clock; readonly store: DeviceStore },
  ) {
    const { vault, transfers } = options;
    this.hashes = new ContentHashes(vault, store, clock);
    this.rows = new LinkRows(store);
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
  }

  async load(): Promise<void> {
    await this.hashes.load();
    await this.rows.load();
    this.core().questions.close(METERED);
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
    const all: FileStatus[] = [];
    const isStuck = this.options.transfers.problem !== null;
    for (const { direction, file, done, state, problem, uses } of this.queue.list()) {
      for (const use of uses) {
        const link = this.links.get(use);
        if (link) all.push({ id: use, ...link, direction, size: file.size, done, state: isStuck && state === 'moving' ? 'waiting' : state, problem, again: problem && againOf(problem.code) });
      }
    }
    for (const [id, { link, code, direction, size }] of this.refused) all.push({ id, ...link, direction, size, done: 0, state: 'failed', problem: problemOf(code), again: againOf(code) });
    const order = ['moving', 'waiting', 'failed'];
    return all.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.id < b.id ? -1 : 1));
  }

  problem(): string | null {
    return this.queue.list().length > 0 ? (this.options.transfers.problem?.message ?? null) : null;
  }

  /** E.g. "photo.jpg, 43 %"; undefined where nothing of the block is on the way. */
  transferOf(blockId: string): string | undefined {
    if (this.queue.list().length + this.refused.size === 0) return undefined;
    // What would stand there for good is told in the status alone.
    const all = this.list().filter((file) => file.blockId === blockId && (file.state !== 'failed' || file.again === 'Try again'));
    const [first] = all;
    if (!first) return undefined;
    const name = first.target.slice(first.target.lastIndexOf('/') + 1);
    const how = first.state === 'failed' ? (first.direction === 'up' ? ' not sent' : ' not fetched') : first.state === 'waiting' ? ' waits' : `, ${percentOf(first.size, first.done)} %`;
    return `${name}${how}${all.length > 1 ? `, ${all.length - 1} more` : ''}`;
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
    this.mayCost = answer === 'now';
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
        await this.lookAtLink(link, document, moved);
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

  private async lookAtLink(link: Link, document: LiveDocument, moved: Moved | null): Promise<void> {
    const { target, note } = link;
    const key = keyOf(link);
    try {
      const entry = document.files().get(target);
      const row = await this.rows.set(link.blockId, target, {});
      const place = placeOf(target, note);
      if (!place) return this.refuse(link, 'FILE_NAME', entry ? 'down' : 'up', entry?.size ?? 0, entry !== undefined || (row.mine && (await this.options.vault.follow(target, note)) !== null));
      const path = await this.pathOf(link, row);
      const here = path === null ? null : await this.contentOf(path, entry);
      const step = path !== null && here === null ? 'changing' : decide(entry, row, here);
      this.refused.delete(key);
      if (step === 'publish' && here && path !== null) await this.publish(link, document, row, here, path, moved);
      else if (entry && here && path !== null && step === 'clash' && isBegun(row, path) && here.size < entry.size) await this.finish(link, document, row, entry, { ...here, path }, moved);
      else if (entry && (step === 'fetch' || step === 'replace')) await this.fetch(link, document, row, entry, place, step === 'replace' && here && path !== null ? { ...here, path } : null, moved);
      else {
        this.queue.release(key);
        if (step === 'changing') this.look(link.blockId);
        else if (step === 'agreed' && here) await this.rows.set(link.blockId, target, { base: here.hash, at: here.mtime, path });
        else if (step === 'deleted' && entry) this.refuse(link, 'FILE_DELETED', 'down', entry.size);
        else if (step === 'clash' && entry) await this.clash(link, document, row, entry, here, moved);
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error && String(error.code).startsWith('FILE_') ? String(error.code) : 'FILE_NOT_READ';
      this.refuse(link, code, 'down', 0);
    }
  }

  /** Where the file of a link is; what was put there stays it, also where the app does not find it by the link. */
  private async pathOf({ target, note }: Link, row: LinkRow): Promise<string | null> {
    const { vault } = this.options;
    const followed = await vault.follow(target, note);
    if (followed !== null) return isFileName(followed) && followed.split('/').every((name) => !name.startsWith('.')) ? followed : null;
    return row.path !== null && (await vault.stat(row.path)) ? row.path : null;
  }

  /** A file that is larger than what comes along is only read where it may be the block's. */
  private async contentOf(path: string, entry: SharedFile | undefined): Promise<Here | null> {
    const stat = await this.options.vault.stat(path);
    if (stat && stat.size > this.largest && stat.size !== entry?.size) return { hash: '', ...stat };
    return this.hashes.of(path);
  }

  private get largest(): number {
    return this.core().settings().largestFile ?? 0;
  }

  private async publish(link: Link, document: LiveDocument, row: LinkRow, here: Here, path: string, moved: Moved | null): Promise<void> {
    if (here.hash === '') {
      this.queue.release(keyOf(link));
      return this.refuse(link, 'FILE_TOO_LARGE', 'up', here.size);
    }
    const isSent = moved?.content === null && moved.hash === here.hash;
    if (!isSent) return this.queue.want('up', here, keyOf(link), path);
    const before = document.files().get(link.target);
    const was = before && before.hash !== here.hash ? [...before.was, before.hash] : (before?.was ?? []);
    this.core().documents.setFile(link.blockId, link.target, { hash: here.hash, size: here.size, was: was.filter((hash) => hash !== here.hash), lost: false });
    await this.rows.set(link.blockId, link.target, { base: here.hash, at: here.mtime, path });
    this.upkeep.hasFiles();
  }

  private async fetch(link: Link, document: LiveDocument, row: LinkRow, entry: SharedFile, place: Place, old: (Here & { readonly path: string }) | null, moved: Moved | null): Promise<void> {
    if (entry.size > this.largest) {
      this.queue.release(keyOf(link));
      return this.refuse(link, 'FILE_TOO_LARGE', 'down', entry.size);
    }
    const content = moved?.hash === entry.hash && moved.content ? moved.content : await this.copyOf(entry);
    if (!content) return this.queue.want('down', entry, keyOf(link));
    const { vault } = this.options;
    if (old) {
      if (await written(vault.replace(old.path, content, old))) await this.placed(link, entry, old.path);
      else this.look(link.blockId);
      return;
    }
    const path = place.hasFolder ? place.path : await vault.placeFor(place.name, link.note);
    const isInside = path.split('/').every(isSafeName);
    if (!isInside) return this.refuse(link, 'FILE_NAME', 'down', entry.size);
    // A program that is ended while it writes knows its own part of a file by that.
    await this.rows.set(link.blockId, link.target, { path });
    const made = path.slice(path.lastIndexOf('/') + 1) === place.name ? await written(vault.create(path, content)) : 'taken';
    if (made !== 'made') await this.rows.set(link.blockId, link.target, { path: null });
    if (made === 'waiting') this.refuse(link, 'FILE_WAITING', 'down', entry.size);
    else if (made === 'made' || (await this.hashes.of(path))?.hash === entry.hash) await this.placed(link, entry, path);
    else await this.clash(link, document, row, entry, null, moved);
  }

  /** The first part of a file that an earlier run began to write gets the rest; anything else that has come there since stays. */
  private async finish(link: Link, document: LiveDocument, row: LinkRow, entry: SharedFile, part: Here & { readonly path: string }, moved: Moved | null): Promise<void> {
    const content = moved?.hash === entry.hash && moved.content ? moved.content : await this.copyOf(entry);
    if (!content) return this.queue.want('down', entry, keyOf(link));
    if (new ContentHash().add(content.subarray(0, part.size)).toString() !== part.hash) return this.clash(link, document, row, entry, part, moved);
    if (await written(this.options.vault.replace(part.path, content, part))) await this.placed(link, entry, part.path);
    else this.look(link.blockId);
  }

  private async placed(link: Link, entry: SharedFile, path: string): Promise<void> {
    this.queue.release(keyOf(link));
    const here = await this.hashes.written(path, entry.hash);
    await this.rows.set(link.blockId, link.target, { base: entry.hash, at: here?.mtime ?? 0, path });
  }

  /** The content from another place in this vault. */
  private async copyOf(entry: SharedFile): Promise<Uint8Array | null> {
    for (const path of this.hashes.pathsWith(entry.hash)) {
      if ((await this.hashes.of(path).catch(() => null))?.hash !== entry.hash) continue;
      const file = await this.options.vault.open(path);
      try {
        return await file.read(0, entry.size);
      } finally {
        await file.close();
      }
    }
    return null;
  }

  /** The link gets a name that only its content has. Another device that finds the same makes the same edit. */
  private async clash(link: Link, document: LiveDocument, row: LinkRow, entry: SharedFile, here: Here | null, moved: Moved | null): Promise<void> {
    this.queue.release(keyOf(link));
    if (!this.core().caughtUp()) return void this.later.add(link.blockId);
    const own = here && row.mine && row.base === here.hash ? here : null;
    const names = makeDistinct(this.core(), link, document, entry, own);
    if (!names) return this.refuse(link, 'FILE_TAKEN', 'down', entry.size);
    if (names.own !== null) await this.rows.set(link.blockId, names.own, { mine: true });
    await this.rows.set(link.blockId, link.target, { mine: false, base: null, path: null });
    // What has just come need not come again.
    if (moved?.content && moved.hash === entry.hash && targetsOf(document).has(names.theirs)) await this.lookAtLink({ ...link, target: names.theirs }, document, moved);
    this.look(link.blockId);
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
    if (!this.options.isMetered() || this.mayCost === true) return true;
    this.askWhatItCosts();
    return false;
  }

  /** Once a run; what is asked about may grow until it is answered. */
  private askWhatItCosts(): void {
    if (this.mayCost !== null) return;
    const { questions } = this.core();
    const all = this.queue.list();
    const size = sizeText(all.reduce((sum, { file }) => sum + file.size, 0));
    const message = `${all.length === 1 ? 'A file' : `${all.length} files`} of live blocks (${size}) ${all.length === 1 ? 'waits' : 'wait'}: this connection is a metered one. Nothing was sent or fetched. Text is not affected.`;
    if (questions.get(METERED)?.message === message) return;
    questions.ask({
      kind: 'metered', blockIds: [], path: '', message,
      answers: [
        { id: 'wait', label: 'Wait for Wi-Fi' },
        { id: 'now', label: `Transfer ${size} now` },
      ],
    });
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

/** As `Questions` names it. */
const METERED = 'metered:';

function keyOf({ blockId, target }: Pick<Link, 'blockId' | 'target'>): string {
  return `${blockId}/${target}`;
}

/** Whether this device began to put the file there and did not hear of the end. */
function isBegun({ base, path }: LinkRow, there: string): boolean {
  return base === null && path === there;
}

/** @throws Error FILE_NOT_WRITTEN */
async function written<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw Object.assign(new Error(String(error)), { code: 'FILE_NOT_WRITTEN' });
  });
}
