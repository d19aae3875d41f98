export * from './types';
import type { Outline, Item, Style } from '../outline';
import type {
  BindingOptions, BoundNote, BoundBlock, Binding, BulletId, BulletPosition, Candidate, Clipboard, DocumentTree, Edit, FoundId, KnownTexts, NoteText, PlainBullet,
  ReadContext, Reading, Sifted, TextChange, UndoMark, Writing,
} from './types';
import type { Change } from '../document';

/** A note with nothing bound yet. */
export declare function openNote(text: string, defaults?: Partial<Style>): BoundNote;
/** Every block id in a text, bound or not, ascending. */
export declare function findIds(text: string): FoundId[];
/** Tagged or phrased bullets outside live blocks in [from, to) of a text (whole text by default). */
export declare function findCandidates(note: BoundNote, text: NoteText, rules: { tag: string; phrases: readonly string[] }, from?: number, to?: number): Candidate[];
/** The item that starts on, or holds, the line at `pos`. */
export declare function candidateAt(note: BoundNote, text: NoteText, pos: number): Candidate | null;

/** The changed text of a note -> edits. `changes` (ascending, of the text before) only from an editor; null = by content. */
export declare function read(note: BoundNote, changes: readonly TextChange[] | null, text: NoteText, context: ReadContext): Reading;
/** A document's remote change -> smallest text changes. Without `change` the whole block is compared. No-op for an unbound block. */
export declare function write(note: BoundNote, text: NoteText, blockId: string, tree: DocumentTree, change?: Change): Writing;

/** Binds the block whose id stands at `found` to its document. */
export declare function bindBlock(note: BoundNote, text: NoteText, found: FoundId, tree: DocumentTree, options: BindingOptions): Binding;
/** Binds a block that was just seeded from this very text: `ids` are the document's bullets in the order of the text. */
export declare function unbind(note: BoundNote, blockId: string): BoundNote;
/** What `seed` of document/ wants for an item: block ids removed, children included. */
export declare function seedFrom(outline: Outline, item: Item): PlainBullet;
/** The change that puts an id on the root bullet whose first line starts at `from`. */
export declare function addId(note: BoundNote, text: NoteText, from: number, blockId: string): TextChange[];
/** The change that gives a copy its new id. */
export declare function renewId(found: FoundId, blockId: string): TextChange;
/** The change that takes id and tag out of a bound block's root. */
export declare function removeId(note: BoundNote, blockId: string, tag: string): TextChange[];
/** A block as Markdown lines, each starting with `indent`, without a final line end; the root bears ` ^blockId` if given. */
export declare function renderBlock(tree: DocumentTree, style: Style, indent: string, blockId?: string): string;

/** Sorts edits that came from a disk by the echo rules. */
export declare function sift(block: BoundBlock, edits: readonly Edit[], known: KnownTexts): Sifted;

export declare function emptyClipboard(): Clipboard;
/** Where the id of a bound block stands in the text. */
export declare function idRange(note: BoundNote, block: BoundBlock): { from: number; to: number };
export declare function blockAt(note: BoundNote, pos: number): BoundBlock | null;
export declare function positionAt(note: BoundNote, pos: number): BulletPosition | null;
export declare function offsetOf(note: BoundNote, position: BulletPosition): number | null;
/** The inverse of a local edit as changes of the bullet's present text; null if the bullet isn't bound here. */
export declare function resolveUndo(note: BoundNote, mark: UndoMark): { id: BulletId; changes: TextChange[] } | null;
/** What an undo or redo should do instead of `changes`, or null if its own changes already hit the right bullets. `note` is the one before it. */
export declare function redirectUndo(note: BoundNote, changes: readonly TextChange[], marks: readonly UndoMark[]): TextChange[] | null;
