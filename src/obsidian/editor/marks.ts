/** Where an editor's live blocks and other people's cursors are: what the decorations and the id's guard read. */
import { StateEffect, StateField, type ChangeDesc, type EditorState } from '@codemirror/state';
import type { BlockRange, RemoteCursor } from '../../peer';

export interface Marks {
  readonly blocks: readonly BlockRange[];
  readonly cursors: readonly RemoteCursor[];
}

export const NO_MARKS: Marks = { blocks: [], cursors: [] };

/** Replaces the marks; positions are of the text after the transaction. */
export const setMarks = StateEffect.define<Marks>();

/** Follows every change by mapping, and is put right by `setMarks` when the peer says so. */
export const marksField = StateField.define<Marks>({
  create: () => NO_MARKS,
  update(marks, transaction) {
    let next = marks;
    if (transaction.docChanged && next !== NO_MARKS) next = mapMarks(next, transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setMarks)) next = effect.value;
    return next;
  },
});

export function marksOf(state: EditorState): Marks {
  return state.field(marksField, false) ?? NO_MARKS;
}

export function sameMarks(a: Marks, b: Marks): boolean {
  return (
    a.blocks.length === b.blocks.length &&
    a.cursors.length === b.cursors.length &&
    a.blocks.every((block, i) => {
      const other = b.blocks[i];
      return (
        other !== undefined &&
        block.blockId === other.blockId &&
        block.from === other.from &&
        block.to === other.to &&
        block.idFrom === other.idFrom &&
        block.idTo === other.idTo &&
        block.state === other.state &&
        block.transfer === other.transfer
      );
    }) &&
    a.cursors.every((cursor, i) => {
      const other = b.cursors[i];
      return (
        other !== undefined &&
        cursor.device === other.device &&
        cursor.deviceName === other.deviceName &&
        cursor.anchor === other.anchor &&
        cursor.head === other.head
      );
    })
  );
}

/** Positions beyond the text (the peer may be a transaction ahead) are cut to it. */
export function clampMarks(marks: Marks, length: number): Marks {
  const cut = (position: number): number => Math.max(0, Math.min(position, length));
  return {
    blocks: marks.blocks.map((block) => ({ ...block, from: cut(block.from), to: cut(block.to), idFrom: cut(block.idFrom), idTo: cut(block.idTo) })),
    cursors: marks.cursors.map((cursor) => ({ ...cursor, anchor: cut(cursor.anchor), head: cut(cursor.head) })),
  };
}

function mapMarks(marks: Marks, changes: ChangeDesc): Marks {
  return {
    blocks: marks.blocks
      .map((block) => ({
        ...block,
        from: changes.mapPos(block.from, -1),
        to: changes.mapPos(block.to, 1),
        idFrom: changes.mapPos(block.idFrom, 1),
        idTo: changes.mapPos(block.idTo, -1),
      }))
      .filter((block) => block.to > block.from),
    cursors: marks.cursors.map((cursor) => ({ ...cursor, anchor: changes.mapPos(cursor.anchor, 1), head: changes.mapPos(cursor.head, 1) })),
  };
}
