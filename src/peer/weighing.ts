/** What a text of a block that was found outside is to change: it is judged, and what has to wait is held back. */
import type { Edit } from '../document';
import type { BoundBlock } from '../note';
import { judge } from './found-text';
import type { NoteKeeper, Trust } from './note-keeper';
import type { NoteSession } from './note-session';

export interface Weighed {
  /** As found, its bullets named as the document names them. */
  readonly block: BoundBlock;
  /** To apply at once. */
  readonly apply: readonly Edit[];
  readonly isHeld: boolean;
}

interface Circumstances {
  readonly trust: Trust;
  /** `before` is what the store knew, and was not compared with the text since. */
  readonly wasRestored: boolean;
  /** The app may have brought it together with a text that was not saved yet. */
  readonly isMerged: boolean;
}

/** @param before the block as last bound @param edits from that to `after` @returns null where nothing is known of the block */
export function weigh(session: NoteSession, keeper: NoteKeeper, before: BoundBlock, after: BoundBlock, edits: readonly Edit[], { trust, wasRestored, isMerged }: Circumstances): Weighed | null {
  const { blockId } = before;
  const { parts, unwritten } = session;
  const known = keeper.known(blockId, session.foundAt, trust);
  if (!known) return null;
  const judged = judge(before, after, edits, known, trust === 'late', parts.away(before), isMerged);
  parts.read(before, judged.block, known.tree);
  if (judged.echo && !wasRestored && !session.held.has(blockId) && !keeper.isFrozen(blockId)) keeper.sawEcho();
  if (judged.echo || judged.stale || trust !== 'current') unwritten.add(blockId);
  const isHeld = parts.hold(blockId, judged.block, trust === 'current' ? judged.held : [], known.tree, judged.apply);
  if (judged.stale && !judged.fresh && !judged.echo && trust === 'current') keeper.olderVersion(session, blockId);
  return { block: judged.block, apply: trust === 'unsaved' ? judged.apply.filter(({ type }) => type === 'create' || type === 'text') : judged.apply, isHeld };
}
