/** What the trial or a reader found, one by one: whole peers and CodeMirror on both ends. */
import { isolateHistory, redo, undo } from '@codemirror/commands';
import { foldedRanges, foldEffect } from '@codemirror/language';
import type { EditorView } from '@codemirror/view';
import { marksOf } from '../../src/obsidian/editor/marks';
import { World } from '../peers/world';
import { listKeymap } from '../shell/list-keymap';
import { openSides, type Side } from './side';
import { stateStage } from './state-stage';

const NOTE = '# Sunday\n- before\n- thoughts #live\n\t- one\n\t\t- child\n\t- two\n- plain\n';

let world: World;
let here: Side;
let there: Side;
const complaints: string[] = [];

beforeEach(async () => {
  world = new World(11);
  complaints.length = 0;
  [here, there] = await openSides(world, NOTE, stateStage, () => '', (what) => complaints.push(what));
});
afterEach(async () => {
  here.close();
  there.close();
  await world.end();
  expect(complaints).toEqual([]);
});

const microtasks = async (): Promise<void> => {
  for (let n = 0; n < 8; n++) await Promise.resolve();
};
const press = (view: EditorView, key: string): boolean => listKeymap({ unit: '\t' }).find((one) => one.key === key)?.run?.(view) ?? false;
const after = (view: EditorView, text: string): void => view.dispatch({ selection: { anchor: view.state.doc.toString().indexOf(text) + text.length }, userEvent: 'select' });
const type = (view: EditorView, text: string): void => view.dispatch({ ...view.state.replaceSelection(text), userEvent: 'input.type' });
const same = (): Promise<void> => world.until('both are alike', () => here.block !== '' && here.block === there.block);

test('what is typed right after Enter is undone and done again with it', async () => {
  const before = here.block;
  after(here.view, 'tw');
  press(here.view, 'Enter');
  type(here.view, 'x');
  await microtasks();
  const made = here.block;
  undo(here.view);
  await microtasks();
  expect(here.block).toBe(before);
  redo(here.view);
  await microtasks();
  expect(here.block).toBe(made);
  await same();
  expect(there.block).toBe(made);
});

/** Takes steps back and makes them again, each of them exactly, and so do the other device's texts. */
async function backAndForth(states: readonly string[]): Promise<void> {
  for (const state of [...states].reverse().slice(1)) {
    undo(here.view);
    await microtasks();
    expect(here.block).toBe(state);
  }
  for (const state of states.slice(1)) {
    redo(here.view);
    await microtasks();
    expect(here.block).toBe(state);
  }
  await same();
  expect(there.block).toBe(states.at(-1));
}

/** A step of its own for the editor's history. */
async function step(act: () => void): Promise<string> {
  here.view.dispatch({ annotations: isolateHistory.of('full') });
  act();
  await microtasks();
  return here.block;
}

test('bullets that were split and written into, one after the other, are undone and done again', async () => {
  const states = [here.block];
  for (const [where, letter] of [['tw', 'Q'], ['Q', 'W'], ['W', 'E']] as const) {
    states.push(
      await step(() => {
        after(here.view, where);
        press(here.view, 'Enter');
        type(here.view, letter);
      }),
    );
  }
  await backAndForth(states);
});

test('what was typed into a bullet right before it was cut goes with the cut, and the bullet stands once', async () => {
  const before = here.block;
  after(here.view, '- one');
  type(here.view, '!');
  const from = here.text.indexOf('\n\t- one');
  here.view.dispatch({ changes: { from, to: here.text.indexOf('\n\t- two') }, userEvent: 'delete.cut' });
  await microtasks();
  const cut = here.block;
  // One step of the editor's history: both are deletions or typing, side by side and at once.
  await backAndForth([before, cut]);
  undo(here.view);
  await same();
  expect(there.block.match(/one/g)).toHaveLength(1);
});

test('a line broken within a bullet is undone after the bullet was joined to another and taken back', async () => {
  const states = [here.block];
  states.push(
    await step(() => {
      after(here.view, 'two');
      here.view.dispatch({ ...here.view.state.replaceSelection('\n\t  more'), userEvent: 'input' });
    }),
  );
  states.push(
    await step(() => {
      here.view.dispatch({ changes: { from: here.text.indexOf('ne\n'), to: here.text.indexOf('wo\n') }, userEvent: 'delete.selection' });
    }),
  );
  await backAndForth(states);
});

test('[N4] a bullet that was cut here and joined to another there stays joined when the cut is undone', async () => {
  here.view.dispatch({ changes: { from: here.text.indexOf('\n\t- two'), to: here.text.indexOf('\n- plain') }, userEvent: 'delete.cut' });
  // The other has not heard of the cut yet.
  there.view.dispatch({ changes: { from: there.text.indexOf('child') + 5, to: there.text.indexOf('two') }, userEvent: 'delete.backward' });
  await world.until('both heard', () => here.text.includes('childtwo') && there.text.includes('childtwo'));
  undo(here.view);
  await same();
  expect(here.block.match(/two/g)).toHaveLength(1);
  expect(here.block).toContain('childtwo');
});

test('a bullet that is indented into a block is marked before it is sent', async () => {
  after(here.view, '- plain');
  press(here.view, 'Tab');
  // No turn of the event loop: nothing can have left.
  await microtasks();
  const [block] = marksOf(here.view.state).blocks;
  expect(here.text.slice(block?.from, block?.to)).toMatch(/\n\t- plain$/);
  expect(there.text).not.toContain('plain');
  await world.until('it came', () => there.text.includes('plain'));
  await same();
});

test('a live block that another device deleted is brought back by Ctrl-Z, on every device', async () => {
  const before = here.block;
  after(there.view, 'two');
  type(there.view, '!');
  await same();
  const text = here.text;
  const from = text.indexOf('- thoughts');
  here.view.dispatch({ changes: { from, to: text.indexOf('- plain') }, selection: { anchor: from }, userEvent: 'delete.selection' });
  await world.until('it is gone there', () => !there.text.includes('thoughts'));
  expect(undo(there.view)).toBe(true);
  await world.until('it is back on both', () => here.text.includes('two!') && there.text.includes('two!'));
  await same();
  expect(here.text.match(/\^bw-/g)).toHaveLength(1);
  expect(undo(there.view)).toBe(true);
  await world.until('the step before it is undone, too', () => !here.text.includes('two!'));
  expect(here.block).toBe(before);
  redo(there.view);
  await world.until('and done again', () => here.text.includes('two!'));
});

test('a bullet that another device puts under a folded one is folded, too', async () => {
  const line = here.view.state.doc.line(4);
  expect(line.text).toBe('\t- one');
  here.view.dispatch({ effects: foldEffect.of({ from: line.to, to: here.view.state.doc.line(5).to }) });
  after(there.view, '- one');
  there.view.dispatch({ changes: { from: there.text.indexOf('- one') + 5, insert: '\n        - first' }, userEvent: 'input.paste' });
  after(there.view, 'child');
  there.view.dispatch({ changes: { from: there.text.indexOf('child') + 5, insert: '\n        - last' }, userEvent: 'input.paste' });
  await world.until('it came', () => here.text.includes('last'));
  const folds: string[] = [];
  foldedRanges(here.view.state).between(0, here.text.length, (from, to) => void folds.push(here.text.slice(from, to)));
  expect(folds).toEqual(['\n\t\t- first\n\t\t- child\n\t\t- last']);
});

test('[N2] a letter beside one that another device typed over is undone, and the others stay', async () => {
  after(here.view, 'th');
  // The laptop types over the letter before which the phone types, and neither has heard of the other.
  here.view.dispatch({ changes: { from: here.text.indexOf('oughts'), to: here.text.indexOf('ughts'), insert: 'XYZ' }, userEvent: 'input.type' });
  after(there.view, 'tho');
  type(there.view, 'Q');
  await world.until('both heard', () => here.text.includes('Q') && there.text.includes('XYZ'));
  undo(there.view);
  await same();
  expect(here.block).toContain('thXYZughts');
});

test('[N2] a bullet that was made here and that another device wrote into keeps what is theirs when it is undone', async () => {
  after(here.view, 'tw');
  press(here.view, 'Enter');
  type(here.view, 'x');
  await same();
  after(there.view, 'x');
  type(there.view, ' theirs');
  await same();
  undo(here.view);
  await same();
  expect(here.block).toContain('theirs');
  expect(here.block).not.toContain('x');
  expect(here.block).toContain('thoughts');
});

test('[N3] letters that both deleted come back when one takes that back', async () => {
  const before = here.block;
  for (const { view, text } of [here, there]) view.dispatch({ changes: { from: text.indexOf('child') + 1, to: text.indexOf('child') + 4 }, userEvent: 'delete.selection' });
  await world.until('both heard', () => here.block === there.block && !here.text.includes('child'));
  undo(there.view);
  await same();
  expect(there.block).toBe(before);
});

test('[N4] letters typed into a bullet that another device joined meanwhile are taken back where they are now', async () => {
  after(here.view, 'two');
  type(here.view, '!');
  there.view.dispatch({ changes: { from: there.text.indexOf('child') + 5, to: there.text.indexOf('two') }, userEvent: 'delete.backward' });
  await world.until('both heard', () => here.text.includes('childtwo!') && there.text.includes('childtwo!'));
  undo(here.view);
  await same();
  expect(here.block).toContain('childtwo');
  expect(here.block).not.toContain('!');
});

test('[N8] a bullet that was moved out of what another device deleted goes when the move is undone, and is back when that is done again', async () => {
  const indented = here.text.indexOf('\t- child');
  here.view.dispatch({ changes: { from: indented, to: indented + 1 }, userEvent: 'delete.dedent' });
  await microtasks();
  const from = there.text.indexOf('\n    - one');
  there.view.dispatch({ changes: { from, to: there.text.indexOf('\n    - two') }, userEvent: 'delete.line' });
  await world.until('both heard', () => !here.text.includes('one') && there.text.includes('child'));
  await same();
  const merged = here.block;
  undo(here.view);
  await same();
  expect(here.block).toBe('- thoughts #live\n\t- two');
  redo(here.view);
  await same();
  expect(here.block).toBe(merged);
});

test('[N2] a bullet that was pasted again and written into at once goes with the letters, and is without them where the cut is undone, too', async () => {
  const states = [here.block];
  const lines = '\n\t- one\n\t\t- child';
  states.push(await step(() => here.view.dispatch({ changes: { from: here.text.indexOf(lines), to: here.text.indexOf(lines) + lines.length }, userEvent: 'delete.cut' })));
  states.push(
    await step(() => {
      const at = here.text.indexOf('- two') + '- two'.length;
      here.view.dispatch({ changes: { from: at, insert: lines }, selection: { anchor: at + lines.length }, userEvent: 'input.paste' });
      type(here.view, '!');
    }),
  );
  await backAndForth(states);
  for (const state of [...states].reverse().slice(1)) {
    undo(here.view);
    await same();
    expect(there.block).toBe(state);
  }
});

test('[N9] a root without children that was split after something was typed is taken back step by step', async () => {
  const states = [here.block];
  const from = here.text.indexOf('\n\t- one');
  states.push(await step(() => here.view.dispatch({ changes: { from, to: here.text.indexOf('\n- plain') }, userEvent: 'delete.selection' })));
  after(here.view, 'thoughts');
  states.push(await step(() => type(here.view, '!?')));
  after(here.view, 'thoughts!');
  const whole = here.text;
  // Its second half stands outside of the block, and is written into.
  states.push(
    await step(() => {
      press(here.view, 'Enter');
      type(here.view, 'x');
    }),
  );
  expect(here.text).toContain('- x?');
  await same();
  after(there.view, 'thoughts');
  type(there.view, 'Y');
  await same();
  undo(here.view);
  await microtasks();
  expect(here.text).toBe(whole.replace('thoughts!?', 'thoughtsY!?'));
  undo(here.view);
  await microtasks();
  expect(here.block).toBe('- thoughtsY #live');
  redo(here.view);
  await microtasks();
  redo(here.view);
  await same();
  expect(here.block).toBe('- thoughtsY!');
  expect(here.text).toContain('- x? #live');
});

test('[N1] an indent that changes no nesting is taken back after another device has outdented the bullet', async () => {
  const indented = here.text.indexOf('\t\t- child');
  await step(() => here.view.dispatch({ changes: { from: indented, insert: '\t' }, userEvent: 'input.indent' }));
  const from = there.text.indexOf('        - child');
  there.view.dispatch({ changes: { from, to: from + 4 }, userEvent: 'delete.dedent' });
  await world.until('both heard', () => /\n\t- child/.test(here.text));
  const text = here.text;
  undo(here.view);
  await same();
  expect(here.text).toBe(text);
});

test('[N9] a last line that was deleted with its line end is brought back, and deleted again, after another device ticked it', async () => {
  const from = there.text.indexOf('    - two');
  there.view.dispatch({ changes: { from, to: there.text.length }, userEvent: 'delete.line' });
  const box = here.text.indexOf('two');
  here.view.dispatch({ changes: { from: box, insert: '[ ] ' }, userEvent: 'input' });
  await world.until('both heard', () => !here.text.includes('two'));
  undo(there.view);
  await world.until('it is back with the box', () => here.text.includes('- [ ] two'));
  redo(there.view);
  await world.until('it is gone', () => !here.text.includes('two'));
  await same();
  expect(there.block).not.toContain('[');
});
