/** Why files do not move, in words for people. */
import type { CloseReason } from '../sync';
import type { FileProblem } from './api';

const SAFE = 'The files stay in the vaults they are in, and the text of your blocks is not held up.';

export const RELAY_OLD: FileProblem = { code: 'RELAY_OLD', message: `The relay is too old to pass files on. ${SAFE} Update Blockwire on the relay.` };

export const FILES_OFF: FileProblem = { code: 'FILES_OFF', message: `The relay is set up to keep no files. ${SAFE} Its owner can give them room with --files-quota.` };

export function unreachable(reason: CloseReason | null): FileProblem {
  return { code: 'UNREACHABLE', message: reason?.message ?? `The relay does not answer where files are concerned. ${SAFE} Blockwire tries again by itself.` };
}
