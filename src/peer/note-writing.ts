/** Changes of a note on Blockwire's own behalf, as `NoteSession.rewrite` wants them: none of them is an edit. */
import { bindBlock, findIds, read, textOf } from '../note';
import type { BoundNote, Writing } from '../note';
import type { Core } from './core';
import type { NoteSession } from './note-session';
import type { NoteText } from './ports';
import { applyChanges } from './text-changes';

/** `unbound`: a block that is plain text from then on. */
export function plainWriting(session: NoteSession, note: BoundNote, text: NoteText, changes: Writing['changes'], unbound?: string): Writing {
  const bound = unbound === undefined ? note : { ...note, blocks: note.blocks.filter((block) => block.blockId !== unbound) };
  if (changes.length === 0) return { note: bound, changes };
  const after = textOf(applyChanges(text.toString(), changes));
  const next = read(note, changes, after, session.context('other')).note;
  return { note: unbound === undefined ? next : { ...next, blocks: next.blocks.filter((block) => block.blockId !== unbound) }, changes };
}

/** As `plainWriting`, and the id that the changes put into the text is bound to its document. */
export function bindAfter(core: Core, session: NoteSession, note: BoundNote, text: NoteText, changes: Writing['changes'], blockId: string): Writing {
  const writing = plainWriting(session, note, text, changes);
  const document = core.documents.get(blockId);
  const after = changes.length === 0 ? text : textOf(applyChanges(text.toString(), changes));
  const found = findIds(after.toString()).find((one) => one.blockId === blockId);
  if (!document || !found) return writing;
  return { note: bindBlock(writing.note, after, found, document, { newId: () => core.notes.keeper.newId(), deletions: false }).note, changes };
}
