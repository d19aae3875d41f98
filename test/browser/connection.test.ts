import { closeBrowser, equal, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- bread\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: block }, open: note },
    Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '' }, open: note, phone: 'ios' },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('tea');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

describe('connections', () => {
  test('both edit offline, one restarts meanwhile, and all of it is there on return', async () => {
    await laptop.offline();
    await phone.offline();
    await laptop.typeAfter('milk', ' (laptop)');
    await laptop.press('Enter', 'Tab');
    await laptop.type('oat');
    await phone.typeAfter('milk', ' (phone)');
    await phone.typeAfter('tea', ' (phone)');
    await phone.press('Alt+ArrowUp', 'Alt+ArrowUp');
    await laptop.quit();
    await laptop.load(note);
    await phone.online();
    const merged = await sameBlock(laptop, phone);
    expect(merged).toMatch(/^- shopping #live\n {2}- tea \(phone\)\n {2}- milk \((?:laptop\) \(phone|phone\) \(laptop)\)\n {4}- oat\n {2}- bread$/);
  });

  test('a relay killed and started again while both type loses nothing', async () => {
    await laptop.cursorAfter('milk');
    await phone.cursorAfter('tea');
    const words = Array.from({ length: 12 }, (_, i) => ` word${i}`).join('');
    const typing = Promise.all([laptop.type(words, 25), phone.type(words, 25)]);
    for (let i = 0; i < 3; i++) {
      await world.relay.kill9();
      await world.relay.start();
      await laptop.until(() => laptop.phase(), (phase) => phase === 'live'); // prettier-ignore
    }
    await typing;
    expect(await sameBlock(laptop, phone)).toBe(`- shopping #live\n  - milk${words}\n  - bread\n  - tea${words}`);
  });

  test('a relay that is away is no reason for a notice; edits wait and say so', async () => {
    await world.relay.stop();
    await laptop.typeAfter('milk', '!');
    for (const device of [laptop, phone]) await device.until(() => device.phase(), (phase) => phase !== 'live'); // prettier-ignore
    expect(await phone.page.locator('.notice').allTextContents()).toEqual([]);
    await laptop.runCommand('show-sync-status');
    await laptop.page.locator('.blockwire-summary', { hasText: 'Offline' }).waitFor();
    await laptop.page.locator('.blockwire-summary', { hasText: /edits? waits? here/ }).waitFor();
    await world.relay.start();
    await phone.shows('milk!');
    await equal(laptop, phone);
  });
});
