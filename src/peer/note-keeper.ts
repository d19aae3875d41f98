/** What a note's session asks of the rest of the peer. */
import type { Edit, LiveDocument, Step } from '../document';
import type { Clipboard, Facts, ReadOrigin } from '../note';
import type { Found } from './documents';
import type { KnownBlock } from './found-text';
import type { NoteSession } from './note-session';
import type { NotePath, Vault } from './ports';

export interface NoteKeeper {
  readonly vault: Vault;
  now(): number;
  rules(): { readonly tag: string; readonly phrases: readonly string[] };
  newId(): string;
  document(blockId: string): LiveDocument | undefined;
  /** @param savedAt when the text that is compared with it was saved, ms since the epoch; null if nobody knows */
  known(blockId: string, savedAt: number | null, trust: Trust): KnownBlock | undefined;
  /** Local edits, already in the text. Null if the document refused them. */
  commit(blockId: string, edits: readonly Edit[], found?: Found): Committed | null;
  /** Takes local edits back, the newest first, in a document that is in memory. @returns what takes that back; null if it changed nothing */
  takeBack(blockId: string, steps: readonly Step[]): Step | null;
  /** Ids that came or went, tags, releases, ...; only called when there is something. */
  consider(session: NoteSession, facts: Facts, origin: ReadOrigin): void;
  /** A text found outside is about to be taken. */
  looking(session: NoteSession): void;
  /**
   * The app loaded a file that another sync engine may be writing still: what it lacks is not put back before it is whole, or the app would merge the rest
   * with that. @returns whether it is so; then `done` is called in a moment
   */
  awaitRest(done: () => void): boolean;
  /** `session.held` has changed: what a file took away waits before it counts. */
  heldBack(session: NoteSession): void;
  /** A file shows nothing but what a block was before. */
  olderVersion(session: NoteSession, blockId: string): void;
  /** Whether the block was deleted, or stands in another note: its text is not in this one. */
  isAway(blockId: string, path: NotePath): boolean;
  /** Whether the user is asked which version of the block counts: the text stays as it is until then. */
  isFrozen(blockId: string): boolean;
  /** A file showed what a document had already and nobody here had written. */
  sawEcho(): void;
  /** Blocks, or their ids, that a file lacks because it was never saved since they were made, or is a late copy of such a file. */
  unsaved(session: NoteSession, blockIds: readonly string[]): void;
  /** Whether a copy of the file is to be kept before it is changed. */
  isCopyDue(path: NotePath): boolean;
  keepCopy(path: NotePath, text: string): Promise<void>;
  /** The bound text changed: save it, refresh views. */
  changed(session: NoteSession): void;
}

/** Edits that a document has taken. */
export interface Committed {
  /** What takes them back; null if they changed nothing. */
  readonly step: Step | null;
}

/** What this run removed lately, shared by all notes so that a cut here and a paste there is a move. */
export interface SharedClipboard {
  value: Clipboard;
}

/**
 * How much a text found outside may know. `late`: another sync engine brought it and it is older than what was last written here, so it takes nothing away.
 * `unsaved`: it may have been saved before the text that is known, so it adds at most.
 */
export type Trust = 'current' | 'late' | 'unsaved';
