// Takes the pictures of docs/images: `npm run build && node test/browser/screenshots.mjs [name ...]`, then look at each of them.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from './chromium.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const images = join(root, 'docs/images');
const asked = process.argv.slice(2);
const window1 = { width: 900, height: 620 };
const narrow = { width: 390, height: 760 };

const running = (page) => page.waitForFunction(() => window.shell.plugin()?.device?.sync?.phase === 'live');
const command = (page, id) => page.evaluate((name) => window.shell.runCommand(`blockwire:${name}`), id);
const escape = async (page) => {
  for (let i = 0; i < 3 && (await page.getByRole('dialog').count()) > 0; i++) await page.keyboard.press('Escape');
};

/** Makes what every block is now one of its versions. */
const history = (page) => page.evaluate(() => Promise.all(window.shell.plugin().device.peer.blocks().map(({ blockId }) => window.shell.plugin().device.peer.history(blockId).catch(() => []))));

const { path, missing } = findChromium();
if (!path) throw new Error(missing);
const scratch = await mkdtemp(join(tmpdir(), 'blockwire-pictures-'));
await mkdir(images, { recursive: true });
const browser = await chromium.launch({ executablePath: path, args: [...chromiumArguments, '--force-color-profile=srgb'] });
const port = 4990;
const home = `http://127.0.0.1:${port}/`;
const demo = spawn(process.execPath, [join(root, 'dist/blockwire.mjs'), 'try', '--port', String(port), '--data', scratch], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  await new Promise((done, failed) => {
    demo.stdout.on('data', (chunk) => String(chunk).includes('Ctrl-C') && done());
    demo.once('exit', () => failed(new Error('The demo did not start.')));
  });
  await takeAll();
} finally {
  await browser.close();
  demo.kill('SIGINT');
  await new Promise((done) => demo.once('exit', done));
  await rm(scratch, { recursive: true, force: true });
}

async function picture(page, name) {
  if (asked.length > 0 && !asked.includes(name)) return;
  await page.screenshot({ path: join(images, `${name}.png`), animations: 'disabled', caret: 'hide' });
  console.log(`${name}.png`);
}

/** A page of the demo, once its two vaults are the same. The storage of a new context knows nothing of the demo so far, so that is reset. */
async function demoPage(scheme, viewport) {
  await fetch(`${home}try/reset`, { method: 'POST' });
  const context = await browser.newContext({ viewport, colorScheme: scheme, deviceScaleFactor: 1, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(home);
  await page.locator('#verdict-text', { hasText: 'Same on both' }).waitFor();
  return page;
}

/** The window of one vault alone, in the same context as the demo that set it up. */
async function vaultWindow(page, vault, scheme, viewport, query = {}) {
  const own = await page.context().newPage();
  await own.setViewportSize(viewport);
  const { vaults } = await (await fetch(`${home}try/state`)).json();
  const { today } = vaults.find(({ name }) => name === vault);
  await own.goto(`${home}vault/${vault}/?${new URLSearchParams({ theme: scheme, open: today, ...query })}`);
  await own.waitForFunction(() => window.shell?.ready.then(() => true));
  return own;
}
async function takeAll() {
  for (const scheme of ['light', 'dark']) {
    for (const [size, viewport] of [['wide', { width: 1280, height: 860 }], ['narrow', { width: 390, height: 844 }]]) {
      const page = await demoPage(scheme, viewport);
      await picture(page, `try-${scheme}-${size}`);
      if (size === 'wide') {
        await page.setViewportSize({ width: 1000, height: 560 });
        await page.click('#seen-button');
        await page.locator('#seen-list li code').first().waitFor();
        // Where this run keeps its files means nothing to a reader.
        await page.evaluate((directory) => {
          const file = document.getElementById('seen-file');
          file.textContent = file.textContent.replace(directory, '.try');
        }, scratch);
        await picture(page, `relay-sees-${scheme}`);
      }
      await page.context().close();
    }
    const suffix = scheme === 'light' ? '' : '-dark';
    await takeVault(scheme, suffix);
    await takeFiles(scheme, suffix);
  }
}

/** Files on their way: one under way, one behind it. */
async function takeFiles(scheme, suffix) {
  const fresh = await browser.newContext({ viewport: window1, colorScheme: scheme, reducedMotion: 'reduce' });
  // So that the picture is the same each time, a connection carries so much and no more: the first file stops there.
  await fresh.addInitScript((most) => {
    const { send } = WebSocket.prototype;
    const sent = new WeakMap();
    WebSocket.prototype.send = function (data) {
      const bytes = (sent.get(this) ?? 0) + data.byteLength;
      sent.set(this, bytes);
      if (bytes <= most) send.call(this, data);
    };
  }, 2_700_000);
  await fetch(`${home}try/reset`, { method: 'POST' });
  const { setUpLink } = await (await fetch(`${home}try/state`)).json();
  const laptop = await vaultWindow(await fresh.newPage(), 'Laptop', scheme, window1);
  await laptop.evaluate((text) => window.shell.plugin().device.setUp(text, 'Laptop'), setUpLink);
  await running(laptop);
  await command(laptop, 'show-sync-status');
  await laptop.getByRole('button', { name: 'Make them live' }).click();
  await laptop.waitForFunction(() => window.shell.plugin().device.peer.blocks().some(({ state }) => state !== 'here-only'));
  await laptop.evaluate(async () => {
    const { vault } = window.shell.app;
    await vault.createBinary('harbour.mp4', crypto.getRandomValues(new Uint8Array(60_000)).buffer.transfer(6_100_000));
    await vault.createBinary('voice memo.m4a', crypto.getRandomValues(new Uint8Array(60_000)).buffer.transfer(1_400_000));
  });
  for (const [line, name] of [['water the tomatoes', 'harbour.mp4'], ['call the plumber', 'voice memo.m4a']]) {
    await laptop.locator('.cm-line', { hasText: line }).click();
    await laptop.keyboard.press('End');
    await laptop.keyboard.insertText(` ![[${name}]]`);
  }
  await laptop.locator('.cm-line', { hasText: 'has no tag' }).click();
  await laptop.locator('.blockwire-status-view').getByText(/43 % of 6\.1 MB sent/).waitFor();
  await laptop.locator('.blockwire-status-view').getByText(/waits to be sent/).waitFor();
  await picture(laptop, `files${suffix}`);
  await fresh.close();
}

async function takeVault(scheme, suffix) {
  // Set-up, in a vault whose storage is empty.
  const fresh = await browser.newContext({ viewport: window1, colorScheme: scheme, reducedMotion: 'reduce' });
  await fetch(`${home}try/reset`, { method: 'POST' });
  const { setUpLink } = await (await fetch(`${home}try/state`)).json();
  const laptop = await vaultWindow(await fresh.newPage(), 'Laptop', scheme, window1);
  await laptop.waitForFunction(() => window.shell.runCommand('blockwire:set-up'));
  await laptop.getByRole('dialog').getByLabel('Link').fill(setUpLink);
  await picture(laptop, `setup${suffix}`);
  await laptop.getByRole('button', { name: 'Start a new space' }).click();
  await running(laptop);
  await laptop.locator('.blockwire-status-view').waitFor();
  await laptop.locator('.blockwire-summary').getByText(/^1 edit waits here/).waitFor();
  await picture(laptop, `question${suffix}`);
  await laptop.getByRole('button', { name: 'Make them live' }).click();
  await laptop.waitForFunction(() => window.shell.plugin().device.peer.blocks().some(({ state }) => state !== 'here-only'));
  const link = await laptop.evaluate(() => window.shell.plugin().device.peer.pairingLink());

  // A second device, whose note of the day is not there: the inbox.
  const phone = await vaultWindow(await fresh.newPage(), 'Phone', scheme, narrow, { phone: 'ios' });
  await phone.evaluate((text) => window.shell.plugin().device.setUp(text, 'Phone'), link);
  await running(phone);
  await phone.waitForFunction(() => window.shell.views()[0]?.getViewData().includes('^bw-'));
  await laptop.waitForFunction(() => window.shell.plugin().device.peer.blocks().some(({ state }) => state === 'same-everywhere'));
  await laptop.locator('.blockwire-status-view').getByText(/^Identical on Phone/).waitFor();
  await picture(laptop, `status${suffix}`);
  await picture(phone, `phone${suffix}`);
  await command(phone, 'show-sync-status');
  await phone.locator('.blockwire-status-view').waitFor();
  await phone.waitForFunction(() => document.querySelector('.blockwire-status-view')?.textContent.includes('Everything is safe'));
  await picture(phone, `phone-status${suffix}`);

  await laptop.setViewportSize({ width: window1.width, height: 780 });
  await command(laptop, 'add-device');
  await picture(laptop, `add-device${suffix}`);
  await escape(laptop);
  await command(laptop, 'check-connection');
  await laptop.getByText('Everything on the way works.').waitFor();
  await picture(laptop, `check${suffix}`);
  await escape(laptop);
  await command(phone, 'check-connection');
  await phone.getByText(/^The first hop that fails/).waitFor();
  await picture(phone, `phone-check${suffix}`);
  await escape(phone);
  await laptop.setViewportSize(window1);
  await laptop.getByRole('button', { name: 'Settings' }).click();
  await picture(laptop, `settings${suffix}`);
  await escape(laptop);
  await laptop.evaluate(() => window.shell.app.workspace.rightSplit.collapse());
  await laptop.evaluate(() => window.shell.views()[0].setMode('preview'));
  await laptop.evaluate(() => document.activeElement?.blur());
  await picture(laptop, `reading${suffix}`);
  await laptop.evaluate(() => window.shell.views()[0].setMode('source'));

  // A block of a day that the phone has no note for.
  const day = 'Daily/2025-01-06.md';
  await laptop.evaluate(async (path) => {
    const { vault } = window.shell.app;
    if (!vault.getFileByPath(path)) await vault.create(path, '# Ideas\n\n- a talk about outlines #live\n\t- why bullets move\n\t- what a block is\n');
    await window.shell.open(path);
    await new Promise((done) => setTimeout(done, 500));
    await window.shell.plugin().device.peer.makeLive(path, 2);
  }, day);
  await phone.locator('.blockwire-card', { hasText: 'Create note' }).waitFor();
  await command(phone, 'open-inbox');
  await picture(phone, `inbox${suffix}`);

  // The relay out of reach.
  await fetch(`${home}try/relay`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"running":false}' });
  await laptop.evaluate(() => window.shell.open('Daily/2025-01-06.md'));
  await laptop.locator('.cm-line', { hasText: 'what a block is' }).click();
  await laptop.keyboard.press('End');
  await laptop.keyboard.type(', in one sentence');
  await command(laptop, 'show-sync-status');
  await laptop.locator('.blockwire-summary', { hasText: 'Offline' }).waitFor();
  await picture(laptop, `offline${suffix}`);
  await command(laptop, 'check-connection');
  await laptop.getByText(/^The first hop that fails/).waitFor();
  await picture(laptop, `error${suffix}`);
  await escape(laptop);
  await fetch(`${home}try/relay`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"running":true}' });

  // What a block was: an edit on each of the two devices, and what they undo of it.
  await running(laptop);
  await laptop.evaluate(() => window.shell.app.workspace.rightSplit.collapse());
  await laptop.waitForFunction(() => window.shell.plugin().device.peer.status().unacknowledged === 0);
  await history(laptop);
  await command(phone, 'show-sync-status');
  await phone.locator('.blockwire-card', { hasText: 'in one sentence' }).waitFor();
  await phone.getByRole('button', { name: /^Create the note for/ }).click();
  await phone.waitForFunction(() => window.shell.views()[0]?.getViewData().includes('in one sentence'));
  await history(phone);
  await phone.locator('.cm-line', { hasText: 'why bullets move' }).click();
  await phone.keyboard.press('End');
  await phone.keyboard.type(', and merge');
  await phone.keyboard.press('Enter');
  await phone.keyboard.type('undo is one’s own');
  await laptop.waitForFunction(() => window.shell.views()[0].getViewData().includes('one’s own'));
  await history(laptop);
  await laptop.locator('.cm-line', { hasText: 'what a block is' }).click();
  for (const [page, name] of [[laptop, 'history'], [phone, 'phone-history']]) {
    await history(page);
    await command(page, 'show-block-history');
    await page.locator('.blockwire-diff').waitFor();
    await picture(page, `${name}${suffix}`);
    await escape(page);
  }
  // What was written just now counts as being edited.
  await new Promise((done) => setTimeout(done, 11_000));
  for (const [page, name] of [[laptop, 'verify'], [phone, 'phone-verify']]) {
    await command(page, 'verify-now');
    await page.getByText(/^All \d+ live blocks are the same/).waitFor();
    await picture(page, `${name}${suffix}`);
    await escape(page);
  }
  // Frames: what one device wrote, as the other reads it.
  await laptop.setViewportSize({ width: 1400, height: 620 });
  for (const page of [laptop, phone]) await command(page, 'inspect-frames');
  await phone.evaluate(() => window.shell.open(window.shell.views()[0].file.path));
  await phone.locator('.cm-line', { hasText: 'and merge' }).click();
  await phone.keyboard.press('End');
  await phone.keyboard.type(', at once', { delay: 60 });
  await laptop.locator('.blockwire-frame', { hasText: 'entries' }).nth(3).waitFor();
  await command(phone, 'inspect-frames');
  for (const [page, name, kind] of [[laptop, 'frames', /^entries$/], [phone, 'phone-frames', /^append$/]]) {
    await page.locator('.blockwire-frame', { has: page.locator('.is-kind', { hasText: kind }) }).nth(3).click();
    await page.getByText(/^text “/).first().waitFor();
    await picture(page, `${name}${suffix}`);
  }
  await fresh.close();
}
