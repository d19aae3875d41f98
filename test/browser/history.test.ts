import type { Locator } from 'playwright-core';
import type { Shell } from '../shell/main';
import { closeBrowser, equal, newWorld } from './harness';
import type { Device, World } from './harness';

declare const window: { shell: Shell };

const note = '2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

/** Made live on the laptop and then edited on the phone, half a minute apart. */
async function start(): Promise<void> {
  world = await newWorld({
    Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: `${block}- private\n` }, open: note, clock: true },
    Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '' }, open: note, phone: 'ios', size: { width: 390, height: 760 } },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('tea');
  await laptop.later(61);
  await phone.typeAfter('milk', ', two litres');
  await laptop.shows('two litres');
  await phone.settled();
}
afterEach(() => world.close());
afterAll(() => closeBrowser());

const dialog = (device: Device) => device.page.getByRole('dialog').last();
const versions = (device: Device) => dialog(device).getByRole('radio');
async function openHistory(device: Device): Promise<void> {
  await device.cursorAfter('tea');
  await device.runCommand('show-block-history');
  await versions(device).first().waitFor();
}

/** As if a part of the device's store was lost. */
const forgetVersions = (device: Device): Promise<void> =>
  device.page.evaluate(async () => {
    const name = (await indexedDB.databases()).map((one) => one.name ?? '').find((one) => one.includes('blockwire')) ?? '';
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(`${name} can't be opened.`));
    });
    await new Promise<void>((resolve) => {
      const transaction = database.transaction('versions', 'readwrite');
      transaction.objectStore('versions').clear();
      transaction.oncomplete = () => resolve();
    });
    database.close();
  });

describe('the history of a block', () => {
  test('is offered by the menu at a live block, beside the end of its syncing; a plain bullet can be made live there, and other lines offer nothing', async () => {
    await start();
    const lines = laptop.page.locator('.cm-line');
    const menuAt = async (line: Locator): Promise<string[]> => {
      await line.click({ button: 'right', position: { x: 60, y: 8 } });
      const titles = await laptop.page.locator('.menu .menu-item-title').allInnerTexts();
      // A menu hears of clicks beside it a moment after it is shown.
      for (let i = 0; i < 50 && (await laptop.page.locator('.menu').count()) > 0; i++) await laptop.page.mouse.click(3, 3);
      return titles;
    };
    expect(await menuAt(lines.filter({ hasText: 'milk' }))).toEqual(['Stop syncing this block', 'Show history of this block']);
    expect(await menuAt(lines.filter({ hasText: 'private' }))).toEqual(['Make block live']);
    expect(await menuAt(lines.last())).toEqual([]);
    await lines.filter({ hasText: 'milk' }).click({ button: 'right', position: { x: 60, y: 8 } });
    await laptop.page.getByRole('menuitem', { name: 'Show history of this block' }).click();
    await versions(laptop).first().waitFor();
  });

  test('shows each version with when, by whom and what differs; one is restored on both devices, merged, and that undone; so is a copy of a note', async () => {
    await start();
    await openHistory(laptop);
    expect(await dialog(laptop).locator('.blockwire-version').allInnerTexts()).toEqual([expect.stringMatching(/Phone$/), expect.stringMatching(/Laptop$/)]);
    expect(await versions(laptop).nth(1).isChecked()).toBe(true);
    await dialog(laptop).getByText('Restoring it would take out 1 line (−) and put in 1 line (+).').waitFor();
    expect(await dialog(laptop).locator('del').innerText()).toBe('- milk, two litres');
    expect(await dialog(laptop).locator('del .is-changed').allInnerTexts()).toEqual([', two litres']);
    expect(await dialog(laptop).locator('ins').innerText()).toBe('- milk');
    await dialog(laptop).getByRole('button', { name: 'Restore this version' }).click();
    await dialog(laptop).getByText('Restored.').waitFor();
    await phone.until(() => phone.text(), (text) => text.includes('- milk\n')); // prettier-ignore
    await phone.typeAfter('tea', ' and sugar');
    await laptop.shows('tea and sugar');
    await dialog(laptop).getByRole('button', { name: 'Undo the restore' }).click();
    await dialog(laptop).getByText('As it was before.').waitFor();
    await phone.shows('milk, two litres');
    await equal(laptop, phone);
    expect(await laptop.outline()).toBe(await phone.outline().then((outline) => `${outline}\n- private`));
    await laptop.press('Escape');

    // A note that Blockwire changes while it is closed is as it was again, and that is undone.
    for (const [device, text] of [[phone, '- own\n'], [laptop, '- plan\n\t- one\n']] as const) {
      await device.page.evaluate((content) => window.shell.app.vault.create('plan.md', content).then(() => undefined), text);
    }
    await laptop.open('plan.md');
    await laptop.typeAfter('plan', ' #live');
    await laptop.press('ArrowDown');
    await phone.until(() => phone.note('plan.md'), (text) => text.includes('- one')); // prettier-ignore
    await phone.open('plan.md');
    await phone.shows('- one');
    const there = await phone.text();
    await phone.cursorAfter('own');
    await phone.runCommand('show-note-copies');
    await dialog(phone).getByText('Restoring it would take out 2 lines (−).').waitFor();
    await dialog(phone).getByRole('button', { name: 'Restore this version' }).click();
    await phone.until(() => phone.text(), (text) => text === '- own\n'); // prettier-ignore
    await dialog(phone).getByRole('button', { name: 'Undo the restore' }).click();
    await phone.until(() => phone.text(), (text) => text === there); // prettier-ignore
    await laptop.typeAfter('- one', ' more');
    await phone.shows('- one more');
    await equal(laptop, phone);
  });

  test('is read with the keyboard and copied, and says what went wrong', async () => {
    await start();
    await laptop.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openHistory(laptop);
    await laptop.press('ArrowUp');
    await dialog(laptop).getByText('This is what it is now.').waitFor();
    await laptop.press('ArrowDown');
    await dialog(laptop).locator('ins').waitFor();
    await laptop.press('Tab', 'Tab');
    await laptop.page.waitForFunction(() => document.activeElement?.textContent === 'Copy');
    await laptop.press('Enter');
    await dialog(laptop).getByText('Copied.').waitFor();
    expect(await laptop.page.evaluate(() => navigator.clipboard.readText())).toBe('- shopping #live\n\t- milk\n\t- tea');
    await forgetVersions(laptop);
    await laptop.press('Shift+Tab', 'Shift+Tab', 'ArrowUp');
    await dialog(laptop).getByText('This version is not kept any more, or never was. Nothing was changed.').waitFor();
    await laptop.press('Escape');
    await dialog(laptop).waitFor({ state: 'detached' });
    await laptop.runCommand('show-block-history');
    await dialog(laptop).getByText('This is what it is now.').waitFor();
    expect(await versions(laptop).count()).toBe(1);
    await laptop.press('Escape');
    await dialog(laptop).waitFor({ state: 'detached' });
    expect(await laptop.text()).toContain('milk, two litres');
    await laptop.runCommand('show-note-copies');
    await dialog(laptop).getByText('No copies.').waitFor();
    await laptop.press('Enter');
    await dialog(laptop).waitFor({ state: 'detached' });
  });

  test('is there on a phone and of a deleted block, which comes back as it was in the version; it is verified and exported', async () => {
    await start();
    await openHistory(laptop);
    await laptop.press('Escape');
    await laptop.select('- shopping', 'tea\n');
    await laptop.press('Delete');
    await laptop.later(5);
    await phone.until(() => phone.text(), (text) => !text.includes('shopping')); // prettier-ignore
    await laptop.runCommand('restore-deleted-block');
    await laptop.page.getByRole('button', { name: 'History of shopping' }).click();
    await dialog(laptop).locator('ins').waitFor();
    await dialog(laptop).getByRole('button', { name: 'Restore this version' }).click();
    await dialog(laptop).getByText('Restored.').waitFor();
    await phone.until(() => phone.text(), (text) => /shopping.*\n\t- milk\n/.test(text)); // prettier-ignore
    await laptop.press('Escape');
    await equal(laptop, phone);

    // What all devices have, and as one note.
    await laptop.later(15);
    await laptop.runCommand('verify-now');
    await dialog(laptop).getByText('The one live block is the same on Phone.').waitFor();
    await dialog(laptop).getByText('The same on Phone.').first().waitFor();
    await laptop.press('Escape');
    await laptop.runCommand('export-live-blocks');
    await laptop.shows('# Live blocks');
    expect(await laptop.text()).toBe('# Live blocks\n\n## 2026-11-22\n\n- shopping \\#live\n\t- milk\n\t- tea\n');

    await phone.runCommand('show-sync-status');
    await phone.page.getByRole('button', { name: /^History of shopping/ }).click();
    await versions(phone).first().waitFor();
    const box = await dialog(phone).getByRole('button', { name: 'Copy this version' }).boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 760).toBe(true);
  });

});
