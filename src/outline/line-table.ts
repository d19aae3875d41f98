const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

/**
 * The lines of a text from some line start on, split as CodeMirror splits them (LF, CRLF or a lone CR) and read lazily, so
 * that reading one block costs by the block's size.
 */
export class LineTable {
  /** Lines read so far. */
  private count = 0;
  private next: number;
  private starts = new Int32Array(64);
  private texts = new Int32Array(64);
  private ends = new Int32Array(64);
  private columns = new Int32Array(64);

  constructor(
    readonly text: string,
    from: number,
    readonly tabSize: number,
  ) {
    this.next = from;
  }

  /** False past the last line. A text that ends with a line end has no empty line after it. */
  has(line: number): boolean {
    while (line >= this.count) if (!this.read()) return false;
    return true;
  }

  start(line: number): number {
    return this.starts[line] as number;
  }
  /** First character that is neither space nor tab, or the line's end. */
  textFrom(line: number): number {
    return this.texts[line] as number;
  }
  /** Before the line end. */
  end(line: number): number {
    return this.ends[line] as number;
  }
  /** Start of the next line, or the text's length. */
  after(line: number): number {
    return line + 1 < this.count ? this.start(line + 1) : this.next;
  }
  /** Column of `textFrom`. */
  column(line: number): number {
    return this.columns[line] as number;
  }
  blank(line: number): boolean {
    return this.textFrom(line) === this.end(line);
  }

  private read(): boolean {
    const { text, tabSize } = this;
    const start = this.next;
    const length = text.length;
    if (start >= length) return false;
    let at = start;
    let column = 0;
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE) column++;
      else if (code === TAB) column += tabSize - (column % tabSize);
      else break;
    }
    const textFrom = at;
    let code = 0;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      if (code === LF || code === CR) break;
    }
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.texts[this.count] = textFrom;
    this.ends[this.count] = at;
    this.columns[this.count] = column;
    this.count++;
    if (at < length) at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
    this.next = at;
    return true;
  }

  private grow(): void {
    const double = (old: Int32Array<ArrayBuffer>) => {
      const wide = new Int32Array(old.length * 2);
      wide.set(old);
      return wide;
    };
    this.starts = double(this.starts);
    this.texts = double(this.texts);
    this.ends = double(this.ends);
    this.columns = double(this.columns);
  }
}

/** Column after text[from, to), which stands at `column`. */
export function columnAfter(text: string, from: number, to: number, column: number, tabSize: number): number {
  for (let at = from; at < to; at++) {
    column += text.charCodeAt(at) === TAB ? tabSize - (column % tabSize) : 1;
  }
  return column;
}

/**
 * Offset in [from, to) after the blanks that bring a line to `column`. A tab that crosses the column belongs to the
 * indentation; a line that is indented less gives the end of its blanks.
 */
export function skipIndent(text: string, from: number, to: number, column: number, tabSize: number): number {
  let at = from;
  for (let now = 0; at < to && now < column; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE) now++;
    else if (code === TAB) now += tabSize - (now % tabSize);
    else break;
  }
  return at;
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
