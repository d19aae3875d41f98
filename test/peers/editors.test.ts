/** "Editing together" in editors: composition, keystrokes before the binding, undo, closing, two panes. */
import { Pair, TODAY, JOURNAL, countOf } from './pair';
import { TestEditor } from './test-editor';

describe('editing together', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  it('waits for a composition to end before it shows what others typed, and both are kept', async () => {
    const [here, there] = await pair.both();
    here.isComposing = true;
    const at = here.content.indexOf('first') + 5;
    here.replace(at, at, 'か');
    there.typeAfter('first', ' X');
    there.typeAfter('second', ' Y');
    await pair.world.pass(2_000);
    expect(here.content).not.toContain('Y');
    expect(there.content).toContain('か');
    here.replace(at, at + 1, '感');
    here.isComposing = false;
    here.hold?.composed();
    await pair.world.until('both alike', () => here.content.includes('second Y') && there.content.includes('感'));
    expect(here.content).toContain(' X');
    expect(countOf(here.content, '感')).toBe(1);
    expect(here.content).not.toContain('か');
  });

  it('takes keystrokes that came before the binding', async () => {
    const here = await pair.landed();
    await pair.close(pair.laptop, TODAY, here);
    await pair.restart(pair.laptop);
    const editor = TestEditor.open(pair.laptop.peer, TODAY, pair.laptop.vault.text(TODAY));
    editor.typeAfter('- first', ' early');
    await pair.world.until('it came', () => pair.phone.vault.text(JOURNAL).includes('first early'));
    expect(countOf(editor.content, 'early')).toBe(1);
  });

  it('a tag typed before the binding makes its bullet live, one that stood there before does not', async () => {
    const note = '- old #live\n- tracking thoughts\n\t- first\n- stays here\n';
    pair.laptop.vault.write(TODAY, note);
    const editor = TestEditor.open(pair.laptop.peer, TODAY, '');
    editor.reload(note); // the app loads the file into an editor that is there already
    expect(editor.hold?.ready).toBe(false);
    editor.goTo('tracking');
    editor.typeAfter('tracking thoughts', ' #live');
    editor.replace(0, 0, 'Good morning\n');
    editor.goTo('stays here');
    await pair.world.until('it is live', () => editor.content.includes('^bw-'));
    expect(editor.content).toMatch(/^Good morning\n- old #live\n- tracking thoughts #live \^bw-[a-z2-7]{12}\n\t- first\n- stays here\n$/);
    expect(editor.hold?.blocks).toHaveLength(1);
  });

  it('a tag typed before the binding waits for the cursor to leave its line', async () => {
    pair.laptop.vault.write(TODAY, '- tracking thoughts\n- stays here\n');
    const editor = TestEditor.open(pair.laptop.peer, TODAY, pair.laptop.vault.text(TODAY));
    editor.goTo('tracking');
    editor.typeAfter('tracking thoughts', ' #live');
    await pair.world.until('the note is bound', () => editor.hold?.ready === true);
    await pair.world.pass(1_000);
    expect(editor.content).not.toContain('^bw-');
    editor.goTo('stays here');
    expect(editor.content).toContain('^bw-');
  });

  it('undoes an own edit in its bullet, where another device has moved it', async () => {
    const [here, there] = await pair.both();
    const at = here.content.indexOf('first') + 5;
    const marks = here.replace(at, at, ' oops');
    await pair.world.until('it came', () => there.content.includes('first oops'));
    const line = '    - first oops\n';
    const from = there.content.indexOf(line);
    there.replace(from, from + line.length, '', 'cut');
    const behind = there.content.indexOf('- second\n') + '- second\n'.length;
    there.replace(behind, behind, line, 'paste');
    await pair.world.until('it moved', () => here.content.indexOf('second') < here.content.indexOf('first oops'));
    expect(here.undo([{ from: at, to: at + 5, insert: '' }], marks)).not.toBeNull();
    await pair.world.until('undone on both', () => !there.content.includes('oops') && !here.content.includes('oops'));
    expect(here.content).toContain('- first\n');
    expect(countOf(there.content, 'first')).toBe(1);
  });

  it('an undo in a block that another device has deleted puts none of it into the note', async () => {
    const [here, there] = await pair.both();
    const at = here.content.indexOf('first') + 5;
    const marks = here.replace(at, at, ' oops') ?? [];
    await pair.world.until('it came', () => there.content.includes('oops'));
    there.remove(there.content.slice(there.content.indexOf('- tracking')));
    await pair.world.until('gone here', () => !here.content.includes('tracking'));
    const text = here.content;
    expect(here.undo([{ from: 3, to: 3, insert: 'first' }], marks)).toEqual([]);
    expect(here.content).toBe(text);
  });

  it('Ctrl-Z after a deletion brings a block back, and it lands at its old place on the others', async () => {
    const [here, there] = await pair.both('# Sunday\n- morning\n- evening\n');
    // The user has put it elsewhere there.
    const block = there.content.slice(there.content.indexOf('- tracking'), there.content.indexOf('    - second\n') + '    - second\n'.length);
    there.remove(block, 'cut');
    there.replace(there.content.indexOf('- evening'), there.content.indexOf('- evening'), block, 'paste');
    await pair.world.pass(1_000);
    const own = here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
    const at = here.content.indexOf(own);
    here.replace(at, at + own.length, '', 'delete');
    await pair.world.until('gone there', () => !there.content.includes('tracking'));
    await pair.world.pass(5_000);
    here.replace(at, at, own, 'undo');
    await pair.world.until('back there', () => there.content.includes('second'));
    expect(there.content).toMatch(/- morning\n- tracking[^]*- second\n- evening\n/);
    expect(countOf(here.content, 'tracking')).toBe(1);
  });

  it('deleting a block here while it is edited there: gone on both, and the text can be had back with the edit', async () => {
    const [here, there] = await pair.both();
    pair.phone.goOffline();
    there.typeAfter('- first', ' late');
    here.remove(here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays')));
    await pair.world.pass(6_000);
    pair.phone.goOnline();
    await pair.world.until('gone there', () => !there.content.includes('tracking'));
    await pair.world.pass(2_000);
    const [block] = await pair.laptop.peer.trashedBlocks();
    expect(block?.text).toContain('first late');
    expect(block?.deletedOn).toBe('Laptop');
    pair.laptop.peer.restoreBlock(block?.blockId ?? '');
    await pair.world.until('back on both', () => here.content.includes('first late') && there.content.includes('first late'));
    expect(await pair.phone.peer.trashedBlocks()).toHaveLength(0);
    expect(() => pair.laptop.peer.restoreBlock(block?.blockId ?? '')).toThrow('not in the trash');
  });

  it('writes what came while the note was being closed', async () => {
    const [here, there] = await pair.both();
    there.typeAfter('- first', ' more');
    here.isComposing = true;
    await pair.world.pass(200);
    pair.laptop.vault.write(TODAY, here.content);
    here.hold?.close();
    await pair.world.until('it is in the file', () => pair.laptop.vault.text(TODAY).includes('first more'));
    expect(countOf(pair.laptop.vault.text(TODAY), 'first')).toBe(1);
  });

  it('shows a change once in each of two editors of one note', async () => {
    const [here, there] = await pair.both();
    const second = TestEditor.open(pair.laptop.peer, TODAY, here.content);
    there.typeAfter('- first', ' more');
    await pair.world.until('both show it', () => here.content.includes('first more') && second.content.includes('first more'));
    const at = second.content.indexOf('second') + 6;
    second.replace(at, at, '!');
    here.replace(at, at, '!', 'other'); // the app mirrors it
    await pair.world.pass(1_000);
    expect(countOf(there.content, 'second!')).toBe(1);
    expect(there.content).not.toContain('!!');
  });
});
