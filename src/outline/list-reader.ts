import type { Kind } from './line-kind';
import { headingLevel, kindOf, readMarker, readTask } from './line-kind';
import { LineTable, isBlank, skipIndent } from './line-table';
import { RawSpans } from './raw-span';
import type { Heading, Item, ItemLine } from './types';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type DraftItem = Draft<Omit<Item, 'lines'>> & { lines: ItemLine[] };

/** Columns beyond its container's content at which text behind a blank line is code. */
const CODE = 4;
/** Columns that an item must stand deeper than another to be its child. */
const STEP = 2;

/**
 * Reads lists line by line. Its state between two lines: the open items (each a child of the one before), whether the last
 * line was a paragraph that an unindented line may continue, how many blank lines came since, and the column from which on
 * lines are indented code.
 */
export class ListReader {
  readonly items: DraftItem[] = [];
  readonly headings: Heading[] = [];

  private readonly lines: LineTable;
  private readonly raw: RawSpans;
  private readonly open: DraftItem[] = [];
  /** Item that the last line belongs to; null outside lists. */
  private current: DraftItem | null = null;
  private paragraph = false;
  private blanks = 0;
  private code = -1;
  /** First line of the paragraph outside lists that is being read, for headings that are underlined; -1 if there is none. */
  private paragraphLine = -1;
  /** Reading one block: lines outside lists are not read. */
  private alone = false;
  /** A line met that what stands behind this text might take out of the block. */
  private unsure = false;

  constructor(
    private readonly text: string,
    from: number,
    private readonly tabSize: number,
  ) {
    this.lines = new LineTable(text, from, tabSize);
    this.raw = new RawSpans(this.lines);
  }

  readAll(): void {
    for (let line = 0; this.lines.has(line); ) line = this.readLine(line);
    this.close();
  }

  /** Reads the block that starts at the first line. Returns whether it is certain where it ends. */
  readBlock(): boolean {
    this.alone = true;
    let ended = false;
    for (let line = 0; !ended && this.lines.has(line); ) {
      line = this.readLine(line);
      const last = this.items[this.items.length - 1];
      if (this.items.length > 1 && last?.parent === -1) this.items.pop();
      else if (this.current !== null) continue;
      ended = true;
    }
    this.close();
    return ended && !this.unsure;
  }

  /** Reads what starts on `line` and returns the line after it. */
  private readLine(line: number): number {
    const { lines, text } = this;
    if (lines.blank(line)) {
      this.blanks++;
      this.paragraph = false;
      this.paragraphLine = -1;
      return line + 1;
    }
    const column = lines.column(line);
    const at = lines.textFrom(line);
    const end = lines.end(line);
    if (this.code >= 0) {
      if (column >= this.code) {
        if (this.current) this.append(this.current, line);
        this.blanks = 0;
        return line + 1;
      }
      this.code = -1;
    }
    const marker = readMarker(text, at, end, column, this.tabSize);
    if (marker) {
      const item = this.openItem(line, marker.to, marker.column);
      const taskTo = readTask(text, marker.to, end);
      if (taskTo >= 0) item.task = text.slice(marker.to + 1, taskTo - 2);
      const from = taskTo < 0 ? marker.to : taskTo;
      item.lines.push({ start: lines.start(line), from, to: end });
      return this.readContent(item, line, from, item.contentColumn);
    }
    return this.current ? this.readInList(line, at, column) : this.readOutside(line, at, column);
  }

  /** A line without a marker that follows a line of a list. */
  private readInList(line: number, at: number, column: number): number {
    const { lines, text, open } = this;
    const current = this.current as DraftItem;
    const kind = kindOf(text, at, lines.end(line));
    if (kind === 'text' && this.paragraph && this.blanks === 0) {
      this.append(current, line);
      return line + 1;
    }
    let depth = open.length;
    while (depth > 0 && column < (open[depth - 1] as DraftItem).contentColumn) depth--;
    const scope = depth > 0 ? (open[depth - 1] as DraftItem).contentColumn : 0;
    if (this.paragraph && this.blanks === 0 && !this.interrupts(kind, line, at, column, scope)) {
      this.append(current, line);
      return line + 1;
    }
    open.length = depth;
    const container = open[depth - 1];
    if (!container) {
      this.current = null;
      this.blanks = 0;
      this.paragraph = false;
      return this.readOutside(line, at, column);
    }
    let item = current;
    const isLast = container === this.items[this.items.length - 1];
    if (!isLast && (this.blanks > 0 || current.marker !== '' || current.parent !== container.index)) {
      item = this.openParagraph(container, line);
    } else this.append(current, line);
    this.blanks = 0;
    if (column >= scope + CODE) {
      this.code = scope + CODE;
      this.paragraph = false;
      return line + 1;
    }
    return this.readContent(item, line, at, scope);
  }

  /** A line without a marker outside lists: headings are noted, code and raw spans skipped. */
  private readOutside(line: number, at: number, column: number): number {
    if (this.alone) return line + 1;
    const { lines, text } = this;
    const end = lines.end(line);
    const underParagraph = this.paragraphLine;
    this.paragraphLine = -1;
    this.blanks = 0;
    if (column >= CODE && underParagraph < 0) {
      this.code = CODE;
      return line + 1;
    }
    const kind = column < CODE ? kindOf(text, at, end) : 'text';
    if (kind === 'raw') {
      const last = this.raw.end(line, at, 0);
      if (last >= 0) return last + 1;
    }
    if (kind === 'heading') {
      const level = headingLevel(text, at, end);
      this.addHeading(level, text.slice(at + level, end).replace(/[ \t]#+[ \t]*$/, ''), line, line);
      return line + 1;
    }
    const underline = underParagraph >= 0 && column < CODE ? underlineLevel(text, at, end) : 0;
    if (underline > 0) {
      this.addHeading(underline, text.slice(lines.textFrom(underParagraph), lines.end(line - 1)), underParagraph, line);
      return line + 1;
    }
    if (kind === 'text' || kind === 'raw') this.paragraphLine = underParagraph >= 0 ? underParagraph : line;
    return line + 1;
  }

  /** What an item's line holds from `at` on, which decides how the next lines are read. */
  private readContent(item: DraftItem, line: number, at: number, scope: number): number {
    const { lines, text } = this;
    const end = lines.end(line);
    let from = at;
    while (from < end && isBlank(text.charCodeAt(from))) from++;
    this.paragraph = false;
    if (from === end || from - at >= CODE) return line + 1;
    const kind = kindOf(text, from, end);
    if (kind === 'raw') {
      const last = this.raw.end(line, from, scope);
      if (last >= 0) {
        for (let now = line + 1; now <= last; now++) this.append(item, now);
        return last + 1;
      }
    }
    this.paragraph = kind === 'text' || kind === 'raw' || (kind === 'quote' && hasQuotedText(text, from, end));
    return line + 1;
  }

  /** Whether a line may not continue the paragraph above it. */
  private interrupts(kind: Kind, line: number, at: number, column: number, scope: number): boolean {
    if (column - scope >= CODE) return false;
    if (kind !== 'raw') return kind !== 'text';
    if (this.alone && scope < (this.items[0] as DraftItem).contentColumn) this.unsure = true;
    return this.raw.end(line, at, scope) >= 0;
  }

  private openItem(line: number, markerTo: number, contentColumn: number): DraftItem {
    const { lines, text, open } = this;
    const column = lines.column(line);
    const inList = this.current !== null;
    if (!inList) open.length = 0;
    while (open.length > 0 && column < (open[open.length - 1] as DraftItem).column + STEP) open.pop();
    const parent = open[open.length - 1];
    const from = lines.start(line);
    const at = lines.textFrom(line);
    const item = this.add(line, parent, {
      gap: inList ? this.blanks : 0,
      indent: text.slice(from, at),
      column,
      contentColumn,
      marker: text.slice(at, markerTo),
    });
    open.push(item);
    return item;
  }

  private openParagraph(parent: DraftItem, line: number): DraftItem {
    const { lines, text } = this;
    const from = lines.start(line);
    const end = lines.end(line);
    const at = skipIndent(text, from, end, parent.contentColumn, this.tabSize);
    const item = this.add(line, parent, {
      gap: this.blanks,
      indent: text.slice(from, at),
      column: parent.contentColumn,
      contentColumn: parent.contentColumn,
      marker: '',
    });
    item.lines.push({ start: from, from: at, to: end });
    return item;
  }

  private add(
    line: number,
    parent: DraftItem | undefined,
    head: Pick<Item, 'gap' | 'indent' | 'column' | 'contentColumn' | 'marker'>,
  ): DraftItem {
    const to = this.lines.after(line);
    const item: DraftItem = {
      index: this.items.length,
      parent: parent ? parent.index : -1,
      depth: parent ? parent.depth + 1 : 0,
      from: this.lines.start(line),
      to,
      blockTo: to,
      gap: head.gap,
      indent: head.indent,
      column: head.column,
      contentColumn: head.contentColumn,
      marker: head.marker,
      task: null,
      lines: [],
    };
    this.items.push(item);
    this.current = item;
    this.blanks = 0;
    this.paragraphLine = -1;
    return item;
  }

  /** Adds a line, and the blank lines before it, to an item's own lines. */
  private append(item: DraftItem, line: number): void {
    for (let now = line - this.blanks; now <= line; now++) {
      const start = this.lines.start(now);
      const end = this.lines.end(now);
      item.lines.push({ start, from: skipIndent(this.text, start, end, item.contentColumn, this.tabSize), to: end });
    }
    item.to = this.lines.after(line);
    item.blockTo = item.to;
    this.blanks = 0;
  }

  private addHeading(level: number, title: string, first: number, last: number): void {
    this.headings.push({ level, title: title.trim().replace(/\s*[\r\n]+\s*/g, ' '), from: this.lines.start(first), to: this.lines.after(last) });
  }

  private close(): void {
    for (let index = this.items.length - 1; index > 0; index--) {
      const item = this.items[index] as DraftItem;
      const parent = this.items[item.parent];
      if (parent && parent.blockTo < item.blockTo) parent.blockTo = item.blockTo;
    }
  }
}

function underlineLevel(text: string, at: number, end: number): number {
  const mark = text.charCodeAt(at);
  if (mark !== 61 /* = */ && mark !== 45 /* - */) return 0;
  while (at < end && text.charCodeAt(at) === mark) at++;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at < end ? 0 : mark === 61 ? 1 : 2;
}

function hasQuotedText(text: string, at: number, end: number): boolean {
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 62 /* > */ && !isBlank(code)) return true;
  }
  return false;
}
