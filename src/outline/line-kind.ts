import { columnAfter, isBlank } from './line-table';

const MAX_DIGITS = 9;

/** A list marker with the blanks that belong to it. */
export interface Marker {
  /** End of the marker and its blanks. */
  readonly to: number;
  /** Column of `to`. */
  readonly column: number;
}

/**
 * The list marker at `at` of a line that ends at `end`, or null. As in CommonMark up to four columns of blanks belong to
 * the marker; with more, one does and the rest is indented code. A marker needs a blank or the line's end behind it.
 */
export function readMarker(text: string, at: number, end: number, column: number, tabSize: number): Marker | null {
  const code = text.charCodeAt(at);
  let to = at;
  if (code === 45 /* - */ || code === 42 /* * */ || code === 43 /* + */) {
    to = at + 1;
  } else if (code >= 48 && code <= 57) {
    while (to < end && to - at <= MAX_DIGITS && text.charCodeAt(to) >= 48 && text.charCodeAt(to) <= 57) to++;
    if (to - at > MAX_DIGITS || to >= end) return null;
    const delimiter = text.charCodeAt(to);
    if (delimiter !== 46 /* . */ && delimiter !== 41 /* ) */) return null;
    to++;
  } else return null;
  const bare = column + (to - at);
  if (to === end) return { to, column: bare + 1 };
  if (!isBlank(text.charCodeAt(to))) return null;
  if ((code === 45 || code === 42) && isThematicBreak(text, at, end)) return null;
  let blanksTo = to + 1;
  while (blanksTo < end && isBlank(text.charCodeAt(blanksTo))) blanksTo++;
  if (blanksTo === end) return { to: blanksTo, column: bare + 1 };
  const wide = columnAfter(text, to, blanksTo, bare, tabSize);
  if (wide - bare <= 4) return { to: blanksTo, column: wide };
  return { to: to + 1, column: columnAfter(text, to, to + 1, bare, tabSize) };
}

/** End of a task's `[c] ` at `at` (any one code point in the brackets, one blank after them), or -1. */
export function readTask(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) !== 91 /* [ */) return -1;
  const point = text.codePointAt(at + 1);
  if (point === undefined) return -1;
  const close = at + 1 + (point > 0xffff ? 2 : 1);
  if (close + 1 >= end || text.charCodeAt(close) !== 93 /* ] */) return -1;
  return isBlank(text.charCodeAt(close + 1)) ? close + 2 : -1;
}

/** Three or more of one of - * _ and nothing else but blanks. */
export function isThematicBreak(text: string, at: number, end: number): boolean {
  const mark = text.charCodeAt(at);
  if (mark !== 45 && mark !== 42 && mark !== 95) return false;
  let marks = 0;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === mark) marks++;
    else if (!isBlank(code)) return false;
  }
  return marks >= 3;
}

/** 1 to 6 for an ATX heading, else 0. */
export function headingLevel(text: string, at: number, end: number): number {
  let level = 0;
  while (at + level < end && text.charCodeAt(at + level) === 35 /* # */) level++;
  if (level === 0 || level > 6) return 0;
  return at + level === end || isBlank(text.charCodeAt(at + level)) ? level : 0;
}

/** What a piece of a line, read from its first character that is no blank, is as far as the structure of a note goes. */
export type Kind = 'text' | 'quote' | 'heading' | 'break' | 'raw';

/** `raw` says only that it *may* open a fence, comment or formula; see raw-span.ts. */
export function kindOf(text: string, at: number, end: number): Kind {
  switch (text.charCodeAt(at)) {
    case 62: // >
      return 'quote';
    case 35: // #
      return headingLevel(text, at, end) > 0 ? 'heading' : 'text';
    case 45: // -
    case 42: // *
    case 95: // _
      return isThematicBreak(text, at, end) ? 'break' : 'text';
    case 96: // `
      return text.startsWith('```', at) ? 'raw' : 'text';
    case 126: // ~
      return text.startsWith('~~~', at) ? 'raw' : 'text';
    case 37: // %
      return text.startsWith('%%', at) ? 'raw' : 'text';
    case 60: // <
      return text.startsWith('<!--', at) ? 'raw' : 'text';
    case 36: // $
      return text.startsWith('$$', at) ? 'raw' : 'text';
    default:
      return 'text';
  }
}

/** One line alone, as the keystroke path needs it. */
export interface LineShape {
  /** Blanks before the marker or text. */
  readonly indent: string;
  readonly column: number;
  /** '' if there is none. */
  readonly marker: string;
  readonly task: string | null;
  /** Where the text starts, in the line. */
  readonly textFrom: number;
  readonly blank: boolean;
}

/** Reads a line (without its line end) as if it stood outside fences and comments. */
export function readLine(line: string, tabSize: number): LineShape {
  let at = 0;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  const column = columnAfter(line, 0, at, 0, tabSize);
  const indent = line.slice(0, at);
  const marker = readMarker(line, at, line.length, column, tabSize);
  if (!marker) return { indent, column, marker: '', task: null, textFrom: at, blank: at === line.length };
  const taskTo = readTask(line, marker.to, line.length);
  return {
    indent,
    column,
    marker: line.slice(at, marker.to),
    task: taskTo < 0 ? null : line.slice(marker.to + 1, taskTo - 2),
    textFrom: taskTo < 0 ? marker.to : taskTo,
    blank: false,
  };
}

/**
 * True if a note that holds `after` in place of the line `before` is certain to be read the same but for this line's own
 * text: same indent, marker and task, and nothing in either that could open or close a fence, comment, formula or quote.
 * Conservative: false may still turn out to be harmless.
 */
export function sameShape(before: string, after: string, tabSize: number): boolean {
  if (before === after) return true;
  const a = readLine(before, tabSize);
  const b = readLine(after, tabSize);
  if (a.indent !== b.indent || a.marker !== b.marker || a.task !== b.task || a.blank !== b.blank) return false;
  if ((a.textFrom === before.length) !== (b.textFrom === after.length)) return false;
  return isPlain(before, a.textFrom) && isPlain(after, b.textFrom);
}

const DELIMITERS = /```|~~~|%%|<!--|-->|\$\$/;

function isPlain(line: string, textFrom: number): boolean {
  const at = textFrom + leadingBlanks(line, textFrom);
  return kindOf(line, at, line.length) === 'text' && !/^(=+|-+)[ \t]*$/.test(line.slice(at)) && !DELIMITERS.test(line);
}

function leadingBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at - from;
}
