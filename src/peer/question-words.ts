/** What questions about text that others took away say, and what may be answered. */
import type { NotePath, Question } from './ports';

/** Kinds that are asked once for many blocks. */
export type GateKind = 'deleted-outside' | 'note-deleted' | 'emptied' | 'older-version';

export function isGateKind(kind: Question['kind']): kind is GateKind {
  return kind !== 'stop' && kind !== 'old-tags' && kind !== 'metered';
}

/** @param paths the notes that it is about, without doubles */
export function gateWords(kind: GateKind, blocks: number, paths: readonly NotePath[]): Pick<Question, 'message' | 'answers'> {
  const [path = ''] = paths;
  const many = blocks > 1;
  const where = paths.length > 1 ? `${paths.length} notes` : path;
  const them = many ? 'them' : 'it';
  switch (kind) {
    case 'older-version':
      return {
        message: `${many ? `Older versions of ${blocks} live blocks are` : 'An older version of a live block is'} in ${where} again, brought by something other than an editor. Nothing was sent and nothing was written: both versions are safe. Which one counts?`,
        answers: [
          { id: 'keep-newer', label: 'Keep newer' },
          { id: 'use-this', label: many ? 'Use these versions' : 'Use this version' },
        ],
      };
    case 'emptied':
      return {
        message: `Most of ${many ? `${blocks} live blocks` : 'a live block'} is gone from ${where}, and not by typing in an editor. Nothing of that was sent: it is safe on this device and on your others. Put it back, or delete it everywhere?`,
        answers: [
          { id: 'restore', label: 'Put it back' },
          { id: 'accept', label: 'Delete everywhere' },
        ],
      };
    default: {
      const deleted = paths.length > 1 ? `${paths.length} notes with ${blocks} live blocks were deleted` : `The note ${path} was deleted${many ? `, with ${blocks} live blocks` : ''}`;
      const what = kind === 'note-deleted' ? deleted : `${many ? `${blocks} live blocks are` : 'A live block is'} gone from ${where}, and not by typing in an editor`;
      return {
        message: `${what}. Nothing was sent: ${many ? 'the blocks are' : 'the block is'} safe on this device and on your others. Put ${them} back, or delete ${them} everywhere?`,
        answers: [
          { id: 'restore', label: `Put ${them} back` },
          { id: 'accept', label: 'Delete everywhere' },
        ],
      };
    }
  }
}
