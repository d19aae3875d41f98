import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { closeBrowser, newWorld } from './harness';
import type { Shell } from '../shell/main';
import type { Device, World } from './harness';

declare const window: { shell: Shell };

const note = '2026-11-22.md';
/** A PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  const dailyNotes = { format: 'YYYY-MM-DD' };
  world = await newWorld({
    Laptop: { dailyNotes, notes: { [note]: '- shopping #live\n\t- milk\n\t- tea\n' }, attachments: 'files', open: note },
    Phone: { dailyNotes, notes: { [note]: '' }, attachments: './media', open: note, phone: 'ios', size: { width: 390, height: 760 } },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('tea');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

const contentOf = (device: Device, path: string): Promise<Buffer | null> => readFile(join(device.directory, path)).catch(() => null);
const arrives = (device: Device, path: string, content: Uint8Array): Promise<unknown> => device.until(() => contentOf(device, path), (found) => found?.equals(content) === true); // prettier-ignore
/** Another program puts a file into the vault, and the app has heard of it. */
async function put(device: Device, path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(join(device.directory, path)), { recursive: true });
  // In one step: the shell's watcher may miss the end of a longer writing.
  await writeFile(`${device.directory}-written`, content);
  await rename(`${device.directory}-written`, join(device.directory, path));
  await device.page.waitForFunction((file) => window.shell.app.vault.getFileByPath(file) !== null, path);
}
async function paste(device: Device, name: string, base64: string): Promise<void> {
  await device.page.evaluate(
    ([fileName, data]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], fileName, { type: 'image/png' }));
      document.querySelector('.cm-content')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    },
    [name, base64] as const,
  );
}

test('a picture that is pasted here is in the other vault’s attachments, under a link that works; one of the same name there is left alone', async () => {
  const picture = Buffer.from(PIXEL, 'base64');
  await laptop.cursorAfter('milk');
  await laptop.type(' ');
  await paste(laptop, 'Pasted image 1.png', PIXEL);
  await phone.shows('milk ![[Pasted image 1.png]]');
  await arrives(phone, 'media/Pasted image 1.png', picture);
  expect(await contentOf(laptop, 'files/Pasted image 1.png')).toEqual(picture);
  const leadsTo = (device: Device, target: string) => device.page.evaluate(([link, from]) => window.shell.app.metadataCache.getFirstLinkpathDest(link, from)?.path, [target, note] as const); // prettier-ignore
  expect(await leadsTo(phone, 'Pasted image 1.png')).toBe('media/Pasted image 1.png');

  const own = Buffer.from('another picture');
  await put(phone, 'mine/tea.png', own);
  await put(laptop, 'tea.png', picture);
  await laptop.typeAfter('- tea', ' ![[tea.png]]');
  await phone.until(() => phone.text(), (text) => /- tea !\[\[tea-[0-9a-f]{6}\.png\]\]/.test(text)); // prettier-ignore
  const [name = ''] = /tea-[0-9a-f]{6}\.png/.exec(await phone.text()) ?? [];
  await laptop.shows(`- tea ![[${name}]]`);
  await arrives(phone, `media/${name}`, picture);
  await arrives(laptop, `files/${name}`, picture);
  expect(await contentOf(phone, 'mine/tea.png')).toEqual(own);
  expect([await leadsTo(phone, name), await leadsTo(laptop, name)]).toEqual([`media/${name}`, `files/${name}`]);
});

test('a transfer that was interrupted goes on in the next run, and shows how far it is', async () => {
  const film = Buffer.alloc(3 * 1024 * 1024, 'the pictures of a film ');
  // The line lets half a megabyte of chunks through, and then nothing but small frames.
  let chunks = 0;
  await laptop.page.routeWebSocket(/^ws/, (socket) => {
    const relay = socket.connectToServer();
    socket.onMessage((message) => {
      if (message.length < 10_000 || (chunks += 1) <= 32) relay.send(message);
    });
  });
  await laptop.load(note);
  await put(laptop, 'film.mp4', film);
  await phone.offline();
  await laptop.typeAfter('- milk', ' [[film.mp4]]');
  const mark = laptop.page.locator('.blockwire-id[data-transfer^="film.mp4"]');
  await mark.waitFor();
  await laptop.runCommand('show-sync-status');
  await laptop.page.locator('.blockwire-file', { hasText: /1\d % of 3\.1 MB sent/ }).waitFor();
  await laptop.quit();
  await laptop.load(note);
  await phone.online();
  await arrives(phone, 'media/film.mp4', film);
  await laptop.until(() => laptop.page.locator('.blockwire-id[data-transfer]').count(), (marks) => marks === 0); // prettier-ignore
});
