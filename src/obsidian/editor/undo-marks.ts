/**
 * CodeMirror's own history, made to follow bullets that another device moves: each local change leaves in it what the documents need to take it
 * back, and an undo or redo is theirs to make. There is never a second undo manager.
 */
import { invertedEffects } from '@codemirror/commands';
import { StateEffect, StateField, type EditorState, type Extension, type Transaction } from '@codemirror/state';
import type { UndoMark } from '../../note';
import { ofSession } from './session-annotation';

/** The session that takes a view's transactions; null while there is none. */
export const setUndoSource = StateEffect.define<object | null>();

const undoSource = StateField.define<object | null>({
  create: () => null,
  update(source, transaction) {
    for (const effect of transaction.effects) if (effect.is(setUndoSource)) return effect.value;
    return source;
  },
});

/** What takes one transaction back, told by the peer when it has read it; null if that can't be told, nothing if it did nothing. Newest transaction first where history has joined several. */
interface Told {
  marks: readonly UndoMark[] | null;
}
const carried = StateEffect.define<Told>();

/** Held by transaction, not in a state: made when history takes the transaction in, and used when the view is updated. */
const untold = new WeakMap<Transaction, Told>();

export function undoMarks(): Extension {
  return [undoSource, invertedEffects.of(inverse)];
}

/** What an undo or redo takes back, newest first; null for any other transaction, and where that was not told. */
export function takenBackBy({ effects }: Transaction): readonly UndoMark[] | null {
  const taken = effects.flatMap((effect) => (effect.is(carried) ? [effect.value.marks] : []));
  return taken.length === 0 || taken.includes(null) ? null : taken.flatMap((one) => one ?? []);
}

/** The peer has read this transaction. */
export function markUndo(transaction: Transaction, marks: readonly UndoMark[] | null): void {
  const told = untold.get(transaction);
  if (told) told.marks = marks;
}

export function undoSourceOf(state: EditorState): object | null {
  return state.field(undoSource, false) ?? null;
}

function inverse(transaction: Transaction): StateEffect<unknown>[] {
  const isUndoing = transaction.effects.some((effect) => effect.is(carried));
  if (!undoSourceOf(transaction.startState) || transaction.annotation(ofSession) || (!transaction.docChanged && !isUndoing)) return [];
  const told: Told = { marks: null };
  untold.set(transaction, told);
  return [carried.of(told)];
}
