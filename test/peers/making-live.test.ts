/** "Making a block live", rule by rule. */
import { Pair, TODAY, JOURNAL, NOTE, bare, countOf, idIn } from './pair';
import { TestEditor } from './test-editor';

describe('making a block live', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  const ids = (editor: TestEditor): string[] => [...editor.content.matchAll(/\^(bw-[a-z2-7]{12})/g)].map((match) => match[1] ?? '');

  describe('the tag', () => {
    it('typed into a line makes it live; editing a line whose tag stood there before publishes nothing', async () => {
      pair.laptop.vault.write(TODAY, '- old #live thing\n- other\n');
      const editor = await pair.open(pair.laptop, TODAY);
      editor.goTo('old');
      editor.typeAfter('- old', 'er');
      editor.goTo('other');
      expect(editor.content).not.toContain('^bw-');
      editor.goTo('other');
      editor.typeAfter('- other', ' #live');
      editor.goTo('older');
      expect(editor.content).toMatch(/- other #live \^bw-/);
    });

    it('makes all bullets live that are pasted at once, also at the end of the note; the other device has them in their order', async () => {
      pair.laptop.vault.write(TODAY, '- other');
      pair.phone.vault.write(JOURNAL, '');
      const editor = await pair.open(pair.laptop, TODAY);
      const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
      editor.replace(7, 7, `\n${names.map((name) => `- ${name} #live\n`).join('')}- last`, 'paste');
      editor.hold?.cursorMoved();
      expect(bare(editor.content)).toBe(`- other\n${names.map((name) => `- ${name} #live\n`).join('')}- last`);
      expect(new Set(ids(editor)).size).toBe(names.length);
      await pair.world.until('all have come, in order', () => {
        const text = pair.phone.vault.text(JOURNAL);
        return names.every((name, i) => text.includes(`- ${name} #live`) && (i === 0 || text.indexOf(name) > text.indexOf(names[i - 1] ?? '')));
      });
    });

    it('makes its bullet live when the note is closed on its line', async () => {
      pair.laptop.vault.write(TODAY, NOTE);
      const editor = await pair.open(pair.laptop, TODAY);
      editor.goTo('tracking');
      editor.typeAfter('tracking thoughts', ' #live');
      editor.hold?.close();
      expect(editor.content).toContain('^bw-');
    });

    it('keeps its id where it counts when the note is closed in the middle of a blank line', async () => {
      const here = await pair.live();
      const id = idIn(here.content);
      const at = here.content.indexOf(` ^${id}`);
      here.replace(at, at, '\n  \n  more');
      here.goTo('tracking');
      expect(here.content).toContain(`more ^${id}`);
      pair.laptop.vault.write(TODAY, here.content);
      here.hold?.close();
      await pair.world.until('it is put right in the file', () => [`#live ^${id}\n`, '  more\n'].every((line) => pair.laptop.vault.text(TODAY).includes(line)));
    });

    it('keeps its id, and asks nothing, where an empty line makes the line with the id a paragraph of another bullet', async () => {
      const here = await pair.live();
      const id = idIn(here.content);
      here.reload(here.content.replace(` ^${id}`, `\n  - new\n  more ^${id}`));
      await pair.world.pass(2_000);
      const behind = here.content.indexOf('- new') + '- new'.length;
      here.replace(behind, behind, '\n    ');
      expect(here.content).toContain(`- new ^${id}\n    \n  more\n`);
      here.typeAfter('- new', ' and');
      here.typeAfter('\n    ', 'between');
      here.goTo('stays here');
      expect(here.content).toContain(`- new and\n    between\n  more ^${id}\n`);
      expect(pair.laptop.peer.questions()).toEqual([]);
    });

    it('is not needed where a phrase does the same, whatever its case; without that setting a phrase does nothing', async () => {
      const settings = { phrases: ['tracking thoughts'] };
      const tablet = await pair.world.device('Tablet', { settings });
      tablet.vault.write(TODAY, '- other\n\t- child\n- stays here\n');
      const editor = await pair.open(tablet, TODAY);
      editor.goTo('other');
      editor.typeAfter('- other', ' Tracking Thoughts');
      editor.goTo('stays');
      expect(editor.content).toMatch(/^- other Tracking Thoughts \^bw-[a-z2-7]{12}\n\t- child\n- stays here\n$/);
      pair.laptop.vault.write(TODAY, '- other\n- stays here\n');
      const without = await pair.open(pair.laptop, TODAY);
      without.goTo('other');
      without.typeAfter('- other', ' tracking thoughts');
      without.goTo('stays');
      expect(ids(without)).toEqual([]);
    });

    it('on a block beyond the limits is refused in words, and nothing of it is sent', async () => {
      const tablet = await pair.world.device('Tablet', { settings: { limits: { bullets: 3, bytes: 200 } } });
      await tablet.live();
      tablet.vault.write(TODAY, '- plan\n\t- one\n\t- two\n\t- three\n- stays here\n');
      const editor = await pair.open(tablet, TODAY);
      await expect(tablet.peer.makeLive(TODAY, 0)).rejects.toMatchObject({ code: 'BLOCK_TOO_LARGE', message: 'This block has 4 bullets and 1 kB; a live block may have 3 and 0 kB.', hint: 'Make a part of it live instead.' });
      editor.goTo('plan');
      editor.typeAfter('- plan', ' #live');
      editor.goTo('stays');
      expect(tablet.problems).toEqual([expect.stringContaining('BLOCK_TOO_LARGE')]);
      expect(ids(editor)).toEqual([]);
      await pair.world.pass(5_000);
      for (const { peer } of [tablet, pair.laptop]) expect(peer.blocks()).toEqual([]);
    });

    it('in a template folder makes nothing live, and the command says why', async () => {
      pair.laptop.vault.write('templates/day.md', NOTE);
      const editor = await pair.open(pair.laptop, 'templates/day.md');
      editor.goTo('tracking');
      editor.typeAfter('tracking thoughts', ' #live');
      editor.goTo('stays');
      expect(editor.content).not.toContain('^bw-');
      await expect(Promise.resolve().then(() => pair.laptop.peer.makeLive('templates/day.md', 1))).rejects.toThrow('template folder');
      expect(pair.laptop.peer.blocks()).toHaveLength(0);
    });

    it('that stood there before Blockwire was set up is listed once, and becomes live when the user says so', async () => {
      const third = await pair.world.device('Tablet', { vault: pair.laptop.vault.copyAs('notes', { 'notes/a.md': '- one #live\n', 'notes/b.md': '- two #live\n\t- child\n' }) });
      await third.live();
      const [question] = third.peer.questions();
      expect(question?.kind).toBe('old-tags');
      expect(third.vault.text('notes/a.md')).toBe('- one #live\n');
      await third.peer.answer(question?.id ?? '', 'make-live');
      await pair.world.until('both are live', () => third.vault.text('notes/a.md').includes('^bw-') && third.vault.text('notes/b.md').includes('^bw-'));
      expect(third.peer.questions()).toHaveLength(0);
    });

    it('is refused by the command where there is no bullet, and the command on a live block gives that block', async () => {
      const editor = await pair.live();
      await expect(Promise.resolve().then(() => pair.laptop.peer.makeLive(TODAY, 0))).rejects.toThrow('no list item');
      expect(await pair.laptop.peer.makeLive(TODAY, 2)).toBe(idIn(editor.content));
    });
  });

  describe('an id', () => {
    it('that arrives through a template is replaced, and what bears it is a block of its own', async () => {
      const editor = await pair.live();
      const id = idIn(editor.content);
      const copy = editor.content.slice(editor.content.indexOf('- tracking'), editor.content.indexOf('- stays'));
      pair.outside(pair.laptop, 'templates/day.md', copy);
      await pair.world.pass(1_000);
      pair.outside(pair.laptop, 'daily/2026-11-23.md', copy);
      await pair.world.until('the new note has its own id', () => !pair.laptop.vault.text('daily/2026-11-23.md').includes(id) && pair.laptop.vault.text('daily/2026-11-23.md').includes('^bw-'));
      await pair.world.until('two blocks', () => pair.laptop.peer.blocks().length === 2);
      expect(pair.laptop.vault.text('templates/day.md')).toBe(copy);
    });

    it('on a copy pasted in the same note, or in another, is a new one at once', async () => {
      const [here] = await pair.both();
      const id = idIn(here.content);
      const block = here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
      here.replace(here.content.length, here.content.length, block, 'paste');
      expect(new Set(ids(here)).size).toBe(2);
      expect(ids(here)[0]).toBe(id);
      pair.laptop.vault.write('other.md', '- x\n');
      const other = await pair.open(pair.laptop, 'other.md');
      other.replace(other.content.length, other.content.length, block, 'paste');
      expect(new Set([...ids(here), ...ids(other)]).size).toBe(3);
      await pair.world.until('three blocks there, too', () => pair.phone.peer.blocks().length === 3);
      here.typeAfter('- first', ' only here');
      await pair.world.pass(3_000);
      expect(other.content).not.toContain('only here');
    });

    it('on a copy pasted before the note was ready is a new one, too', async () => {
      const [here] = await pair.both();
      const block = here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
      pair.laptop.vault.write('other.md', '- x\n');
      const other = TestEditor.open(pair.laptop.peer, 'other.md', '- x\n');
      expect(other.hold?.ready).toBe(false);
      other.replace(other.content.length, other.content.length, block, 'paste');
      await pair.world.until('two blocks there, too', () => ids(other).length === 1 && pair.phone.peer.blocks().length === 2);
      expect(ids(other)).not.toEqual(ids(here));
    });

    it('of a copy pasted into another live block is its own, and nothing is doubled', async () => {
      const [here, there] = await pair.both();
      const block = here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
      const nested = block.replace(/^/gm, '\t').replace(/\t$/, '');
      const at = here.content.indexOf('- stays');
      here.replace(at, at, nested, 'paste');
      await pair.world.until('it came', () => countOf(there.content, 'tracking') === 2);
      await pair.world.pass(70_000);
      expect(countOf(here.content, 'tracking')).toBe(2);
      expect(countOf(there.content, 'tracking')).toBe(2);
      expect(new Set(ids(here)).size).toBe(2);
      expect(ids(there)).toEqual(ids(here));
    });

    it('seen twice on disk (a duplicated note) is inactive in its second place until the first is gone', async () => {
      const here = await pair.landed();
      await pair.close(pair.laptop, TODAY, here);
      const text = pair.laptop.vault.text(TODAY);
      pair.outside(pair.laptop, 'daily/copy.md', text);
      await pair.world.pass(5_000);
      pair.outside(pair.laptop, 'daily/copy.md', text.replace('- first', '- first in the copy'));
      await pair.world.pass(30_000);
      expect(pair.phone.vault.text(JOURNAL)).not.toContain('in the copy');
      const copy = await pair.open(pair.laptop, 'daily/copy.md');
      expect(copy.hold?.blocks.map(({ state }) => state)).toEqual(['inactive']);
      pair.remove(pair.laptop, TODAY);
      await pair.world.until('the copy counts', () => pair.phone.vault.text(JOURNAL).includes('in the copy'));
      expect(copy.hold?.blocks.map(({ state }) => state)).not.toContain('inactive');
      await pair.world.pass(70_000);
      expect(pair.laptop.peer.questions()).toHaveLength(0);
    });

    it('of an inactive copy is replaced by the command: the copy is a block of its own', async () => {
      const here = await pair.landed();
      await pair.close(pair.laptop, TODAY, here);
      pair.outside(pair.laptop, 'copy.md', pair.laptop.vault.text(TODAY));
      await pair.world.pass(3_000);
      const copy = await pair.open(pair.laptop, 'copy.md');
      const id = idIn(copy.content);
      expect(await pair.laptop.peer.makeLive('copy.md', 1)).not.toBe(id);
      expect(countOf(copy.content, '^bw-')).toBe(1);
      expect(pair.laptop.vault.text(TODAY)).toContain(id);
    });
  });

  describe('cutting and pasting', () => {
    const cut = (editor: TestEditor): string => {
      const block = editor.content.slice(editor.content.indexOf('- tracking'), editor.content.indexOf('- stays'));
      editor.remove(block, 'cut');
      return block;
    };

    it('moves a block to another open note, with its history, and late edits of others are in it', async () => {
      const [here, there] = await pair.both();
      const id = idIn(here.content);
      const block = cut(here);
      there.typeAfter('- first', ' typed meanwhile');
      await pair.world.pass(3_000);
      pair.laptop.vault.write('other.md', '- x\n');
      const other = await pair.open(pair.laptop, 'other.md');
      other.replace(other.content.length, other.content.length, block, 'paste');
      expect(idIn(other.content)).toBe(id);
      await pair.world.until('the late edit is in it', () => other.content.includes('first typed meanwhile'));
      await pair.world.pass(70_000);
      expect(there.content).toContain('first typed meanwhile');
      expect(countOf(there.content, 'first')).toBe(1);
      expect(pair.laptop.peer.blocks()[0]?.path).toBe('other.md');
    });

    it('moves a block into a note that is closed right after', async () => {
      const here = await pair.landed();
      const block = cut(here);
      pair.laptop.vault.write('other.md', '- x\n');
      const other = await pair.open(pair.laptop, 'other.md');
      other.replace(other.content.length, other.content.length, block, 'paste');
      await pair.close(pair.laptop, 'other.md', other);
      const there = await pair.open(pair.phone, JOURNAL);
      there.typeAfter('- second', ' edited');
      await pair.world.until('it goes there', () => pair.laptop.vault.text('other.md').includes('second edited'));
    });

    it('counts as a deletion when nothing was pasted for a minute, and not before', async () => {
      const here = await pair.landed();
      cut(here);
      await pair.world.pass(50_000);
      expect(pair.phone.vault.text(JOURNAL)).toContain('tracking');
      await pair.world.pass(15_000);
      expect(pair.phone.vault.text(JOURNAL)).not.toContain('tracking');
    });

    it('is a move even if the app crashed in between', async () => {
      const here = await pair.landed();
      const block = cut(here);
      await pair.world.pass(5_000);
      pair.laptop.vault.write(TODAY, here.content);
      const laptop = await pair.crash(pair.laptop);
      await pair.world.pass(1_000);
      pair.laptop.vault.write('other.md', '- x\n');
      const other = await pair.open(laptop, 'other.md');
      other.replace(other.content.length, other.content.length, block, 'paste');
      await pair.world.pass(70_000);
      expect(pair.phone.vault.text(JOURNAL)).toContain('tracking');
      expect(laptop.vault.text(TODAY)).not.toContain('tracking');
      expect(laptop.peer.blocks()[0]?.path).toBe('other.md');
    });

    it('of the app’s last minute is a deletion when the app was ended properly', async () => {
      const here = await pair.landed();
      cut(here);
      pair.laptop.vault.write(TODAY, here.content);
      await pair.restart(pair.laptop);
      await pair.world.until('it is gone there', () => !pair.phone.vault.text(JOURNAL).includes('tracking'));
    });
  });

  describe('borders', () => {
    it('a bullet outdented past the root is released: plain text on every device, with late edits of others', async () => {
      const [here, there] = await pair.both();
      pair.phone.goOffline();
      there.typeAfter('- second', ' late');
      const at = here.content.indexOf('\t- second');
      here.replace(at, at + 1, '', 'other');
      await pair.world.pass(2_000);
      pair.phone.goOnline();
      await pair.world.until('both have it', () => here.content.includes('\n- second late') && there.content.includes('\n- second late'));
      expect(countOf(here.content, 'second')).toBe(1);
      expect(countOf(there.content, 'second')).toBe(1);
    });

    it('a bullet released in a note is plain text in the other’s closed note, too', async () => {
      const here = await pair.landed('before\n');
      const at = here.content.indexOf('\t- second');
      here.replace(at, at + 1, '', 'other');
      await pair.world.until('it is plain there', () => /\n- second\n/.test(pair.phone.vault.text(JOURNAL)));
      await pair.world.pass(10_000);
      expect(countOf(pair.phone.vault.text(JOURNAL), 'second')).toBe(1);
    });

    it('a live block nested under another becomes part of it; its text stands once on every device, its id with it', async () => {
      const [here, there] = await pair.both();
      here.goTo('stays');
      here.typeAfter('- stays here', ' #live\n');
      here.goTo('tracking');
      await pair.world.until('the second block is there', () => there.content.includes('stays here #live ^bw-'));
      const id = idIn(here.content.slice(here.content.indexOf('stays here')));
      const at = here.content.indexOf('- stays');
      here.replace(at, at, '\t', 'other');
      await pair.world.until('it is nested there', () => /\n {4}- stays here #live \^bw-/.test(there.content));
      await pair.world.pass(70_000);
      for (const { content } of [here, there]) {
        expect(countOf(content, 'stays here')).toBe(1);
        expect(content).toContain(id);
      }
      there.typeAfter('- stays here', ' too');
      await pair.world.until('edits go on', () => here.content.includes('stays here too'));
      expect(pair.laptop.peer.questions()).toHaveLength(0);
      expect(pair.phone.peer.questions()).toHaveLength(0);
    });

    it('a late edit of a block that was nested elsewhere meanwhile is in it', async () => {
      const [here, there] = await pair.both();
      here.goTo('stays');
      here.typeAfter('- stays here', ' #live\n');
      here.goTo('tracking');
      await pair.world.until('the second block is there', () => there.content.includes('stays here #live ^bw-'));
      pair.phone.goOffline();
      there.typeAfter('- stays here', ' LATE');
      const at = here.content.indexOf('- stays');
      here.replace(at, at, '\t', 'other');
      await pair.world.pass(2_000);
      pair.phone.goOnline();
      await pair.world.until('it is in it on both', () => /\t- stays here LATE/.test(here.content) && / {4}- stays here LATE/.test(there.content));
      await pair.world.pass(70_000);
      expect(countOf(here.content, 'stays here')).toBe(1);
      expect(countOf(there.content, 'stays here')).toBe(1);
    });

    it('a bullet moved between two live blocks takes late edits along', async () => {
      const [here, there] = await pair.both();
      here.goTo('stays');
      here.typeAfter('- stays here', ' #live\n');
      here.goTo('tracking');
      await pair.world.until('the second block is there', () => there.content.includes('stays here #live ^bw-'));
      pair.phone.goOffline();
      there.typeAfter('- second', ' LATE');
      const at = here.content.indexOf('\t- second\n');
      here.replace(at, at + '\t- second\n'.length, '', 'cut');
      const end = here.content.indexOf('\n', here.content.indexOf('- stays')) + 1;
      here.replace(end, end, '\t- second\n', 'paste');
      await pair.world.pass(2_000);
      pair.phone.goOnline();
      await pair.world.until('it came along', () => here.content.includes('\t- second LATE') && there.content.includes('- second LATE'));
      await pair.world.pass(5_000);
      expect(countOf(here.content, 'second')).toBe(1);
      expect(countOf(there.content, 'second')).toBe(1);
      expect(here.content.indexOf('second')).toBeGreaterThan(here.content.indexOf('stays'));
      expect(there.content.indexOf('second')).toBeGreaterThan(there.content.indexOf('stays'));
    });
  });

  describe('two devices that tag the same text on their own', () => {
    it('end with one block and both sides’ edits, whatever their neighbours are', async () => {
      pair.laptop.goOffline();
      pair.phone.goOffline();
      pair.phone.vault.write(JOURNAL, 'Morning\n\n# Sunday\n- something else\n- tracking thoughts\n    - first\n    - second\n');
      const here = await pair.live();
      const there = await pair.open(pair.phone, JOURNAL);
      there.goTo('tracking');
      there.typeAfter('tracking thoughts', ' #live');
      there.goTo('something');
      expect(idIn(there.content)).toBe(idIn(here.content));
      here.typeAfter('- first', ' of laptop');
      there.typeAfter('- second', ' of phone');
      await pair.world.pass(1_000);
      pair.laptop.goOnline();
      pair.phone.goOnline();
      await pair.world.until('both have both', () => [here, there].every(({ content }) => content.includes('first of laptop') && content.includes('second of phone')));
      await pair.world.pass(3_000);
      expect(countOf(here.content, 'tracking')).toBe(1);
      expect(countOf(there.content, 'second')).toBe(1);
    });

    it('at a deleted block’s place make a new block: the generation rises', async () => {
      const here = await pair.landed();
      const id = idIn(here.content);
      const block = here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
      here.remove(block);
      await pair.world.pass(6_000);
      here.replace(9, 9, bare(block).replace(' #live', ''), 'paste');
      here.goTo('tracking');
      here.typeAfter('tracking thoughts', ' #live');
      here.goTo('stays');
      expect(idIn(here.content)).not.toBe(id);
    });
  });

  describe('stopping', () => {
    it('here only: tag and id go here; the others go on, and nothing comes back here', async () => {
      const [here, there] = await pair.both();
      await pair.laptop.peer.stopSyncing(idIn(here.content), 'here');
      expect(here.content).toBe(NOTE);
      there.typeAfter('- first', ' later');
      await pair.world.pass(10_000);
      expect(here.content).toBe(NOTE);
      expect(there.content).toContain('^bw-');
      const laptop = await pair.restart(pair.laptop, () => pair.laptop.vault.write(TODAY, here.content));
      await pair.world.pass(5_000);
      expect(laptop.vault.text(TODAY)).toBe(NOTE);
      expect(await laptop.peer.inbox()).toHaveLength(0);
    });

    it('the id of a block stopped here, pasted again, makes it live here again with all that happened', async () => {
      const [here, there] = await pair.both();
      const tagged = here.content;
      await pair.laptop.peer.stopSyncing(idIn(tagged), 'here');
      there.typeAfter('- first', ' later');
      await pair.world.pass(3_000);
      here.replace(0, here.content.length, '', 'delete');
      here.replace(0, 0, tagged, 'paste');
      await pair.world.until('it is live', () => here.content.includes('first later'));
      expect(countOf(here.content, 'first')).toBe(1);
    });

    it('here only is not offered, nor done, where another sync engine writes the files', async () => {
      const here = await pair.landed();
      const id = idIn(here.content);
      expect(pair.laptop.peer.sharesFiles()).toBe(false);
      await pair.close(pair.laptop, TODAY, here);
      await pair.world.pass(60_000);
      const old = pair.laptop.vault.text(TODAY);
      const mtime = pair.world.clock.now();
      await pair.world.pass(20_000);
      const again = await pair.open(pair.laptop, TODAY);
      again.typeAfter('- first', ' more');
      await pair.close(pair.laptop, TODAY, again);
      pair.laptop.vault.files.set(TODAY, { text: old, mtime });
      pair.laptop.peer.noteChanged(TODAY);
      await pair.world.pass(30_000);
      expect(pair.laptop.peer.sharesFiles()).toBe(true);
      await expect(pair.laptop.peer.stopSyncing(id, 'here')).rejects.toMatchObject({ code: 'FILES_SHARED' });
      expect(pair.laptop.vault.text(TODAY)).toContain(id);
      const asked = await pair.open(pair.laptop, TODAY);
      asked.goTo('tracking');
      asked.remove(' #live');
      asked.goTo('stays');
      expect(pair.laptop.peer.questions().map(({ answers }) => answers.map((answer) => answer.id))).toEqual([['keep', 'everywhere']]);
    });

    it('removing the tag by typing asks, when the cursor has left; the text stays live meanwhile', async () => {
      const [here, there] = await pair.both();
      here.goTo('tracking');
      const at = here.content.indexOf(' #live');
      here.replace(at, at + 6, '', 'delete');
      expect(pair.laptop.peer.questions()).toHaveLength(0);
      here.goTo('stays');
      const [question] = pair.laptop.peer.questions();
      expect(question?.kind).toBe('stop');
      await pair.laptop.peer.answer(question?.id ?? '', 'everywhere');
      await pair.world.until('plain there', () => !there.content.includes('^bw-'));
      expect(here.content).toBe(NOTE);
      expect(there.content).toBe('- tracking thoughts\n    - first\n    - second\n');
    });

    it('a tag typed again closes the question', async () => {
      const here = await pair.live();
      here.goTo('tracking');
      const at = here.content.indexOf(' #live');
      here.replace(at, at + 6, '', 'delete');
      here.goTo('stays');
      expect(pair.laptop.peer.questions()).toHaveLength(1);
      here.goTo('tracking');
      here.replace(at, at, ' #live', 'undo');
      here.goTo('stays');
      expect(pair.laptop.peer.questions()).toHaveLength(0);
      expect(countOf(here.content, '^bw-')).toBe(1);
    });

    it('removing the id of a first bullet without text asks, too, and does not delete the block', async () => {
      const [here, there] = await pair.both();
      const id = idIn(here.content);
      here.remove('tracking thoughts #live');
      here.remove(`  ^${id}`);
      await pair.world.pass(6_000);
      const [question] = pair.laptop.peer.questions();
      expect(question?.kind).toBe('stop');
      expect(there.content).toContain(id);
      await pair.laptop.peer.answer(question?.id ?? '', 'keep');
      await pair.world.pass(6_000);
      for (const { content } of [here, there]) expect(content).toContain(`- ^${id}`);
    });

    it('is not asked about any more where the block was deleted', async () => {
      const [here] = await pair.both();
      here.remove(' #live');
      here.goTo('stays');
      expect(pair.laptop.peer.questions().map(({ kind }) => kind)).toEqual(['stop']);
      here.remove(here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays')));
      await pair.world.pass(6_000);
      expect(pair.laptop.peer.questions()).toEqual([]);
    });

    it.each([
      ['keep', true],
      ['here', false],
    ] as const)('removing the id asks; the answer "%s" is kept', async (answer, isLive) => {
      const [here, there] = await pair.both();
      const id = idIn(here.content);
      here.remove(` ^${id}`);
      await pair.world.pass(1_000);
      const [question] = pair.laptop.peer.questions();
      expect(question?.kind).toBe('stop');
      there.typeAfter('- first', ' while asked');
      await pair.world.pass(2_000);
      await pair.laptop.peer.answer(question?.id ?? '', answer);
      await pair.world.pass(70_000);
      expect(here.content.includes(id)).toBe(isLive);
      expect(here.content.includes('while asked')).toBe(isLive);
      expect(countOf(here.content, 'first')).toBe(1);
      expect(there.content).toContain(id);
      if (!isLive) expect(here.content).toBe(NOTE);
    });
  });
});
