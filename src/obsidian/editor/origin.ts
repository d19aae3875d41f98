/** Tells how an editor's transaction came about, from CodeMirror's user events. */
import { Transaction } from '@codemirror/state';
import type { EditOrigin } from '../../peer';

const BY_EVENT: readonly (readonly [event: string, origin: EditOrigin])[] = [
  // Obsidian syncs an editor with its file, or with another pane of the note.
  ['set', 'outside'],
  ['undo', 'undo'],
  ['redo', 'redo'],
  ['input.paste', 'paste'],
  ['input.drop', 'paste'],
  ['input', 'type'],
  ['delete.cut', 'cut'],
  ['delete.dedent', 'move'],
  ['delete', 'delete'],
  ['move', 'move'],
];

/**
 * @param mayBeReload asked only where there is no user event: other plugins edit so, and the app could reload so. Where it can't
 *   be excluded, the change counts as one from outside, which deletes nothing unasked.
 */
export function originOf(transaction: Transaction, mayBeReload: () => boolean): EditOrigin {
  if (transaction.annotation(Transaction.userEvent) === undefined) return mayBeReload() ? 'outside' : 'other';
  if (transaction.isUserEvent('input.indent')) return 'move';
  for (const [event, origin] of BY_EVENT) if (transaction.isUserEvent(event)) return origin;
  return 'other';
}
