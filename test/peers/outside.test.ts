/** "Making a block live" and "Editing together": what other programs do to files. */
import { Pair, TODAY, JOURNAL, countOf, idIn } from './pair';
import type { TestEditor } from './test-editor';

describe('files that others change', () => {
  let pair: Pair;
  let here: TestEditor;

  beforeEach(async () => {
    pair = await Pair.make();
    here = await pair.landed();
  });
  afterEach(() => pair.end());

  const block = (): string => here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
  const saved = (): string => pair.laptop.vault.text(TODAY);
  const there = (): string => pair.phone.vault.text(JOURNAL);

  describe('a bullet deleted in a file', () => {
    beforeEach(() => pair.close(pair.laptop, TODAY, here));

    it('counts after 20 s and a second equal reading; harmless edits beside it at once', async () => {
      pair.outside(pair.laptop, TODAY, saved().replace('\t- second\n', '').replace('- first', '- first, edited'));
      await pair.world.until('the edit is there', () => there().includes('first, edited'));
      await pair.world.pass(12_000);
      expect(there()).toContain('second');
      expect(saved()).not.toContain('second');
      await pair.world.until('it is gone', () => !there().includes('second'));
    });

    it('and back before that was never away: its identity and remote edits are kept', async () => {
      const whole = saved();
      pair.outside(pair.laptop, TODAY, whole.replace('\t- second\n', ''));
      await pair.world.pass(5_000);
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.typeAfter('- second', ' from phone');
      await pair.world.pass(5_000);
      expect(saved()).not.toContain('second');
      pair.outside(pair.laptop, TODAY, whole);
      await pair.world.pass(40_000);
      expect(saved()).toContain('second from phone');
      expect(countOf(saved(), 'second')).toBe(1);
      expect(countOf(editor.content, 'second')).toBe(1);
    });

    it('and back with words that its file never had is that one: what another device wrote in it stays, once', async () => {
      const whole = saved();
      const editor = await pair.open(pair.phone, JOURNAL);
      pair.outside(pair.laptop, TODAY, whole.replace('\t- second\n', ''));
      await pair.world.pass(5_000);
      editor.replace(editor.content.indexOf('second'), editor.content.indexOf('second'), 'before the ');
      await pair.world.pass(5_000);
      pair.outside(pair.laptop, TODAY, whole.replace('- second', '- second one'));
      await pair.world.pass(40_000);
      expect(saved()).toContain('- before the second one\n');
      for (const text of [saved(), editor.content]) expect(countOf(text, 'second')).toBe(1);
    });

    it('and back without words that came before it went is that one, too', async () => {
      const whole = saved();
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.replace(editor.content.indexOf('second'), editor.content.indexOf('second'), 'before the ');
      await pair.world.until('it is in the file', () => saved().includes('before the second'));
      pair.outside(pair.laptop, TODAY, saved().replace('\t- before the second\n', ''));
      await pair.world.pass(3_000);
      pair.outside(pair.laptop, TODAY, whole.replace('- second', '- the second half'));
      await pair.world.pass(2_000);
      editor.typeAfter('second', ' more');
      await pair.world.pass(40_000);
      for (const text of [saved(), editor.content]) expect(countOf(text, 'second')).toBe(1);
      expect(saved()).toContain('more');
    });

    it('by a late file, and back in the next with words of its own, is that one: it stands once', async () => {
      const whole = saved();
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.replace(editor.content.indexOf('second'), editor.content.indexOf('second'), 'before the ');
      await pair.world.until('it is in the file', () => saved().includes('before the second'));
      await pair.world.pass(5_000);
      const { vault, peer } = pair.laptop;
      vault.files.set(TODAY, { text: whole.replace('\t- second\n', ''), mtime: pair.world.clock.now() - 60_000 });
      peer.noteChanged(TODAY);
      await pair.world.pass(100);
      expect(saved()).not.toContain('second');
      pair.outside(pair.laptop, TODAY, whole.replace('- second', '- the second half'));
      await pair.world.pass(40_000);
      for (const text of [saved(), editor.content]) expect(countOf(text, 'second')).toBe(1);
      expect(saved()).toContain('before the');
      expect(saved()).toContain('half');
    });

    it('by a late file, and back with a word more, is that one: it stands once', async () => {
      const whole = saved();
      const { vault, peer } = pair.laptop;
      vault.files.set(TODAY, { text: whole.replace('\t- second\n', ''), mtime: pair.world.clock.now() - 60_000 });
      peer.noteChanged(TODAY);
      await pair.world.pass(100);
      pair.outside(pair.laptop, TODAY, whole.replace('- second', '- more second'));
      await pair.world.pass(40_000);
      expect(saved()).toBe(whole.replace('- second', '- more second'));
      expect(countOf(there(), 'second')).toBe(1);
    });

    it('by a late file is none that is new in the next, as they have some words in common', async () => {
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.replace(editor.content.indexOf('second'), editor.content.indexOf('second') + 'second'.length, 'paper lunch buy read tomorrow');
      await pair.world.until('it is in the file', () => saved().includes('paper lunch'));
      await pair.world.pass(5_000);
      const whole = saved();
      const old = whole.replace('\t- paper lunch buy read tomorrow\n', '');
      const { vault, peer } = pair.laptop;
      vault.files.set(TODAY, { text: old, mtime: pair.world.clock.now() - 60_000 });
      peer.noteChanged(TODAY);
      await pair.world.pass(100);
      pair.outside(pair.laptop, TODAY, old.replace('\t- first', '\t- ask paper lunch bread garden\n\t- first'));
      await pair.world.pass(1_000);
      for (const line of ['- ask paper lunch bread garden\n', '- paper lunch buy read tomorrow\n']) expect(editor.content).toContain(line);
    });

    it('but for its beginning, as a file of before was cut off there, stands once when the rest has come', async () => {
      const whole = saved();
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.replace(editor.content.indexOf('second'), editor.content.indexOf('second'), 'before the ');
      await pair.world.until('it is in the file', () => saved().includes('before the second'));
      await pair.world.pass(5_000);
      pair.outside(pair.laptop, TODAY, whole.slice(0, whole.indexOf('- second') + '- sec'.length));
      await pair.world.pass(1_000);
      pair.outside(pair.laptop, TODAY, whole);
      await pair.world.pass(60_000);
      for (const text of [saved(), editor.content]) expect(countOf(text, 'sec')).toBe(1);
      expect(editor.content).toContain('before the second');
    });

    it('waits longer while the file is still changing', async () => {
      pair.outside(pair.laptop, TODAY, saved().replace('\t- second\n', ''));
      await pair.world.pass(19_000);
      pair.laptop.vault.write(TODAY, saved().replace('- first', '- first!')); // nobody told the peer
      await pair.world.pass(5_000);
      expect(there()).toContain('second');
      await pair.world.until('it is gone', () => !there().includes('second'));
    });

    it('waits for the catch-up', async () => {
      pair.laptop.goOffline();
      pair.outside(pair.laptop, TODAY, saved().replace('\t- second\n', ''));
      await pair.world.pass(60_000);
      pair.laptop.goOnline();
      await pair.world.pass(1_000);
      await pair.world.until('it is gone', () => !there().includes('second'));
    });

    it('is still held back after a restart', async () => {
      pair.outside(pair.laptop, TODAY, saved().replace('\t- second\n', ''));
      await pair.world.pass(6_000);
      await pair.crash(pair.laptop);
      await pair.world.pass(5_000);
      expect(saved()).not.toContain('second');
      await pair.world.until('it is gone', () => !there().includes('second'));
    });
  });

  it('a word deleted in a file takes along nothing that another device writes in its bullet', async () => {
    await pair.close(pair.laptop, TODAY, here);
    const editor = await pair.open(pair.phone, JOURNAL);
    editor.typeAfter('- second', ' word of the day');
    await pair.world.until('it is in the file', () => saved().includes('of the day'));
    pair.outside(pair.laptop, TODAY, saved().replace(' word', ''));
    await pair.world.pass(5_000);
    editor.typeAfter('of the day', ' before');
    await pair.world.pass(40_000);
    for (const text of [saved(), editor.content]) expect(text).toContain('- second of the day before\n');
  });

  it('nor does one that makes the bullet what it was before, and that waits for that reason', async () => {
    await pair.close(pair.laptop, TODAY, here);
    const editor = await pair.open(pair.phone, JOURNAL);
    pair.outside(pair.laptop, TODAY, saved().replace('- second', '- second word'));
    await pair.world.until('it is there', () => editor.content.includes('second word'));
    await pair.world.pass(5_000);
    pair.outside(pair.laptop, TODAY, saved().replace(' word', ''));
    await pair.world.pass(5_000);
    editor.typeAfter('second word', ' of others');
    await pair.world.pass(40_000);
    for (const text of [saved(), editor.content]) expect(text).toContain('- second of others\n');
  });

  describe('a bullet that is deleted, and that an old copy of another sync engine shows', () => {
    let editor: TestEditor;
    let old: { text: string; mtime: number };

    beforeEach(async () => {
      await pair.close(pair.laptop, TODAY, here);
      editor = await pair.open(pair.phone, JOURNAL);
      editor.typeAfter('- second', ' word of the day');
      await pair.world.until('it is in the file', () => saved().includes('of the day'));
      await pair.world.pass(2_000);
      old = { text: saved(), mtime: pair.world.clock.now() - 1_000 };
    });

    const carry = (): void => {
      pair.laptop.vault.files.set(TODAY, old);
      pair.laptop.peer.noteChanged(TODAY);
    };
    const remove = async (): Promise<void> => {
      const { index, 0: line } = /[ \t]+- second.*\n/.exec(editor.content) ?? { index: 0, 0: '' };
      editor.replace(index, index + line.length, '');
      await pair.world.until('it is gone there', () => !saved().includes('second'));
    };

    it('stays away, also with a text that it had some words earlier', async () => {
      editor.typeAfter('of the day', ' before');
      await pair.world.until('it is in the file', () => saved().includes('day before'));
      await remove();
      carry();
      await pair.world.pass(40_000);
      for (const text of [saved(), editor.content]) expect(text).not.toContain('second');
    });

    it('is taken for none that is like it and new since', async () => {
      await remove();
      pair.outside(pair.laptop, TODAY, saved().replace('\t- first\n', '\t- first\n\t- third word of the day\n'));
      await pair.world.until('it is there', () => editor.content.includes('third'));
      carry();
      await pair.world.pass(40_000);
      for (const text of [saved(), editor.content]) {
        expect(text).not.toContain('second');
        expect(text).toContain('- third word of the day\n');
      }
    });
  });

  it('an outside change to an open note does not stop the typing in it from being synced, nor others’ from being shown', async () => {
    const other = await pair.open(pair.phone, JOURNAL);
    const at = here.content.indexOf('\t- second\n');
    pair.laptop.vault.write(TODAY, here.content.replace('\t- second\n', ''));
    here.replace(at, at + '\t- second\n'.length, '', 'outside');
    here.typeAfter('- first', ' typed on');
    other.typeAfter('tracking thoughts', ' together');
    await pair.world.pass(1_500);
    expect(other.content).toContain('first typed on');
    expect(here.content).toContain('thoughts together');
    expect(other.content).toContain('second');
    expect(here.content).not.toContain('second');
    await pair.world.until('it counts', () => !other.content.includes('second'));
  });

  describe('an edit of an older text of a bullet', () => {
    it('is made beside what the bullet has got since, which waits to be taken away', async () => {
      pair.laptop.vault.write(TODAY, here.content);
      here.typeAfter('- first', ' today');
      await pair.world.pass(2_500);
      await pair.close(pair.laptop, TODAY, here);
      const old = saved().replace('- first today', '- first');
      pair.outside(pair.laptop, TODAY, old.replace('- first', '- first thing'));
      await pair.world.pass(5_000);
      expect(there()).toMatch(/- first (thing today|today thing)/);
      await pair.world.until('it counts', () => there().includes('- first thing\n'));
    });

    it.each([
      ['one has a letter of the next', 'puff'],
      ['they have many letters in common', 'a fix ifr st and'],
    ])('goes in between words, also where %s', async (_, words) => {
      const other = await pair.open(pair.phone, JOURNAL);
      await pair.close(pair.laptop, TODAY, here);
      const old = saved();
      other.replace(other.content.indexOf('first'), other.content.indexOf('first'), `${words} `);
      other.typeAfter('first', ' today');
      await pair.world.until('it is in the file', () => saved().includes(`${words} first today`));
      pair.outside(pair.laptop, TODAY, old.replace('- second', '- second one'));
      await pair.world.pass(1_000);
      pair.outside(pair.laptop, TODAY, old.replace('- second', '- second one').replace('- first', '- zap first'));
      await pair.world.pass(5_000);
      expect([`- ${words} zap first today\n`, `- zap ${words} first today\n`].some((line) => other.content.includes(line))).toBe(true);
    });

    it('adds no word that the bullet has got since, and that is new to the file', async () => {
      const other = await pair.open(pair.phone, JOURNAL);
      await pair.close(pair.laptop, TODAY, here);
      const old = saved();
      for (const word of ['early', 'middle', 'latest']) {
        const at = /- [a-z ]*first/.exec(other.content)?.index ?? 0;
        other.replace(at + 2, at + 2, `${word} `);
        await pair.world.until('it is in the file', () => saved().includes(word));
      }
      pair.outside(pair.laptop, TODAY, old.replace('- second', '- second one'));
      await pair.world.pass(1_000);
      pair.outside(pair.laptop, TODAY, old.replace('- second', '- second one').replace('- first', '- latest early first'));
      await pair.world.pass(5_000);
      expect(other.content).toContain('- latest middle early first\n');
    });

    it('takes nothing away where the file was saved before the last change here, if by a second', async () => {
      const other = await pair.open(pair.phone, JOURNAL);
      await pair.close(pair.laptop, TODAY, here);
      for (const word of ['wlrcm0 ', 'tsqqp2 ']) other.replace(other.content.indexOf('first'), other.content.indexOf('first'), word);
      other.typeAfter('first', ' koqwg1');
      await pair.world.until('it is in the file', () => saved().includes('- wlrcm0 tsqqp2 first koqwg1\n'));
      const { vault, peer } = pair.laptop;
      vault.files.set(TODAY, { text: saved().replace('wlrcm0 ', ''), mtime: pair.world.clock.now() - 1_000 });
      peer.noteChanged(TODAY);
      await pair.world.pass(30_000);
      for (const text of [saved(), other.content]) expect(text).toContain('- wlrcm0 tsqqp2 first koqwg1\n');
    });

    it('a text that is nothing like it is compared as it stands', async () => {
      here.typeAfter('- first', '\n\t- 三it丅专thoughts七i万不so');
      here.typeAfter('万不so', '与丒it');
      await pair.world.pass(2_500);
      await pair.close(pair.laptop, TODAY, here);
      pair.outside(pair.laptop, TODAY, saved().replace('万不so', '万並so'));
      await pair.world.pass(30_000);
      for (const text of [saved(), there()]) expect(text).toContain('- 三it丅专thoughts七i万並so与丒it\n');
    });
  });

  describe('a live block that vanishes from a file', () => {
    beforeEach(() => pair.close(pair.laptop, TODAY, here));

    it('and appears in another within a minute is a move', async () => {
      const text = block();
      pair.outside(pair.laptop, TODAY, saved().replace(text, ''));
      await pair.world.pass(30_000);
      pair.outside(pair.laptop, 'daily/2026-11-23.md', `# Monday\n${text}`);
      await pair.world.pass(90_000);
      expect(pair.laptop.peer.questions()).toHaveLength(0);
      expect(pair.laptop.peer.blocks()[0]?.path).toBe('daily/2026-11-23.md');
      expect(there()).toContain('tracking');
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.typeAfter('- first', ' more');
      await pair.world.until('edits go to the new place', () => pair.laptop.vault.text('daily/2026-11-23.md').includes('first more'));
    });

    it('is a move, too, when it appears first', async () => {
      const text = block();
      pair.outside(pair.laptop, 'daily/2026-11-23.md', `# Monday\n${text}`);
      await pair.world.pass(10_000);
      pair.outside(pair.laptop, TODAY, saved().replace(text, ''));
      await pair.world.pass(90_000);
      expect(pair.laptop.peer.questions()).toHaveLength(0);
      expect(pair.laptop.peer.blocks()[0]?.path).toBe('daily/2026-11-23.md');
    });

    it('asks, sends nothing before, and the answers are kept', async () => {
      pair.outside(pair.laptop, TODAY, saved().replace(block(), ''));
      await pair.world.until('it asks', () => pair.laptop.peer.questions().length === 1);
      expect(pair.laptop.peer.questions()[0]?.kind).toBe('deleted-outside');
      expect(there()).toContain('tracking');
      await pair.laptop.peer.answer(pair.laptop.peer.questions()[0]?.id ?? '', 'accept');
      await pair.world.until('gone there', () => !there().includes('tracking'));
    });

    it('asks after a restart, too', async () => {
      pair.outside(pair.laptop, TODAY, saved().replace(block(), ''));
      await pair.world.pass(10_000);
      const laptop = await pair.restart(pair.laptop);
      await pair.world.pass(20_000);
      expect(saved()).not.toContain('tracking');
      await pair.world.until('it asks', () => laptop.peer.questions().length === 1);
    });

    it('by a file from before the tag, its text there still, asks whether to stop; kept live it is not doubled', async () => {
      pair.outside(pair.laptop, TODAY, '# Sunday\n- tracking thoughts\n\t- first\n\t- second\n- stays here\n');
      await pair.world.until('it asks', () => pair.laptop.peer.questions().length === 1);
      expect(pair.laptop.peer.questions()[0]?.kind).toBe('stop');
      await pair.laptop.peer.answer(pair.laptop.peer.questions()[0]?.id ?? '', 'keep');
      await pair.world.until('it is live', () => saved().includes('^bw-'));
      await pair.world.pass(5_000);
      expect(countOf(saved(), 'tracking')).toBe(1);
      expect(countOf(saved(), 'second')).toBe(1);
    });

    it('with its whole note asks once, for all of its blocks, and a note restored closes the question', async () => {
      const editor = await pair.open(pair.laptop, TODAY);
      await pair.laptop.peer.makeLive(TODAY, editor.content.split('\n').findIndex((line) => line.includes('stays')));
      await pair.close(pair.laptop, TODAY, editor);
      const text = saved();
      pair.remove(pair.laptop, TODAY);
      await pair.world.until('it asks', () => pair.laptop.peer.questions().length > 0);
      await pair.world.pass(1_000);
      expect(pair.laptop.peer.questions().map(({ kind, blockIds }) => [kind, blockIds.length])).toEqual([['note-deleted', 2]]);
      pair.outside(pair.laptop, TODAY, text);
      await pair.world.until('it is answered', () => pair.laptop.peer.questions().length === 0);
      expect(there()).toContain('tracking');
    });
  });

  it('a whole older version that comes right behind a write of ours, while that has not ended, is asked about, too', async () => {
    await pair.world.pass(60_000);
    const older = there();
    const { vault } = pair.phone;
    const write = vault.process.bind(vault);
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    vault.process = async (path, change) => {
      await write(path, change);
      if (there().includes('and more')) await ended;
    };
    here.typeAfter('- first', ' and then');
    here.typeAfter('- second', ' and more');
    await pair.world.until('it is written', () => there().includes('and more'));
    pair.outside(pair.phone, JOURNAL, older);
    await pair.world.pass(1_000);
    end();
    await pair.world.until('it asks', () => pair.phone.peer.questions().length === 1);
    expect(there()).toBe(older);
  });

  describe('a whole older version', () => {
    let older: string;
    beforeEach(async () => {
      older = here.content;
      here.typeAfter('- first', ' and then');
      here.typeAfter('- second', ' and more');
      await pair.close(pair.laptop, TODAY, here);
      await pair.world.pass(60_000);
      pair.outside(pair.laptop, TODAY, older);
      await pair.world.until('it asks', () => pair.laptop.peer.questions().length === 1);
    });

    it('is held and asked about: nothing is sent or written meanwhile', async () => {
      expect(pair.laptop.peer.questions()[0]?.kind).toBe('older-version');
      await pair.world.pass(60_000);
      expect(saved()).toBe(older);
      expect(there()).toContain('first and then');
      expect(pair.laptop.peer.blocks()[0]?.state).toBe('held');
    });

    it('is written over by "Keep newer"', async () => {
      await pair.laptop.peer.answer(pair.laptop.peer.questions()[0]?.id ?? '', 'keep-newer');
      await pair.world.until('newer is back', () => saved().includes('first and then') && saved().includes('second and more'));
      expect(there()).toContain('first and then');
    });

    it('counts everywhere by "Use this version", what others did meanwhile undone', async () => {
      await pair.laptop.peer.answer(pair.laptop.peer.questions()[0]?.id ?? '', 'use-this');
      await pair.world.until('older is there', () => !there().includes('and then') && !there().includes('and more'));
      expect(saved()).toBe(older);
      expect(countOf(there(), 'first')).toBe(1);
    });

    it('that is replaced by the newer one again is no question any more', async () => {
      pair.outside(pair.laptop, TODAY, older.replace('- first', '- first and then').replace('- second', '- second and more'));
      await pair.world.until('no question', () => pair.laptop.peer.questions().length === 0);
      expect(there()).toContain('first and then');
      expect(countOf(saved(), 'and then')).toBe(1);
    });

    it('is no question any more when another sync engine is seen to bring old copies: newer is back', async () => {
      pair.laptop.vault.files.set(TODAY, { text: older, mtime: pair.world.clock.now() - 30_000 });
      pair.laptop.peer.noteChanged(TODAY);
      await pair.world.until('newer is back', () => saved().includes('first and then') && saved().includes('second and more'));
      expect(pair.laptop.peer.questions()).toHaveLength(0);
    });

    it('takes typing beside it as edits', async () => {
      pair.outside(pair.laptop, TODAY, older.replace('\t- second', '\t- second\n\t- brand new'));
      await pair.world.until('the new bullet is there', () => there().includes('brand new'));
      expect(there()).toContain('second and more');
    });
  });

  it('what was edited, added and deleted while the app was off is found at start', async () => {
    await pair.close(pair.laptop, TODAY, here);
    await pair.restart(pair.laptop, () => pair.outsideOff(TODAY, saved().replace('- first', '- first, later').replace('\t- second\n', '\t- third\n\t\t- child\n')));
    await pair.world.until('it came', () => there().includes('first, later') && there().includes('third\n        - child') && !there().includes('second'));
    expect(countOf(there(), 'first')).toBe(1);
  });

  it.each(['first also', 'a'])('a bullet with the lines %j and "more", between which a file has a new one while the app is off, has each word once', async (line) => {
    const at = here.content.indexOf('first');
    here.replace(at, at + 'first'.length, `${line}\n\t  more`, 'paste');
    await pair.close(pair.laptop, TODAY, here);
    await pair.restart(pair.laptop, () => pair.outsideOff(TODAY, saved().replace('\n\t  more', '\n\t- new\n\t  more')));
    await pair.world.until('it came', () => there().includes('- new\n      more'));
    await pair.world.pass(2_000);
    for (const text of [there(), saved()]) expect([`- ${line}\n`, 'more', 'new'].map((part) => countOf(text, part))).toEqual([1, 1, 1]);
  });

  it('a file that has another first line for a bullet, and its other lines, has those once', async () => {
    const at = here.content.indexOf('first') + 'first'.length;
    here.replace(at, at, ' of all\n\t  one\n\t  two', 'paste');
    await pair.close(pair.laptop, TODAY, here);
    await pair.restart(pair.laptop, () => pair.outsideOff(TODAY, saved().replace('first of all', 'x')));
    await pair.world.until('it came', () => there().includes('x'));
    await pair.world.pass(2_000);
    for (const text of [there(), saved()]) expect([...text.matchAll(/x|one|two|first/g)].map(([word]) => word)).toEqual(['x', 'one', 'two']);
  });

  it('quick capture into a block of a closed note comes at once', async () => {
    await pair.close(pair.laptop, TODAY, here);
    pair.outside(pair.laptop, TODAY, saved().replace('\t- second\n', '\t- second\n\t- captured\n'));
    await pair.world.until('it came', () => there().includes('captured'));
  });

  it('a recurring task keeps id and children on the finished one', async () => {
    const editor = here;
    const line = editor.content.split('\n').findIndex((one) => one.includes('tracking'));
    const id = idIn(editor.content);
    const at = editor.content.indexOf('- tracking');
    // As the Tasks plugin does: the new one above, a copy of the line with its id.
    const copy = editor.content.split('\n')[line] ?? '';
    editor.replace(at, at, `${copy.replace(` ^${id}`, '')}\n`, 'other');
    await pair.world.pass(3_000);
    expect(editor.content).toMatch(new RegExp(`#live\\n- tracking thoughts #live \\^${id}\\n\\t- first`));
  });
});
