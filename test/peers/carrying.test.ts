/** A bullet that one device takes to another live block while a second device, which has not heard of that, edits it where it was. */
import { countOf, Pair } from './pair';

const NOTE = '# Sunday\n- tracking thoughts\n\t- first\n\t- second\n- other block\n\t- third\n- stays here\n';

// Which of two edits of one place counts is decided by the devices' names: several make both come up.
describe.each([1, 2, 3, 4, 5, 6])('a bullet taken to another block (seed %i)', (seed) => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.make(seed);
  });
  afterEach(() => pair.end());

  it('stands once, where it was taken, when the other joins it to the bullet above', async () => {
    const [here, there] = await pair.both('', NOTE);
    here.goTo('other');
    here.typeAfter('other block', ' #live');
    here.goTo('stays here');
    await pair.world.until('the second block is there, too', () => there.content.includes('third'));
    here.remove('\n\t- second', 'cut');
    const behind = here.content.indexOf('- third') + '- third'.length;
    here.replace(behind, behind, '\n\t- second', 'paste');
    const joint = there.content.indexOf('\n    - second');
    there.replace(joint, joint + '\n    - '.length, '', 'delete');
    expect(there.content).toContain('firstsecond');
    there.typeAfter('firstsecond', ' late');
    await pair.world.pass(10_000);
    for (const { content } of [here, there]) {
      expect([countOf(content, 'second'), countOf(content, 'late')]).toEqual([1, 1]);
      expect(content).toMatch(/- third\n\s+- second late\n/);
    }
  });

  it('stands once when two others, one after the other heard of, move what is around it where it was', async () => {
    const [here, there] = await pair.both('', NOTE);
    const tablet = await pair.world.device('Tablet', { folder: 'log' });
    tablet.vault.write('log/2026-11-22.md', '');
    await tablet.live();
    here.goTo('other');
    here.typeAfter('other block', ' #live');
    here.goTo('stays here');
    await pair.world.until('both blocks are on both', () => there.content.includes('third') && tablet.vault.text('log/2026-11-22.md').includes('third'));
    const third = await pair.open(tablet, 'log/2026-11-22.md');
    for (const device of [pair.phone, tablet]) device.goOffline();
    here.remove('\n\t- second', 'cut');
    const behind = here.content.indexOf('- third') + '- third'.length;
    here.replace(behind, behind, '\n\t- second', 'paste');
    for (const [editor, device] of [[there, pair.phone], [third, tablet]] as const) {
      const at = editor.content.search(/[ \t]+- second/);
      editor.replace(at, at, device === tablet ? '\t' : '    ', 'move');
      await pair.world.pass(2_000);
      device.goOnline();
      await device.live();
      await pair.world.pass(5_000);
    }
    for (const { content } of [here, there, third]) {
      expect(countOf(content, 'second')).toBe(1);
      expect(content).toMatch(/- third\n\s+- second\n/);
    }
  });
});
