/** A program that is killed while a note is open: what was typed is in its store, and the file is behind. */
import { MemoryDisk } from '../../src/store';
import { StoreError } from '../../src/sync';
import { countOf, JOURNAL, Pair, TODAY } from './pair';

describe('a program that is killed', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  it.each([20, 100, 1_000, 5_000])('[I2] %i ms after something was typed: it stands in the file after the next start', async (ms) => {
    await pair.close(pair.laptop, TODAY, await pair.landed());
    await pair.world.pass(30_000);
    const editor = await pair.open(pair.laptop, TODAY);
    editor.typeAfter('- first', ' late');
    await pair.world.pass(ms);
    const again = await pair.crash(pair.laptop);
    await pair.world.until('the file has it', () => again.vault.text(TODAY).includes('first late'));
    expect(again.problems).toEqual([]);
  });

  it.each([0, 2_500])('a moment after its note was saved, %i ms after it was typed in first: nothing is asked, and the note has what came since', async (ms) => {
    await pair.close(pair.laptop, TODAY, await pair.landed());
    await pair.world.pass(30_000);
    const editor = await pair.open(pair.laptop, TODAY);
    await pair.world.pass(30_000);
    editor.typeAfter('- second', ' late');
    await pair.world.pass(ms);
    pair.laptop.vault.write(TODAY, editor.content);
    pair.laptop.peer.noteChanged(TODAY);
    editor.remove('\n\t- second late');
    editor.typeAfter('- first', ' more');
    await pair.world.pass(100);
    const again = await pair.crash(pair.laptop);
    await pair.world.pass(90_000);
    expect(again.peer.questions()).toEqual([]);
    for (const text of [again.vault.text(TODAY), pair.phone.vault.text(JOURNAL)]) expect([countOf(text, 'first more'), countOf(text, 'second')]).toEqual([1, 0]);
  });

  it.each([['deleted', '\n\t- second', 0], ['joined', '\n\t- ', 1]])('[I4] before its note was saved: what was %s here, with what another device had typed in it, does not come back out of the file', async (_, removed, count) => {
    const [here, there] = await pair.both();
    pair.laptop.vault.write(TODAY, here.content);
    pair.laptop.peer.noteChanged(TODAY);
    pair.phone.goOffline();
    there.typeAfter('- second', ' late');
    const at = here.content.indexOf('\n\t- second');
    here.replace(at, at + removed.length, '', 'delete');
    pair.phone.goOnline();
    await pair.phone.live();
    await pair.world.pass(4_000);
    const again = await pair.crash(pair.laptop);
    await pair.world.pass(30_000);
    for (const text of [again.vault.text(TODAY), there.content]) expect(countOf(text, 'second')).toBe(count);
  });

  it('[I4] before its note was saved: nor does what was deleted with a bullet that it had been put under', async () => {
    const here = await pair.landed();
    pair.laptop.vault.write(TODAY, here.content);
    pair.laptop.peer.noteChanged(TODAY);
    const at = here.content.indexOf('\t- second');
    here.replace(at, at, '\t');
    here.remove('\n\t- first\n\t\t- second');
    await pair.world.pass(4_000);
    const again = await pair.crash(pair.laptop);
    await pair.world.pass(30_000);
    for (const text of [again.vault.text(TODAY), pair.phone.vault.text(JOURNAL)]) expect([countOf(text, 'first'), countOf(text, 'second')]).toEqual([0, 0]);
  });

  it('[I4] right after a block landed, so that its records are gone: what another device has deleted or joined since does not come back out of the file, and what was added there stays', async () => {
    pair.phone.vault.write(JOURNAL, '');
    const here = await pair.live();
    await pair.world.until('it landed', () => pair.phone.vault.text(JOURNAL).includes('second'));
    const again = await pair.crash(pair.phone, 0, () => {
      here.remove('\n\t- second');
      const file = pair.phone.vault.text(JOURNAL);
      pair.phone.vault.write(JOURNAL, file.replace('    - second', '    - second\n        - jotted'));
    });
    await pair.world.pass(90_000);
    for (const text of [again.vault.text(JOURNAL), here.content]) expect(['first', 'second', 'jotted'].map((part) => countOf(text, part))).toEqual([1, 0, 1]);
  });
});

describe('a full disk', () => {
  it('[S9] that has room again when the app is quit: what was typed meanwhile is neither lost nor taken out of the note', async () => {
    const pair = await Pair.make();
    const editor = await pair.landed();
    const { take } = MemoryDisk.prototype;
    let isFull = true;
    const spy = jest.spyOn(MemoryDisk.prototype, 'take').mockImplementation(function (this: MemoryDisk, writes, durability) {
      if (isFull && this === pair.laptop.disk) throw new StoreError('full', 'No room on this disk.');
      take.call(this, writes, durability);
    });
    editor.typeAfter('- first', ' late');
    await pair.world.pass(5_000);
    isFull = false;
    pair.laptop.vault.write(TODAY, editor.content);
    editor.hold?.close();
    const again = await pair.restart(pair.laptop);
    spy.mockRestore();
    await pair.world.pass(5_000);
    expect(again.vault.text(TODAY)).toContain('- first late');
    expect(pair.phone.vault.text(JOURNAL)).toContain('- first late');
    await pair.end();
  });

  it('[S9] that takes small rows and no edits, and a kill: what was typed is not taken out of its note', async () => {
    const pair = await Pair.make();
    const editor = await pair.landed();
    const { take } = MemoryDisk.prototype;
    const spy = jest.spyOn(MemoryDisk.prototype, 'take').mockImplementation(function (this: MemoryDisk, writes, durability) {
      if (this === pair.laptop.disk && writes.some(({ table }) => table === 'updates')) throw new StoreError('full', 'No room on this disk.');
      take.call(this, writes, durability);
    });
    pair.laptop.goOffline();
    editor.typeAfter('- first', ' late');
    await pair.world.pass(30_000);
    pair.laptop.vault.write(TODAY, editor.content);
    const again = await pair.crash(pair.laptop);
    spy.mockRestore();
    await pair.world.pass(30_000);
    expect(again.vault.text(TODAY)).toContain('- first late');
    expect(pair.phone.vault.text(JOURNAL)).toContain('- first late');
    await pair.end();
  });
});
