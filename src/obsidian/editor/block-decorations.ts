/** The quiet mark at a live block's lines, the dimmed id, and others' cursors. Only what is visible is drawn. */
import { RangeSetBuilder, type EditorState, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, WidgetType, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import type { BlockRange, RemoteCursor } from '../../peer';
import { blockStateText, stateClass } from '../status/block-state';
import { marksField, marksOf } from './marks';

/** Number of colours in styles.css. */
const CURSOR_COLOURS = 6;

export function blockDecorations(): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = decorate(view);
      }
      update(update: ViewUpdate): void {
        const marksChanged = update.startState.field(marksField, false) !== update.state.field(marksField, false);
        if (update.docChanged || update.viewportChanged || marksChanged) this.decorations = decorate(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

/** Which of the colours in styles.css a device has: the same in every note and window. */
export function cursorColour(device: string): number {
  let hash = 0;
  for (let i = 0; i < device.length; i++) hash = (hash * 31 + device.charCodeAt(i)) >>> 0;
  return (hash % CURSOR_COLOURS) + 1;
}

function decorate(view: EditorView): DecorationSet {
  const marks = marksOf(view.state);
  if (marks.blocks.length === 0 && marks.cursors.length === 0) return Decoration.none;
  const ranges: Range<Decoration>[] = [];
  for (const visible of view.visibleRanges) {
    for (const block of marks.blocks) {
      if (block.from <= visible.to && block.to >= visible.from) addBlock(view.state, block, visible, ranges);
    }
    for (const cursor of marks.cursors) addCursor(cursor, visible, view.state.doc.length, ranges);
  }
  return Decoration.set(ranges, true);
}

function addBlock(state: EditorState, block: BlockRange, visible: { from: number; to: number }, ranges: Range<Decoration>[]): void {
  const blockEnd = Math.min(block.to, state.doc.length);
  let line = state.doc.lineAt(Math.max(block.from, visible.from));
  for (;;) {
    const first = line.from <= block.from;
    const last = line.to >= blockEnd;
    ranges.push(lineMark(block.state, first, last).range(line.from));
    if (last || line.to >= visible.to || line.number >= state.doc.lines) break;
    line = state.doc.line(line.number + 1);
  }
  if (block.idTo > block.idFrom && block.idTo <= state.doc.length) ranges.push(idMark(block).range(block.idFrom, block.idTo));
}

function addCursor(cursor: RemoteCursor, visible: { from: number; to: number }, length: number, ranges: Range<Decoration>[]): void {
  if (cursor.head < visible.from || cursor.head > visible.to || cursor.head > length) return;
  const from = Math.max(Math.min(cursor.anchor, cursor.head), visible.from);
  const to = Math.min(Math.max(cursor.anchor, cursor.head), visible.to, length);
  const colour = cursorColour(cursor.device);
  if (to > from) ranges.push(Decoration.mark({ class: `blockwire-selection blockwire-colour-${colour}` }).range(from, to));
  ranges.push(Decoration.widget({ widget: new CursorWidget(cursor.deviceName, colour), side: 1 }).range(cursor.head));
}

const lineMarks = new Map<string, Decoration>();
function lineMark(state: BlockRange['state'], first: boolean, last: boolean): Decoration {
  const key = `blockwire-line ${stateClass(state)}${first ? ' blockwire-first' : ''}${last ? ' blockwire-last' : ''}`;
  let mark = lineMarks.get(key);
  if (!mark) lineMarks.set(key, (mark = Decoration.line({ class: key })));
  return mark;
}

function idMark(block: BlockRange): Decoration {
  const { state, transfer } = block;
  return Decoration.mark({ class: `blockwire-id ${stateClass(state)}`, attributes: { title: [blockStateText(state), transfer].filter(Boolean).join(' '), ...(transfer !== undefined && { 'data-transfer': transfer }) } });
}

class CursorWidget extends WidgetType {
  constructor(
    readonly name: string,
    readonly colour: number,
  ) {
    super();
  }
  override eq(other: CursorWidget): boolean {
    return other.name === this.name && other.colour === this.colour;
  }
  override toDOM(): HTMLElement {
    const caret = createSpan({ cls: `blockwire-cursor blockwire-colour-${this.colour}`, attr: { 'aria-hidden': 'true' } });
    caret.createSpan({ cls: 'blockwire-cursor-name', text: this.name });
    return caret;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

/** The id and the blank before it move and delete as one character. */
export function atomicIds(): Extension {
  return EditorView.atomicRanges.of((view) => {
    const builder = new RangeSetBuilder<Decoration>();
    for (const block of marksOf(view.state).blocks) {
      if (block.idTo > block.idFrom && block.idTo <= view.state.doc.length) builder.add(idStart(view.state, block), block.idTo, ATOM);
    }
    return builder.finish();
  });
}

const ATOM = Decoration.mark({});

/** Where the id with the one blank before it begins: the end of what the user wrote, blanks and all, or where an emptied bullet's text would stand. */
export function idStart(state: EditorState, block: BlockRange): number {
  const lineFrom = state.doc.lineAt(block.idFrom).from;
  const line = state.sliceDoc(lineFrom, block.idFrom);
  // An id on an otherwise empty line keeps its indent.
  return line.trim() === '' ? block.idFrom : lineFrom + Math.max(line.replace(/[ \t]$/, '').length, headOf(line));
}

/** Length of a line's indent, list marker and checkbox, each with the one blank that it needs. */
function headOf(line: string): number {
  return /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t](?:\[.\][ \t])?/u.exec(line)?.[0].length ?? 0;
}
