/** The fast way for what an editor does most: changes within lines that leave the note's structure alone. Costs microseconds, parses nothing. */
import { readLine, sameShape } from '../outline';
import { bulletAt, noteOf, shiftBlocks, textOffset } from './bound';
import { bearsMark } from './candidates';
import { describedText } from './described-text';
import { applyChanges, snapToGraphemes } from './grapheme';
import { lineRange } from './note-text';
import { carryReleased } from './released';
import { diffText, rebase } from './text-diff';
import type { BoundBlock, BoundBullet, BoundNote, DocumentTree, Edit, NoteText, TextChange } from './types';

export interface Keystroke {
  readonly note: BoundNote;
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** As in `Reading`. */
  readonly reach: 'inside' | 'outside';
  /** Blocks whose document has another text of the bullet than the note had. */
  readonly ahead: readonly string[];
  /** Blocks whose root's text was edited, with the text before. */
  readonly roots: readonly { readonly blockId: string; readonly before: string; readonly after: string }[];
}

/** More changes than this in one transaction are no keystroke. */
const MOST_CHANGES = 64;

/**
 * The reading of `changes` if each stays within one line and leaves its shape, ids and tags alone; else null. One change in a
 * block, or any outside of all. `marks` are words that make a line outside a block worth a closer look (tag, phrases).
 */
export function readKeystroke(
  note: BoundNote,
  changes: readonly TextChange[],
  text: NoteText,
  marks: readonly string[],
  tree?: (blockId: string) => DocumentTree | undefined,
): Keystroke | null {
  const [only] = changes;
  const old = describedText(note);
  if (!old || !only || changes.length > MOST_CHANGES || changes.some((change) => change.insert.includes('\n'))) return null;
  const at = note.blocks.findIndex((block) => changes.some((change) => change.from <= block.to && change.to >= block.from));
  if (at < 0) {
    let shift = 0;
    for (const change of changes) {
      if (!isCalmOutside(note, old, text, change, shift, marks)) return null;
      shift += change.insert.length - (change.to - change.from);
    }
    return { note: shiftBlocks(note, changes, text), edits: new Map(), reach: 'outside', ahead: [], roots: [] };
  }
  if (changes.length > 1) return null;
  const block = note.blocks[at] as BoundBlock; // findIndex gave it
  const done = editBullet(note, old, block, only);
  if (!done) return null;
  const { before, bullet } = done;
  const delta = only.insert.length - (only.to - only.from);
  const blocks = note.blocks.map((other, i) =>
    i < at ? other : i === at ? done.block : { ...other, from: other.from + delta, to: other.to + delta },
  );
  const document = tree?.(block.blockId);
  const behind = document ? document.get(bullet.id)?.text : before.text;
  if (behind === undefined) return null;
  const over = behind === before.text ? [] : diffText(before.text, behind);
  const edit: Edit = { type: 'text', id: bullet.id, changes: over.length > 0 ? rebase(done.changes, over) : done.changes };
  return {
    note: noteOf(note.style, blocks, text, carryReleased(note.released, changes)),
    edits: new Map(edit.changes.length > 0 ? [[block.blockId, [edit]]] : []),
    reach: 'inside',
    ahead: over.length > 0 ? [block.blockId] : [],
    roots: done.root ? [{ blockId: block.blockId, before: before.text, after: bullet.text }] : [],
  };
}

interface BulletEdit {
  readonly block: BoundBlock;
  readonly before: BoundBullet;
  readonly bullet: BoundBullet;
  readonly changes: readonly TextChange[];
  readonly root: boolean;
}

function editBullet(note: BoundNote, oldText: NoteText, block: BoundBlock, change: TextChange): BulletEdit | null {
  if (change.from < block.from || change.to > block.to) return null;
  // An id with no blank before it would be glued to what is written there.
  const idAt = block.from + block.cut.from;
  if (change.to === idAt && change.insert !== '' && oldText.sliceString(idAt, idAt + 1) === '^') return null;
  const { index, start } = bulletAt(block, change.from);
  const before = block.bullets[index] as BoundBullet; // bulletAt gives an index of the list
  const from = change.from - start;
  const to = change.to - start;
  const at = before.lines.findIndex((line) => from >= line.from && to <= line.to);
  const line = before.lines[at];
  if (!line) return null;
  const begin = before.source.lastIndexOf('\n', line.from - 1) + 1;
  const newline = before.source.indexOf('\n', line.to);
  const end = newline < 0 ? before.source.length : newline;
  const old = before.source.slice(begin, end);
  const fresh = old.slice(0, from - begin) + change.insert + old.slice(to - begin);
  if (!sameShape(old, fresh, note.style.tabSize) && !fillsEmpty(note, oldText, block, index, old, fresh)) return null;
  const { length } = change.insert;
  const delta = length - (to - from);
  const root = index === 0;
  if (root ? change.insert.includes('^') || block.cut.to - block.cut.from < block.blockId.length + 1 : fresh.includes('^bw-')) return null;
  const offset = textOffset(before, from);
  const raw = [{ from: offset, to: offset + to - from, insert: change.insert }];
  const text = applyChanges(before.text, raw);
  const bullet: BoundBullet = {
    ...before,
    text,
    source: before.source.slice(0, from) + change.insert + before.source.slice(to),
    lines: before.lines.map((other, i) =>
      i < at ? other : i === at ? { from: other.from, to: other.to + delta } : { from: other.from + delta, to: other.to + delta },
    ),
  };
  const bullets = block.bullets.slice();
  bullets[index] = bullet;
  const moves = root && block.cut.from >= to;
  const cut = moves ? { from: block.cut.from + delta, to: block.cut.to + delta } : block.cut;
  const changes = snapToGraphemes(before.text, raw, text);
  if (changes.length === 0) return null;
  return { block: { ...block, to: block.to + delta, bullets, cut }, before, bullet, changes, root };
}

/** Whether the first character of an empty bullet came, or the last one went, and no line below can turn out to continue it. */
function fillsEmpty(note: BoundNote, oldText: NoteText, block: BoundBlock, index: number, old: string, fresh: string): boolean {
  const { tabSize } = note.style;
  const next = block.bullets[index + 1];
  if (block.bullets[index]?.lines.length !== 1) return false;
  if (next ? next.attributes.marker === '' : !isBlankBelow(oldText, block.to)) return false;
  const a = readLine(old, tabSize);
  const b = readLine(fresh, tabSize);
  return a.marker !== '' && a.marker === b.marker && a.task === b.task && a.indent === b.indent && sameShape(old + 'x', fresh + 'x', tabSize);
}

function isBlankBelow(text: NoteText, at: number): boolean {
  if (at >= text.length) return true;
  const next = lineRange(text, at + 1);
  return text.sliceString(next.from, next.to).trim() === '';
}

function isCalmOutside(note: BoundNote, oldText: NoteText, text: NoteText, change: TextChange, shift: number, marks: readonly string[]): boolean {
  const before = lineRange(oldText, change.from, change.to);
  const after = lineRange(text, change.from + shift, change.from + shift + change.insert.length);
  const old = oldText.sliceString(before.from, before.to);
  const fresh = text.sliceString(after.from, after.to);
  if (old.includes('\n') || old.includes('^bw-') || fresh.includes('^bw-')) return false;
  return !bearsMark(fresh, marks) && sameShape(old, fresh, note.style.tabSize);
}
