/** Names for bullets found in a text: made from it, so that two devices that find the same text name them alike. */
import { importClientId } from '../document';
import type { BoundNote, NoteText } from '../note';
import type { NoteKeeper } from './note-keeper';

/** Gives a new name at each call. */
export function namesFrom(bound: BoundNote, found: NoteText, keeper: NoteKeeper): () => string {
  let seed: string | null = null;
  let made = 0;
  return () => {
    seed ??= bound.blocks.map(({ blockId }) => `${blockId} ${[...(keeper.document(blockId)?.stateVector() ?? [])].join('.')}`).join('\n');
    made += 1;
    const text = found.toString();
    return `f${[`a${made}`, `b${made}`].map((salt) => importClientId(`${salt}\n${seed ?? ''}`, text).toString(36).padStart(11, '0')).join('')}`;
  };
}
