/** What a person does at an editor, and what other programs do to files: each deed as Obsidian's keys and commands make it. */
import * as keys from '../../../src/note/typist';
import type { Page, Press } from '../../../src/note/typist';
import type { SimDevice } from './device';
import type { SimEditor } from './editor';
import { regionsOf, type Region } from './regions';
import type { Step } from './script';

export interface Words {
  /** A letter of its own for a live block. */
  mark(device: SimDevice): string;
  /** A letter that may never be seen elsewhere. */
  private(device: SimDevice): string;
  /** As many blocks as a run should have are there. */
  hasEnoughBlocks(): boolean;
}

interface Line {
  readonly from: number;
  readonly to: number;
  readonly indent: string;
  /** Before its id, for a root. */
  readonly end: number;
  readonly isRoot: boolean;
  readonly region: Region;
}

const ITEM = /^([ \t]*)(?:[-*+]|\d+[.)])[ \t]+(?:\[.\][ \t]+)?/;
const LIMIT = 120;

/** List items of the live blocks of a text, ascending. */
function linesOf(text: string): Line[] {
  const found: Line[] = [];
  for (const region of regionsOf(text)) {
    for (let from = region.from; from <= region.to; ) {
      const next = text.indexOf('\n', from);
      const to = next < 0 ? text.length : next;
      const line = text.slice(from, to);
      const match = ITEM.exec(line);
      const id = from === region.from ? line.search(/[ \t]+\^bw-/) : -1;
      if (match) found.push({ from, to, indent: match[1] ?? '', end: id < 0 ? to : from + id, isRoot: from === region.from, region });
      from = to + 1;
    }
  }
  return found;
}

function pick<Item>(items: readonly Item[], fraction: number): Item | undefined {
  return items[Math.floor(fraction * items.length)];
}

/** End of the last line of an item's children. */
function subtreeEnd(text: string, line: Line): number {
  let end = line.to;
  for (const other of linesOf(text)) {
    if (other.from <= line.from || other.region.blockId !== line.region.blockId) continue;
    if (other.indent.length <= line.indent.length) break;
    end = other.to;
  }
  // Continuation lines of the last one.
  while (end < line.region.to) {
    const next = text.indexOf('\n', end + 1);
    const to = next < 0 ? text.length : next;
    const rest = text.slice(end + 1, to);
    if (rest.trim() === '' || ITEM.test(rest) || rest.length - rest.trimStart().length <= line.indent.length) break;
    end = to;
  }
  return end;
}

/** @returns what was done, for the log; null when there was nothing to do it to */
export function act(device: SimDevice, step: Step, words: Words): string | null {
  const { editor } = device;
  if (editor === null || editor.hold?.ready !== true) return null;
  if (editor.isComposing && step.deed !== 'compose') {
    // Whatever else one does ends a composition first.
    editor.isComposing = false;
    editor.hold.composed();
  }
  const lines = linesOf(editor.content);
  const line = pick(lines, step.x);
  const plain = lines.filter(({ isRoot }) => !isRoot);
  const child = pick(plain, step.x);
  const page = (): Page => ({ text: editor.content, cursor: editor.cursor, unit: device.indent });
  const at = (where: number): void => editor.go(where);
  const press = (made: Press | null): string | null => (editor.press(made) ? '' : null);

  switch (step.deed) {
    case 'type': {
      if (line === undefined) return null;
      at(placeIn(editor.content, line, step.y));
      const mark = words.mark(device);
      const text = step.z < 0.25 ? `so ${mark} it` : step.z < 0.3 ? `👩‍👩‍👧${mark}` : mark;
      for (const letter of step.z < 0.25 ? text : [text]) press(keys.letters(page(), letter));
      return mark;
    }
    case 'enter': {
      if (line === undefined || lines.length > LIMIT) return null;
      at(step.y < 0.6 ? line.end : placeIn(editor.content, line, step.z));
      press(keys.enter(page()));
      const mark = words.mark(device);
      press(keys.letters(page(), mark));
      return mark;
    }
    case 'soft break': {
      if (line === undefined) return null;
      at(line.end);
      press(keys.softBreak(page()));
      const mark = words.mark(device);
      press(keys.letters(page(), mark));
      return mark;
    }
    case 'backspace':
      if (line === undefined || line.end <= line.from + markerEnd(editor.content, line)) return null;
      at(line.end);
      return press(keys.backspace(page()));
    case 'join':
      if (child === undefined) return null;
      at(child.from + markerEnd(editor.content, child));
      return press(keys.joinUp(page()));
    case 'indent':
    case 'outdent':
    case 'move up':
    case 'move down':
    case 'tick':
      if (child === undefined) return null;
      at(child.end);
      if (step.deed === 'indent') return press(keys.indent(page()));
      if (step.deed === 'outdent') return press(keys.outdent(page()));
      if (step.deed === 'tick') return press(keys.toggleTask(page()));
      return press(keys.moveLines(page(), step.deed === 'move up' ? 'up' : 'down'));
    case 'drag':
      return drag(editor, child, plain, step.y);
    case 'sort':
      return sort(editor, child, plain);
    case 'cut':
    case 'delete line': {
      if (child === undefined || plain.length < 3) return null;
      const end = subtreeEnd(editor.content, child);
      if (step.deed === 'cut') device.clipboard = editor.content.slice(child.from, end);
      return press({ changes: [{ from: child.from - 1, to: end, insert: '' }], origin: step.deed === 'cut' ? 'cut' : 'delete', cursor: child.from - 1 });
    }
    case 'paste': {
      if (device.clipboard === '' || line === undefined) return null;
      const { clipboard } = device;
      device.clipboard = '';
      const isBlock = /\^bw-/.test(clipboard);
      // A whole block goes in as a bullet of the note; bullets go in under another.
      const where = isBlock ? outsideEnd(editor.content) : subtreeEnd(editor.content, line);
      const text = isBlock ? clipboard : indented(clipboard, line.isRoot ? device.indent : line.indent);
      return press({ changes: [{ from: where, to: where, insert: `\n${text}` }], origin: 'paste', cursor: where + text.length + 1 });
    }
    case 'paste lines': {
      if (line === undefined || lines.length > LIMIT) return null;
      const end = subtreeEnd(editor.content, line);
      const indent = line.isRoot ? device.indent : line.indent;
      const text = Array.from({ length: 2 + Math.floor(step.y * 6) }, () => `\n${indent}- ${words.mark(device)}`).join('');
      return press({ changes: [{ from: end, to: end, insert: text }], origin: 'paste', cursor: end + text.length });
    }
    case 'undo':
      return editor.undo() ? '' : null;
    case 'redo':
      return editor.redo() ? '' : null;
    case 'compose':
      if (editor.isComposing) {
        editor.isComposing = false;
        editor.hold.composed();
        return 'ends';
      }
      if (line === undefined) return null;
      at(line.end);
      editor.isComposing = true;
      press(keys.letters(page(), words.mark(device)));
      return 'begins';
    case 'type outside': {
      const where = outsideEnd(editor.content);
      at(where);
      const mark = words.private(device);
      return press(keys.letters(page(), step.y < 0.5 ? `\n- ${mark}` : `\n\n${mark}`));
    }
    case 'tag': {
      if (words.hasEnoughBlocks()) return null;
      const where = outsideEnd(editor.content);
      at(where);
      const mark = words.mark(device);
      for (const part of ['\n- ', mark, ' #live']) press(keys.letters(page(), part));
      press(keys.letters(page(), `\n${device.indent}- ${words.mark(device)}`));
      at(0);
      return mark;
    }
    case 'untag': {
      const region = pick(regionsOf(editor.content), step.x);
      if (region === undefined) return null;
      const first = editor.content.slice(region.from, lineEnd(editor.content, region.from));
      const what = step.y < 0.5 && first.includes(' #live') ? ' #live' : (/[ \t]+\^bw-\w+/.exec(first)?.[0] ?? '');
      const from = region.from + first.indexOf(what);
      if (what === '') return null;
      press({ changes: [{ from, to: from + what.length, insert: '' }], origin: 'delete', cursor: from });
      at(0);
      return what.trim().slice(0, 5);
    }
    case 'copy block':
    case 'cut block':
    case 'delete block': {
      const region = pick(regionsOf(editor.content), step.x);
      if (region === undefined) return null;
      const text = editor.content.slice(region.from, region.to);
      if (step.deed === 'copy block') {
        if (words.hasEnoughBlocks()) return null;
        const where = outsideEnd(editor.content);
        return press({ changes: [{ from: where, to: where, insert: `\n${text}` }], origin: 'paste', cursor: where });
      }
      if (step.deed === 'cut block') device.clipboard = text;
      const from = Math.max(0, region.from - 1);
      return press({ changes: [{ from, to: region.to, insert: '' }], origin: step.deed === 'cut block' ? 'cut' : 'delete', cursor: from });
    }
    default:
      return null;
  }
}

/** Changes of a file that no editor has. @returns null when there is nothing to change */
export function fileEdit(text: string, step: Step, deed: 'edit' | 'tick' | 'remove', mark: () => string): string | null {
  const lines = linesOf(text.replace(/\r\n/g, '\n'));
  // Offsets count '\n' ends; a file with others is edited in that form and given back in its own.
  const own = /\r\n/.test(text);
  const flat = own ? text.replace(/\r\n/g, '\n') : text;
  const line = pick(deed === 'edit' ? lines : lines.filter(({ isRoot }) => !isRoot), step.x);
  if (line === undefined || (deed === 'remove' && lines.length < 4)) return null;
  let next: string;
  if (deed === 'edit') {
    const insert = step.y < 0.5 ? mark() : `\n${line.isRoot ? `${line.indent}  ` : line.indent}- ${mark()}`;
    const where = step.y < 0.5 ? line.end : line.isRoot ? line.to : line.end;
    next = flat.slice(0, where) + insert + flat.slice(where);
  } else if (deed === 'tick') {
    const press = keys.toggleTask({ text: flat, cursor: line.end, unit: '\t' });
    const [change] = press?.changes ?? [];
    if (change === undefined) return null;
    next = flat.slice(0, change.from) + change.insert + flat.slice(change.to);
  } else next = flat.slice(0, line.from - 1) + flat.slice(subtreeEnd(flat, line));
  return own ? next.replace(/\n/g, '\r\n') : next;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Offset of a line's text, behind marker and task. */
function markerEnd(text: string, line: Line): number {
  return ITEM.exec(text.slice(line.from, line.to))?.[0].length ?? 0;
}

/** A place in a bullet's text between marks, so that no word is parted but where a split parts it. */
function placeIn(text: string, line: Line, fraction: number): number {
  const start = line.from + markerEnd(text, line);
  const inside = text.slice(start, line.end);
  const places = [0, inside.length, ...[...inside.matchAll(/[\u4e00-\u9fff]/g)].map(({ index }) => index + 1)];
  return start + (pick(places, fraction) ?? 0);
}

/** The end of the note, or of what stands before a live block that ends it. */
function outsideEnd(text: string): number {
  return text.endsWith('\n') ? text.length - 1 : text.length;
}

/** A cut subtree with the indent of its new place. */
function indented(text: string, indent: string): string {
  const own = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  return text.split('\n').map((line) => indent + line.slice(Math.min(own, line.length - line.trimStart().length))).join('\n');
}

/** By mouse: one transaction that takes the lines out and puts them in elsewhere. */
function drag(editor: SimEditor, line: Line | undefined, plain: readonly Line[], fraction: number): string | null {
  if (line === undefined) return null;
  const { content } = editor;
  const end = subtreeEnd(content, line);
  const target = pick(plain.filter(({ from, region }) => (from < line.from || from > end) && region.blockId === line.region.blockId), fraction);
  if (target === undefined) return null;
  const text = indented(content.slice(line.from, end), target.indent);
  const out = { from: line.from - 1, to: end, insert: '' };
  const into = { from: target.from - 1, to: target.from - 1, insert: `\n${text}` };
  // Dropped before the line that follows its own place: nothing moves.
  if (into.from === out.to || into.from === out.from) return null;
  const changes = [out, into].sort((a, b) => a.from - b.from);
  return editor.press({ changes, origin: 'move', cursor: 0 }) ? '' : null;
}

/** Sorts the leaves that stand side by side around a line. */
function sort(editor: SimEditor, line: Line | undefined, plain: readonly Line[]): string | null {
  if (line === undefined) return null;
  const { content } = editor;
  const isLeaf = (one: Line): boolean => subtreeEnd(content, one) === one.to && one.indent === line.indent;
  const at = plain.indexOf(line);
  let [first, last] = [at, at];
  if (!isLeaf(line)) return null;
  while (first > 0 && isLeaf(plain[first - 1] as Line) && (plain[first - 1] as Line).to + 1 === (plain[first] as Line).from) first -= 1;
  while (last + 1 < plain.length && isLeaf(plain[last + 1] as Line) && (plain[last] as Line).to + 1 === (plain[last + 1] as Line).from) last += 1;
  const [from, to] = [(plain[first] as Line).from, (plain[last] as Line).to];
  const sorted = content.slice(from, to).split('\n').sort((a, b) => (a < b ? 1 : -1)).join('\n');
  if (first === last || sorted === content.slice(from, to)) return null;
  return editor.press({ changes: [{ from, to, insert: sorted }], origin: 'other', cursor: from }) ? '' : null;
}
