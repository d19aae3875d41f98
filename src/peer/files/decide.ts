/** What is to be done about one link to a file: a pure comparison of what the block says, what this device agreed to, and what is here. */
import type { SharedFile } from '../../document';

/** What this device remembers of a link. */
export interface LinkRow {
  /** The link was written on this device: only then is its file sent from here for the first time. */
  readonly mine: boolean;
  /** The content that was last the same here and in the block's table; null if there was none. */
  readonly base: string | null;
  /** When the file with it was last written, ms since the epoch. */
  readonly at: number;
  /** Where it is. */
  readonly path: string | null;
}

export interface Here {
  readonly hash: string;
  readonly size: number;
  readonly mtime: number;
}

/** `agreed`: the file here is the block's. `clash`: it is another one that has the name by chance. `deleted`: it was here and its user took it away. */
export type Step = 'nothing' | 'agreed' | 'publish' | 'fetch' | 'replace' | 'clash' | 'deleted';

export function decide(entry: SharedFile | undefined, row: LinkRow, here: Here | null): Step {
  if (!entry) return here && (row.mine || row.base === here.hash) ? 'publish' : 'nothing';
  if (!here) return row.base === null ? 'fetch' : 'deleted';
  if (here.hash === entry.hash) return entry.lost ? 'publish' : 'agreed';
  const isEarlier = entry.was.includes(here.hash);
  // Changed here, unless another sync engine has put an earlier version back, which has its old time.
  if (row.base === entry.hash) return isEarlier && here.mtime < row.at ? 'replace' : 'publish';
  // Only what was agreed to here: an entry may name the hash of any file as replaced.
  return isEarlier && row.base === here.hash ? 'replace' : 'clash';
}
