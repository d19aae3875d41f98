/** What closed notes were before Blockwire changed them: kept once a day, bounded, and written back. */
import { idIn, JOURNAL, Pair, TODAY } from './pair';

const DAY = 24 * 60 * 60 * 1000;

describe('copies of notes', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  const kept = async (path: string): Promise<string[]> => Promise.all(pair.phone.peer.noteCopies().filter((one) => one.path === path).map(({ id }) => pair.phone.peer.noteCopy(id)));
  const inNote = (text: string): Promise<void> => pair.world.until(`the phone’s note has ${text}`, () => pair.phone.vault.text(JOURNAL).includes(text));

  it('are made before the first change of a closed note in a day, of every byte, and of no later one', async () => {
    const there = '# Mine\r\n\r\n* own text  \r\n';
    const editor = await pair.landed(there);
    expect(await kept(JOURNAL)).toEqual([there]);
    editor.typeAfter('- first', ' A');
    await inNote('first A');
    await pair.world.pass(5_000);
    expect(await kept(JOURNAL)).toEqual([there]);
    const second = pair.phone.vault.text(JOURNAL);
    pair.world.clock.advance(DAY);
    editor.typeAfter('- first', ' B');
    await inNote('first B');
    expect(await kept(JOURNAL)).toEqual([second, there]);
    expect(pair.laptop.peer.noteCopies()).toEqual([]); // its note was only ever changed in an editor
  });

  it('are made after the clock was set back, too', async () => {
    const editor = await pair.landed('* own text\n');
    const list = new TextEncoder().encode(JSON.stringify(pair.phone.peer.noteCopies().map((copy) => ({ ...copy, time: copy.time + 40 * DAY, bytes: 1 }))));
    await pair.restart(pair.phone, () => pair.phone.disk.rows.get('meta')?.set('note-copies', list));
    for (const word of [' A', ' B']) {
      editor.typeAfter('- first', word);
      await inNote(`first${word}`);
      await pair.world.pass(5_000);
    }
    expect(pair.phone.peer.noteCopies()).toHaveLength(2);
  });

  it('are safe before the file is changed, whatever is killed, and follow a note that is renamed', async () => {
    const there = '- own text\n';
    pair.phone.vault.write(JOURNAL, there);
    await pair.live();
    await pair.world.until('the file changes', () => pair.phone.vault.text(JOURNAL) !== there);
    const phone = await pair.crash(pair.phone, 0);
    expect(await kept(JOURNAL)).toEqual([there]);
    const text = phone.vault.text(JOURNAL);
    phone.vault.files.delete(JOURNAL);
    phone.vault.write('other.md', text);
    phone.peer.noteRenamed(JOURNAL, 'other.md');
    await pair.world.pass(1_000);
    await pair.restart(pair.phone);
    expect(await kept('other.md')).toEqual([there]);
  });

  it('are kept for 30 days and take 5 MB at most, the oldest going first; of a note above 1 MB there is none', async () => {
    const sizes = [...Array<number>(7).fill(900_000), 1_100_000];
    for (const [i, size] of sizes.entries()) {
      const path = `big/${i}.md`;
      pair.laptop.vault.write(path, `- block ${i} #live\n`);
      pair.phone.vault.write(path, `${'x'.repeat(size)}\n`);
      const editor = await pair.open(pair.laptop, path);
      await pair.laptop.peer.makeLive(path, 0);
      await pair.world.until('it landed', () => pair.phone.vault.text(path).includes(`block ${i}`));
      await pair.close(pair.laptop, path, editor);
    }
    expect(pair.phone.peer.noteCopies().map(({ path }) => path)).toEqual(['big/6.md', 'big/5.md', 'big/4.md', 'big/3.md', 'big/2.md']);
    expect([...(pair.phone.disk.rows.get('versions')?.keys() ?? [])].filter((key) => key.startsWith('note-copy/'))).toHaveLength(5);
    pair.world.clock.advance(31 * DAY);
    await pair.landed('- own\n');
    expect(pair.phone.peer.noteCopies().map(({ path }) => path)).toEqual([JOURNAL]);
  });

  it.each(['closed', 'open'])('are written back into a note that is %s: as edits where it is live, and undone by the copy of what was there', async (how) => {
    const editor = await pair.landed('* own text\n');
    const block = idIn(editor.content);
    pair.world.clock.advance(DAY);
    editor.typeAfter('- first', ' A');
    await inNote('first A');
    pair.outside(pair.phone, JOURNAL, `${pair.phone.vault.text(JOURNAL).replace('own text', 'other text')}* more\n`);
    await pair.world.pass(25_000);
    const [newest] = pair.phone.peer.noteCopies();
    const there = how === 'open' ? await pair.open(pair.phone, JOURNAL) : null;
    const text = (): string => there?.content ?? pair.phone.vault.text(JOURNAL);
    const now = text();
    const before = await pair.phone.peer.writeBack(newest?.id ?? '');
    expect(text()).toBe(await pair.phone.peer.noteCopy(newest?.id ?? ''));
    await pair.world.until('the laptop has it', () => editor.content.includes('- first\n'));
    const versions = await Promise.all((await pair.phone.peer.history(block)).map(({ id }) => pair.phone.peer.versionText(block, id)));
    expect(versions.some((one) => one.includes('first A'))).toBe(true);
    await pair.phone.peer.writeBack(before ?? '');
    expect(text()).toBe(now);
    await pair.world.until('the laptop has that', () => editor.content.includes('- first A\n'));
    expect(pair.phone.peer.questions()).toEqual([]);
  });

  it('delete no block that they lack: it is asked about', async () => {
    await pair.landed('* own text\n');
    const [copy] = pair.phone.peer.noteCopies();
    await pair.phone.peer.writeBack(copy?.id ?? '');
    expect(pair.phone.vault.text(JOURNAL)).toBe('* own text\n');
    await pair.world.until('it is asked', () => pair.phone.peer.questions().length === 1);
    expect(pair.laptop.vault.text(TODAY) + (await pair.laptop.peer.exportBlocks())).toContain('first');
    await expect(pair.phone.peer.writeBack('zz')).rejects.toMatchObject({ code: 'NO_COPY' });
  });
});
