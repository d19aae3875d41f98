/** "Trust" and "When things go wrong": what is said is true, and nothing is lost with a store or told in a report. */
import { MemoryDisk } from '../../src/store';
import { createIdentity } from '../../src/crypto';
import { Pair, TODAY, JOURNAL, countOf, idIn } from './pair';

describe('trust', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  it('the status of a block is true: here only, on the relay, the same everywhere', async () => {
    const [here, there] = await pair.both();
    const state = (): string | undefined => pair.laptop.peer.blocks()[0]?.state;
    await pair.world.until('same', () => state() === 'same-everywhere');
    pair.laptop.goOffline();
    here.typeAfter('- first', ' x');
    await pair.world.pass(500);
    expect(state()).toBe('here-only');
    expect(pair.laptop.peer.status().unacknowledged).toBeGreaterThan(0);
    pair.phone.goOffline();
    await pair.world.pass(500);
    pair.laptop.goOnline();
    await pair.world.until('on the relay', () => state() === 'on-relay');
    pair.phone.goOnline();
    await pair.world.until('same again', () => there.content.includes('first x') && state() === 'same-everywhere');
    const phone = pair.laptop.peer.devices().find(({ self }) => !self);
    expect(phone).toMatchObject({ name: 'Phone', connected: true });
    expect(phone?.lastHeard).toBeGreaterThan(0);
  });

  it('a report holds no text, path, name, key or address', async () => {
    const [here] = await pair.both();
    here.typeAfter('- first', ' PLANTEDSECRET');
    await pair.world.pass(2_000);
    pair.laptop.goOffline();
    await pair.world.pass(2_000);
    const report = pair.laptop.peer.report();
    const link = pair.laptop.peer.pairingLink();
    for (const secret of ['PLANTEDSECRET', 'tracking', TODAY, 'daily/', 'Laptop', 'Phone', '127.0.0.1', idIn(here.content), link.slice(-20)]) expect(report).not.toContain(secret);
    expect(report).toContain('Blocks:');
  });

  it('a lost store means a new device: its notes’ blocks are bound again, nothing is doubled', async () => {
    const here = await pair.landed();
    await pair.close(pair.laptop, TODAY, here);
    await pair.laptop.stop();
    const again = await pair.world.device('Laptop 2', {
      vault: pair.laptop.vault,
      disk: new MemoryDisk(),
      credentials: { ...pair.laptop.credentials, seed: createIdentity((n) => pair.world.bytes(n)).seed },
    });
    await again.live();
    const editor = await pair.open(again, TODAY);
    await pair.world.until('it is bound', () => editor.hold?.blocks[0]?.state !== 'inactive' && (editor.hold?.blocks.length ?? 0) === 1);
    editor.typeAfter('- first', ' again');
    await pair.world.until('it syncs', () => pair.phone.vault.text(JOURNAL).includes('first again'));
    await pair.world.pass(10_000);
    expect(countOf(editor.content, 'tracking')).toBe(1);
    expect(countOf(pair.phone.vault.text(JOURNAL), 'second')).toBe(1);
  });

  it('leaving the space takes out ids and tags, and no word of the text', async () => {
    const [here, there] = await pair.both();
    let left = false;
    void pair.laptop.peer.leave().then(() => (left = true));
    await pair.world.until('left', () => left);
    expect(here.content).toBe('# Sunday\n- tracking thoughts\n\t- first\n\t- second\n- stays here\n');
    await pair.world.pass(5_000);
    expect(there.content).toContain('^bw-');
  });

  it('many known blocks: a start loads none of their documents', async () => {
    pair.laptop.vault.write(TODAY, `${Array.from({ length: 60 }, (_, i) => `- block ${i}`).join('\n')}\n`);
    const editor = await pair.open(pair.laptop, TODAY);
    for (let line = 0; line < 60; line += 1) await pair.laptop.peer.makeLive(TODAY, line);
    await pair.world.until('the phone knows them', () => pair.phone.peer.blocks().length === 60);
    await pair.close(pair.laptop, TODAY, editor);
    await pair.restart(pair.laptop);
    expect(pair.laptop.peer.blocks()).toHaveLength(60);
    expect(pair.laptop.peer.blocks().filter(({ blockId }) => pair.laptop.peer.digest(blockId) !== null)).toHaveLength(0);
  });
});
