import type { Page } from 'playwright-core';
import { parseLink } from '../../src/protocol';
import type { Shell } from '../shell/main';
import { closeBrowser, equal, newWorld } from './harness';
import type { Device, World } from './harness';

declare const window: { shell: Shell };

const note = '2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- [ ] tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

/** Two vaults that are in no space yet. */
async function start(): Promise<string> {
  world = await newWorld({
    Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: `${block}- private\n` }, open: note, alone: true },
    Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '- #live tagged before\n' }, open: note, alone: true, phone: 'ios', size: { width: 390, height: 760 } },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  return world.relay.setUpLink();
}
/** What a window sends to the relay. */
function requestsOf(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => void (request.url().startsWith(world.relay.url) && seen.push(request.url())));
  page.on('websocket', (socket) => void seen.push(socket.url()));
  return seen;
}
const dialog = (device: Device) => device.page.getByRole('dialog').last();
const openSettings = async (device: Device) => {
  await device.page.getByRole('button', { name: 'Settings' }).click();
  await device.page.locator('.vertical-tab-nav-item', { hasText: 'Blockwire' }).click();
};
async function pairByClicks(link: string): Promise<void> {
  await openSettings(laptop);
  await dialog(laptop).getByRole('button', { name: 'Set up', exact: true }).click();
  await dialog(laptop).getByLabel('Link').fill(link);
  await dialog(laptop).getByRole('button', { name: 'Start a new space' }).click();
  await laptop.until(() => laptop.phase(), (phase) => phase === 'live'); // prettier-ignore
  await laptop.press('Escape');
  await dialog(laptop).waitFor({ state: 'detached' });
}

afterEach(() => world.close());
afterAll(() => closeBrowser());

describe('screens', () => {
  test('set-up by a pasted link says first what it does, and sends nothing before the yes', async () => {
    const link = await start();
    const requests = requestsOf(laptop.page);
    await openSettings(laptop);
    await dialog(laptop).getByRole('button', { name: 'Set up', exact: true }).click();
    const go = dialog(laptop).getByRole('button', { name: 'Join' });
    expect(await go.isDisabled()).toBe(true);
    await dialog(laptop).getByLabel('Link').fill(`  ${link}\n`);
    await dialog(laptop).getByText(/^Start a new space on/).waitFor();
    expect(await dialog(laptop).innerText()).toContain('Nothing of "Laptop" is uploaded by this.');
    await dialog(laptop).getByLabel('Name of this device').fill('Desk');
    expect(requests).toEqual([]);
    await dialog(laptop).getByRole('button', { name: 'Start a new space' }).click();
    await laptop.page.locator('.blockwire-summary', { hasText: 'Everything is safe on the relay.' }).waitFor();
    expect(requests).not.toEqual([]);
    expect(requests.filter((url) => url.includes(new URL(link).searchParams.get('t') ?? ''))).toEqual([]);
    // The tag that was there is listed, and not sent.
    await laptop.page.locator('.blockwire-card', { hasText: 'One bullet bears the tag already' }).waitFor();
    expect(await laptop.digests()).toEqual({});
    // Asked where the user looks, and not a second time over it.
    await laptop.page.locator('.notice').waitFor({ state: 'detached' });
  });

  test('a second device joins by the link that the first one shows', async () => {
    await pairByClicks(await start());
    await openSettings(laptop);
    await dialog(laptop).getByRole('button', { name: 'Add a device' }).click();
    await dialog(laptop).getByRole('img', { name: 'Pairing link as QR code' }).waitFor();
    const link = await dialog(laptop).getByRole('textbox', { name: 'Pairing link' }).inputValue();
    expect(link.length).toBeLessThanOrEqual(300);
    expect(parseLink(link).type).toBe('pairing');
    await dialog(laptop).getByText('Your relay listens on this computer only.').waitFor();

    const requests = requestsOf(phone.page);
    await phone.page.evaluate((address) => window.shell.openUrl(address), link);
    await dialog(phone).getByText(/^Join the space on/).waitFor();
    expect(requests).toEqual([]);
    await dialog(phone).getByRole('button', { name: 'Join' }).click();
    await phone.until(() => phone.phase(), (phase) => phase === 'live'); // prettier-ignore
    const secret = new URL(link).searchParams.get('k') ?? '';
    expect(requests.filter((url) => url.includes(secret))).toEqual([]);
    await laptop.page.keyboard.press('Escape');
    await laptop.page.keyboard.press('Escape');
    await laptop.cursorAfter('shopping');
    await laptop.runCommand('make-block-live');
    await phone.shows('tea');
    await equal(laptop, phone);
    expect(await phone.text()).toContain('- #live tagged before\n');
  });

  test('a second device joins by a pasted link, with the keyboard alone', async () => {
    await pairByClicks(await start());
    const link = await laptop.pairingLink();
    const { keyboard } = phone.page;
    await phone.cursorAfter('before');
    await keyboard.press('Control+p');
    await keyboard.type('set up');
    await keyboard.press('Enter');
    await dialog(phone).getByLabel('Link').waitFor();
    await phone.page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Link');
    await keyboard.insertText(link);
    await keyboard.press('Tab');
    await keyboard.press('Control+a');
    await keyboard.type('Pocket');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await phone.page.waitForFunction(() => document.activeElement?.textContent === 'Join');
    await keyboard.press('Enter');
    await phone.until(() => phone.phase(), (phase) => phase === 'live'); // prettier-ignore
    await laptop.runCommand('show-sync-status');
    await laptop.page.locator('.blockwire-status-view').getByText('Pocket').first().waitFor();
  });

  test('a wrong link is told in words and repeats nothing of it', async () => {
    const link = await start();
    await laptop.until(() => laptop.runCommand('set-up'), (ran) => ran); // prettier-ignore
    const field = dialog(laptop).getByLabel('Link');
    for (const [text, words] of [
      ['https://example.org/blockwire', 'This is a web address.'],
      ['obsidian://open?vault=x', 'This link is for Obsidian, but not for Blockwire.'],
      [link.slice(0, -6), 'The link is cut off.'],
      ['hello', 'This is not a Blockwire link.'],
    ] as const) {
      await field.fill(text);
      await dialog(laptop).getByText(words).waitFor();
      expect(await dialog(laptop).getByRole('button', { name: 'Join' }).isDisabled()).toBe(true);
    }
    await field.fill(link.replace(/t=./, (match) => (match === 't=A' ? 't=B' : 't=A')));
    await dialog(laptop).getByRole('button', { name: 'Start a new space' }).click();
    await dialog(laptop).locator('.blockwire-error', { hasText: /link/ }).waitFor();
    await world.relay.stop();
    await field.fill(link);
    await dialog(laptop).getByRole('button', { name: 'Start a new space' }).click();
    await dialog(laptop).locator('.blockwire-error', { hasText: /relay/i }).waitFor();
  });

  test('settings: the tag is checked, and the one that is set makes bullets live', async () => {
    await pairByClicks(await start());
    await openSettings(laptop);
    const tag = laptop.page.getByPlaceholder('#live');
    await tag.fill('two words');
    expect(await tag.getAttribute('aria-invalid')).toBe('true');
    await tag.fill('sync');
    expect(await tag.getAttribute('aria-invalid')).toBe('false');
    await laptop.page.keyboard.press('Escape');
    await laptop.typeAfter('private', ' no more #sync');
    expect(await laptop.digests()).toEqual({});
    await laptop.press('Home', 'ArrowUp');
    await laptop.until(() => laptop.text(), (text) => /private no more #sync \^bw-/.test(text)); // prettier-ignore
  });

  test('settings: WebTransport can be turned on where the app has it, and where it has none they say so', async () => {
    await pairByClicks(await start());
    const row = laptop.page.locator('.setting-item', { hasText: 'WebTransport' });
    await openSettings(laptop);
    await row.getByRole('switch').click();
    await row.getByRole('switch', { checked: true }).waitFor();
    await laptop.page.addInitScript(() => Reflect.deleteProperty(window, 'WebTransport'));
    await laptop.load(note);
    await openSettings(laptop);
    await row.getByText('This app has no WebTransport, so connections go by WebSocket, as always.').waitFor();
    // A click does nothing.
    await row.locator('.is-disabled').click();
    await row.getByRole('switch', { checked: false }).waitFor();
  });

  test('reading mode marks live blocks and shows no id', async () => {
    await pairByClicks(await start());
    await laptop.cursorAfter('shopping');
    await laptop.runCommand('make-block-live');
    await laptop.open(note, { mode: 'preview' });
    const marked = laptop.page.locator('.markdown-preview-view li.blockwire-reading');
    expect(await marked.count()).toBe(1);
    expect(await marked.innerText()).toContain('tea');
    expect(await marked.getAttribute('title')).toMatch(/relay|devices/);
    expect(await laptop.page.innerText('.markdown-preview-view')).not.toContain('^bw-');
    const mark = await marked.evaluate((el) => getComputedStyle(el, '::after').backgroundImage);
    expect(mark).toContain('gradient');
  });

  test('a phone has its status in the note’s header, and no status bar', async () => {
    await pairByClicks(await start());
    const link = await laptop.pairingLink();
    const status = phone.page.getByLabel(/^Blockwire: /);
    expect(await status.getAttribute('aria-label')).toContain('Not set up yet');
    await phone.setUp(link);
    await phone.until(async () => (await status.getAttribute('aria-label')) ?? '', (label) => label.includes('Everything is safe on the relay.')); // prettier-ignore
    expect(await phone.page.locator('.status-bar').count()).toBe(0);
    // The question about the tag that was there before lies over the header until it is tapped away.
    await phone.page.locator('.notice').click({ position: { x: 6, y: 6 } });
    await status.click();
    await phone.page.locator('.blockwire-status-view').waitFor();
    expect(await laptop.page.locator('.status-bar .blockwire-status-bar').count()).toBe(1);
    await laptop.page.locator('.blockwire-status-bar').focus();
    await laptop.page.keyboard.press('Escape');
  });

  test('the connection is checked hop by hop, and the first that fails is named', async () => {
    await pairByClicks(await start());
    await laptop.runCommand('check-connection');
    await dialog(laptop).getByText('Everything on the way works.').waitFor();
    expect(await dialog(laptop).locator('.blockwire-hop.is-ok .blockwire-hop-name').allInnerTexts()).toEqual([
      'Address: works', 'Encryption on the way (TLS): works', 'Relay: works', 'Clock: works', 'Obsidian’s origins (CORS): works', 'Session: works', 'Key: works', 'Live connection (WebSocket): works',
    ]); // prettier-ignore
    await world.relay.stop();
    await dialog(laptop).getByRole('button', { name: 'Check again' }).click();
    await dialog(laptop).getByText(/^The first hop that fails: /).waitFor();
    expect(await dialog(laptop).locator('.blockwire-hop.is-failed .blockwire-hop-cure').innerText()).not.toBe('');
    await dialog(laptop).getByText('Relay: fails').waitFor();
  });
});
