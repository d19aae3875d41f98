/** The vocabulary between the text of one note and the documents of its live blocks. All offsets are UTF-16 units; texts use '\n'. */
import type { Attributes, BulletId, DocumentTree, Edit, PlainBullet, Step, TextChange } from '../document';
import type { Style } from '../outline';

/** A text that can be read in pieces; CodeMirror's `Text` is one, `textOf` makes one of a string. */
export interface NoteText {
  readonly length: number;
  sliceString(from: number, to?: number): string;
  toString(): string;
}

/**
 * Which live blocks stand where in a note's text, and which lines belong to which bullet. Immutable.
 * A plain value, JSON-safe. It is a shadow of the *text*: what the text shows, which may be older than the document while a write is held back.
 */
export interface BoundNote {
  /** Length of the text that this value describes. */
  readonly length: number;
  readonly style: Style;
  /** Ascending by `from`, never overlapping. */
  readonly blocks: readonly BoundBlock[];
  /** Text that was released from blocks of this note. */
  readonly released?: readonly ReleasedText[];
}

/** Plain text that was a bullet and what was under it: late edits from other devices still go into it, and it is the same bullets again where it comes back. */
export interface ReleasedText {
  readonly blockId: string;
  readonly head: BulletId;
  /** Start of its first line in the note; of its marker if it is touched. */
  readonly from: number;
  readonly bullets: readonly BoundBullet[];
  /** Other text stands among its lines: no bullets are added to it. */
  readonly partly?: boolean;
  /** Somebody changed it: nothing is written into it any more. It has one bullet, as it was before. */
  readonly touched?: true;
}

/** One live block. Its text is its bullets' sources joined by '\n'; the line end after the last one is not in it. */
export interface BoundBlock {
  readonly blockId: string;
  readonly from: number;
  readonly to: number;
  /** In the order of the text, root first. */
  readonly bullets: readonly BoundBullet[];
  /** The id and the blank before it in the root's `source`; what is left of it while it is damaged. Not part of the root's text. */
  readonly cut: { readonly from: number; readonly to: number };
}

/** A bullet as it stands in the note. Positions are relative to `source`, so an edit elsewhere doesn't touch this value. */
export interface BoundBullet {
  readonly id: BulletId;
  /** 0 for the root. */
  readonly depth: number;
  /** The note's own bytes: blank lines before the bullet and its own lines, without the last line end. */
  readonly source: string;
  /** The pieces of `source` that, joined by '\n', are `text`. */
  readonly lines: readonly { readonly from: number; readonly to: number }[];
  /** As a document holds it: no content indent, no block id. */
  readonly text: string;
  readonly attributes: Attributes;
}

/** How a changed text came about. `disk`: found in a file; `outside`: an editor that reloaded one. Both are matched by content. */
export type ReadOrigin = 'type' | 'delete' | 'move' | 'paste' | 'cut' | 'undo' | 'redo' | 'other' | 'outside' | 'disk';

export interface ReadContext {
  readonly origin: ReadOrigin;
  /** A fresh random bullet id. */
  newId(): BulletId;
  /** The document of a bound block, where it may be ahead of the text (a closed note, a composition): edits are rebased onto it. */
  tree?(blockId: string): DocumentTree | undefined;
  /** What this run removed lately, in any note; `Reading.clipboard` replaces it. */
  readonly clipboard: Clipboard;
  /** Tag with '#', and phrases that make a bullet a candidate. */
  readonly tag: string;
  readonly phrases: readonly string[];
}

/** What a changed text means. Edits are given per block, in the order to apply them. */
export interface Reading {
  readonly note: BoundNote;
  /** Block id -> edits, only blocks with any. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  readonly facts: Facts;
  readonly clipboard: Clipboard;
  /** Blocks to `write` once the edits are applied: what came back from the trash may have been edited elsewhere, or the document was ahead of the text. */
  readonly unsettled: readonly string[];
  /**
   * Whether the documents can take an editor's edit back: alone (`inside`: nothing but live blocks was changed), or beside what the editor's history does outside of
   * them (`outside`). Not where ids came or went, or bullets became another block's (`beyond`).
   */
  readonly reach: 'inside' | 'outside' | 'beyond';
}

/** What the peer has to know or decide. Every list is empty for an ordinary keystroke. Positions are of the new text (after `repairs`). */
export interface Facts {
  /** Plain bullets outside live blocks that bear the tag or a phrase, on lines that this change touched. */
  readonly candidates: readonly Candidate[];
  /** Ids in the text that are not bound: pasted, typed, or brought by another engine. Bind with `bindBlock`, or `renewId`. */
  readonly appeared: readonly FoundId[];
  /** Bound ids that stand nowhere in the text any more; `text` is what stood there. They are unbound in `note`. */
  readonly vanished: readonly { readonly blockId: string; readonly bullets: readonly BoundBullet[] }[];
  /** Bound roots whose text lost the tag, or every phrase, by this edit; they stay bound. */
  readonly untagged: readonly string[];
  /** Root bullets that stand in the text without tag or id although the rest of the block is there: the user took the id out. They are unbound. */
  readonly stripped: readonly { readonly blockId: string; readonly from: number; readonly bullets: readonly BoundBullet[] }[];
  /** Outdented past the root: plain text now, on every device. Their edits are a `trash`. */
  readonly released: readonly { readonly blockId: string; readonly ids: readonly BulletId[]; readonly from: number }[];
  /** Plain bullets that came into a block by indenting; the edits create them. */
  readonly adopted: readonly { readonly blockId: string; readonly ids: readonly BulletId[] }[];
  /** From one live block to another: trashed there, created here. Late edits of `id` may be carried to `newId`. */
  readonly transferred: readonly { readonly blockId: string; readonly id: BulletId; readonly to: string; readonly newId: BulletId }[];
  /** A live block nested under another: its bullets are now also bullets of `into`, its id is text of the bullet `id`. It is unbound. */
  readonly absorbed: readonly { readonly blockId: string; readonly into: string; readonly id: BulletId }[];
  /** The same id a second time in this note. `first` is true if the copy stands before the one that stays bound. */
  readonly copies: readonly FoundId[];
  /** Bound blocks whose id was typed into, partly deleted, or has text behind it: `mend` it when the cursor has left. */
  readonly damaged: readonly string[];
  /**
   * Changes of the new text to apply at once (a root was split: its id goes back to the first half); ascending. `note` and all positions
   * are of the text after them, so they are not read again. Empty for a text from disk.
   */
  readonly repairs: readonly TextChange[];
}

/** A bullet that asks to become live. */
export interface Candidate {
  readonly reason: 'tag' | 'phrase';
  /** Start of its first line. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A `^bw-…` id at the end of a bullet's paragraph. */
export interface FoundId {
  readonly blockId: string;
  /** Start of the root's first line. */
  readonly from: number;
  readonly to: number;
  readonly idFrom: number;
  readonly idTo: number;
}

/** Bullets that this run removed, newest first, bounded. A plain value; nothing in it is ever sent. */
export interface Clipboard {
  readonly removed: readonly RemovedBullet[];
}
export interface RemovedBullet {
  readonly blockId: string;
  readonly id: BulletId;
  readonly text: string;
  readonly attributes: Attributes;
  /** Depth below the bullet that was removed with it as its head. */
  readonly depth: number;
  /** It was joined to another: only an undo brings it back, a paste of the same text is that one's text again. */
  readonly joined?: true;
}

/** Text changes that a document asks for, and the note after them. */
export interface Writing {
  readonly note: BoundNote;
  /** Ascending, of the text before. */
  readonly changes: readonly TextChange[];
  /**
   * What the written text says beyond the document, where Markdown has no way to say what the document says: to be made once the changes are,
   * or the next reading finds it. Empty in all but rare merges.
   */
  readonly edits?: readonly Edit[];
}

/** The first meeting of a text and a known document. */
export interface Binding {
  readonly note: BoundNote;
  /** What the text says beyond the document: apply them, or drop them and `write` the document over the text. */
  readonly edits: readonly Edit[];
  /** Ids of bullets of the document that the text lacks; `edits` trashes them only if `deletions` was asked for. */
  readonly missing: readonly BulletId[];
}

/** What a disk change says of one bullet (architecture: echoes of a second sync engine). */
export type Verdict = 'edit' | 'stale' | 'deletion' | 'reversal';

/** Texts that bullets have had, as far as this device knows. `PastTexts` of document/ is one. */
export interface KnownTexts {
  /** True if the bullet had exactly this text before its present one. */
  had(id: BulletId, text: string): boolean;
  /** A trashed bullet that has had this text, if there is one. */
  trashedWith?(text: string): BulletId | undefined;
  /** An app may have merged two texts that each held the block: a bullet that looks new stands there already. */
  isThere?(text: string): boolean;
  /** The file is an older copy: a bullet without text that it has beyond the block says nothing. */
  readonly isOld?: boolean;
}

/** Edits from a file, sorted by what may be done with them. */
export interface Sifted {
  /** To apply now. */
  readonly apply: readonly Edit[];
  /** Wait for two equal readings, catch-up and quiet; then ask or apply. */
  readonly held: readonly Edit[];
  readonly verdicts: ReadonlyMap<BulletId, Verdict>;
  /** The file holds texts older than what this device knows: nothing of it deletes, and the file wants writing. */
  readonly stale: boolean;
}

/** What an edit did to one block, for its document to take back; or, without a step, that it changed text outside of all blocks. JSON-safe. */
export type UndoMark = BlockMark | { readonly step: null };
export interface BlockMark {
  readonly blockId: string;
  readonly step: Step;
}

/** The text that an undo or redo leads to. */
export interface Undone {
  readonly note: BoundNote;
  /** Ascending, of the text before: those of the editor's history if these are a part of it. */
  readonly changes: readonly TextChange[];
  /** What follows, each of the text after the one before. */
  readonly more: readonly (readonly TextChange[])[];
  /** As in `Writing`, by block. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** As in `Facts`. */
  readonly untagged: readonly string[];
  readonly clipboard: Clipboard;
}

/** A position in a live block, by bullet: survives moves and re-indenting. */
export interface BulletPosition {
  readonly blockId: string;
  readonly id: BulletId;
  /** In the bullet's text. */
  readonly offset: number;
}

export type { Attributes, BulletId, DocumentTree, Edit, PlainBullet, TextChange };

export interface BindingOptions {
  readonly newId: () => BulletId;
  /** Trash bullets that the text lacks. Off at a first meeting, whose base isn't known. */
  readonly deletions: boolean;
  /** What the block's text was when it was last bound here: the text is compared with that, and the difference made to fit the document. */
  readonly shadow?: readonly BoundBullet[] | null;
}
