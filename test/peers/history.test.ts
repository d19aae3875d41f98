/** The history of a block: what a crash, and edits at the same moment, leave of it. */
import { idIn, JOURNAL, Pair, TODAY } from './pair';
import type { Device } from './world';

describe('the history of a block', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  const textsOf = async ({ peer }: Device, block: string): Promise<string[]> => Promise.all((await peer.history(block)).map(({ id }) => peer.versionText(block, id)));

  it('[S9] loses no text by a kill between an edit and its version, and has what was there then as a version before it restores another', async () => {
    const editor = await pair.landed();
    const block = idIn(editor.content);
    const [first] = await pair.laptop.peer.history(block);
    editor.typeAfter('- first', ' and more');
    await pair.world.pass(3_000);
    const again = await pair.crash(pair.laptop);
    expect(await again.peer.text(block)).toContain('- first and more');
    const texts = await textsOf(again, block);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('first and more');
    const [before] = await again.peer.history(block);
    await again.peer.restoreVersion(block, first?.id ?? '');
    await pair.world.until('both have it', () => [again.vault.text(TODAY), pair.phone.vault.text(JOURNAL)].every((text) => /- first\n/.test(text)));
    await again.peer.restoreVersion(block, before?.id ?? '');
    await pair.world.until('both have it again', () => [again.vault.text(TODAY), pair.phone.vault.text(JOURNAL)].every((text) => text.includes('first and more')));
  });

  it('keeps what is typed, and what arrives, in any moment of a restore: in the block or in a version', async () => {
    const [here, there] = await pair.both();
    const block = idIn(here.content);
    const [first] = await pair.laptop.peer.history(block);
    const typed: string[] = [];
    for (let ticks = 0; ticks < 60; ticks += 1) {
      const done = pair.laptop.peer.restoreVersion(block, first?.id ?? '');
      there.typeAfter('- second', ` p${ticks}.`);
      for (let i = 0; i < ticks; i += 1) await Promise.resolve();
      here.typeAfter('- first', ` l${ticks}.`);
      typed.push(`p${ticks}.`, `l${ticks}.`);
      await done;
      await pair.world.pass(100);
    }
    const all = [await pair.laptop.peer.text(block), ...(await textsOf(pair.laptop, block))].join('\n');
    expect(typed.filter((one) => !all.includes(one))).toEqual([]);
    await pair.world.until('both are the same', () => pair.laptop.peer.digest(block) === pair.phone.peer.digest(block));
  });

  it('brings a deleted block back as it was in a version', async () => {
    const editor = await pair.landed();
    const block = idIn(editor.content);
    const [first] = await pair.laptop.peer.history(block);
    editor.typeAfter('- first', ' late');
    await pair.world.pass(500);
    editor.remove(editor.content.slice(editor.content.indexOf('- tracking'), editor.content.indexOf('- stays')));
    await pair.world.until('it is gone', () => !pair.phone.vault.text(JOURNAL).includes('tracking'));
    await pair.laptop.peer.restoreVersion(block, first?.id ?? '');
    await pair.world.until('it is there', () => /- first\n/.test(pair.phone.vault.text(JOURNAL)) && /- first\n/.test(editor.content));
  });
});
