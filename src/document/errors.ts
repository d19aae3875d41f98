/** What can be wrong with an edit, an update or a document. */
export type DocumentErrorCode =
  /** An edit names a bullet that isn't there (or is in the trash, where it may not be). */
  | 'UNKNOWN_BULLET'
  /** A `create` names a bullet that exists already. */
  | 'DUPLICATE_BULLET'
  /** Offsets outside the text, descending or overlapping changes, a value of the wrong kind, a malformed id. */
  | 'BAD_EDIT'
  /** A move under the bullet itself, or of the root. */
  | 'BAD_MOVE'
  /** The document was written by a newer Blockwire, with a schema this one doesn't know. */
  | 'NEWER_SCHEMA'
  /** Bytes that are no document. */
  | 'BAD_UPDATE';

/** Thrown by everything in this folder, and nothing else is. After it the document is as it was before the call. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  constructor(
    readonly code: DocumentErrorCode,
    message: string,
  ) {
    super(message);
  }
}
