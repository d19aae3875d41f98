/** What the documents of this device tell the rest of the peer. */
import type { Change, Edit, Import } from '../document';
import type { CipherError, StoreWrite } from '../sync';
import type { IndexChange } from './index-document';

/** What came for a document. */
export interface News {
  /** Client ids of imports of other devices in it. */
  readonly imports: readonly number[];
  /** Whether some of it was written by another device, not by a run of this one that ended before it could remember. */
  readonly isForeign: boolean;
}

export interface DocumentsListener {
  /** A loaded document changed through others. */
  changed(blockId: string, change: Change, news: News): void;
  /** The same of a document that is not in memory, or arrived for the first time. */
  touched(blockId: string, news: News): void;
  /** The state here of a document in memory: it was loaded or edited. */
  edited(blockId: string, digest: string): void;
  indexChanged(change: IndexChange): void;
  /** Edits that were found outside were made; gives what is to be stored with them. */
  imported(blockId: string, edits: readonly Edit[], made: Import, seen: ReadonlyMap<string, string>): readonly StoreWrite[];
  /** A document has grown by many edits. */
  grown(blockId: string): void;
  /** What another device said its block was after an entry: for "identical on Phone". */
  reported(blockId: string, device: string, digest: string, time: number): void;
  /** Edits by these devices; for the block's history. `change` is null if the document is not in memory. */
  written(blockId: string, devices: readonly string[], change: Change | null): void;
  setAside(sequence: number, error: CipherError): void;
}
