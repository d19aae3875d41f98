/** Storms of keys on two whole peers with the note open: what both show, read afresh, is one block in the end. */
import { canonical } from '../../src/document';
import { findIds, seedFrom } from '../../src/note';
import { strokes } from '../../src/note/storm';
import type { Key, Stroke } from '../../src/note/storm';
import * as keys from '../../src/note/typist';
import type { Press } from '../../src/note/typist';
import { parse } from '../../src/outline';
import { applyChanges } from '../../src/peer/text-changes';
import { Pair } from './pair';
import type { TestEditor } from './test-editor';

/** The live block of a text as Markdown in its canonical form, and its id. */
function shown(text: string): string {
  const [found] = findIds(text);
  const outline = parse(text);
  const item = outline.items.find(({ from }) => from === found?.from);
  if (!found || !item) throw new Error(`No block in\n${text}`);
  return `${found.blockId}\n${canonical(seedFrom(outline, item))}`;
}

function press(editor: TestEditor, made: Press | null): void {
  if (!made) return;
  editor.content = applyChanges(editor.content, made.changes);
  editor.cursor = made.cursor;
  editor.hold?.edited(made.changes, editor.text(), made.origin === 'undo' || made.origin === 'redo' ? 'other' : (made.origin as 'type'));
  guard(editor);
}

/** Never in or behind the id, as the editor's own guard has it. */
function guard(editor: TestEditor): void {
  const line = keys.lineAt(editor.content, editor.cursor);
  const id = line.text.search(/[ \t]*\^bw-/);
  if (id >= 0 && editor.cursor > line.from + id) editor.cursor = line.from + id;
}

function stroke(editor: TestEditor, { key, x }: Stroke, unit: string, word: string): void {
  const page = { text: editor.content, cursor: editor.cursor, unit };
  switch (key) {
    case 'word':
      return press(editor, keys.letters(page, word));
    case 'enter':
      return press(editor, keys.enter(page));
    case 'soft break':
      return press(editor, keys.softBreak(page));
    case 'backspace':
      return press(editor, keys.backspace(page));
    case 'tab':
      return press(editor, keys.indent(page));
    case 'shift tab':
      return press(editor, keys.outdent(page));
    case 'up':
    case 'down':
      return press(editor, keys.moveLines(page, key));
    case 'task':
      return press(editor, keys.toggleTask(page));
    case 'go': {
      const [found] = findIds(editor.content);
      if (!found) return;
      const ends = [...editor.content.slice(found.from, found.to).matchAll(/$/gm)].map(({ index }) => found.from + index);
      editor.cursor = ends[Math.floor(x * ends.length)] ?? found.to;
      return guard(editor);
    }
    default:
      return;
  }
}

const LEFT_OUT: readonly Key[] = ['join', 'cut', 'paste', 'delete line', 'blank line', 'fence', 'undo', 'redo', 'go above', 'go below', 'go end', 'left', 'right', 'end', 'plain'];
const SEEDS = Number(process.env.STORM_PEERS ?? 6);

test.each(Array.from({ length: SEEDS }, (_, index) => index + 1))('both peers show one block after storm %i', async (seed) => {
  const pair = await Pair.make(seed);
  try {
    const editors = await pair.both('- own\n');
    const units = ['\t', '    '];
    let words = 0;
    for (const one of strokes(seed, 150, LEFT_OUT)) {
      const editor = editors[one.who];
      if (one.key === 'hear') await pair.world.pass(100);
      else stroke(editor, one, units[one.who] ?? '\t', `w${words++};`);
      if (findIds(editor.content).length !== 1) break;
    }
    await pair.world.pass(4_000);
    const [a, b] = editors.map((editor) => editor.content);
    const id = findIds(a ?? '')[0]?.blockId;
    if (id === undefined || findIds(b ?? '')[0]?.blockId !== id) return; // the block went: a question for the user
    expect(pair.phone.peer.digest(id)).toBe(pair.laptop.peer.digest(id));
    expect(shown(b ?? '')).toBe(shown(a ?? ''));
  } finally {
    await pair.end();
  }
});
