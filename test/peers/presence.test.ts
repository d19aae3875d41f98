/** "Identical on Phone": what devices tell each other of their blocks, and when. */
import type { TestEditor } from './test-editor';
import { Pair, TODAY, JOURNAL } from './pair';
import type { Device } from './world';

describe('identical elsewhere', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  const states = (editors: readonly TestEditor[]): string[] => editors.flatMap(({ hold }) => hold?.blocks.map(({ state }) => state) ?? []);
  const bothSame = (editors: readonly TestEditor[], count = 1): Promise<void> =>
    pair.world.until('each says it is the same everywhere', () => states(editors).filter((state) => state === 'same-everywhere').length === 2 * count);

  const closed = async (editors: readonly [TestEditor, TestEditor]): Promise<void> => {
    await pair.close(pair.laptop, TODAY, editors[0]);
    await pair.close(pair.phone, JOURNAL, editors[1]);
  };
  const opened = async (device: Device, path: string): Promise<TestEditor> => pair.open(device, path);

  it('is known of a note that both have open after both were restarted, without any edit', async () => {
    await closed(await pair.both());
    await pair.restart(pair.laptop);
    await pair.restart(pair.phone);
    const editors = [await opened(pair.laptop, TODAY), await opened(pair.phone, JOURNAL)];
    await bothSame(editors);
  });

  it('is known when one was restarted while the other was cut off for a moment', async () => {
    const [here, there] = await pair.both();
    await bothSame([here, there]);
    await pair.close(pair.phone, JOURNAL, there);
    pair.laptop.goOffline();
    await pair.world.pass(1_000);
    await pair.restart(pair.phone);
    const again = await opened(pair.phone, JOURNAL);
    await pair.world.pass(2_000);
    pair.laptop.goOnline();
    await bothSame([here, again]);
  });

  it('is known of the blocks of an open note however many other blocks were looked at since', async () => {
    const [here, there] = await pair.both();
    await bothSame([here, there]);
    for (let i = 0; i < 60; i += 1) {
      const path = `more/${i}.md`;
      pair.laptop.vault.write(path, `- block ${i} #live\n`);
      const editor = await opened(pair.laptop, path);
      await pair.laptop.peer.makeLive(path, 0);
      await pair.close(pair.laptop, path, editor);
    }
    await pair.close(pair.phone, JOURNAL, there);
    await pair.restart(pair.phone);
    const again = await opened(pair.phone, JOURNAL);
    await bothSame([here, again]);
  });

  it('is not said of a block that differs', async () => {
    const [here, there] = await pair.both();
    await bothSame([here, there]);
    pair.phone.goOffline();
    there.typeAfter('- first', ' more');
    await pair.world.pass(2_000);
    expect(states([there])).toEqual(['here-only']);
    here.typeAfter('- second', ' too');
    await pair.world.pass(2_000);
    expect(states([here])).toEqual(['on-relay']);
  });
});
