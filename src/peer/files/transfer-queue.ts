/** Which files are moved when: one upload and two downloads at a time, what is shown first; what fails is tried again, later and later. */
import { FileError } from '../../files/api';
import type { FileRef, FileTransfers } from '../../files/api';
import type { Clock } from '../../sync';
import type { FileStatus, FileVault } from '../ports';
import { problemOf } from './file-words';

const MOST = { up: 1, down: 2 } as const;
const FIRST_RETRY = 60_000;
const LONGEST_RETRY = 60 * 60_000;

export interface Transfer {
  readonly direction: 'up' | 'down';
  readonly file: FileRef;
  /** Of the file to be sent. */
  path: string;
  /** Keys of the links that want it. */
  readonly uses: Set<string>;
  done: number;
  state: FileStatus['state'];
  problem: FileStatus['problem'];
  retryAt: number;
  failures: number;
  abort: AbortController | null;
}

export interface QueueParts {
  readonly clock: Clock;
  readonly vault: FileVault;
  readonly transfers: FileTransfers;
  readonly isUrgent: (transfer: Transfer) => boolean;
  /** Whether it may begin now. */
  readonly mayStart: (transfer: Transfer) => boolean;
  /** It is on the relay, or here (`content`), for these links. @throws Error with a `code` when that could not be made use of */
  readonly finished: (transfer: Transfer, uses: readonly string[], content: Uint8Array | null) => Promise<void>;
  readonly failed: (transfer: Transfer, code: string) => void;
  readonly changed: () => void;
  readonly track: (work: Promise<unknown>) => void;
}

export class TransferQueue {
  private readonly all = new Map<string, Transfer>();
  private stopped = false;
  private cancelRetry: (() => void) | null = null;

  constructor(private readonly parts: QueueParts) {}

  list(): readonly Transfer[] {
    return [...this.all.values()];
  }

  want(direction: Transfer['direction'], { hash, size }: FileRef, use: string, path = ''): void {
    const key = `${direction}${hash}`;
    for (const [other, transfer] of this.all) if (other !== key) this.leave(other, transfer, use);
    let transfer = this.all.get(key);
    if (!transfer) {
      transfer = { direction, file: { hash, size }, path, uses: new Set(), done: 0, state: 'waiting', problem: null, retryAt: 0, failures: 0, abort: null };
      this.all.set(key, transfer);
    }
    transfer.path = path;
    transfer.uses.add(use);
    this.pump();
  }

  /** A link wants none of them any more. */
  release(use: string): void {
    for (const [key, transfer] of this.all) this.leave(key, transfer, use);
  }

  retry(transfer: Transfer): void {
    transfer.retryAt = 0;
    transfer.failures = 0;
    this.pump();
  }

  /** Begins what may begin. Cheap where nothing waits. */
  pump(): void {
    if (this.stopped || this.all.size === 0) return;
    const now = this.parts.clock.now();
    const waiting = this.list().filter(({ state, retryAt }) => state !== 'moving' && retryAt <= now);
    const sorted = waiting.sort((a, b) => Number(this.parts.isUrgent(b)) - Number(this.parts.isUrgent(a)));
    for (const transfer of sorted) {
      const moving = this.list().filter(({ state, direction }) => state === 'moving' && direction === transfer.direction).length;
      if (moving < MOST[transfer.direction] && this.parts.mayStart(transfer)) this.run(transfer);
    }
    this.retryLater(now);
    this.parts.changed();
  }

  stop(): void {
    this.stopped = true;
    this.cancelRetry?.();
    for (const { abort } of this.all.values()) abort?.abort();
  }

  private leave(key: string, transfer: Transfer, use: string): void {
    if (!transfer.uses.delete(use) || transfer.uses.size > 0) return;
    this.all.delete(key);
    transfer.abort?.abort();
    this.parts.changed();
  }

  /** Nobody waits for a transfer, only for what follows it. */
  private run(transfer: Transfer): void {
    const { changed, finished, isUrgent, track, transfers } = this.parts;
    const abort = new AbortController();
    Object.assign(transfer, { state: 'moving', problem: null, done: 0, abort });
    const options = {
      signal: abort.signal,
      urgent: isUrgent(transfer),
      progress: (bytes: number): void => {
        transfer.done = bytes;
        changed();
      },
    };
    const moved = transfer.direction === 'down' ? transfers.download(transfer.file, options) : this.upload(transfer, options);
    const then = moved
      .then((content) => {
        if (abort.signal.aborted) return;
        const uses = [...transfer.uses];
        const work = finished(transfer, uses, content).then(() => this.ended(transfer, uses));
        track(work.catch(() => undefined));
        return work;
      })
      .catch((error: unknown) => (abort.signal.aborted ? undefined : this.broke(transfer, error)));
    void then.then(() => this.pump());
  }

  private async upload({ file, path }: Transfer, options: Parameters<FileTransfers['upload']>[2]): Promise<null> {
    const opened = await this.parts.vault.open(path).catch(() => {
      throw Object.assign(new Error(path), { code: 'FILE_NOT_READ' });
    });
    try {
      await this.parts.transfers.upload(file, (from, to) => opened.read(from, to), options);
      return null;
    } finally {
      await opened.close();
    }
  }

  /** Links that came while it was made use of still want it. */
  private ended(transfer: Transfer, uses: readonly string[]): void {
    for (const use of uses) transfer.uses.delete(use);
    transfer.state = 'waiting';
    const key = `${transfer.direction}${transfer.file.hash}`;
    if (transfer.uses.size === 0 && this.all.get(key) === transfer) this.all.delete(key);
  }

  private broke(transfer: Transfer, error: unknown): void {
    const code = error instanceof FileError ? error.code : error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
    transfer.state = 'failed';
    transfer.problem = problemOf(code, error instanceof Error ? error.message : String(error));
    transfer.retryAt = this.parts.clock.now() + Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** transfer.failures);
    transfer.failures += 1;
    this.parts.failed(transfer, code);
  }

  private retryLater(now: number): void {
    this.cancelRetry?.();
    const next = Math.min(...this.list().filter(({ state, retryAt }) => state === 'failed' && retryAt > now).map(({ retryAt }) => retryAt));
    this.cancelRetry = next === Infinity ? null : this.parts.clock.after(next - now, () => this.pump());
  }
}
