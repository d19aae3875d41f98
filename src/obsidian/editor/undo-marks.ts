/**
 * CodeMirror's own history, made to follow bullets that another device moves: each local change leaves in it what undoes it by
 * bullet, and an undo or redo that would miss its bullets is redirected. There is never a second undo manager.
 */
import { invertedEffects } from '@codemirror/commands';
import { StateEffect, StateField, type Extension, type Text, type Transaction } from '@codemirror/state';
import type { TextChange } from '../../document';
import type { UndoMark } from '../../note';
import type { OpenNote } from '../../peer';
import { ofSession } from './session-annotation';
import { toTextChanges } from './text-changes';

export interface UndoSource {
  readonly note: OpenNote;
  /** Whether offsets of this text are offsets of the peer's text now. */
  inStep(doc: Text): boolean;
  failed(error: unknown): void;
}

export const setUndoSource = StateEffect.define<UndoSource | null>();

const undoSource = StateField.define<UndoSource | null>({
  create: () => null,
  update(source, transaction) {
    for (const effect of transaction.effects) if (effect.is(setUndoSource)) return effect.value;
    return source;
  },
});

/** What undoes one transaction, told by the peer when it has read it; null if that can't be told, nothing if it did nothing. Newest transaction first where history has joined several. */
interface Told {
  marks: readonly UndoMark[] | null;
}
const carried = StateEffect.define<Told>();

/** Held by transaction, not in a state: asked once, when history takes the transaction in, and used when the view is updated. */
const redirects = new WeakMap<Transaction, readonly TextChange[]>();
const untold = new WeakMap<Transaction, Told>();

export function undoMarks(): Extension {
  return [undoSource, invertedEffects.of(inverse)];
}

/** What this undo or redo is to do instead of its own changes; null for all others. */
export function redirectOf(transaction: Transaction): readonly TextChange[] | null {
  return redirects.get(transaction) ?? null;
}

/** The peer has read this transaction. */
export function markUndo(transaction: Transaction, marks: readonly UndoMark[] | null): void {
  const told = untold.get(transaction);
  if (told) told.marks = marks;
}

export function undoSourceOf(state: { field(field: typeof undoSource, require: false): UndoSource | null | undefined }): UndoSource | null {
  return state.field(undoSource, false) ?? null;
}

function inverse(transaction: Transaction): StateEffect<unknown>[] {
  const source = transaction.startState.field(undoSource, false);
  const taken = transaction.effects.flatMap((effect) => (effect.is(carried) ? [effect.value.marks] : []));
  if (!source || transaction.annotation(ofSession) || (!transaction.docChanged && taken.length === 0)) return [];
  // An exception here would stop the editor itself.
  try {
    const marks = taken.flatMap((one) => one ?? []);
    if (taken.length > 0 && !taken.includes(null) && source.inStep(transaction.startState.doc)) {
      const redirect = marks.length > 0 ? source.note.redirectUndo(toTextChanges(transaction.changes), marks) : [];
      if (redirect) redirects.set(transaction, redirect);
    }
  } catch (error) {
    source.failed(error);
  }
  const told: Told = { marks: null };
  untold.set(transaction, told);
  return [carried.of(told)];
}
