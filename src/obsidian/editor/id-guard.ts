/**
 * Keeps a live block's id out of the way: whatever the user types, splits or joins at it acts as if the root's text ended before
 * it. Remote changes, compositions and changes without a user event pass as they are; so does undo, but for an id that it leaves
 * without its bullet.
 */
import { EditorSelection, EditorState, Facet, Prec, Transaction, type ChangeSet, type Extension, type SelectionRange, type TransactionSpec } from '@codemirror/state';
import { Direction, keymap, type EditorView } from '@codemirror/view';
import type { BlockRange } from '../../peer';
import type { TextChange } from '../../document';
import { parse } from '../../outline';
import { marksOf } from './marks';
import { idStart } from './block-decorations';
import { toChangeSet } from './text-changes';

/** The tag that makes blocks live, with '#': it stays with the id when a line is split. */
export const liveTag = Facet.define<() => string, () => string>({ combine: (values) => values[0] ?? ((): string => '') });

export function idGuard(): Extension {
  return [EditorState.transactionFilter.of(guard), Prec.high(keymap.of([
    { key: 'ArrowRight', run: (view) => stepOver(view, false), shift: (view) => stepOver(view, true) },
  ]))];
}

/** The end of a root's own text: blank and id from `start` to `end`, with nothing but blanks behind. `tagStart` is before the tag if that comes last. */
interface Tail {
  readonly block: BlockRange;
  readonly start: number;
  readonly end: number;
  readonly tagStart: number;
}

function guard(transaction: Transaction): Transaction | readonly TransactionSpec[] {
  const { startState: state } = transaction;
  const { blocks } = marksOf(state);
  if (blocks.length === 0) return transaction;
  if (!transaction.docChanged) return transaction.selection ? guardSelection(transaction, blocks) : transaction;
  if (!isUserEdit(transaction)) return transaction;
  const change = onlyChange(transaction);
  if (!change) return transaction;
  for (const block of blocks) {
    // The line below counts too: it may be joined to the id's.
    if (change.from > state.doc.lineAt(Math.min(block.idTo, state.doc.length)).to + 1 || change.to < block.from) continue;
    const tail = tailOf(state, block);
    const rewritten = tail && rewrite(state, tail, change, transaction);
    if (rewritten) return [respec(transaction, rewritten.changes, rewritten.cursor)];
  }
  return transaction;
}

/** What takes the ids away that an undo or redo left without a word of their bullets, or to the bullet above, in the text after it; null if it left none. History can't: it never had them. */
export function orphanedIds(transaction: Transaction): ChangeSet | null {
  const { startState, changes } = transaction;
  const taken: TextChange[] = [];
  for (const block of marksOf(startState).blocks) {
    const tail = tailOf(startState, block);
    if (!tail) continue;
    changes.iterChanges((from, to, _, at, insert) => {
      if (to < block.from || to >= block.idTo || from >= textStart(startState, block)) return;
      if ((insert.length === 0 && from <= block.from && to >= tail.start) || isSwallowed(tail, transaction)) taken.push({ from: Math.max(at, changes.mapPos(tail.start, 1)), to: changes.mapPos(tail.end, -1), insert: '' });
    });
  }
  return taken.length === 0 ? null : toChangeSet(taken, changes.newLength);
}

function isUserEdit(transaction: Transaction): boolean {
  if (transaction.annotation(Transaction.userEvent) === undefined) return false;
  if (transaction.isUserEvent('input.type.compose')) return false;
  return transaction.isUserEvent('input') || transaction.isUserEvent('delete');
}

function onlyChange(transaction: Transaction): TextChange | null {
  const list: TextChange[] = [];
  transaction.changes.iterChanges((from, to, _a, _b, insert) => list.push({ from, to, insert: insert.toString() }));
  return list.length === 1 ? (list[0] ?? null) : null;
}

function tailOf(state: EditorState, block: BlockRange): Tail | null {
  if (block.idTo <= block.idFrom || block.idTo > state.doc.length) return null;
  const line = state.doc.lineAt(block.idTo);
  if (block.idFrom < line.from || line.text.slice(block.idTo - line.from).trim() !== '') return null;
  const start = idStart(state, block);
  const tag = state.facet(liveTag)();
  const text = state.sliceDoc(line.from, start).trimEnd();
  let tagStart = start;
  if (tag !== '' && text.endsWith(tag)) {
    const rest = text.slice(0, -tag.length);
    const written = rest.trimEnd().length;
    if (written < rest.length && written > 0) tagStart = line.from + written;
  }
  return { block, start, end: line.to, tagStart };
}

interface Rewritten {
  readonly changes: readonly TextChange[];
  /** Of the text after. */
  readonly cursor: number;
}

function rewrite(state: EditorState, tail: Tail, change: TextChange, transaction: Transaction): Rewritten | null {
  const { start, end, block } = tail;
  const { from, to, insert } = change;
  const newItem = /^([ \t]*\n(?:[ \t]*\n)*)([ \t]*)((?:[-*+]|\d{1,9}[.)])[ \t][\s\S]*)$/.exec(insert);
  if (newItem && from === to && from >= block.from && from <= end) return split(state, tail, from, newItem);
  if (insert.includes('\n')) return null;
  // Where the root becomes text of the bullet above, its id would make that live.
  if (from < textStart(state, block) && to <= end && isSwallowed(tail, transaction)) {
    return { changes: [{ from, to, insert }, { from: Math.max(start, to), to: end, insert: '' }], cursor: from + insert.length };
  }
  // Nothing but the id stands there, and no blank of its own before it.
  if (from === to && from === start && start === block.idFrom && insert.trim() !== '') return { changes: [{ from, to, insert: `${insert} ` }], cursor: from + insert.length };
  if (from > start && to <= end && from === to) return { changes: [{ from: start, to: start, insert }], cursor: start + insert.length };
  if (from >= start && to <= end && to > from && insert === '') {
    if (transaction.isUserEvent('delete.backward')) return deleteBefore(state, tail);
    if (transaction.isUserEvent('delete.forward') && end < state.doc.length) return join(state, tail, start, end + 1, '');
    return null;
  }
  if (from > textStart(state, block) && from <= end && to > end && !isWholeLines(state, from, to)) return join(state, tail, Math.min(from, start), to, insert);
  return null;
}

/** Where a root's own text starts, behind its marker. */
function textStart(state: EditorState, block: BlockRange): number {
  return block.from + (/^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?/.exec(state.doc.lineAt(block.from).text)?.[0].length ?? 0);
}

/** Whether a plain bullet that begins above the root holds the place of its id after this. */
function isSwallowed({ block, end }: Tail, { startState, changes, newDoc }: Transaction): boolean {
  const at = changes.mapPos(end, 1);
  const item = parse(newDoc.toString()).items.find(({ lines }) => lines.some((line) => line.from <= at && line.to >= at));
  if (!item || item.marker === '' || item.from >= changes.mapPos(block.from, -1)) return false;
  return !marksOf(startState).blocks.some(({ from, to }) => item.from >= changes.mapPos(from, -1) && item.from < changes.mapPos(to, -1));
}

/** A selection that starts at a line's start and ends at one takes lines, id included, as the user sees it. */
function isWholeLines(state: EditorState, from: number, to: number): boolean {
  return state.doc.lineAt(from).from === from && state.doc.lineAt(to).from === to;
}

/** Tag, id and children stay with the first half: behind a root with children, the new bullet becomes the first of them. */
function split(state: EditorState, tail: Tail, at: number, [, lineEnds = '', indent = '', item = '']: RegExpExecArray): Rewritten {
  const inserted = lineEnds + (childIndent(state, tail, indent) ?? indent) + item;
  const from = Math.min(at, tail.tagStart);
  if (from === tail.tagStart) return { changes: [{ from: tail.end, to: tail.end, insert: inserted }], cursor: tail.end + inserted.length };
  const moved = state.sliceDoc(tail.tagStart, tail.end).trimEnd();
  return {
    changes: [
      { from, to: from, insert: moved + inserted },
      { from: tail.tagStart, to: tail.end, insert: '' },
    ],
    cursor: from + moved.length + inserted.length,
  };
}

/** The first child's indent, if the block's next line is one and the new bullet would stand beside the root. */
function childIndent(state: EditorState, tail: Tail, indent: string): string | null {
  const root = /^[ \t]*/.exec(state.doc.lineAt(tail.block.from).text)?.[0] ?? '';
  if (indent !== root || tail.end >= tail.block.to || tail.end >= state.doc.length) return null;
  for (let line = state.doc.lineAt(tail.end + 1); line.from < tail.block.to; line = state.doc.line(line.number + 1)) {
    const child = /^([ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/.exec(line.text)?.[1];
    if (child !== undefined) return child.length > root.length ? child : null;
    if (line.text.trim() !== '' || line.number >= state.doc.lines) return null;
  }
  return null;
}

/** What follows the id's line comes up before the id. */
function join(state: EditorState, tail: Tail, from: number, to: number, insert: string): Rewritten {
  const id = state.sliceDoc(tail.start, tail.end).trimEnd();
  const lineEnd = state.doc.lineAt(to).to;
  const changes =
    lineEnd === to
      ? [{ from, to, insert: insert + id }]
      : [
          { from, to, insert },
          { from: lineEnd, to: lineEnd, insert: id },
        ];
  return { changes, cursor: from + insert.length };
}

function deleteBefore(state: EditorState, tail: Tail): Rewritten | null {
  const line = state.doc.lineAt(tail.start);
  if (tail.start === line.from) return null;
  const before = line.text.slice(0, tail.start - line.from);
  // The last code point; CodeMirror's own deletion would take a grapheme, but this one is reached only by a click behind the id.
  const from = tail.start - (/[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(before) ? 2 : 1);
  return { changes: [{ from, to: tail.start, insert: '' }], cursor: from };
}

function respec(transaction: Transaction, changes: readonly TextChange[], cursor: number): TransactionSpec {
  return {
    changes: changes.map(({ from, to, insert }) => ({ from, to, insert: transaction.startState.toText(insert) })),
    selection: EditorSelection.cursor(cursor),
    effects: transaction.effects,
    userEvent: transaction.annotation(Transaction.userEvent),
    scrollIntoView: transaction.scrollIntoView,
  };
}

function guardSelection(transaction: Transaction, blocks: readonly BlockRange[]): Transaction | readonly TransactionSpec[] {
  const { startState: state, newSelection } = transaction;
  let changed = false;
  const out = (position: number): number => {
    for (const block of blocks) {
      if (position < block.idFrom - 16 || position > block.idTo + 16) continue;
      const tail = tailOf(state, block);
      if (tail && position > tail.start && position <= tail.end) return tail.start;
    }
    return position;
  };
  const ranges = newSelection.ranges.map((range): SelectionRange => {
    const head = out(range.head);
    const anchor = range.empty ? head : out(range.anchor);
    if (head === range.head && anchor === range.anchor) return range;
    changed = true;
    return EditorSelection.range(anchor, head, range.goalColumn, range.bidiLevel ?? undefined);
  });
  if (!changed) return transaction;
  return [transaction, { selection: EditorSelection.create(ranges, newSelection.mainIndex), sequential: true }];
}

/** Right arrow at the end of a root's text goes on to the next line: between text and id there is one place, not two. */
function stepOver(view: EditorView, extend: boolean): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.selection.ranges.length > 1 || (!extend && !main.empty)) return false;
  for (const block of marksOf(state).blocks) {
    if (main.head < block.from || main.head > block.idTo) continue;
    const tail = tailOf(state, block);
    if (!tail || main.head !== tail.start || tail.end >= state.doc.length || view.textDirectionAt(tail.start) !== Direction.LTR) continue;
    const head = tail.end + 1;
    view.dispatch({
      selection: extend ? EditorSelection.range(main.anchor, head) : EditorSelection.cursor(head),
      scrollIntoView: true,
      userEvent: 'select',
    });
    return true;
  }
  return false;
}
