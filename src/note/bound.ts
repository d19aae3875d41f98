/** Places in a bound note: which bullet a position is in, and what an edit does to the places of the others. */
import { describing } from './described-text';
import { carryReleased } from './released';
import { mapOffset } from './text-diff';
import type { BoundBlock, BoundBullet, BoundNote, BulletPosition, NoteText, ReleasedText, TextChange } from './types';

/** Length of a block's text. */
export function lengthOf(bullets: readonly BoundBullet[]): number {
  let length = Math.max(0, bullets.length - 1);
  for (const bullet of bullets) length += bullet.source.length;
  return length;
}

/** A block with other bullets at the same start. */
export function withBullets(block: BoundBlock, bullets: readonly BoundBullet[]): BoundBlock {
  return { ...block, to: block.from + lengthOf(bullets), bullets };
}

/** Start of the bullet's source in the note. */
export function startOf(block: BoundBlock, index: number): number {
  let start = block.from;
  for (let i = 0; i < index; i++) start += (block.bullets[i] as BoundBullet).source.length + 1; // i < index <= length
  return start;
}

/** The bullet whose source, or the line end after it, holds a position of the block; its start in the note too. */
export function bulletAt(block: BoundBlock, pos: number): { index: number; start: number } {
  let start = block.from;
  let index = 0;
  for (; index < block.bullets.length - 1; index++) {
    const next = start + (block.bullets[index] as BoundBullet).source.length + 1; // index < length
    if (next > pos) break;
    start = next;
  }
  return { index, start };
}

/** The block that holds a position, its end included. */
export function blockAt(note: BoundNote, pos: number): BoundBlock | null {
  for (const block of note.blocks) {
    if (pos < block.from) return null;
    if (pos <= block.to) return block;
  }
  return null;
}

/** Offset in `source` of an offset in the bullet's text. */
export function sourceOffset(bullet: BoundBullet, offset: number): number {
  let rest = offset;
  for (const line of bullet.lines) {
    const length = line.to - line.from;
    if (rest <= length) return line.from + rest;
    rest -= length + 1;
  }
  return bullet.lines.at(-1)?.to ?? bullet.source.length;
}

/** Offset in the bullet's text of an offset in `source`; what lies outside the text counts as its nearest end. */
export function textOffset(bullet: BoundBullet, at: number): number {
  let before = 0;
  for (const line of bullet.lines) {
    if (at < line.from) return before;
    if (at <= line.to) return before + at - line.from;
    before += line.to - line.from + 1;
  }
  return Math.max(0, before - 1);
}

/** The bullet, and the offset in its text, at a position of the note; null outside live blocks. */
export function positionAt(note: BoundNote, pos: number): BulletPosition | null {
  const block = blockAt(note, pos);
  if (!block) return null;
  const { index, start } = bulletAt(block, pos);
  const bullet = block.bullets[index] as BoundBullet; // bulletAt gives an index of the list
  return { blockId: block.blockId, id: bullet.id, offset: textOffset(bullet, pos - start) };
}

/** Where a bullet position is in the note; null if the bullet isn't bound here. An offset past the text means its end. */
export function offsetOf(note: BoundNote, position: BulletPosition): number | null {
  const block = note.blocks.find((candidate) => candidate.blockId === position.blockId);
  if (!block) return null;
  let start = block.from;
  for (const bullet of block.bullets) {
    if (bullet.id === position.id) return start + sourceOffset(bullet, position.offset);
    start += bullet.source.length + 1;
  }
  return null;
}

/** Where the id of a bound block's root stands in the note; what is left of it while it is damaged. */
export function idRange(_note: BoundNote, block: BoundBlock): { from: number; to: number } {
  const root = block.bullets[0] as BoundBullet; // a block has a root
  const blank = /^\s*/.exec(root.source.slice(block.cut.from, block.cut.to))?.[0].length ?? 0;
  return { from: block.from + block.cut.from + blank, to: block.from + block.cut.to };
}

/** A note with these blocks over this text. */
export function noteOf(style: BoundNote['style'], blocks: readonly BoundBlock[], text: NoteText, released?: readonly ReleasedText[]): BoundNote {
  return describing({ length: text.length, style, blocks, ...(released && released.length > 0 ? { released } : {}) }, text);
}

/** The note after changes that touch no block. */
export function shiftBlocks(note: BoundNote, changes: readonly TextChange[], text: NoteText): BoundNote {
  const blocks = note.blocks.map((block) => {
    const from = mapOffset(block.from, changes, 1);
    return from === block.from ? block : { ...block, from, to: from + block.to - block.from };
  });
  return noteOf(note.style, blocks, text, carryReleased(note.released, changes));
}
