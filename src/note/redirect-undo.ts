/** An undo or redo where its bullets are now. */
import type { BoundNote, NoteText, ReadContext, Redirect, TextChange, UndoMark } from './types';
import { isShapeMark, redirectText } from './undo';
import { redirectShape } from './undo-shape';

/**
 * What an undo or redo has to do instead of `changes` (of `text`, which `note` describes), because other devices have moved or changed its bullets.
 * @param marks of the transactions that it takes back, newest first
 */
export function redirectUndo(note: BoundNote, text: NoteText, changes: readonly TextChange[], marks: readonly UndoMark[], context: ReadContext): Redirect {
  const texts = marks.flatMap((mark) => (isShapeMark(mark) ? [] : [mark]));
  if (texts.length < marks.length) return redirectShape(note, text, changes, marks, context);
  return { changes: texts.length > 0 ? redirectText(note, changes, texts, (blockId) => context.tree?.(blockId)) : null, expected: null };
}
