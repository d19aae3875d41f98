/** A block that leaves its note and comes back while another device edits it: what stands there is compared with what it was, so nothing stands twice. */
import { bare, countOf, JOURNAL, Pair, TODAY } from './pair';

const SHORT = '# Sunday\n- tracking thoughts\n\t- a\n\t- b\n- stays here\n';

describe('a block that was taken out of its note for a while', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  it('cut, edited by the other, and pasted again, stands once with both texts', async () => {
    const [here, there] = await pair.both('', SHORT);
    const block = here.content.slice(here.content.indexOf('- tracking'), here.content.indexOf('- stays'));
    here.remove(block, 'cut');
    there.typeAfter('- a', ' quite another text');
    await pair.world.pass(2_000);
    const at = here.content.length;
    here.replace(at, at, block.replace('- b', '- b mine'), 'paste');
    await pair.world.until('both have both', () => [here, there].every(({ content }) => content.includes('a quite another text') && content.includes('b mine')));
    for (const { content } of [here, there]) for (const part of ['- a', '- b', 'tracking']) expect(countOf(content, part)).toBe(1);
  });

  it('without its id, edited by the other, and kept live, stands once with both texts', async () => {
    const [here, there] = await pair.both('', SHORT);
    const id = / \^bw-\w+/.exec(here.content)?.[0] ?? '';
    here.remove(id);
    here.goTo('stays');
    there.typeAfter('- a', ' quite another text');
    await pair.world.until('it is asked', () => pair.laptop.peer.questions().length === 1);
    here.typeAfter('- b', ' mine');
    const [question] = pair.laptop.peer.questions();
    await pair.laptop.peer.answer(question?.id ?? '', 'keep');
    await pair.world.until('both have both', () => [here, there].every(({ content }) => content.includes('a quite another text') && content.includes('b mine')));
    expect(bare(here.content)).toBe('# Sunday\n- tracking thoughts #live\n\t- a quite another text\n\t- b mine\n- stays here\n');
  });

  it('is not made live anew by its tag while the user is asked whether to stop', async () => {
    const [here] = await pair.both('', SHORT);
    const id = / \^bw-\w+/.exec(here.content)?.[0] ?? '';
    here.goTo('tracking');
    here.typeAfter('tracking thoughts', ' more');
    here.remove(id);
    here.goTo('stays');
    await pair.world.until('it is asked', () => pair.laptop.peer.questions().length === 1);
    expect(here.content).not.toContain('^bw-');
    const [question] = pair.laptop.peer.questions();
    await pair.laptop.peer.answer(question?.id ?? '', 'keep');
    await pair.world.pass(2_000);
    expect(here.content).toContain(id);
    expect(countOf(here.content, 'tracking')).toBe(1);
    expect(countOf(pair.phone.vault.text(JOURNAL), 'tracking')).toBe(1);
  });

  it('without its id, asked about, and the app started again: kept live it stands once', async () => {
    const [here, there] = await pair.both('', SHORT);
    here.remove(/ \^bw-\w+/.exec(here.content)?.[0] ?? '');
    here.goTo('stays');
    await pair.world.until('it is asked', () => pair.laptop.peer.questions().length === 1);
    there.typeAfter('- a', ' quite another text');
    await pair.close(pair.laptop, TODAY, here);
    const again = await pair.restart(pair.laptop);
    const [question] = again.peer.questions();
    await again.peer.answer(question?.id ?? '', 'keep');
    await pair.world.until('it has both', () => again.vault.text(TODAY).includes('a quite another text'));
    expect(countOf(again.vault.text(TODAY), '- a')).toBe(1);
  });
});
