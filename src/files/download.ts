/** A file on its way from the relay. [F6] [F7] */
import { ContentHash, FILE_PIECE, openChunk, type FileKeys } from '../crypto';
import type { FileAnswer, FileId, FileRequest } from '../protocol';
import { FileError, type FileRef, type TransferOptions } from './api';
import type { Job, JobEvents } from './job';
import { PART, type KeptParts } from './kept-parts';

type Get = Extract<FileRequest, { type: 'get' }>;

export class Download implements Job {
  readonly file: FileId;
  readonly isUrgent: boolean;
  private readonly content: Uint8Array;
  private readonly hash = new ContentHash();
  /** The next chunk to ask for, and the next to come: they come in the order in which they were asked for. */
  private asked = 0;
  private received = 0;
  private hashedTo = 0;
  private keptTo = 0;
  private isMoving = false;

  constructor(
    private readonly ref: FileRef,
    private readonly keys: FileKeys,
    private readonly kept: KeptParts,
    private readonly options: TransferOptions,
    private readonly events: JobEvents,
    private readonly end: (outcome: Uint8Array | FileError) => void,
  ) {
    this.file = keys.fileId as FileId;
    this.isUrgent = options.urgent;
    this.content = new Uint8Array(ref.size);
  }

  /** Takes what came in earlier runs. Before anything else. */
  async load(): Promise<void> {
    await this.kept.begin(this.file, this.ref.size);
    for (let at = 0; at < this.ref.size; at += PART) {
      const part = await this.kept.read(this.file, at / PART);
      if (part === undefined || part.length !== Math.min(PART, this.ref.size - at)) break;
      this.content.set(part, at);
      this.received = this.piecesBefore(at + part.length);
      this.hashOn();
      this.keptTo = this.hashedTo;
    }
    this.options.progress(this.hashedTo);
  }

  begin(): FileRequest {
    this.isMoving = false;
    this.asked = this.received;
    return { type: 'have', file: this.file };
  }

  next(): Get | null {
    return this.isMoving && this.asked < this.keys.count ? { type: 'get', file: this.file, index: this.asked++ } : null;
  }

  take(answer: Extract<FileAnswer, { file: FileId }>): void {
    if (answer.type === 'held') {
      if (answer.next < this.keys.count) return this.end(new FileError('MISSING', 'The relay does not have all of this file.'));
      this.isMoving = true;
      if (this.received === this.keys.count) return this.finish();
      return this.events.ready();
    }
    if (answer.type !== 'chunk' || answer.index !== this.received) return;
    const at = answer.index * FILE_PIECE;
    try {
      this.content.set(openChunk(this.keys, answer.index, answer.bytes, Math.min(FILE_PIECE, this.ref.size - at)), at);
    } catch {
      return this.damaged('A chunk of this file does not open.');
    }
    this.received++;
    // Piece by piece: a megabyte at once would be a pause that is felt.
    this.hashOn();
    if (this.hashedTo - this.keptTo === PART && this.hashedTo < this.ref.size) {
      this.kept.write(this.file, this.keptTo / PART, this.content.slice(this.keptTo, this.hashedTo));
      this.keptTo = this.hashedTo;
    }
    this.options.progress(this.hashedTo);
    if (this.received === this.keys.count) this.finish();
  }

  private hashOn(): void {
    const came = Math.min(this.ref.size, this.received * FILE_PIECE);
    this.hash.add(this.content.subarray(this.hashedTo, came));
    this.hashedTo = came;
  }

  private finish(): void {
    if (this.hash.toString() !== this.ref.hash) return this.damaged('The content is not the one that was named.');
    this.kept.forget(this.file, this.ref.size);
    this.end(this.content);
  }

  private damaged(message: string): void {
    this.kept.forget(this.file, this.ref.size);
    this.end(new FileError('DAMAGED', message));
  }

  /** Whole pieces in the first so many bytes, the last one counting as whole. */
  private piecesBefore(bytes: number): number {
    return bytes === this.ref.size ? this.keys.count : Math.floor(bytes / FILE_PIECE);
  }
}
