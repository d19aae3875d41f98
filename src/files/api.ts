/** Files as a peer moves them: named by their content, sealed in chunks, kept at the relay. `createFileTransfers` in transfers.ts makes one. */

/** A file by its content: SHA-256 in hex, length in bytes. */
export interface FileRef {
  readonly hash: string;
  readonly size: number;
}

export interface TransferOptions {
  /** Gives the transfer up; the promise rejects with CANCELLED. What the relay, or this device, has of it by then stays for the next time. */
  readonly signal: AbortSignal;
  /** Bytes of the content that have come through so far, those of earlier runs counted in. */
  progress(bytes: number): void;
  /** It is shown now: goes before those that are not. */
  readonly urgent: boolean;
}

/** Moves sealed files of the space between this device and the relay. Waits while offline; never rejects for that. */
export interface FileTransfers {
  /**
   * Resolves when every chunk is on the relay's disk. Goes on where an earlier run ended; content that is there already costs one question.
   * @param read gives the content's bytes [from, to); asked in order, and may be asked again from an earlier place
   * @throws FileError SPACE_FULL, FILES_OFF, DISK_FULL, TOO_LARGE, CANCELLED; DAMAGED when what was read is not the content of that hash
   */
  upload(file: FileRef, read: (from: number, to: number) => Promise<Uint8Array>, options: TransferOptions): Promise<void>;
  /**
   * The content, checked against its hash. What has come is kept in the device store until then, so that it goes on after a restart.
   * @throws FileError MISSING, DAMAGED, TOO_LARGE, CANCELLED
   */
  download(file: FileRef, options: TransferOptions): Promise<Uint8Array>;
  /** The relay forgets it. Resolves when it has; waits while offline. */
  drop(file: FileRef): Promise<void>;
  /** Why files do not move although the device is connected; null while nothing is in their way. */
  readonly problem: FileProblem | null;
}

/** `RELAY_OLD`: it must be updated. `FILES_OFF`: its owner lets it keep none. `UNREACHABLE`: no line for files came about yet. */
export interface FileProblem {
  readonly code: 'RELAY_OLD' | 'FILES_OFF' | 'UNREACHABLE';
  /** A sentence for people: what is wrong, what is safe, what to do. */
  readonly message: string;
}

/**
 * `MISSING`: the relay does not have all of it, perhaps not yet. `SPACE_FULL`: the space's room for files is used up. `FILES_OFF`: the relay keeps none.
 * `TOO_LARGE`: beyond what the protocol carries.
 */
export type FileErrorCode = 'SPACE_FULL' | 'FILES_OFF' | 'DISK_FULL' | 'TOO_LARGE' | 'MISSING' | 'DAMAGED' | 'CANCELLED';

export class FileError extends Error {
  override readonly name = 'FileError';
  constructor(
    readonly code: FileErrorCode,
    message: string,
  ) {
    super(message);
  }
}
