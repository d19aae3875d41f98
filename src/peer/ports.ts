/** What a peer needs from where it lives (a vault in Obsidian, a folder), and what it offers to its views. */
import type { Home } from '../outline';
import type { TextChange } from '../document';
import type { NoteText, UndoMark } from '../note';

/** ISO date, e.g. 2026-11-22. */
export type Day = string;
/** Vault path: '/'-separated, normalised, with extension. */
export type NotePath = string;

/** The vault as the peer sees it. All texts cross it with the file's own bytes (CRLF included); the peer normalises inside. */
export interface Vault {
  /** The day a note stands for by the vault's daily-note settings, or null. */
  dayOf(path: NotePath): Day | null;
  /** Where the vault keeps, or would keep, the note of a day; null if daily notes are not set up. */
  pathOfDay(day: Day): NotePath | null;
  /** `absent`: not there now. `waiting`: known to exist but not readable yet (iCloud placeholder). */
  state(path: NotePath): Promise<'present' | 'absent' | 'waiting'>;
  /** Last change in ms and size in bytes, to notice at start what changed meanwhile; null if not present. */
  stat(path: NotePath): Promise<{ readonly mtime: number; readonly size: number } | null>;
  /** @throws when the note is not present */
  read(path: NotePath): Promise<string>;
  /** Atomic read-modify-write of a note that no editor has open; `change` may run more than once and returns null to leave it. */
  process(path: NotePath, change: (text: string) => string | null): Promise<void>;
  /** Creates the note of a day with the vault's own template, or an empty note at a path. Returns its path. */
  create(target: { day: Day } | { path: NotePath }): Promise<NotePath>;
  /** Every Markdown note: path, last change in ms, size in bytes. Cheap: no content is read. */
  list(): Promise<readonly { readonly path: NotePath; readonly mtime: number; readonly size: number }[]>;
  /** Notes that bear a tag, by an index that the app keeps; a vault without one leaves it out, and its notes are read. */
  tagged?(tag: string): Promise<readonly NotePath[]>;
  /** Another sync engine that keeps these files, by its name, as far as its place and what is in it tell; null says nothing (git leaves all files as they are). */
  syncedBy?(): Promise<string | null>;
  /** Nothing in here becomes live (template folders). */
  isTemplate(path: NotePath): boolean;
  /** Indent unit of a note that shows none itself. */
  readonly defaultIndent: string;
}

/** The files of a vault that are no notes. Paths are vault paths; nothing hidden and nothing outside the vault is ever given or written. */
export interface FileVault {
  /** The file that a link in a note leads to, as the app follows it; null if there is none, or it is a note. */
  follow(target: string, note: NotePath): Promise<string | null>;
  /** null if there is no file. */
  stat(path: string): Promise<FileStat | null>;
  /** @throws when it can't be read */
  open(path: string): Promise<OpenFile>;
  /** Where the vault keeps a new attachment of a note: a free path, with another name than this where one is taken. */
  placeFor(name: string, note: NotePath): Promise<string>;
  /** Makes a file, whole or not at all, with the folders that it needs. `taken`: something has this path; `waiting`: a file that is not downloaded yet. Nothing is overwritten. */
  create(path: string, content: Uint8Array): Promise<'made' | 'taken' | 'waiting'>;
  /** Puts other content into a file. @returns false if it is not what it was */
  replace(path: string, content: Uint8Array, was: FileStat): Promise<boolean>;
}

/** Last change in ms, length in bytes. */
export interface FileStat {
  readonly mtime: number;
  readonly size: number;
}

export interface OpenFile {
  /** Bytes [from, to). */
  read(from: number, to: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A note in an editor. The binding calls `OpenNote`; the peer calls this. */
export interface Editor {
  text(): NoteText;
  /**
   * Makes one transaction of these changes (ascending, of the text as it is now), marked remote and outside the undo history.
   * @param undoable it goes into the history as a step of its own: a whole block that another device deleted
   */
  apply(changes: readonly TextChange[], undoable?: boolean): void;
  /** True while an input method composes: the peer holds remote changes back until `OpenNote.composed()`. */
  composing(): boolean;
  /** Tells the view that ranges, marks or remote cursors changed. */
  refresh(): void;
  /** Line (0-based) of the main cursor, for "live when the cursor leaves the line"; -1 if the editor has no focus. */
  cursorLine(): number;
}

/** How an editor's transaction came about. `outside`: no user event, i.e. the app reloaded the file. */
export type EditOrigin = 'type' | 'delete' | 'move' | 'paste' | 'cut' | 'undo' | 'redo' | 'other' | 'outside';

export type MakeUndo = (changes: readonly TextChange[], more: readonly (readonly TextChange[])[]) => void;

/** One editor's hold on a note. */
export interface OpenNote {
  readonly path: NotePath;
  /** Whether the note has been compared with its documents; what was typed before is found then. */
  readonly ready: boolean;
  /**
   * The editor's document changed. `changes` are of the text before, `text` is the one after.
   * @returns for `undo`, to be kept by the editor's history, the newest first; null where the documents can't take it back
   */
  edited(changes: readonly TextChange[], text: NoteText, origin: EditOrigin): readonly UndoMark[] | null;
  /**
   * Takes edits back, or makes them again, whatever others have done meanwhile: instead of `edited`. The editor still has the text before.
   * @param changes what the editor's own history would do
   * @param marks from `edited` or `undo`, newest first
   * @param make called once, to change the editor's text: with `changes` themselves if they are a part of what is meant, and with what follows, each of the text after the one before
   * @returns what takes that back; null if nothing was done: what the editor's history does is an edit as any other
   */
  undo(changes: readonly TextChange[], marks: readonly UndoMark[], make: MakeUndo): readonly UndoMark[] | null;
  /** The cursor moved to another line, or focus went. */
  cursorMoved(): void;
  /** An IME composition ended. */
  composed(): void;
  /** Live blocks now in the text, ascending. */
  readonly blocks: readonly BlockRange[];
  /** Cursors of others in this note. */
  readonly cursors: readonly RemoteCursor[];
  /** This user's selection, for others to see; null when the editor lost focus. */
  select(selection: { anchor: number; head: number } | null): void;
  renamed(path: NotePath): void;
  close(): void;
}

export interface BlockRange {
  readonly blockId: string;
  readonly from: number;
  readonly to: number;
  /** The `^bw-…` id in the text. */
  readonly idFrom: number;
  readonly idTo: number;
  readonly state: BlockState;
  /** Its file that is on the way: "photo.jpg, 43 %". */
  readonly transfer?: string;
}
/** `inactive`: the same id stands twice and this is not the one that counts. */
export type BlockState = 'here-only' | 'on-relay' | 'same-everywhere' | 'held' | 'inactive';

export interface RemoteCursor {
  readonly device: string;
  readonly deviceName: string;
  readonly anchor: number;
  readonly head: number;
}

/** Something the peer won't do unasked. A program with nobody to ask keeps it for `pending`. */
export interface Question {
  readonly id: string;
  /** `emptied`: a file took most of a block away. */
  readonly kind: 'deleted-outside' | 'note-deleted' | 'emptied' | 'older-version' | 'stop' | 'old-tags' | 'metered';
  readonly blockIds: readonly string[];
  /** The note that it is about; '' if there are several. */
  readonly path: NotePath;
  /** Each block's own note, where there are several. */
  readonly places?: Readonly<Record<string, NotePath>>;
  /** For people: what happened, what is safe. */
  readonly message: string;
  readonly since: number;
  /** Answers the user may give, the safe one first. */
  readonly answers: readonly { readonly id: string; readonly label: string }[];
}

/** What a question would change of one block, were it answered with its last answer. */
export interface Loss {
  readonly blockId: string;
  readonly path: NotePath;
  /** First line of the block as its document has it. */
  readonly title: string;
  /** Bullets that would go or change their text. */
  readonly gone: number;
  /** The block, bullet by bullet. A bullet whose text would change is there twice: `removed` as it is, `added` as it would be. */
  readonly lines: readonly LossLine[];
}

export interface LossLine {
  readonly kind: 'kept' | 'removed' | 'added';
  /** 0 for the block's first bullet. */
  readonly depth: number;
  readonly text: string;
}

export interface InboxItem {
  readonly blockId: string;
  readonly home: Home;
  /** The block rendered as Markdown with the vault's default indent. */
  readonly text: string;
}

export interface BlockStatus {
  readonly blockId: string;
  readonly title: string;
  readonly path: NotePath | null;
  readonly state: BlockState | 'inbox' | 'elsewhere';
  readonly bullets: number;
  /** Last confirmed-equal time per other device. */
  readonly same: readonly { readonly device: string; readonly name: string; readonly at: number }[];
}

/** A file of a live block that is on its way, or can't be. */
export interface FileStatus {
  readonly id: string;
  readonly blockId: string;
  /** The note with the block. */
  readonly note: NotePath;
  /** As its link says. */
  readonly target: string;
  readonly direction: 'up' | 'down';
  /** Bytes in all, and those that have come through. */
  readonly size: number;
  readonly done: number;
  readonly state: 'waiting' | 'moving' | 'failed';
  /** Why not, in words for people. */
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** What a button that has it tried again says; null where that would not help. */
  readonly again: 'Try again' | 'Fetch again' | null;
}

export interface DeviceStatus {
  readonly device: string;
  readonly name: string;
  readonly self: boolean;
  readonly connected: boolean;
  readonly lastHeard: number | null;
}

export type { NoteText };
