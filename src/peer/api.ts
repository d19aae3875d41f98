/** What the plugin and the folder peer see of a peer. `createPeer` in peer.ts makes one. */
import type { SyncStatus } from '../sync/api';
import type { Home } from '../outline';
import type { BlockStatus, DeviceStatus, Editor, FileStatus, InboxItem, Loss, NotePath, NoteText, OpenNote, Question } from './ports';
import type { SealedReader } from './sealed-reader';

/** The largest file that comes along unless the settings say otherwise, in bytes. */
export const LARGEST_FILE = 200 * 1024 * 1024;

/** The largest block that may be made live. Larger ones still sync, slowly, and are warned of. */
export const BLOCK_LIMITS = { bullets: 5_000, bytes: 2 * 1024 * 1024 } as const;

export interface PeerSettings {
  /** With the '#', e.g. '#live'. */
  readonly tag: string;
  /** Phrases that make a bullet live without a tag, in daily and open notes; usually empty. */
  readonly phrases: readonly string[];
  /** Create a missing note for a block instead of keeping it in the inbox. */
  readonly createNotes: boolean;
  readonly limits: { readonly bullets: number; readonly bytes: number };
  /** Whether a tag that appears in a file, not in an editor, makes its bullet live: for folders that are edited with other programs. */
  readonly liveFromDisk: boolean;
  /** How long deletions and reversals found in a file wait before they count, in ms. */
  readonly holdFor: number;
  /** Quiet time before a closed note is written, and the longest wait, in ms. */
  readonly writeAfter: number;
  readonly writeWithin: number;
  /** Bytes of the largest file that comes along with its block; 0 or absent: none do. */
  readonly largestFile?: number;
}

export interface Peer {
  /** Loads local state, compares notes with what was last known, connects. Resolves when local state is live. */
  start(): Promise<void>;
  stop(): Promise<void>;

  /** An editor opened a note (or a second one did: both get every change). */
  openNote(path: NotePath, editor: Editor): OpenNote;
  /** The vault says a note changed on disk; ignored while an editor has it open. */
  noteChanged(path: NotePath): void;
  noteRenamed(from: NotePath, to: NotePath): void;
  noteDeleted(path: NotePath): void;
  noteCreated(path: NotePath): void;
  /** A file that is no note was made, changed, or is there no more. */
  fileChanged(path: string): void;

  /** Makes the item at a line live. @throws PeerError with a sentence for the user (no list item there, too large, ...). */
  makeLive(path: NotePath, line: number): Promise<string>;
  /** Takes tag and id out of the text, here or everywhere. @throws PeerError FILES_SHARED for here where `sharesFiles` */
  stopSyncing(blockId: string, where: 'here' | 'everywhere'): Promise<void>;
  /** Whether another sync engine was seen to write these files: another device would put an id back that is taken out here only, or lose it, too. */
  sharesFiles(): boolean;
  /** Block at a line of a note, if it is live. */
  blockAt(path: NotePath, line: number): string | null;

  questions(): readonly Question[];
  answer(questionId: string, answerId: string): Promise<void>;
  /** What would go or change by a question's last answer, block by block; empty for one that takes no text away, or is answered. */
  preview(questionId: string): Promise<readonly Loss[]>;
  inbox(): Promise<readonly InboxItem[]>;
  /** Creates the note (running the daily-note template) and lands the block. */
  createNoteFor(blockId: string): Promise<NotePath>;

  /** Blocks deleted in the last 30 days, newest first. */
  trashedBlocks(): Promise<readonly TrashedBlock[]>;
  /** Brings a deleted block back, on every device where it stood. @throws PeerError when it is not in the trash */
  restoreBlock(blockId: string): void;

  /** A block as it is, as Markdown with the vault's default indent; a deleted one, too. @throws PeerError NO_BLOCK */
  text(blockId: string): Promise<string>;
  /** Versions of a block that this device kept, newest first. @throws PeerError NO_BLOCK */
  history(blockId: string): Promise<readonly BlockVersion[]>;
  /** The block as it was, as Markdown with the vault's default indent. @throws PeerError NO_BLOCK, NO_VERSION */
  versionText(blockId: string, versionId: string): Promise<string>;
  /** Makes the block what it was, on every device: an edit like any other, which another restore undoes. A deleted block comes back by it. @throws PeerError NO_BLOCK, NO_VERSION, NOT_LIVE */
  restoreVersion(blockId: string, versionId: string): Promise<void>;

  /** What closed notes were before Blockwire changed them for the first time in a day, newest first; kept on this device for 30 days, at most 5 MB. */
  noteCopies(): readonly NoteCopy[];
  /** The whole note. @throws PeerError NO_COPY */
  noteCopy(id: string): Promise<string>;
  /**
   * Makes the note that again, its live blocks too, as if typed; a block that the copy lacks is asked about.
   * @returns the copy that was made of what was there; null if it was too large
   * @throws PeerError NO_COPY, NO_NOTE
   */
  writeBack(id: string): Promise<string | null>;

  /** Compares all live blocks with the devices that are connected now, and mends those that differ. Takes seconds. @throws PeerError NOT_CONNECTED */
  verify(): Promise<Verified>;

  /** All live blocks as one Markdown text, note by note, without ids; '' if there are none. What it holds makes nothing live where it is put. */
  exportBlocks(): Promise<string>;

  /** What `settings` gives is something else now. */
  settingsChanged(): void;

  /** Files of live blocks that are on their way or can't be; those that are moving first. */
  files(): readonly FileStatus[];
  /** Why none moves although the device is connected, in words; null while nothing is in their way. */
  filesProblem(): string | null;
  /** Has a file tried again now, or one fetched that was deleted here. */
  retryFile(id: string): void;

  /** What the sealed bytes of frames hold, for whoever looks at them on this device. */
  readonly sealed: SealedReader;

  blocks(): readonly BlockStatus[];
  devices(): readonly DeviceStatus[];
  renameDevice(name: string): void;
  /** The pairing link, obsidian://blockwire?… */
  pairingLink(): string;
  status(): SyncStatus;
  /** Digest of one block here, hex; for the try-it page and `status`. */
  digest(blockId: string): string | null;
  notify(event: 'online' | 'offline' | 'visible' | 'hidden'): void;
  setPaused(paused: boolean): void;
  /** Resolves when all local edits are acknowledged and all log entries applied and written to notes. */
  settled(ms: number): Promise<void>;
  /** Markdown without text, keys or addresses. */
  report(): string;
  /** Removes every trace but the text: keys, store, ids stay in notes only if `keepIds`. */
  leave(): Promise<void>;

  /** Called after any change of status, questions, inbox, blocks or devices; at most once an animation frame's worth of time. */
  onChange(listener: () => void): () => void;
}

/** A block that was deleted and can be had back. */
export interface TrashedBlock {
  readonly blockId: string;
  readonly home: Home;
  /** The block rendered as Markdown with the vault's default indent. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly deletedAt: number;
  /** Name of the device. */
  readonly deletedOn: string;
}

/** A state that a block was in. */
export interface BlockVersion {
  readonly id: string;
  /** When the last edit in it was taken in here, ms since the epoch. */
  readonly time: number;
  /** Names of the devices whose edits it has beyond the version before. */
  readonly devices: readonly string[];
}

/** A note as it was. */
export interface NoteCopy {
  readonly id: string;
  readonly path: NotePath;
  /** Until when it was so, ms since the epoch. */
  readonly time: number;
}

/** A comparison of all live blocks with other devices, which are given by name. */
export interface Verified {
  /** Connected when it began. */
  readonly asked: readonly string[];
  readonly notAsked: readonly string[];
  readonly blocks: readonly BlockCheck[];
}

export interface BlockCheck {
  readonly blockId: string;
  readonly title: string;
  readonly path: NotePath | null;
  /**
   * On each device that was asked. `mended`: it differed, and what one of the two lacked was sent; `changing`: it is being edited;
   * `no-answer`: the device left, or its Blockwire is too old to know the question.
   */
  readonly on: readonly { readonly name: string; readonly state: 'same' | 'mended' | 'changing' | 'differs' | 'no-answer' }[];
}

/** An error for people: what happened, what is safe, what to do. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
export type { NoteText };
