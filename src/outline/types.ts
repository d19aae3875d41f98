/**
 * A Markdown note as an outline. Offsets are UTF-16 code units into the note's text, as in CodeMirror; line ends are part of
 * the text they end. `render(parse(text)) === text` for every string.
 */
export interface Outline {
  readonly text: string;
  /** Every list item and child paragraph, in the order of the text. */
  readonly items: readonly Item[];
  /** Headings outside list items, in order. */
  readonly headings: readonly Heading[];
  /** End of the frontmatter, 0 if there is none. */
  readonly bodyFrom: number;
  readonly style: Style;
}

/** What a new line in this note is written with: learnt from its text, else the defaults given to `parse`. */
export interface Style {
  /** One level: a tab or some spaces. */
  readonly indent: string;
  readonly eol: '\n' | '\r\n';
  /** Columns that a tab advances to a multiple of. */
  readonly tabSize: number;
}

export interface Heading {
  readonly level: number;
  /** Without the #s, trimmed. */
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/**
 * One list item: its first line and continuation lines, without its children.
 * A *child paragraph* (text of an item that follows its children) is an item with `marker` ''; it has no children.
 */
export interface Item {
  readonly index: number;
  /** Index of the parent item, -1 at the top of a list. */
  readonly parent: number;
  readonly depth: number;
  /** Own lines, from the start of the first to the start of what follows them (line end included if there is one). Blank lines before it are not in it. */
  readonly from: number;
  readonly to: number;
  /** End of the last descendant's own lines; `to` if it has none. */
  readonly blockTo: number;
  /** Blank lines right before it, inside the list (0 for the first item of a list). */
  readonly gap: number;
  /** White space before the marker, as written. */
  readonly indent: string;
  /** Column of the marker with tabs expanded. */
  readonly column: number;
  /** Column at which its text starts: the marker's end, the task's brackets not counted. */
  readonly contentColumn: number;
  /** As written with the blanks that follow it: '- ', '*  ', '12) '; '' for a child paragraph. */
  readonly marker: string;
  /** The character (one code point) in a task's brackets, null if it is no task. */
  readonly task: string | null;
  /** Source text of each own line between its content indent (for the first line: marker and task) and its line end. */
  readonly lines: readonly ItemLine[];
}

/** [from, to) is the line's part of the item's text in the note. A continuation line that is indented less than the content starts where its own blanks end. */
export interface ItemLine {
  /** Start of the line, before its indent. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** An item's text as a bullet holds it: its lines joined by '\n'. */
export type ItemText = string;

/** A replacement of [from, to) of a text by `insert`. Lists of them are ascending, don't overlap, and are all of the text before. */
export interface SourceChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** A note's place for a block: the heading above it and its neighbours, with what is needed to find the same place in another note. */
export interface Home {
  /** ISO date for a daily note, else null. */
  readonly day: string | null;
  /** Vault path of the note, '/'-separated, with extension; used where `day` is null. */
  readonly path: string;
  /** Titles of the headings above, outermost first. */
  readonly headings: readonly string[];
  /** Text of the nearest preceding sibling item (first line), null if the block came first. */
  readonly after: string | null;
}
