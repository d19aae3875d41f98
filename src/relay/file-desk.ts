/** Answers the frames of files of one connection. PROTOCOL.md [P90]-[P98]. */
import { encodeFrame, ProtocolError, type ErrorCode, type FileRequest, type SpaceId } from '../protocol';
import type { FilesContext } from './connection-context';
import { codeOf, LogError } from './log-error';
import type { Meter } from './meter';

export interface FileDeskEvents {
  /** `sent`, where given, is called once the frame has left, or never if the connection ends before. */
  send(frame: Uint8Array, sent?: () => void): void;
  /** `pending` has sunk. */
  calmer(): void;
  /** The connection can't go on. */
  failed(error: unknown): void;
  /** There is something to prune. */
  dropped(): void;
}

export class FileDesk {
  /** Requests without an answer yet. */
  pending = 0;
  private isOpen = false;
  /** Ends when all before is answered. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly space: SpaceId,
    private readonly context: FilesContext,
    private readonly meter: Meter,
    private readonly events: FileDeskEvents,
  ) {}

  /** @throws ProtocolError BAD_FRAME when `files` did not come first */
  take(frame: FileRequest): void {
    if (frame.type !== 'files' && !this.isOpen) throw new ProtocolError('BAD_FRAME', 'Frames of files begin with one that says so.');
    this.isOpen = true;
    this.pending++;
    let answered: Promise<void>;
    // What is put waits for the disk, and must not wait for one another there.
    if (frame.type === 'put') answered = this.put(frame);
    else answered = this.last = this.last.then(() => this.answer(frame));
    answered.then(
      () => {
        this.pending--;
        this.events.calmer();
      },
      (error: unknown) => this.events.failed(error),
    );
  }

  private async answer(frame: Exclude<FileRequest, { type: 'put' }>): Promise<void> {
    const { space, events } = this;
    const { chunks, quota } = this.context;
    switch (frame.type) {
      case 'files':
        return events.send(encodeFrame({ type: 'filing', quota, used: await chunks.size(space) }));
      case 'have':
        return this.tellHeld(frame.file);
      case 'get': {
        const bytes = await chunks.get(space, frame.file, frame.index);
        if (bytes === null) return this.tellHeld(frame.file);
        // The next is read when this one has left, so that a slow device costs no memory.
        return new Promise((sent) => events.send(encodeFrame({ type: 'chunk', file: frame.file, index: frame.index, bytes }), sent));
      }
      case 'drop':
        await chunks.drop(space, frame.file);
        events.send(encodeFrame({ type: 'held', file: frame.file, next: 0 }));
        return events.dropped();
    }
  }

  private async put({ file, index, count, bytes }: Extract<FileRequest, { type: 'put' }>): Promise<void> {
    const { chunks, quota } = this.context;
    if (quota === 0) return this.refuse(file, index, 'SPACE_FULL');
    let outcome;
    try {
      outcome = await chunks.put(this.space, file, { index, count, bytes });
    } catch (error) {
      if (!(error instanceof LogError) || (error.reason !== 'space-full' && error.reason !== 'disk-full')) throw error;
      return this.refuse(file, index, codeOf(error.reason));
    }
    if (outcome === 'later') return this.tellHeld(file);
    if (outcome === 'other-count') return this.refuse(file, index, 'BAD_FRAME');
    this.meter.chunksStored++;
    this.events.send(encodeFrame({ type: 'stored', file, index }));
  }

  private async tellHeld(file: Extract<FileRequest, { type: 'have' }>['file']): Promise<void> {
    this.events.send(encodeFrame({ type: 'held', file, next: await this.context.chunks.next(this.space, file) }));
  }

  private refuse(file: Extract<FileRequest, { type: 'have' }>['file'], index: number, code: ErrorCode): void {
    this.meter.refuse(code);
    this.events.send(encodeFrame({ type: 'unstored', file, index, code }));
  }
}
