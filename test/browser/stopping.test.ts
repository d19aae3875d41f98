import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeBrowser, equal, newWorld } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: `${block}- private\n` }, open: note },
    Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '' }, open: note },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('tea');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

const plain = '- shopping\n\t- milk\n\t- tea\n- private\n';
/** Takes the tag out as a person does, and goes to another line. */
async function removeTag(): Promise<void> {
  await laptop.selectAndDelete(' #live');
  expect(await laptop.questions()).not.toContainEqual(expect.objectContaining({ kind: 'stop' }));
  await laptop.press('ArrowDown');
  await laptop.asked('stop');
}

describe('stopping', () => {
  test('a tag that was taken out, and “keep it live”', async () => {
    await removeTag();
    await laptop.click('Keep it live');
    await laptop.typeAfter('milk', ' still goes out');
    await phone.shows('milk still goes out');
    await equal(laptop, phone);
    expect(await laptop.questions()).not.toContainEqual(expect.objectContaining({ kind: 'stop' }));
  });

  test('a tag that was taken out, and “stop here only”', async () => {
    await removeTag();
    await laptop.click('Stop here only');
    await laptop.until(() => laptop.text(), (text) => text === plain); // prettier-ignore
    await phone.typeAfter('tea', ' on the phone');
    await laptop.typeAfter('milk', ' on the laptop');
    await phone.settled();
    expect(await phone.text()).toMatch(/^- shopping #live \^bw-\S+\n\t- milk\n\t- tea on the phone\n$|^- shopping \^bw-\S+\n\t- milk\n\t- tea on the phone\n$/);
    expect(await laptop.text()).toBe('- shopping\n\t- milk on the laptop\n\t- tea\n- private\n');
  });

  test('a tag that was taken out, and “stop everywhere”', async () => {
    await removeTag();
    await laptop.click('Stop everywhere');
    await laptop.until(() => laptop.text(), (text) => text === plain); // prettier-ignore
    await phone.until(() => phone.text(), (text) => text === '- shopping\n\t- milk\n\t- tea\n'); // prettier-ignore
    expect(await phone.digests()).toEqual({});
  });

  test('the command asks where, and says what stays', async () => {
    await laptop.cursorAfter('milk');
    await laptop.runCommand('stop-syncing-block');
    await laptop.page.getByRole('dialog').getByText('The text itself stays.').waitFor();
    await laptop.click('Everywhere');
    await laptop.until(() => laptop.text(), (text) => text === plain); // prettier-ignore
    await phone.until(() => phone.text(), (text) => !text.includes('^bw-')); // prettier-ignore
  });

  test('here only is not offered where Syncthing keeps the vault', async () => {
    await laptop.disablePlugin();
    await mkdir(join(laptop.directory, '.stfolder'));
    await laptop.enablePlugin();
    await laptop.cursorAfter('milk');
    await laptop.until(() => laptop.runCommand('stop-syncing-block'), (ran) => ran); // prettier-ignore
    await laptop.page.getByRole('dialog').getByText('another sync engine carries these files').waitFor();
    expect(await laptop.page.getByRole('button', { name: 'Here only', exact: true }).count()).toBe(0);
    await laptop.click('Everywhere');
    await phone.until(() => phone.text(), (text) => !text.includes('^bw-')); // prettier-ignore
  });

  test('a block deleted in an editor goes everywhere, and undo brings it back', async () => {
    await laptop.select('- shopping', 'tea\n');
    await laptop.press('Delete');
    await phone.until(() => phone.text(), (text) => !text.includes('shopping')); // prettier-ignore
    await laptop.press('Control+z');
    await phone.shows('tea');
    await laptop.typeAfter('tea', ' again');
    await phone.shows('tea again');
    await equal(laptop, phone);
  });

  test('a deleted block is listed on the other device, and restored from there on both', async () => {
    await laptop.select('- shopping', 'tea\n');
    await laptop.press('Delete');
    await phone.until(() => phone.text(), (text) => !text.includes('shopping')); // prettier-ignore
    await phone.runCommand('restore-deleted-block');
    await phone.page.getByText('Deleted on Laptop').waitFor();
    await phone.page.getByRole('button', { name: 'Restore shopping' }).click();
    await laptop.shows('tea');
    await equal(laptop, phone);
    await phone.page.getByText('Deleted lately').waitFor({ state: 'detached' });
  });

  test('leaving the space takes every trace but the text, and the others go on', async () => {
    await laptop.runCommand('leave-space');
    await laptop.page.getByRole('dialog').getByText('The text of your notes stays.').waitFor();
    await laptop.click('Leave');
    await laptop.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await laptop.text()).toBe(plain);
    expect(await laptop.traces()).toEqual([]);
    await phone.typeAfter('tea', ' goes on');
    await phone.settled();
    expect(await laptop.text()).toBe(plain);
    await laptop.load(note);
    expect(await laptop.text()).toBe(plain);
  });
});
