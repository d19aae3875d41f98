/**
 * The text that a bound note was made from. Kept beside the value, not in it: a bound note can be stored as JSON, and what is read back, or
 * put together by hand, has no text and is compared as a whole once.
 */
import type { BoundNote, NoteText } from './types';

const texts = new WeakMap<BoundNote, NoteText>();

export function describing(note: BoundNote, text: NoteText): BoundNote {
  texts.set(note, text);
  return note;
}

/** The text before, if it is known. */
export function describedText(note: BoundNote): NoteText | undefined {
  const text = texts.get(note);
  return text?.length === note.length ? text : undefined;
}
