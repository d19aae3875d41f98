/** Two windows of one space whose vaults another sync engine carries, too: late, out of order, stale. Notes are open all the time. */
import { COPIER, FileCopier } from '../folder/file-copier';
import { SimRandom } from '../sim/random';
import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';
import { BLOCK, SCENARIOS } from './scenarios';

const note = 'Daily/2026-11-22.md';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;
let copier: FileCopier | undefined;

beforeEach(async () => {
  const dailyNotes = { folder: 'Daily', format: 'YYYY-MM-DD' };
  world = await newWorld({ Laptop: { dailyNotes, notes: { [note]: `- private\n${BLOCK}` }, open: note }, Phone: { dailyNotes, notes: { [note]: '- private\n' }, open: note } });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 1);
  await phone.shows('tea');
  await sameBlock(laptop, phone);
  copier = new FileCopier([laptop.directory, phone.directory], new SimRandom(1), { ...COPIER, least: 100, most: 1_000, torn: 0, stale: 50, spare: 500 });
  copier.start();
});
afterEach(async () => {
  copier?.stop();
  await world.close();
});
afterAll(() => closeBrowser());

/** The block of both, when no file is on its way any more. */
async function atRest(): Promise<string> {
  copier?.calm();
  await laptop.until(async () => copier?.isIdle === true && (await laptop.note(note)) === (await phone.note(note)), (isIdle) => isIdle, 30); // prettier-ignore
  for (const device of [laptop, phone]) {
    expect(await device.questions()).toEqual([]);
    expect(await device.text()).toMatch(/^- private\n- shopping/);
  }
  return sameBlock(laptop, phone);
}

describe('two windows, one block, and a file copier between their vaults', () => {
  test.each(SCENARIOS)('$name', async ({ act, result }) => {
    await act({ world, laptop, phone, phoneNote: note });
    expect(await atRest()).toBe(result);
  });

  test('a bullet deleted in an editor stays deleted, and what was typed beside it stays', async () => {
    await laptop.selectAndDelete('\t- bread\n');
    await phone.typeAfter('tea', ' leaves');
    expect(await atRest()).toBe('- shopping #live\n  - milk\n  - tea leaves');
  });
});
