/** "Verify now": all live blocks compared with the devices that are there, and those that differ mended. */
import type { Verified } from '../../src/peer';
import { idIn, JOURNAL, Pair, TODAY } from './pair';
import type { Device } from './world';

describe('verifying', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  async function verified(device: Device): Promise<Verified> {
    const work = device.peer.verify();
    let done = false;
    void work.finally(() => (done = true)).catch(() => undefined);
    await pair.world.until('it is verified', () => done);
    return work;
  }
  const states = ({ blocks }: Verified): string[] => blocks.flatMap(({ on }) => on.map(({ name, state }) => `${name} ${state}`));
  const updateRows = ({ disk }: Device): Map<string, Uint8Array> => disk.rows.get('updates') ?? new Map<string, Uint8Array>();
  const textsOf = async ({ peer }: Device, block: string): Promise<string> => (await Promise.all((await peer.history(block)).map(({ id }) => peer.versionText(block, id)))).join('\n');

  it('[S61] asks of every block, also of those in no note, and says who was not asked', async () => {
    const tablet = await pair.world.device('Tablet', { folder: 'tablet' });
    await tablet.live();
    await pair.landed();
    for (let i = 0; i < 50; i += 1) {
      const path = `more/${i}.md`;
      pair.laptop.vault.write(path, `- block ${i} #live\n`);
      const editor = await pair.open(pair.laptop, path);
      await pair.laptop.peer.makeLive(path, 0);
      await pair.close(pair.laptop, path, editor);
    }
    await tablet.stop();
    await pair.world.pass(1_000);
    const result = await verified(pair.laptop);
    expect(result).toMatchObject({ asked: ['Phone'], notAsked: ['Tablet'] });
    expect(states(result)).toEqual(Array.from({ length: 51 }, () => 'Phone same'));
  });

  it('[S62] mends a block of which a device has lost an edit; what it had there is in its history', async () => {
    const editor = await pair.live();
    await pair.world.until('the phone has it', () => pair.phone.peer.blocks().some(({ state }) => state === 'inbox'));
    const block = idIn(editor.content);
    const before = new Set(updateRows(pair.phone).keys());
    editor.typeAfter('- first', ' and more');
    await pair.world.pass(5_000);
    const phone = await pair.restart(pair.phone, () => {
      for (const key of [...updateRows(pair.phone).keys()]) if (!before.has(key)) updateRows(pair.phone).delete(key);
      expect(updateRows(pair.phone).size).toBe(before.size);
    });
    expect(await phone.peer.text(block)).not.toContain('and more');
    await pair.world.pass(15_000);
    const result = await verified(pair.laptop);
    expect(states(result)).toEqual(['Phone mended']);
    expect(await phone.peer.text(block)).toContain('- first and more');
    expect(await textsOf(phone, block)).toMatch(/- first\n/);
    expect(states(await verified(phone))).toEqual(['Laptop same']);
    phone.vault.write(JOURNAL, '');
    phone.peer.noteCreated(JOURNAL);
    await pair.world.until('it landed whole', () => phone.vault.text(JOURNAL).includes('- first and more'));
  });

  it('[S62] mends the asking device, too, in the note that it has open', async () => {
    const [here, there] = await pair.both();
    await pair.close(pair.laptop, TODAY, here);
    const before = new Set(updateRows(pair.laptop).keys());
    const old = pair.laptop.vault.text(TODAY);
    there.typeAfter('- first', ' from the phone');
    await pair.world.until('it came', () => pair.laptop.vault.text(TODAY).includes('from the phone'));
    await pair.world.pass(5_000);
    const laptop = await pair.restart(pair.laptop, () => {
      // An older copy of both: neither the store nor the file has it.
      for (const key of [...updateRows(pair.laptop).keys()]) if (!before.has(key)) updateRows(pair.laptop).delete(key);
      pair.laptop.vault.write(TODAY, old);
    });
    const editor = await pair.open(laptop, TODAY);
    await pair.world.pass(15_000);
    const result = await verified(laptop);
    expect(states(result)).toEqual(['Phone mended']);
    await pair.world.until('it is shown', () => editor.content.includes('- first from the phone'));
    expect(there.content).toContain('- first from the phone');
  });

  it('[S62] puts back into the store what only the memory of an open note still has', async () => {
    const [, there] = await pair.both();
    const before = new Set(updateRows(pair.phone).keys());
    there.typeAfter('- first', ' and more');
    await pair.world.pass(15_000);
    for (const key of [...updateRows(pair.phone).keys()]) if (!before.has(key)) updateRows(pair.phone).delete(key);
    expect(states(await verified(pair.phone))).toEqual(['Laptop same']);
    await pair.close(pair.phone, JOURNAL, there);
    const block = idIn(there.content);
    const phone = await pair.restart(pair.phone, () => pair.phone.vault.files.delete(JOURNAL));
    expect(await phone.peer.text(block)).toContain('- first and more');
  });

  it('[S61] says of a device that leaves, and of one that is offline itself, that nothing was compared', async () => {
    await pair.landed();
    const work = verified(pair.laptop);
    await pair.phone.stop();
    expect(states(await work).every((state) => state === 'Phone no-answer' || state === 'Phone same')).toBe(true);
    pair.laptop.peer.setPaused(true);
    await expect(pair.laptop.peer.verify()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });
});
