import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const laptopNote = 'Daily/2026-11-22.md';
const phoneNote = 'Journal/2026-11-22.md';
const lines = Array.from({ length: 150 }, (_, n) => `\t- line ${n} of many`);

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeAll(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [laptopNote]: `- list #live\n${lines.join('\n')}\n` }, open: laptopNote },
    Phone: { dailyNotes: { folder: 'Journal', format: 'YYYY-MM-DD' }, notes: { [phoneNote]: '' }, open: phoneNote },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(laptopNote, 0);
  await phone.shows('line 149');
});
afterAll(async () => {
  await world.close();
  await closeBrowser();
});

/** Where a line stands in the window, in pixels from its top. */
const topOf = async (device: Device, text: string): Promise<number> => Math.round((await device.page.locator('.cm-line', { hasText: text }).boundingBox())?.y ?? NaN);

test('lines that another device puts above what is seen move nothing on the screen', async () => {
  await laptop.cursorAfter('line 80 of many');
  await laptop.page.evaluate(() => document.querySelector('.cm-scroller')?.scrollTo(0, 1500));
  const lineAt = (y: number): Promise<string> =>
    laptop.page.evaluate((top) => [...document.querySelectorAll('.cm-line')].find((line) => line.getBoundingClientRect().top >= top)?.textContent?.trim() ?? '', y);
  const middle = await laptop.until(() => lineAt(350), (text) => /line [3-7]\d of/.test(text)); // prettier-ignore
  const before = await topOf(laptop, middle);
  await phone.cursorAfter('line 3 of many');
  await phone.press('Enter');
  await phone.type('a new one');
  await phone.press('Enter');
  await phone.type('and another');
  await laptop.shows('and another');
  await sameBlock(laptop, phone);
  // CodeMirror measures what it has drawn in the next frame.
  await laptop.until(() => topOf(laptop, middle), (top) => Math.abs(top - before) <= 1, 5); // prettier-ignore
});
