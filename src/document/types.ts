/** The vocabulary of a live block's document. `LiveDocument` (live-document.ts) implements `DocumentTree`. */

/** Names one bullet for good. The root bullet's id is `ROOT`. */
export type BulletId = string;
export const ROOT: BulletId = 'root';

/** Registers of a bullet that are not characters of its text. Absent = default. */
export interface Attributes {
  /** As written, with its blanks: '- ' (the default), '1. ', '' for a child paragraph. */
  readonly marker: string;
  /** Character in the brackets of a task; null = no task. */
  readonly task: string | null;
  /** Blank lines before the bullet; always 0 for the root. */
  readonly gap: number;
}
export const DEFAULT_ATTRIBUTES: Attributes = { marker: '- ', task: null, gap: 0 };

export interface BulletView {
  readonly id: BulletId;
  /** null for the root and for a trashed bullet. */
  readonly parent: BulletId | null;
  /** First line and continuation lines joined by '\n', without content indent and without the root's block id. */
  readonly text: string;
  readonly attributes: Attributes;
  /** Live children in order. */
  readonly children: readonly BulletId[];
}

export interface DocumentTree {
  /** The bullet if it exists and is not in the trash. */
  get(id: BulletId): BulletView | undefined;
  /** The number of bullets that are not in the trash, root included. */
  readonly size: number;
  /** The bullet if it is in the trash, for note/: a *released* one becomes plain text on every device. LiveDocument has it. */
  trashed?(id: BulletId): TrashedBullet | undefined;
  /** Ids of a trashed bullet and of all under it, in the order of the text. */
  trashedIds?(id: BulletId): readonly BulletId[];
  /** A bullet's text whether it is in the trash or not; undefined if it never was. */
  textOf?(id: BulletId): string | undefined;
}

/** A nested description of bullets, e.g. read from a note: what a document is seeded from and what `plain()` gives. */
export interface PlainBullet {
  readonly text: string;
  readonly attributes: Attributes;
  readonly children: readonly PlainBullet[];
}

/** Offsets are UTF-16 units of the bullet's text before the edit; changes are ascending and don't overlap. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** Where a bullet goes: among `parent`'s children, right after `after` (null = first). */
export interface Placement {
  readonly parent: BulletId;
  readonly after: BulletId | null;
}

/** One local edit. Edits of one list are applied in order, in one Yjs transaction. */
export type Edit =
  | { readonly type: 'text'; readonly id: BulletId; readonly changes: readonly TextChange[] }
  | { readonly type: 'move'; readonly id: BulletId; readonly to: Placement }
  | { readonly type: 'create'; readonly id: BulletId; readonly to: Placement; readonly text: string; readonly attributes: Attributes }
  /**
   * `mergedInto`: joined to that bullet. In the same list goes the `text` edit that puts its text at that one's end: from then on the
   * target shows the joined bullet's own characters there, so that late edits of them, and a second join, come out right; a `restore` takes them out again
   * (with a `text` edit in the same list that says so, or without one).
   */
  /** `released`: outdented past the root; every device keeps its text as plain text outside the block. */
  | { readonly type: 'trash'; readonly id: BulletId; readonly mergedInto?: BulletId; readonly released?: boolean }
  | { readonly type: 'restore'; readonly id: BulletId; readonly to: Placement }
  | { readonly type: 'attribute'; readonly id: BulletId; readonly name: keyof Attributes; readonly value: string | number | null };

/** What a merge or a local apply changed, for views: ids whose text, attributes or place are now different. */
export interface Change {
  readonly texts: ReadonlySet<BulletId>;
  /** What some of these texts were before. */
  readonly before?: ReadonlyMap<BulletId, string>;
  readonly attributes: ReadonlySet<BulletId>;
  /** Created, moved, trashed or restored, and whose effective place changed by a broken cycle. */
  readonly places: ReadonlySet<BulletId>;
  /** Not there any more: trashed or joined themselves, or with their parent. */
  readonly trashed: ReadonlySet<BulletId>;
  /** Whether the table of files is another. */
  readonly files?: boolean;
}

/** A trashed bullet, recoverable with its children. */
export interface TrashedBullet {
  readonly id: BulletId;
  readonly time: number;
  readonly device: string;
  readonly mergedInto: BulletId | null;
  /** Went by leaving the block, not by deletion. */
  readonly released?: boolean;
  readonly plain: PlainBullet;
  /** The parent that it was taken from, which may be gone too. */
  readonly from: BulletId;
}
