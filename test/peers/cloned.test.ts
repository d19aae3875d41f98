/** A copied vault: two programs with one identity. One of them is told so, takes a new identity and goes on. */
import { renewIdentity } from '../../src/peer';
import { MemoryDisk } from '../../src/store';
import { Pair, TODAY, JOURNAL, countOf } from './pair';
import { syncEd25519 } from './sync-ed25519';
import type { Device } from './world';

describe('a device whose vault and store were copied', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = await Pair.make();
  });
  afterEach(() => pair.end());

  /** All that is on the disk, as a copying tool finds it while Blockwire does not run. */
  function diskLike(disk: MemoryDisk): MemoryDisk {
    const copy = new MemoryDisk();
    copy.take([...disk.rows].flatMap(([table, rows]) => [...rows].map(([key, value]) => ({ table, key, value: value.slice() }))), 'strict');
    return copy;
  }

  async function copied(): Promise<Device> {
    await pair.close(pair.laptop, TODAY, await pair.landed());
    let disk = new MemoryDisk();
    await pair.restart(pair.laptop, () => (disk = diskLike(pair.laptop.disk)));
    const vault = pair.laptop.vault.copyAs('daily', { [TODAY]: pair.laptop.vault.text(TODAY) });
    return pair.world.device('Copy', { vault, disk, credentials: pair.laptop.credentials, online: false });
  }

  /** What the plugin and the folder peer do when `onCloned` was called. */
  async function renew(device: Device): Promise<Device> {
    const { vault, disk, credentials, name } = device;
    await device.stop();
    const renewed = await renewIdentity(credentials, {
      post: async () => ({ status: 200, body: JSON.stringify({ now: pair.world.clock.now() }) }),
      random: (length) => pair.world.bytes(length),
      now: () => pair.world.clock.now(),
      ed25519: syncEd25519,
    });
    const again = await pair.world.device(name, { vault, disk, credentials: renewed });
    await again.live();
    return again;
  }

  const all = (texts: readonly string[], parts: readonly string[]): boolean => texts.every((text) => parts.every((part) => countOf(text, part) === 1));

  it('one of them is told when both write, renews its identity, and what either wrote stands once everywhere', async () => {
    const copy = await copied();
    const own = await pair.open(pair.laptop, TODAY);
    own.typeAfter('- first', ' mine');
    await pair.world.until('the phone has it', () => pair.phone.vault.text(JOURNAL).includes('first mine'));

    const other = await pair.open(copy, TODAY);
    other.typeAfter('- second', ' of the copy');
    other.typeAfter('of the copy', '\n\t- third');
    await pair.world.pass(1_000);
    copy.goOnline();
    await copy.live();
    await pair.world.until('the phone has that too', () => all([pair.phone.vault.text(JOURNAL)], ['first mine', 'second of the copy', '- third']));
    own.typeAfter('first mine', ' too');
    other.typeAfter('- third', ' part');
    const told = (): Device[] => [pair.laptop, copy].filter(({ problems }) => problems.includes('CLONED'));
    await pair.world.until('one is told', () => told().length > 0);
    expect(told()).toHaveLength(1);

    const [device] = told();
    const [editor, kept] = device === copy ? [other, own] : [own, other];
    if (!device) return;
    await pair.close(device, TODAY, editor);
    const renewed = await renew(device);
    const edited = await pair.open(renewed, TODAY);
    const texts = (): string[] => [edited.content, kept.content, pair.phone.vault.text(JOURNAL)];
    await pair.world.until('all have both', () => all(texts(), ['first mine too', 'second of the copy', '- third part']));

    edited.typeAfter('- third part', ' later');
    kept.typeAfter('first mine too', '!');
    await pair.world.until('they go on', () => all(texts(), ['first mine too!', 'third part later']));
    expect(all(texts(), ['tracking', 'first', 'second', 'third'])).toBe(true);
    expect(renewed.problems).toEqual([]);
    expect(pair.phone.problems).toEqual([]);
    expect([pair.laptop, copy].find((one) => one !== device)?.problems).toEqual([]);
  });
});
