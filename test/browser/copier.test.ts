/** Two windows of one space whose vaults another sync engine carries, too: late, out of order, stale. Notes are open all the time. */
import { COPIER, FileCopier } from '../folder/file-copier';
import { SimRandom } from '../sim/random';
import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const note = 'Daily/2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- bread\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;
let copier: FileCopier | undefined;

beforeEach(async () => {
  const dailyNotes = { folder: 'Daily', format: 'YYYY-MM-DD' };
  world = await newWorld({ Laptop: { dailyNotes, notes: { [note]: `- private\n${block}` }, open: note }, Phone: { dailyNotes, notes: { [note]: '- private\n' }, open: note } });
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
  test('typing on either side is on the other, once', async () => {
    await laptop.typeAfter('milk', ' and honey');
    await phone.shows('milk and honey');
    await phone.typeAfter('bread', ', the dark one');
    await laptop.shows('bread, the dark one');
    expect(await atRest()).toBe('- shopping #live\n  - milk and honey\n  - bread, the dark one\n  - tea');
  });

  test('a bullet moved here and edited there, both offline, is one bullet', async () => {
    await phone.offline();
    await laptop.cursorAfter('tea');
    await laptop.press('Alt+ArrowUp', 'Alt+ArrowUp');
    await phone.typeAfter('tea', ' leaves');
    await phone.press('Enter', 'Tab');
    await phone.type('green');
    await phone.online();
    expect(await atRest()).toBe('- shopping #live\n  - tea leaves\n    - green\n  - milk\n  - bread');
  });

  test('undo takes back one’s own edit, where it is now', async () => {
    await laptop.typeAfter('bread', '!!!');
    await phone.shows('bread!!!');
    await phone.cursorAfter('bread!!!');
    await phone.press('Alt+ArrowUp');
    await laptop.until(() => laptop.outline(), (text) => text.indexOf('bread') < text.indexOf('milk')); // prettier-ignore
    await laptop.press('Control+z');
    expect(await atRest()).toBe('- shopping #live\n  - bread\n  - milk\n  - tea');
  });

  test('a bullet deleted in an editor stays deleted, and what was typed beside it stays', async () => {
    await laptop.selectAndDelete('\t- bread\n');
    await phone.typeAfter('tea', ' leaves');
    expect(await atRest()).toBe('- shopping #live\n  - milk\n  - tea leaves');
  });
});
