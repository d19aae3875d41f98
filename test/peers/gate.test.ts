/** The gate: what other programs take away in bulk is not sent before the user chose. Each case on whole peers. */
import type { Question } from '../../src/peer';
import { Pair, TODAY, JOURNAL, countOf, idIn } from './pair';
import type { TestEditor } from './test-editor';

const BULLETS = ['one', 'two', 'three', 'four', 'five', 'six'];
const NOTE = `# Sunday\n- tracking thoughts\n${BULLETS.map((name) => `\t- bullet ${name}\n`).join('')}- stays here\n`;

describe('the gate', () => {
  let pair: Pair;
  let here: TestEditor;

  beforeEach(async () => {
    pair = await Pair.make();
    here = await pair.landed('', NOTE);
    await pair.close(pair.laptop, TODAY, here);
    await pair.world.pass(60_000);
  });
  afterEach(() => pair.end());

  const saved = (): string => pair.laptop.vault.text(TODAY);
  const there = (): string => pair.phone.vault.text(JOURNAL);
  const questions = (): readonly Question[] => pair.laptop.peer.questions();
  const asked = async (): Promise<Question> => {
    await pair.world.until('it asks', () => questions().length > 0);
    await pair.world.pass(3_000);
    expect(questions()).toHaveLength(1);
    return questions()[0] as Question;
  };
  const answer = async (which: 0 | -1): Promise<void> => {
    const [question] = questions();
    await pair.laptop.peer.answer(question?.id ?? '', question?.answers.at(which)?.id ?? '');
  };
  const expectNothingSent = (): void => {
    for (const name of BULLETS) expect(there()).toContain(`bullet ${name}`);
    expect(there()).toContain('tracking thoughts');
  };
  /** More live blocks, each in a closed note of its own. */
  const manyNotes = async (count: number): Promise<string[]> => {
    const paths = Array.from({ length: count }, (_, i) => `notes/${String(i).padStart(2, '0')}.md`);
    for (const [i, path] of paths.entries()) {
      pair.laptop.vault.write(path, `- block ${i}\n\t- under it\n`);
      const editor = await pair.open(pair.laptop, path);
      await pair.laptop.peer.makeLive(path, 0);
      await pair.close(pair.laptop, path, editor);
    }
    return paths;
  };

  describe('a file truncated in the middle', () => {
    beforeEach(async () => {
      pair.outside(pair.laptop, TODAY, saved().slice(0, saved().indexOf('bullet two') + 3));
      await asked();
    });

    it('asks, and sends nothing, not even the cut bullet', async () => {
      expect(questions()[0]).toMatchObject({ kind: 'emptied', path: TODAY });
      await pair.world.pass(120_000);
      expectNothingSent();
      expect(there()).toMatch(/bullet two$/m);
    });

    it('is made whole again by "Put them back"', async () => {
      await answer(0);
      await pair.world.until('it is back', () => BULLETS.every((name) => saved().includes(`bullet ${name}`)));
      await pair.world.pass(30_000);
      expect(BULLETS.map((name) => countOf(saved(), `bullet ${name}`))).toEqual(BULLETS.map(() => 1));
      expectNothingSent();
      expect(questions()).toEqual([]);
    });

    it('counts by "Delete everywhere"', async () => {
      await answer(-1);
      await pair.world.until('it counts', () => !there().includes('bullet three') && !there().includes('bullet six'));
      expect(there()).toContain('bullet one');
    });

    it('shows what would go', async () => {
      const [loss] = await pair.laptop.peer.preview(questions()[0]?.id ?? '');
      expect(loss).toMatchObject({ path: TODAY, title: 'tracking thoughts #live', gone: 5 });
      expect(loss?.lines.filter(({ kind }) => kind === 'removed').map(({ text }) => text)).toEqual(BULLETS.slice(1).map((name) => `bullet ${name}`));
      expect(loss?.lines.filter(({ kind }) => kind === 'added').map(({ text }) => text)).toEqual(['bul']);
      expect(loss?.lines.filter(({ kind }) => kind === 'kept').map(({ text, depth }) => [text, depth])).toEqual([['tracking thoughts #live', 0], ['bullet one', 1]]);
    });

    it('asks still after a crash, and is answered then', async () => {
      const laptop = await pair.crash(pair.laptop);
      await pair.world.pass(60_000);
      expect(laptop.peer.questions()).toHaveLength(1);
      expectNothingSent();
      await answer(0);
      await pair.world.until('it is back', () => BULLETS.every((name) => saved().includes(`bullet ${name}`)));
    });

    it('shows edits of others meanwhile, and keeps those in what is missing', async () => {
      const editor = await pair.open(pair.phone, JOURNAL);
      editor.typeAfter('- bullet one', ' from phone');
      editor.typeAfter('- bullet five', ' from phone, too');
      await pair.world.until('the seen one is here', () => saved().includes('one from phone'));
      await pair.world.pass(60_000);
      expect(saved()).not.toContain('five');
      expect(questions()).toHaveLength(1);
      await answer(0);
      await pair.world.until('all is here', () => saved().includes('five from phone, too') && saved().includes('bullet six'));
    });

    it('is no question any more once the file is whole', async () => {
      pair.outside(pair.laptop, TODAY, saved().replace(/\t- bul$/m, BULLETS.slice(1).map((name) => `\t- bullet ${name}`).join('\n')));
      await pair.world.until('no question', () => questions().length === 0);
      await pair.world.pass(60_000);
      expectNothingSent();
      expect(BULLETS.map((name) => countOf(saved(), `bullet ${name}`))).toEqual(BULLETS.map(() => 1));
    });

    it('is no question any more once another device deleted the same', async () => {
      const editor = await pair.open(pair.phone, JOURNAL);
      for (const name of BULLETS.slice(1)) {
        const at = editor.content.indexOf(`    - bullet ${name}\n`);
        editor.replace(at, at + `    - bullet ${name}\n`.length, '', 'delete');
      }
      await pair.world.until('no question', () => questions().length === 0);
    });
  });

  it('a short block of which only the beginning of a bullet is left asks, too', async () => {
    const [path = ''] = await manyNotes(1);
    const editor = await pair.open(pair.laptop, path);
    editor.typeAfter('- under it', '\n\t- milk\n\t- tea');
    await pair.close(pair.laptop, path, editor);
    const text = pair.laptop.vault.text(path);
    pair.outside(pair.laptop, path, text.slice(0, text.indexOf('under') + 2));
    expect(await asked()).toMatchObject({ kind: 'emptied', path });
  });

  it('a file emptied to 0 bytes asks for its blocks', async () => {
    pair.outside(pair.laptop, TODAY, '');
    expect(await asked()).toMatchObject({ kind: 'deleted-outside' });
    expectNothingSent();
    await answer(0);
    await pair.world.until('it is back', () => saved().includes('bullet six'));
  });

  it('a block reduced to its first line by a program asks', async () => {
    pair.outside(pair.laptop, TODAY, saved().replace(/\t- bullet.*\n/g, ''));
    expect(await asked()).toMatchObject({ kind: 'emptied' });
    await pair.world.pass(60_000);
    expectNothingSent();
  });

  it('bullets whose text a program blanked ask', async () => {
    pair.outside(pair.laptop, TODAY, saved().replace(/\t- bullet.*\n/g, '\t- \n'));
    expect(await asked()).toMatchObject({ kind: 'emptied' });
    await pair.world.pass(60_000);
    expectNothingSent();
    await answer(0);
    await pair.world.until('it is back', () => BULLETS.every((name) => saved().includes(`bullet ${name}`)));
    expect(BULLETS.map((name) => countOf(saved(), `bullet ${name}`))).toEqual(BULLETS.map(() => 1));
  });

  it('the same asked on two devices is answered on one', async () => {
    pair.outside(pair.laptop, TODAY, '# Sunday\n- stays here\n');
    pair.outside(pair.phone, JOURNAL, '');
    await pair.world.until('both ask', () => questions().length === 1 && pair.phone.peer.questions().length === 1);
    await answer(-1);
    await pair.world.until('the other asks no more', () => pair.phone.peer.questions().length === 0);
    await pair.world.pass(5_000);
    expect(there()).not.toContain('tracking');
  });

  it('the same asked on two devices, restored on one, is still the other’s to answer', async () => {
    pair.outside(pair.laptop, TODAY, '# Sunday\n- stays here\n');
    pair.outside(pair.phone, JOURNAL, '');
    await pair.world.until('both ask', () => questions().length === 1 && pair.phone.peer.questions().length === 1);
    await answer(0);
    await pair.world.until('it is back here', () => saved().includes('bullet six'));
    expect(pair.phone.peer.questions()).toHaveLength(1);
    const [question] = pair.phone.peer.questions();
    await pair.phone.peer.answer(question?.id ?? '', 'restore');
    await pair.world.until('it is back there', () => there().includes('bullet six'));
  });

  it('edits from another device while a question stands are in what is put back', async () => {
    pair.outside(pair.laptop, TODAY, '# Sunday\n- stays here\n');
    await asked();
    const editor = await pair.open(pair.phone, JOURNAL);
    editor.typeAfter('- bullet four', ' and more');
    await pair.world.pass(10_000);
    expect(saved()).toBe('# Sunday\n- stays here\n');
    const [loss] = await pair.laptop.peer.preview(questions()[0]?.id ?? '');
    expect(loss?.lines.map(({ text }) => text)).toContain('bullet four and more');
    expect(loss?.gone).toBe(7);
    await answer(0);
    await pair.world.until('it is back', () => saved().includes('bullet four and more'));
  });

  it('a killed program asks at its next start about what vanished before, and is answered then', async () => {
    pair.outside(pair.laptop, TODAY, '# Sunday\n- stays here\n');
    await asked();
    const laptop = await pair.crash(pair.laptop);
    expect(laptop.peer.questions()).toHaveLength(1);
    await pair.world.pass(60_000);
    expectNothingSent();
    expect(saved()).not.toContain('tracking');
    await answer(-1);
    await pair.world.until('it counts', () => !there().includes('tracking'));
  });

  it('forty notes deleted at once are one question, which shows each block; put back, each stands in its own note again', async () => {
    const paths = await manyNotes(40);
    const before = paths.map((path) => idIn(pair.laptop.vault.text(path)));
    for (const path of paths) pair.remove(pair.laptop, path);
    const question = await asked();
    expect(question.blockIds).toHaveLength(40);
    expect(question.message).toContain('40 live blocks');
    const losses = await pair.laptop.peer.preview(question.id);
    expect(losses.map(({ path }) => path).sort()).toEqual(paths);
    expect(losses.every(({ gone, lines }) => gone === 2 && lines.length === 2)).toBe(true);
    await answer(0);
    await pair.world.pass(5_000);
    expect(pair.laptop.peer.questions()).toEqual([]);
    expect(await pair.laptop.peer.inbox()).toHaveLength(0);
    expect(paths.map((path) => idIn(pair.laptop.vault.text(path)))).toEqual(before);
  });

  it('a note that is deleted while its file is read asks, and is put back', async () => {
    const { vault } = pair.laptop;
    jest.spyOn(vault, 'read').mockImplementationOnce(async (path) => {
      const text = vault.text(path);
      pair.remove(pair.laptop, path);
      return text;
    });
    pair.outside(pair.laptop, TODAY, saved().replace('\t- bullet six\n', ''));
    expect(await asked()).toMatchObject({ kind: 'note-deleted' });
    await answer(0);
    await pair.world.until('it is back', () => pair.laptop.vault.files.has(TODAY) && saved().includes('bullet one'));
  });

  it('forty notes emptied at once are one question, and each block goes back into its own note', async () => {
    const paths = await manyNotes(40);
    for (const path of paths) pair.outside(pair.laptop, path, '');
    const question = await asked();
    expect(question.blockIds).toHaveLength(40);
    await answer(0);
    await pair.world.until('all are back', () => paths.every((path, i) => pair.laptop.vault.text(path).includes(`block ${i} `) || pair.laptop.vault.text(path).includes(`- block ${i}`)));
  });

  it('a whole folder that went while nothing ran is one question', async () => {
    const paths = await manyNotes(5);
    await pair.restart(pair.laptop, () => paths.forEach((path) => pair.laptop.vault.files.delete(path)));
    expect((await asked()).blockIds).toHaveLength(5);
  });

  it('an older version of a whole note, with reverted and missing bullets and another block missing, holds all of it', async () => {
    const older = saved();
    const editor = await pair.open(pair.laptop, TODAY);
    for (const name of ['one', 'two']) editor.typeAfter(`- bullet ${name}`, ' newer');
    const at = editor.content.indexOf('- stays here');
    editor.replace(at, at, '\t- bullet seven\n', 'type');
    await pair.laptop.peer.makeLive(TODAY, editor.content.split('\n').findIndex((line) => line.includes('stays here')));
    await pair.close(pair.laptop, TODAY, editor);
    await pair.world.pass(15 * 60_000);
    pair.outside(pair.laptop, TODAY, older);
    await pair.world.until('it asks for both', () => questions().length === 2);
    await pair.world.pass(60_000);
    expect(questions().map(({ kind }) => kind).sort()).toEqual(['older-version', 'stop']);
    expect(there()).toContain('bullet one newer');
    expect(there()).toContain('bullet seven');
    expect(saved()).toBe(older);
    const [loss] = await pair.laptop.peer.preview(questions().find(({ kind }) => kind === 'older-version')?.id ?? '');
    const shown = (kind: string): string[] | undefined => loss?.lines.filter((line) => line.kind === kind).map(({ text }) => text);
    expect(shown('removed')).toEqual(['bullet one newer', 'bullet two newer', 'bullet seven']);
    expect(shown('added')).toEqual(['bullet one', 'bullet two']);
    const laptop = await pair.crash(pair.laptop);
    await pair.world.pass(30_000);
    expect(laptop.peer.questions()).toHaveLength(2);
    for (const { id, answers } of laptop.peer.questions()) await laptop.peer.answer(id, answers[0]?.id ?? '');
    await pair.world.until('newer is back', () => saved().includes('bullet one newer') && saved().includes('bullet seven') && countOf(saved(), '^bw-') === 2);
  });

  it('older versions of many notes at once are one question', async () => {
    const paths = await manyNotes(6);
    const older = paths.map((path) => pair.laptop.vault.text(path));
    for (const path of paths) {
      const editor = await pair.open(pair.laptop, path);
      editor.typeAfter('- under it', ' now');
      editor.typeAfter('- block', ' new');
      await pair.close(pair.laptop, path, editor);
    }
    await pair.world.pass(15 * 60_000);
    paths.forEach((path, i) => pair.outside(pair.laptop, path, older[i] ?? ''));
    const question = await asked();
    expect(question).toMatchObject({ kind: 'older-version' });
    expect(question.blockIds).toHaveLength(6);
    await answer(0);
    await pair.world.until('newer everywhere', () => paths.every((path) => pair.laptop.vault.text(path).includes('under it now')));
  });

  it('one or two bullets of many taken out by a program are an edit, as before', async () => {
    pair.outside(pair.laptop, TODAY, saved().replace('\t- bullet two\n', '').replace('\t- bullet five\n', ''));
    await pair.world.until('they are gone there', () => !there().includes('bullet two') && !there().includes('bullet five'));
    expect(questions()).toEqual([]);
  });

  it('a rollover of most bullets into a block of another note within a minute asks nothing', async () => {
    const [path = ''] = await manyNotes(1);
    const moved = BULLETS.slice(1).map((name) => `\t- bullet ${name}\n`).join('');
    pair.outside(pair.laptop, TODAY, saved().replace(moved, ''));
    await pair.world.pass(1_000);
    pair.outside(pair.laptop, path, pair.laptop.vault.text(path) + moved);
    await pair.world.pass(120_000);
    expect(questions()).toEqual([]);
    expect(there()).not.toContain('bullet two');
    expect(pair.laptop.vault.text(path)).toContain('bullet two');
  });
});
