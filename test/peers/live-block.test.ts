/** A bullet tagged on one device is the same on another: from the first tag to both typing at once. */
import { TestEditor } from './test-editor';
import { World } from './world';
import type { Device } from './world';

const NOTE = '# Sunday\n- tracking thoughts\n\t- first\n- stays here\n';
const TODAY = 'daily/2026-11-22.md';
const JOURNAL = 'journal/2026-11-22.md';

describe('a live block on two devices', () => {
  let world: World;
  let laptop: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World(7);
    laptop = await world.device('Laptop', { folder: 'daily' });
    phone = await world.device('Phone', { folder: 'journal', indent: '    ' });
    laptop.vault.write(TODAY, NOTE);
    await laptop.live();
    await phone.live();
  });

  afterEach(() => world.end());

  async function tagged(): Promise<TestEditor> {
    const editor = TestEditor.open(laptop.peer, TODAY, laptop.vault.text(TODAY));
    await world.until('the note is bound', () => editor.hold?.ready === true);
    editor.goTo('tracking');
    editor.typeAfter('tracking thoughts', ' #live');
    editor.goTo('stays here');
    expect(editor.content).toMatch(/^- tracking thoughts #live \^bw-[a-z2-7]{12}$/m);
    return editor;
  }

  it('becomes live when the cursor leaves the tagged line, and not before', async () => {
    const editor = TestEditor.open(laptop.peer, TODAY, NOTE);
    await world.until('the note is bound', () => editor.hold?.ready === true);
    editor.goTo('tracking');
    editor.typeAfter('tracking thoughts', ' #live');
    expect(editor.content).not.toContain('^bw-');
    editor.goTo('stays here');
    expect(editor.content).toContain('^bw-');
    expect(editor.hold?.blocks).toHaveLength(1);
  });

  it('lands in the other vault’s own note of that day, in that note’s style, and nothing else goes there', async () => {
    phone.vault.write(JOURNAL, 'Good morning\n');
    await tagged();
    await world.until('the block is in the phone’s file', () => phone.vault.text(JOURNAL).includes('tracking'));
    expect(phone.vault.text(JOURNAL)).toMatch(/^Good morning\n\n?- tracking thoughts #live \^bw-[a-z2-7]{12}\n {4}- first\n$/);
  });

  it('waits in the inbox while the note of its day does not exist, and lands when it appears', async () => {
    await tagged();
    await world.until('it is in the inbox', async () => (await phone.peer.inbox()).length === 1);
    const [item] = await phone.peer.inbox();
    expect(item?.text).toBe('- tracking thoughts #live\n    - first');
    expect(phone.vault.files.size).toBe(0);
    phone.vault.write(JOURNAL, '');
    phone.peer.noteCreated(JOURNAL);
    await world.until('it landed', () => phone.vault.text(JOURNAL).includes('tracking'));
    expect(await phone.peer.inbox()).toHaveLength(0);
  });

  it('shows each keystroke in the other open editor, both ways at once', async () => {
    const here = await tagged();
    phone.vault.write(JOURNAL, '');
    phone.peer.noteCreated(JOURNAL);
    await world.until('it landed', () => phone.vault.text(JOURNAL).includes('tracking'));
    const there = TestEditor.open(phone.peer, JOURNAL, phone.vault.text(JOURNAL));
    await world.until('the phone’s note is bound', () => there.hold?.ready === true);
    here.typeAfter('- first', ' from laptop');
    there.typeAfter('tracking thoughts', ' of mine');
    await world.until('both have both', () =>
      [here, there].every(({ content }) => content.includes('first from laptop') && content.includes('thoughts of mine #live')),
    );
    const [block] = laptop.peer.blocks();
    expect(laptop.peer.digest(block?.blockId ?? '')).toBe(phone.peer.digest(block?.blockId ?? ''));
    expect(here.content).toContain('- stays here');
    expect(there.content).not.toContain('stays here');
  });

  it('keeps what both did offline, and a bullet moved here and edited there stands once', async () => {
    const here = await tagged();
    phone.vault.write(JOURNAL, '');
    phone.peer.noteCreated(JOURNAL);
    await world.until('it landed', () => phone.vault.text(JOURNAL).includes('first'));
    const there = TestEditor.open(phone.peer, JOURNAL, phone.vault.text(JOURNAL));
    await world.until('the phone’s note is bound', () => there.hold?.ready === true);
    here.typeAfter('- first', '\n\t- second');
    await world.until('the phone has the second', () => there.content.includes('second'));

    laptop.goOffline();
    const first = here.content.indexOf('\t- first\n');
    here.replace(first, first + '\t- first\n'.length, '', 'cut');
    const behind = here.content.indexOf('\t- second\n') + '\t- second\n'.length;
    here.replace(behind, behind, '\t- first\n', 'paste');
    there.typeAfter('- first', ' edited on the phone');
    await world.pass(3_000);
    laptop.goOnline();
    await world.pass(3_000);
    await world.until('both end alike', () => here.content.includes('\t- second\n\t- first edited on the phone\n') && there.content.includes('    - second\n    - first edited on the phone\n'));
    expect(here.content.match(/first/g)).toHaveLength(1);
  });

  it('deletes everywhere what was deleted in an editor, after a moment in which an undo costs nothing', async () => {
    const here = await tagged();
    phone.vault.write(JOURNAL, 'x\n');
    phone.peer.noteCreated(JOURNAL);
    await world.until('it landed', () => phone.vault.text(JOURNAL).includes('tracking'));
    const block = /- tracking[^\n]*\n\t- first\n/.exec(here.content)?.[0] ?? '';
    here.remove(block);
    await world.until('it is gone there', () => !phone.vault.text(JOURNAL).includes('tracking'));
    expect(phone.vault.text(JOURNAL).trim()).toBe('x');
    here.replace(9, 9, block, 'undo');
    await world.until('it is back there', () => phone.vault.text(JOURNAL).includes('tracking'));
  });

  it('asks before it sends a deletion that was made outside an editor', async () => {
    const here = await tagged();
    await world.pass(2_000);
    const saved = here.content;
    here.hold?.close();
    laptop.vault.write(TODAY, saved);
    laptop.peer.noteChanged(TODAY);
    await world.pass(4_000);
    laptop.vault.write(TODAY, '# Sunday\n- stays here\n');
    laptop.peer.noteChanged(TODAY);
    await world.pass(61_000);
    await world.until('it asks', () => laptop.peer.questions().length === 1);
    expect(laptop.peer.questions()[0]?.kind).toBe('deleted-outside');
    expect(await phone.peer.inbox()).toHaveLength(1);
    await laptop.peer.answer(laptop.peer.questions()[0]?.id ?? '', 'restore');
    await world.until('it is back', () => laptop.vault.text(TODAY).includes('tracking thoughts'));
  });

  it('stops everywhere: tag and id go, the text stays on both', async () => {
    const here = await tagged();
    phone.vault.write(JOURNAL, '');
    phone.peer.noteCreated(JOURNAL);
    await world.until('it landed', () => phone.vault.text(JOURNAL).includes('first'));
    await laptop.peer.stopSyncing(here.hold?.blocks[0]?.blockId ?? '', 'everywhere');
    expect(here.content).toBe(NOTE);
    await world.until('the phone’s too', () => phone.vault.text(JOURNAL) === '- tracking thoughts\n    - first\n');
  });

  it('finds what was changed while it was not running', async () => {
    const here = await tagged();
    await world.pass(4_000);
    laptop.vault.write(TODAY, here.content);
    await laptop.stop();
    world.clock.advance(60_000);
    laptop.vault.write(TODAY, here.content.replace('- first', '- first, by another editor\n\t- and a new one'));
    const again = await world.device('Laptop', { vault: laptop.vault, disk: laptop.disk, credentials: laptop.credentials });
    await again.live();
    await world.until('the phone has it', async () => ((await phone.peer.inbox())[0]?.text ?? '').includes('first, by another editor\n    - and a new one'));
  });

  it('reads only notes that hold live blocks or changed meanwhile', async () => {
    const here = await tagged();
    for (let i = 0; i < 200; i += 1) laptop.vault.write(`old/${i}.md`, `- note ${i}`);
    await world.pass(5_000);
    laptop.vault.write(TODAY, here.content);
    await laptop.stop();
    laptop.vault.readPaths.length = 0;
    const again = await world.device('Laptop', { vault: laptop.vault, disk: laptop.disk, credentials: laptop.credentials });
    await again.live();
    expect(laptop.vault.readPaths.filter((path) => path.startsWith('old/'))).toEqual([]);
  });

  it('names its blocks in a list after a restart, without loading their documents', async () => {
    const here = await tagged();
    await world.pass(5_000);
    laptop.vault.write(TODAY, here.content);
    await laptop.stop();
    const same = { vault: laptop.vault, disk: laptop.disk, credentials: laptop.credentials };
    const compared = await world.device('Laptop', same); // an editor had the note, so this start looks at the file
    await compared.live();
    await compared.stop();
    const again = await world.device('Laptop', same);
    await again.live();
    expect(again.peer.blocks()).toMatchObject([{ title: 'tracking thoughts #live', bullets: 2, path: TODAY }]);
    expect(again.peer.digest(again.peer.blocks()[0]?.blockId ?? '')).toBeNull();
  });
});
