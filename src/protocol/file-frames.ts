/**
 * The messages that move files, apart from the log's: PROTOCOL.md [P45]-[P48] and [P90]-[P98]. A chunk is one of `LIMITS.fileChunk` bytes,
 * sealed by `src/crypto`; its index counts from 0.
 */
import type { ErrorCode } from './errors';
import type { Alias, FileId } from './ids';

/** From a device to the relay. `files` comes before the others. */
export type FileRequest =
  | { readonly type: 'files' }
  /** How much of a file is there? */
  | { readonly type: 'have'; readonly file: FileId }
  /** `count`: chunks of the whole file. */
  | { readonly type: 'put'; readonly file: FileId; readonly index: number; readonly count: number; readonly bytes: Uint8Array }
  | { readonly type: 'get'; readonly file: FileId; readonly index: number }
  /** Nothing refers to it any more. */
  | { readonly type: 'drop'; readonly file: FileId };

/** From the relay to a device. */
export type FileAnswer =
  /** Bytes that the space's files may take, 0 where the relay keeps none, and bytes that they take. */
  | { readonly type: 'filing'; readonly quota: number; readonly used: number }
  /** The chunks before `next` are on the disk, and that one is not. */
  | { readonly type: 'held'; readonly file: FileId; readonly next: number }
  | { readonly type: 'stored'; readonly file: FileId; readonly index: number }
  | { readonly type: 'chunk'; readonly file: FileId; readonly index: number; readonly bytes: Uint8Array }
  /** A chunk was refused, and nothing of it kept. */
  | { readonly type: 'unstored'; readonly file: FileId; readonly index: number; readonly code: ErrorCode };

/** Of no document. A relay that knows files gives no leave for it, an older one does. [P98] */
export const FILES_ALIAS = 'f'.repeat(32) as Alias;

const REQUESTS: ReadonlySet<string> = new Set<FileRequest['type']>(['files', 'have', 'put', 'get', 'drop']);
const ANSWERS: ReadonlySet<string> = new Set<FileAnswer['type']>(['filing', 'held', 'stored', 'chunk', 'unstored']);

export function isFileRequest<Other extends { readonly type: string }>(frame: Other | FileRequest): frame is FileRequest {
  return REQUESTS.has(frame.type);
}

export function isFileAnswer<Other extends { readonly type: string }>(frame: Other | FileAnswer): frame is FileAnswer {
  return ANSWERS.has(frame.type);
}
