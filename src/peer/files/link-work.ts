/** What is done about one link: its file is sent, fetched, put, replaced, or the link gets a name of its own. */
import { ContentHash } from '../../crypto';
import type { LiveDocument, SharedFile } from '../../document';
import type { Core } from '../core';
import type { FileVault } from '../ports';
import { makeDistinct } from './clash';
import type { ContentHashes } from './content-hashes';
import { decide } from './decide';
import type { Here, LinkRow } from './decide';
import { keyOf } from './file-statuses';
import type { Link } from './file-statuses';
import type { LinkRows } from './link-rows';
import { targetsOf } from './link-targets';
import { isFileName, isSafeName, placeOf } from './safe-path';
import type { Place } from './safe-path';
import type { TransferQueue } from './transfer-queue';

/** A transfer that has just ended. */
export interface Moved {
  readonly hash: string;
  /** null for one that was sent. */
  readonly content: Uint8Array | null;
}

export interface LinkParts {
  readonly core: () => Core;
  readonly vault: FileVault;
  readonly hashes: ContentHashes;
  readonly rows: LinkRows;
  readonly queue: TransferQueue;
}

export interface LinkOutcome {
  /** @param isWanted false: nobody need be told */
  refuse(link: Link, code: string, direction: 'up' | 'down', size: number, isWanted?: boolean): void;
  /** Nothing is to be told of it any more. */
  settled(link: Link): void;
  /** Its block is to be looked at once more, soon. */
  again(blockId: string): void;
  /** The same, when all that the relay has was read. */
  whenCaughtUp(blockId: string): void;
  /** The space has files. */
  shared(): void;
}

export class LinkWork {
  constructor(
    private readonly parts: LinkParts,
    private readonly outcome: LinkOutcome,
  ) {}

  /** @param moved a transfer that has just ended */
  async lookAt(link: Link, document: LiveDocument, moved: Moved | null): Promise<void> {
    const { target, note } = link;
    const key = keyOf(link);
    try {
      const entry = document.files().get(target);
      const row = await this.parts.rows.set(link.blockId, target, {});
      const place = placeOf(target, note);
      if (!place) return this.outcome.refuse(link, 'FILE_NAME', entry ? 'down' : 'up', entry?.size ?? 0, entry !== undefined || (row.mine && (await this.parts.vault.follow(target, note)) !== null));
      const path = await this.pathOf(link, row);
      const here = path === null ? null : await this.contentOf(path, entry);
      const step = path !== null && here === null ? 'changing' : decide(entry, path === null || path === row.path ? row : { ...row, base: null }, here);
      this.outcome.settled(link);
      if (step === 'publish' && here && path !== null) await this.publish(link, document, row, here, path, moved);
      else if (entry && here && path !== null && step === 'clash' && isBegun(row, path) && here.size < entry.size) await this.finish(link, document, row, entry, { ...here, path }, moved);
      else if (entry && (step === 'fetch' || step === 'replace')) await this.fetch(link, document, row, entry, place, step === 'replace' && here && path !== null ? { ...here, path } : null, moved);
      else {
        this.parts.queue.release(key);
        if (step === 'changing') this.outcome.again(link.blockId);
        else if (step === 'agreed' && here) await this.parts.rows.set(link.blockId, target, { base: here.hash, at: here.mtime, path });
        else if (step === 'deleted' && entry) this.outcome.refuse(link, 'FILE_DELETED', 'down', entry.size);
        else if (step === 'clash' && entry) await this.clash(link, document, row, entry, here, moved);
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error && String(error.code).startsWith('FILE_') ? String(error.code) : 'FILE_NOT_READ';
      this.outcome.refuse(link, code, 'down', 0);
    }
  }

  /** Where the file of a link is: what was shared stays it as long as it is there, also where the app finds another one by the link, which is its user's own. */
  private async pathOf({ target, note }: Link, row: LinkRow): Promise<string | null> {
    const { vault } = this.parts;
    if (row.path !== null && (await vault.stat(row.path))) return row.path;
    const followed = await vault.follow(target, note);
    return followed !== null && isFileName(followed) && followed.split('/').every((name) => !name.startsWith('.')) ? followed : null;
  }

  /** A file that is larger than what comes along is only read where it may be the block's. */
  private async contentOf(path: string, entry: SharedFile | undefined): Promise<Here | null> {
    const stat = await this.parts.vault.stat(path);
    if (stat && stat.size > this.largest && stat.size !== entry?.size) return { hash: '', ...stat };
    return this.parts.hashes.of(path);
  }

  private get largest(): number {
    return this.parts.core().settings().largestFile ?? 0;
  }

  private async publish(link: Link, document: LiveDocument, row: LinkRow, here: Here, path: string, moved: Moved | null): Promise<void> {
    if (here.hash === '') {
      this.parts.queue.release(keyOf(link));
      return this.outcome.refuse(link, 'FILE_TOO_LARGE', 'up', here.size);
    }
    const isSent = moved?.content === null && moved.hash === here.hash;
    if (!isSent) return this.parts.queue.want('up', here, keyOf(link), path);
    const before = document.files().get(link.target);
    const was = before && before.hash !== here.hash ? [...before.was, before.hash] : (before?.was ?? []);
    this.parts.core().documents.setFile(link.blockId, link.target, { hash: here.hash, size: here.size, was: was.filter((hash) => hash !== here.hash), lost: false });
    await this.parts.rows.set(link.blockId, link.target, { base: here.hash, at: here.mtime, path });
    this.outcome.shared();
  }

  private async fetch(link: Link, document: LiveDocument, row: LinkRow, entry: SharedFile, place: Place, old: (Here & { readonly path: string }) | null, moved: Moved | null): Promise<void> {
    if (entry.size > this.largest) {
      this.parts.queue.release(keyOf(link));
      return this.outcome.refuse(link, 'FILE_TOO_LARGE', 'down', entry.size);
    }
    const content = moved?.hash === entry.hash && moved.content ? moved.content : await this.parts.hashes.copyOf(entry);
    if (!content) return this.parts.queue.want('down', entry, keyOf(link));
    const { vault } = this.parts;
    if (old) {
      if (await written(vault.replace(old.path, content, old))) await this.placed(link, entry, old.path);
      else this.outcome.again(link.blockId);
      return;
    }
    const path = place.hasFolder ? place.path : await vault.placeFor(place.name, link.note);
    const isInside = path.split('/').every(isSafeName);
    if (!isInside) return this.outcome.refuse(link, 'FILE_NAME', 'down', entry.size);
    // A program that is ended while it writes knows its own part of a file by that.
    await this.parts.rows.set(link.blockId, link.target, { path });
    const made = path.slice(path.lastIndexOf('/') + 1) === place.name ? await written(vault.create(path, content)) : 'taken';
    if (made !== 'made') await this.parts.rows.set(link.blockId, link.target, { path: null });
    if (made === 'waiting') this.outcome.refuse(link, 'FILE_WAITING', 'down', entry.size);
    else if (made === 'made' || (await this.parts.hashes.of(path))?.hash === entry.hash) await this.placed(link, entry, path);
    else await this.clash(link, document, row, entry, null, moved);
  }

  /** The first part of a file that an earlier run began to write gets the rest; anything else that has come there since stays. */
  private async finish(link: Link, document: LiveDocument, row: LinkRow, entry: SharedFile, part: Here & { readonly path: string }, moved: Moved | null): Promise<void> {
    const content = moved?.hash === entry.hash && moved.content ? moved.content : await this.parts.hashes.copyOf(entry);
    if (!content) return this.parts.queue.want('down', entry, keyOf(link));
    if (new ContentHash().add(content.subarray(0, part.size)).toString() !== part.hash) return this.clash(link, document, row, entry, part, moved);
    if (await written(this.parts.vault.replace(part.path, content, part))) await this.placed(link, entry, part.path);
    else this.outcome.again(link.blockId);
  }

  private async placed(link: Link, entry: SharedFile, path: string): Promise<void> {
    this.parts.queue.release(keyOf(link));
    const here = await this.parts.hashes.written(path, entry.hash);
    await this.parts.rows.set(link.blockId, link.target, { base: entry.hash, at: here?.mtime ?? 0, path });
  }

  /** The link gets a name that only its content has. Another device that finds the same makes the same edit. */
  private async clash(link: Link, document: LiveDocument, row: LinkRow, entry: SharedFile, here: Here | null, moved: Moved | null): Promise<void> {
    this.parts.queue.release(keyOf(link));
    if (!this.parts.core().caughtUp()) return this.outcome.whenCaughtUp(link.blockId);
    const own = here && row.mine && row.base === here.hash ? here : null;
    const names = makeDistinct(this.parts.core(), link, document, entry, own);
    if (!names) return this.outcome.refuse(link, 'FILE_TAKEN', 'down', entry.size);
    if (names.own !== null) await this.parts.rows.set(link.blockId, names.own, { mine: true });
    await this.parts.rows.set(link.blockId, link.target, { mine: false, base: null, path: null });
    // What has just come need not come again.
    if (moved?.content && moved.hash === entry.hash && targetsOf(document).has(names.theirs)) await this.lookAt({ ...link, target: names.theirs }, document, moved);
    this.outcome.again(link.blockId);
  }
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
