/** One thing that is asked of the relay's files: what a transfer is to the line that carries it. */
import type { FileAnswer, FileId, FileRequest } from '../protocol';

export interface Job {
  readonly file: FileId;
  readonly isUrgent: boolean;
  /** The line is new: what the last one carried counts for nothing. @returns what is asked first */
  begin(): FileRequest;
  /** The next chunk to be sent or asked for; null while there is none. Each call is one more on the line. */
  next(): Extract<FileRequest, { type: 'put' | 'get' }> | null;
  /** What the relay said of this file. */
  take(answer: Extract<FileAnswer, { file: FileId }>): void;
}

/** How a job tells of itself. */
export interface JobEvents {
  /** There may be something for `next` again. */
  ready(): void;
  /** Chunks that are on the line are not waited for any more: it begins again from an earlier one. */
  rewound(): void;
}
