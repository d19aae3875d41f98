/** "Editing together": when a note that no editor has open is written. */
import { Pair, JOURNAL, TODAY, idIn } from './pair';
import type { TestEditor } from './test-editor';

describe('a closed note', () => {
  let pair: Pair;
  let here: TestEditor;
  /** When the phone's note was written, ms since the last start of the count. */
  let written: number[];
  let since: number;

  beforeEach(async () => {
    pair = await Pair.make();
    here = await pair.landed();
    const { vault } = pair.phone;
    const write = vault.write.bind(vault);
    written = [];
    vault.write = (path, text) => {
      if (path === JOURNAL) written.push(pair.world.clock.now() - since);
      write(path, text);
    };
    since = pair.world.clock.now();
  });
  afterEach(() => pair.end());

  it('is written after two quiet seconds, once', async () => {
    here.typeAfter('- first', ' one');
    await pair.world.pass(1_000);
    here.typeAfter(' one', ' two');
    await pair.world.pass(20_000);
    expect(written).toHaveLength(1);
    expect(written[0]).toBeGreaterThanOrEqual(3_000);
    expect(written[0]).toBeLessThan(5_000);
    expect(pair.phone.vault.text(JOURNAL)).toContain('- first one two\n');
  });

  it('is written every 15 s at most while somebody types on without a pause', async () => {
    for (let second = 0; second < 40; second++) {
      here.typeAfter('- first', 'x');
      await pair.world.pass(1_000);
    }
    expect(written.length).toBeGreaterThanOrEqual(2);
    expect(written.length).toBeLessThanOrEqual(3);
    for (const [i, at] of written.entries()) expect(at - (written[i - 1] ?? 0)).toBeLessThan(18_000);
  });

  it('gets what comes while the disk is busy with what came before', async () => {
    const { phone, world } = pair;
    const id = idIn(here.content);
    let writes = 0;
    phone.vault.process = async (path, change) => {
      const next = change(phone.vault.text(path));
      if (next === null) return;
      if (writes++ === 0) {
        const before = phone.peer.digest(id);
        here.typeAfter(' one', ' two');
        for (let round = 0; round < 1_000 && phone.peer.digest(id) === before; round += 1) await new Promise(setImmediate);
      }
      phone.vault.write(path, next);
    };
    here.typeAfter('- first', ' one');
    await world.pass(20_000);
    expect(phone.vault.text(JOURNAL)).toContain('- first one two\n');
  });
});

describe('a deleted block', () => {
  it('can be had back for 30 days', async () => {
    const pair = await Pair.make();
    const here = await pair.landed();
    const text = here.content;
    here.remove(text.slice(text.indexOf('- tracking'), text.indexOf('- stays')));
    await pair.world.pass(10_000);
    expect(await pair.phone.peer.trashedBlocks()).toHaveLength(1);
    pair.laptop.vault.write(TODAY, here.content);
    pair.laptop.goOffline();
    pair.phone.goOffline();
    const day = 24 * 60 * 60 * 1000;
    pair.world.clock.advance(29 * day);
    expect(await pair.phone.peer.trashedBlocks()).toHaveLength(1);
    pair.world.clock.advance(2 * day);
    expect(await pair.phone.peer.trashedBlocks()).toHaveLength(0);
    await pair.end();
  });
});
