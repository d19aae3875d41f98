import { closeBrowser, newWorld } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';

let world: World<'Laptop' | 'Phone'>;
afterEach(() => world.close());
afterAll(() => closeBrowser());

const rows = (device: Device) => device.page.getByRole('option');
const detail = (device: Device) => device.page.getByRole('region', { name: 'Contents of the frame' });

test('the frames of this device are shown while one looks, filtered, opened with its own key, paused and cleared', async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '- shopping #live\n\t- milk\n' }, open: note },
    Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '' }, open: note, phone: 'ios', size: { width: 390, height: 760 } },
  });
  const { Laptop: laptop, Phone: phone } = world.devices;
  const said: string[] = [];
  for (const { page } of [laptop, phone]) page.on('console', (message) => said.push(message.text()));
  await laptop.makeLive(note, 0);
  await phone.shows('milk');

  await phone.runCommand('show-sync-status');
  await phone.click('Inspect frames');
  await phone.page.getByText('Each frame that goes to the relay or comes from it shows here').waitFor();
  await laptop.typeAfter('milk', ', two litres');
  const received = rows(phone).filter({ hasText: 'entries' }).first();
  await received.click();
  await detail(phone).getByText(/^shopping #live: update of Laptop, live/).first().waitFor();
  await detail(phone).getByText(/^text “/).first().waitFor();
  const box = await detail(phone).boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 760).toBe(true);

  await laptop.runCommand('inspect-frames');
  const frames = laptop.page.getByRole('listbox', { name: 'Frames' });
  await laptop.page.getByRole('searchbox', { name: 'Filter' }).fill('kind=append document=shopping');
  // An edit that does not need the window: the view has the place of the note.
  await phone.open(note);
  await phone.typeAfter('two litres', '!');
  await laptop.page.getByText('No frame fits the filter.').waitFor();
  await laptop.page.getByRole('searchbox', { name: 'Filter' }).fill('kind=entries document=shopping');
  await rows(laptop).first().waitFor();
  await frames.focus();
  await laptop.press('End');
  await detail(laptop).getByText(/^shopping #live: update of Phone, live/).waitFor();
  await laptop.press('Escape');
  await detail(laptop).waitFor({ state: 'hidden' });

  await laptop.click('Pause');
  await laptop.click('Clear');
  await laptop.page.getByText(/^Paused: what passes now is not shown · 0 frames$/).waitFor();
  await phone.typeAfter('litres!', '?');
  await phone.settled();
  await laptop.settled();
  expect(await rows(laptop).count()).toBe(0);
  await laptop.click('Go on');
  await world.relay.stop();
  await laptop.page.getByRole('searchbox', { name: 'Filter' }).fill('');
  await rows(laptop).filter({ hasText: 'closed' }).first().waitFor();
  await laptop.page.getByText(/^Offline · /).waitFor();
  await world.relay.start();
  expect(said.filter((line) => /milk|litres|update of/.test(line))).toEqual([]);
});
