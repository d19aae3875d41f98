/**
 * Moves files between this device and the relay: the shown ones first, a few at a time, with as many chunks on the line as it bears. The rules
 * are in SPEC.md.
 */
import { fileKeysOf, type SpaceKeys } from '../crypto';
import { delivered, LIMITS, newFlow, paceOf, windowOf, type FileAnswer, type FileId } from '../protocol';
import { type Clock, type DeviceStore, type Random, type Transport } from '../sync';
import { FileError, type FileProblem, type FileRef, type FileTransfers, type TransferOptions } from './api';
import { Download } from './download';
import type { Job, JobEvents } from './job';
import { KeptParts } from './kept-parts';
import { lending, type OwnState } from './lending';
import { FileLine, type LineOptions } from './line';
import { FILES_OFF } from './problems';
import { Upload } from './upload';

/** Files under way at once: a small one does not wait for a large one's end, nor the line for a question. */
const ACTIVE = 3;
/** Chunks that may go in one heap, and for how many ms of the line, where that is more. */
const HEAP = 2;
const HEAP_TIME = 4;
/** The line is kept so long for what may come, ms. */
const LINGER = 2_000;

export interface FileTransfersOptions extends LineOptions {
  readonly random: Random;
  readonly store: DeviceStore;
  readonly keys: SpaceKeys;
}

/** What whoever made it does with it, beside transfers. */
export interface FileEngine extends FileTransfers {
  /** Gives up all that is under way; what came is kept. Resolves when it is stored. */
  stop(): Promise<void>;
}

export interface WithFilesOptions extends Omit<FileTransfersOptions, 'shared'> {
  /** The device's own. */
  readonly transport: Transport;
}

/** @returns the device's transport, to be used in the place of the given one, and what moves files beside it or, where that can't be, over it */
export function withFiles({ transport, ...options }: WithFilesOptions): { readonly transport: Transport; readonly files: FileEngine } {
  const { owner, borrower } = lending(transport, (state) => files.follow(state));
  const files = new Transfers({ ...options, shared: borrower });
  return { transport: owner, files };
}

interface Entry {
  readonly job: Job;
  /** When each chunk that is on the line was sent, by index. */
  readonly sent: Map<number, number>;
  isBegun: boolean;
  /** Its first question has no answer yet. */
  isAsking: boolean;
  readonly cancel: () => void;
}

export class Transfers implements FileEngine {
  private entries: Entry[] = [];
  private flow = newFlow();
  private readonly line: FileLine;
  private readonly kept: KeptParts;
  private readonly clock: Clock;
  private cancelLinger: (() => void) | null = null;
  /** Bytes that may go at once, as of `creditAt`. */
  private credit = 0;
  private creditAt = 0;
  private cancelPace: (() => void) | null = null;
  private isStopped = false;

  constructor(private readonly options: FileTransfersOptions) {
    this.clock = options.clock;
    this.kept = new KeptParts(options.store, options.clock);
    this.line = new FileLine(options, {
      open: () => {
        this.flow = newFlow();
        this.pump();
      },
      answer: (answer) => this.take(answer),
      closed: () => {
        for (const entry of this.entries) this.rest(entry);
      },
      isWaiting: () => this.entries.some(({ isAsking, sent }) => isAsking || sent.size > 0),
    });
  }

  get problem(): FileProblem | null {
    return this.line.problem;
  }

  upload(ref: FileRef, read: (from: number, to: number) => Promise<Uint8Array>, options: TransferOptions): Promise<void> {
    return this.run<void>(ref, options.signal, (events, resolve, reject) => {
      const upload: Upload = new Upload(ref, this.keysOf(ref), read, options, (length) => this.options.random.bytes(length), events, (failure) => {
        if (failure === null) return resolve();
        // It refuses as one that is full does: what helps is something else.
        const isOff = this.problem === FILES_OFF && failure instanceof FileError && failure.code === 'SPACE_FULL';
        reject(isOff ? new FileError('FILES_OFF', FILES_OFF.message) : failure);
        // What is there under this name is no use to anyone.
        if (failure instanceof FileError && failure.code === 'DAMAGED') void this.drop(ref).catch(() => undefined);
      });
      return upload;
    });
  }

  async download(ref: FileRef, options: TransferOptions): Promise<Uint8Array> {
    let load = (): Promise<void> => Promise.resolve();
    return this.run<Uint8Array>(
      ref,
      options.signal,
      (events, resolve, reject) => {
        const download: Download = new Download(ref, this.keysOf(ref), this.kept, options, events, (outcome) => {
          if (outcome instanceof FileError) reject(outcome);
          else resolve(outcome);
        });
        load = () => download.load();
        return download;
      },
      () => load(),
    );
  }

  drop(ref: FileRef): Promise<void> {
    return this.run<void>(ref, null, (_events, resolve) => {
      const file = this.keysOf(ref).fileId as FileId;
      return { file, isUrgent: false, begin: () => ({ type: 'drop', file }), next: () => null, take: () => resolve() };
    });
  }

  /** What the device's own connection does: files wait for it, and end with it when it is not wanted. */
  follow(state: OwnState): void {
    if (this.isStopped) return;
    if (state === 'closed') this.cancelLinger?.();
    this.line.follow(state);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.line.follow('closed');
    this.line.want(false);
    this.cancelLinger?.();
    this.cancelPace?.();
    for (const { cancel } of [...this.entries]) cancel();
    await this.kept.settled();
  }

  /** @throws FileError TOO_LARGE */
  private keysOf({ hash, size }: FileRef): ReturnType<typeof fileKeysOf> {
    const keys = fileKeysOf(this.options.keys, hash, size);
    if (keys.count > LIMITS.fileChunks) throw new FileError('TOO_LARGE', 'The file is larger than files in live blocks can be.');
    return keys;
  }

  /** @param make the job @param prepare what it does before it can begin */
  private run<Value>(
    ref: FileRef,
    signal: AbortSignal | null,
    make: (events: JobEvents, resolve: (value: Value) => void, reject: (error: unknown) => void) => Job,
    prepare: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true || this.isStopped) return reject(cancelled());
      let entry: Entry | null = null;
      let isOver = false;
      const over = (tell: () => void): void => {
        if (isOver) return;
        isOver = true;
        signal?.removeEventListener('abort', cancel);
        this.entries = this.entries.filter((each) => each !== entry);
        tell();
        this.pump();
      };
      const cancel = (): void => over(() => reject(cancelled()));
      const events: JobEvents = {
        ready: () => this.pump(),
        rewound: () => entry?.sent.clear(),
      };
      const job = make(
        events,
        (value) => over(() => resolve(value)),
        (error) => over(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
      signal?.addEventListener('abort', cancel);
      prepare().then(
        () => {
          if (isOver) return;
          entry = { job, sent: new Map(), isBegun: false, isAsking: false, cancel };
          this.entries.push(entry);
          this.pump();
        },
        (error: unknown) => over(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
  }

  /** Sends what may go. */
  private pump(): void {
    if (this.isStopped) return;
    this.wantLine();
    if (!this.line.isOpen) return;
    const active = this.active();
    for (const entry of active) {
      if (entry.isBegun) continue;
      entry.isBegun = true;
      entry.isAsking = true;
      this.line.send(entry.job.begin());
    }
    let onTheLine = 0;
    for (const { sent } of this.entries) onTheLine += sent.size;
    while (onTheLine < LIMITS.filesUnanswered) {
      const now = this.clock.now();
      if (onTheLine > 0 && ((onTheLine + 1) * LIMITS.fileChunk > windowOf(this.flow, now) || !this.isTime(now))) return;
      const due = this.nextOf(active);
      if (due === null) return;
      this.credit -= LIMITS.fileChunk;
      due.entry.sent.set(due.frame.index, now);
      this.line.send(due.frame);
      onTheLine++;
    }
  }

  /** Whether the pace allows for one more chunk now; when it does not, it is tried again when it does. */
  private isTime(now: number): boolean {
    const pace = paceOf(this.flow, now);
    const most = Math.max(HEAP * LIMITS.fileChunk, HEAP_TIME * pace);
    this.credit = pace === 0 ? most : Math.min(most, Math.max(0, this.credit) + (now - this.creditAt) * pace);
    this.creditAt = now;
    if (this.credit >= LIMITS.fileChunk) return true;
    this.cancelPace ??= this.clock.after(Math.max(1, (LIMITS.fileChunk - this.credit) / pace), () => {
      this.cancelPace = null;
      this.pump();
    });
    return false;
  }

  private nextOf(active: readonly Entry[]): { entry: Entry; frame: NonNullable<ReturnType<Job['next']>> } | null {
    for (const entry of active) {
      const frame = entry.job.next();
      if (frame !== null) return { entry, frame };
    }
    return null;
  }

  /** Those that may be under way: what is shown first, then in the order in which it was asked for; each file once. */
  private active(): Entry[] {
    const files = new Set<FileId>();
    const active: Entry[] = [];
    const byUrgency = [...this.entries.filter(({ job }) => job.isUrgent), ...this.entries.filter(({ job }) => !job.isUrgent)];
    for (const entry of byUrgency) {
      if (active.length === ACTIVE) break;
      // One that is begun keeps its file until it ends.
      if (files.has(entry.job.file) || (!entry.isBegun && this.entries.some((other) => other.isBegun && other.job.file === entry.job.file))) continue;
      files.add(entry.job.file);
      active.push(entry);
    }
    return active;
  }

  private take(answer: Extract<FileAnswer, { file: FileId }>): void {
    const entry = this.entries.find(({ isBegun, job }) => isBegun && job.file === answer.file);
    if (entry === undefined) return;
    entry.isAsking = false;
    if (answer.type === 'stored' || answer.type === 'chunk') {
      const sentAt = entry.sent.get(answer.index);
      if (sentAt === undefined) return;
      entry.sent.delete(answer.index);
      delivered(this.flow, LIMITS.fileChunk, sentAt, this.clock.now());
    }
    entry.job.take(answer);
    this.pump();
  }

  private rest(entry: Entry): void {
    entry.sent.clear();
    entry.isBegun = false;
    entry.isAsking = false;
  }

  private wantLine(): void {
    this.cancelLinger?.();
    this.cancelLinger = null;
    if (this.entries.length > 0) this.line.want(true);
    else if (this.line.isOpen) this.cancelLinger = this.clock.after(LINGER, () => this.line.want(false));
    else this.line.want(false);
  }
}

function cancelled(): FileError {
  return new FileError('CANCELLED', 'The transfer was given up.');
}
