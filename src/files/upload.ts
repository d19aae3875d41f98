/** A file on its way to the relay. [F3]-[F5] */
import { ContentHash, FILE_PIECE, sealChunk, type FileKeys } from '../crypto';
import type { FileAnswer, FileId, FileRequest } from '../protocol';
import { FileError, type FileRef, type TransferOptions } from './api';
import type { Job, JobEvents } from './job';

/** Pieces that are read at once, and waiting ones below which more are read. */
const READ = 16;
const LOW = 16;

type Put = Extract<FileRequest, { type: 'put' }>;

export class Upload implements Job {
  readonly file: FileId;
  readonly isUrgent: boolean;
  private readonly pieces: Uint8Array[] = [];
  /** Of the first of `pieces`; what comes next when there are none. */
  private index = 0;
  /** Content up to here was read for sending, and for its hash. */
  private readTo = 0;
  private hashedTo = 0;
  private readonly hash = new ContentHash();
  private isVerified = false;
  private isMoving = false;
  private isReading = false;
  /** Began again, and nothing was stored since: what else says so is about chunks of before. */
  private isRewound = false;
  /** Rises where reading begins elsewhere: what an earlier reading brings is no use then. */
  private turn = 0;

  constructor(
    private readonly ref: FileRef,
    private readonly keys: FileKeys,
    private readonly read: (from: number, to: number) => Promise<Uint8Array>,
    private readonly options: TransferOptions,
    private readonly random: (length: number) => Uint8Array,
    private readonly events: JobEvents,
    /** Null: all of it is on the relay's disk. */
    private readonly ended: (failure: unknown) => void,
  ) {
    this.file = keys.fileId as FileId;
    this.isUrgent = options.urgent;
  }

  begin(): FileRequest {
    this.isMoving = false;
    this.isRewound = false;
    return { type: 'have', file: this.file };
  }

  next(): Put | null {
    const piece = this.isMoving ? this.pieces.shift() : undefined;
    if (piece === undefined) return null;
    const index = this.index++;
    if (this.pieces.length < LOW) this.readOn();
    return { type: 'put', file: this.file, index, count: this.keys.count, bytes: sealChunk(this.keys, index, piece, this.random) };
  }

  take(answer: Extract<FileAnswer, { file: FileId }>): void {
    if (answer.type === 'held') {
      if (this.isRewound) return;
      this.isRewound = this.isMoving;
      this.goOnFrom(answer.next);
    } else if (answer.type === 'stored') {
      this.isRewound = false;
      this.reached(answer.index + 1);
    }
    if (answer.type === 'unstored') this.end(refusalOf(answer.code));
  }

  /** The relay has all chunks before that one. */
  private goOnFrom(next: number): void {
    if (this.reached(next)) return;
    this.turn++;
    this.isReading = false;
    this.isMoving = true;
    this.pieces.length = 0;
    this.index = next;
    // The hash needs what the relay has already, too, unless it was found right in this run.
    this.readTo = this.isVerified ? next * FILE_PIECE : Math.min(next * FILE_PIECE, this.hashedTo);
    this.events.rewound();
    this.readOn();
  }

  /** Ends the reading, too. */
  end(failure: unknown): void {
    this.turn++;
    this.ended(failure);
  }

  /** @returns whether that is all */
  private reached(next: number): boolean {
    this.options.progress(Math.min(this.ref.size, next * FILE_PIECE));
    if (next < this.keys.count) return false;
    this.end(null);
    return true;
  }

  private readOn(): void {
    if (this.isReading || (this.isVerified && this.index + this.pieces.length >= this.keys.count)) return;
    this.isReading = true;
    this.readPieces(this.turn).then(
      () => undefined,
      (error: unknown) => this.end(error),
    );
  }

  private async readPieces(turn: number): Promise<void> {
    const { size } = this.ref;
    do {
      const from = this.readTo;
      const to = Math.min(size, from + READ * FILE_PIECE);
      const bytes = await (from < to ? this.read(from, to) : Promise.resolve(new Uint8Array()));
      if (turn !== this.turn) return;
      if (bytes.length !== to - from) throw changed();
      this.readTo = to;
      this.hashOn(bytes, from);
      for (let at = from; at < to || (at === 0 && size === 0); at += FILE_PIECE) {
        if (at / FILE_PIECE >= this.index + this.pieces.length) this.pieces.push(bytes.subarray(at - from, Math.min(to, at + FILE_PIECE) - from));
        if (size === 0) break;
      }
    } while (this.pieces.length < LOW && this.readTo < size);
    this.isReading = false;
    this.events.ready();
  }

  /** The last pieces are not sent before the content is known to be what its hash says. */
  private hashOn(bytes: Uint8Array, from: number): void {
    if (this.isVerified) return;
    const { size, hash } = this.ref;
    if (from + bytes.length > this.hashedTo) {
      this.hash.add(bytes.subarray(this.hashedTo - from));
      this.hashedTo = from + bytes.length;
    }
    if (this.hashedTo < size) return;
    if (this.hash.toString() !== hash) throw changed();
    this.isVerified = true;
  }
}

function changed(): FileError {
  return new FileError('DAMAGED', 'The file changed while it was being sent.');
}

function refusalOf(code: string): FileError {
  if (code === 'DISK_FULL') return new FileError('DISK_FULL', "The relay's disk is full.");
  // Chunks of another count are there under this name: they can't be of this content.
  if (code === 'BAD_FRAME') return new FileError('DAMAGED', 'The relay has something else under this name.');
  return new FileError('SPACE_FULL', 'The space has used up its room for files on the relay.');
}
