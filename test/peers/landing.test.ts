/** "Where a block lands", rule by rule. */
import { Pair, TODAY, JOURNAL, NOTE, countOf, idIn } from './pair';

describe('where a block lands', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  it.each(['renamed', 'deleted'])('a note that is %s while a block is written into it costs nothing', async (how) => {
    const here = await pair.landed();
    const { vault } = pair.phone;
    const write = vault.process.bind(vault);
    const away = jest.spyOn(vault, 'process').mockImplementationOnce(async (path, change) => {
      const file = vault.files.get(path);
      vault.files.delete(path);
      if (file && how === 'renamed') {
        vault.files.set('moved.md', file);
        pair.phone.peer.noteRenamed(path, 'moved.md');
      } else pair.phone.peer.noteDeleted(path);
      return write(path, change);
    });
    here.typeAfter('- first', ' more');
    await pair.world.until('it was to be written', () => away.mock.calls.length > 0);
    if (how === 'renamed') await pair.world.until('it is in the renamed note', () => vault.text('moved.md').includes('first more'));
    await pair.world.pass(4_000);
    expect(pair.phone.problems).toEqual([]);
  });

  it('[S23] a new device asks for the block of the note that is open, right after the index', async () => {
    await pair.landed();
    const asked: (readonly string[] | null)[] = [];
    const read = pair.world.log.read.bind(pair.world.log);
    jest.spyOn(pair.world.log, 'read').mockImplementation((space, query) => {
      asked.push(query.aliases);
      return read(space, query);
    });
    const third = await pair.world.device('Tablet', { folder: 'days', online: false });
    third.vault.write('days/2026-11-22.md', '');
    const editor = await pair.open(third, 'days/2026-11-22.md');
    third.goOnline();
    await pair.world.until('it landed', () => editor.content.includes('tracking'));
    expect(asked.map((aliases) => aliases?.length ?? 'all').slice(0, 2)).toEqual([1, 1]);
  });

  it('under the same heading, after the same neighbour', async () => {
    await pair.landed('# Saturday\n- a\n# Sunday\n- breakfast\n- lunch\n# Monday\n- z\n', '# Sunday\n- breakfast\n- tracking thoughts\n\t- first\n- stays here\n');
    expect(pair.phone.vault.text(JOURNAL)).toMatch(/^# Saturday\n- a\n# Sunday\n- breakfast\n- tracking thoughts #live \^bw-\w+\n {4}- first\n- lunch\n# Monday\n- z\n$/);
  });

  it('at the section’s end without the neighbour, at the note’s end without the heading, which is not created', async () => {
    await pair.landed('# Sunday\n- lunch\n\n# Monday\n- z\n');
    expect(pair.phone.vault.text(JOURNAL)).toMatch(/- lunch\n- tracking thoughts #live \^bw-\w+\n {4}- first\n {4}- second\n\n# Monday\n- z\n$/);
    const third = await pair.world.device('Tablet', { folder: 'days' });
    await third.live();
    pair.outside(third, 'days/2026-11-22.md', 'Just text.\n');
    await pair.world.until('it landed', () => third.vault.text('days/2026-11-22.md').includes('tracking'));
    expect(third.vault.text('days/2026-11-22.md')).toMatch(/^Just text\.\n\n- tracking thoughts #live \^bw-\w+\n\t- first\n\t- second\n$/);
  });

  it('in a note with CRLF line ends with CRLF, and in one without a final line end without one', async () => {
    const here = await pair.landed('Hello\r\n\r\n- a\r\n');
    expect(pair.phone.vault.text(JOURNAL)).toMatch(/^Hello\r\n\r\n- a\r\n- tracking thoughts #live \^bw-\w+\r\n {4}- first\r\n {4}- second\r\n$/);
    const there = await pair.open(pair.phone, JOURNAL);
    there.hold?.close();
    here.typeAfter('- first', '\n\t- new one');
    await pair.world.until('it goes on so', () => pair.phone.vault.text(JOURNAL).includes('\r\n    - new one\r\n'));
    expect(pair.phone.vault.text(JOURNAL).replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    const third = await pair.world.device('Tablet', { folder: 'days' });
    await third.live();
    pair.outside(third, 'days/2026-11-22.md', '- a');
    await pair.world.until('it landed', () => third.vault.text('days/2026-11-22.md').includes('tracking'));
    expect(third.vault.text('days/2026-11-22.md')).toMatch(/^- a\n- tracking[^]*- second$/);
  });

  it('by path where the note is of no day', async () => {
    pair.laptop.vault.write('projects/blue.md', NOTE);
    pair.phone.vault.write('projects/blue.md', '- x\n');
    const editor = await pair.open(pair.laptop, 'projects/blue.md');
    await pair.laptop.peer.makeLive('projects/blue.md', 1);
    await pair.world.until('it landed', () => pair.phone.vault.text('projects/blue.md').includes('tracking'));
    expect(editor.content).toContain('^bw-');
  });

  it('where two land at once in one closed note, both do', async () => {
    pair.laptop.vault.write(TODAY, '- one\n- two\n- three\n- end\n');
    pair.phone.vault.write(JOURNAL, '');
    await pair.open(pair.laptop, TODAY);
    for (const line of [0, 1, 2]) await pair.laptop.peer.makeLive(TODAY, line);
    await pair.world.until('all landed', () => countOf(pair.phone.vault.text(JOURNAL), '^bw-') === 3);
    await pair.world.pass(3_000);
    const there = await pair.open(pair.phone, JOURNAL);
    expect(there.hold?.blocks).toHaveLength(3);
    expect(countOf(there.content, '- ')).toBe(3);
  });

  it('in a note that is just being opened, once', async () => {
    pair.phone.vault.write(JOURNAL, 'x\n');
    pair.phone.goOffline();
    await pair.live();
    await pair.world.pass(1_000);
    pair.phone.goOnline();
    const { TestEditor } = await import('./test-editor');
    for (let round = 0; round < 400 && !pair.phone.peer.blocks().length; round += 1) await pair.world.pass(1);
    const there = TestEditor.open(pair.phone.peer, JOURNAL, pair.phone.vault.text(JOURNAL));
    await pair.world.until('it is in the editor', () => there.content.includes('tracking'));
    await pair.world.pass(20_000);
    expect(countOf(there.content, 'tracking')).toBe(1);
    expect(there.hold?.blocks).toHaveLength(1);
  });

  it('is its own on each device: renaming or moving a note is local', async () => {
    const here = await pair.landed();
    await pair.close(pair.laptop, TODAY, here);
    const text = pair.phone.vault.text(JOURNAL);
    pair.phone.vault.files.delete(JOURNAL);
    pair.phone.vault.write('archive/sunday.md', text);
    pair.phone.peer.noteRenamed(JOURNAL, 'archive/sunday.md');
    const again = await pair.open(pair.laptop, TODAY);
    again.typeAfter('- first', ' more');
    await pair.world.until('it goes there', () => pair.phone.vault.text('archive/sunday.md').includes('first more'));
    expect(pair.laptop.vault.files.has('archive/sunday.md')).toBe(false);
    expect(pair.phone.vault.files.has(JOURNAL)).toBe(false);
  });

  it('renaming a note while a write waits does not lose the write', async () => {
    const here = await pair.landed();
    here.typeAfter('- first', ' more');
    await pair.world.pass(300);
    const text = pair.phone.vault.text(JOURNAL);
    pair.phone.vault.files.delete(JOURNAL);
    pair.phone.vault.write('moved.md', text);
    pair.phone.peer.noteRenamed(JOURNAL, 'moved.md');
    await pair.world.until('it goes there', () => pair.phone.vault.text('moved.md').includes('first more'));
  });

  describe('a note that does not exist', () => {
    it('is not created: the block waits in the inbox, live and readable, and lands when the note is made and filled', async () => {
      const here = await pair.live();
      await pair.world.until('it is in the inbox', async () => (await pair.phone.peer.inbox()).length === 1);
      here.typeAfter('- first', ' more');
      await pair.world.until('it is live there', async () => ((await pair.phone.peer.inbox())[0]?.text ?? '').includes('first more'));
      expect(pair.phone.vault.files.size).toBe(0);
      pair.outside(pair.phone, JOURNAL, '');
      await pair.world.pass(300);
      pair.outside(pair.phone, JOURNAL, '# Sunday\n\n# Other\n'); // a template is filled in by another plugin
      await pair.world.until('it landed', () => pair.phone.vault.text(JOURNAL).includes('tracking'));
      expect(pair.phone.vault.text(JOURNAL)).toMatch(/^# Sunday\n- tracking[^]*\n\n?# Other\n$/);
      expect(await pair.phone.peer.inbox()).toHaveLength(0);
    });

    it('is created by the tap, and everything that waited for it lands, once', async () => {
      pair.laptop.vault.write(TODAY, '- one\n- two\n');
      await pair.open(pair.laptop, TODAY);
      await pair.laptop.peer.makeLive(TODAY, 0);
      const second = await pair.laptop.peer.makeLive(TODAY, 1);
      await pair.world.until('both wait', async () => (await pair.phone.peer.inbox()).length === 2);
      let path = '';
      void pair.phone.peer.createNoteFor(second).then((made) => (path = made));
      await pair.world.until('made', () => path === JOURNAL && countOf(pair.phone.vault.text(JOURNAL), '^bw-') === 2);
      await pair.world.pass(3_000);
      expect(countOf(pair.phone.vault.text(JOURNAL), '^bw-')).toBe(2);
      expect(await pair.phone.peer.inbox()).toHaveLength(0);
    });

    it('is created always, if the setting says so', async () => {
      const third = await pair.world.device('Tablet', { folder: 'days', settings: { createNotes: true } });
      await third.live();
      await pair.live();
      await pair.world.until('made', () => third.vault.files.has('days/2026-11-22.md') && third.vault.text('days/2026-11-22.md').includes('tracking'));
    });

    it('and is deleted elsewhere meanwhile leaves the inbox', async () => {
      const here = await pair.live();
      await pair.world.until('it waits', async () => (await pair.phone.peer.inbox()).length === 1);
      here.remove(here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays')));
      await pair.world.until('it left', async () => (await pair.phone.peer.inbox()).length === 0);
      pair.outside(pair.phone, JOURNAL, 'x\n');
      await pair.world.pass(5_000);
      expect(pair.phone.vault.text(JOURNAL)).toBe('x\n');
    });
  });

  describe('a file that is not downloaded', () => {
    it('is neither missing nor deleted: nothing is asked, nothing made, and what waits is written when it is there', async () => {
      const here = await pair.landed();
      const text = pair.phone.vault.text(JOURNAL);
      pair.phone.vault.placeholders.add(JOURNAL);
      pair.remove(pair.phone, JOURNAL);
      here.typeAfter('- first', ' more');
      await pair.world.pass(90_000);
      expect(pair.phone.peer.questions()).toHaveLength(0);
      expect(await pair.phone.peer.inbox()).toHaveLength(0);
      pair.phone.vault.placeholders.delete(JOURNAL);
      pair.outside(pair.phone, JOURNAL, text);
      await pair.world.until('written', () => pair.phone.vault.text(JOURNAL).includes('first more'));
      expect(countOf(pair.phone.vault.text(JOURNAL), 'tracking')).toBe(1);
    });

    it('is not made anew by the inbox', async () => {
      pair.phone.vault.placeholders.add(JOURNAL);
      const here = await pair.live();
      await pair.world.until('it waits', async () => (await pair.phone.peer.inbox()).length === 1);
      await expect(pair.phone.peer.createNoteFor(idIn(here.content))).rejects.toThrow('not downloaded');
    });
  });
});
