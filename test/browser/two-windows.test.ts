import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const day = '2026-11-22';
const laptopNote = `Daily/${day}.md`;
const phoneNote = 'Journal/2026/November/22nd of November.md';
const block = '- shopping #live\n\t- milk\n\t- bread\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [laptopNote]: `${block}- private\n` }, open: laptopNote },
    Phone: {
      dailyNotes: { folder: 'Journal', format: 'YYYY/MMMM/Do [of] MMMM' },
      useTab: false,
      tabSize: 2,
      notes: { [phoneNote]: '- only here\n' },
      open: phoneNote,
      phone: 'ios',
      size: { width: 390, height: 760 },
    },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(laptopNote, 0);
  await phone.shows('tea');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

describe('two windows, one block', () => {
  test('a daily note of another name and indent takes the block, and nothing else', async () => {
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk\n  - bread\n  - tea');
    expect(await phone.text()).toMatch(/^- only here\n- shopping #live \^bw-[a-z0-9]+\n {2}- milk\n {2}- bread\n {2}- tea\n$/);
    expect(await laptop.text()).toContain('- private');
    // Both know that the other has the very same, although neither has edited it since.
    for (const device of [laptop, phone]) await device.page.locator('.blockwire-first.blockwire-is-same-everywhere').waitFor();
    // It bore the tag before the set-up: that question is answered.
    expect(await laptop.questions()).toEqual([]);
  });

  test('typing on either side is on the other', async () => {
    await laptop.typeAfter('milk', ' and honey');
    await phone.shows('milk and honey');
    await phone.typeAfter('bread', ', the dark one');
    await laptop.shows('bread, the dark one');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk and honey\n  - bread, the dark one\n  - tea');
  });

  test('a bullet moved here and edited there, both offline, is one bullet', async () => {
    await phone.offline();
    await laptop.cursorAfter('tea');
    await laptop.press('Alt+ArrowUp', 'Alt+ArrowUp');
    await phone.typeAfter('tea', ' leaves');
    await phone.press('Enter', 'Tab');
    await phone.type('green');
    await phone.online();
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - tea leaves\n    - green\n  - milk\n  - bread');
  });

  test('undo takes back one’s own edit, where it is now', async () => {
    await laptop.typeAfter('bread', '!!!');
    await phone.shows('bread!!!');
    await phone.cursorAfter('bread!!!');
    await phone.press('Alt+ArrowUp');
    await laptop.until(
      () => laptop.outline(),
      (text) => text.indexOf('bread') < text.indexOf('milk'),
    );
    await laptop.press('Control+z');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - bread\n  - milk\n  - tea');
  });

  test('a relay killed while both type loses nothing', async () => {
    await laptop.cursorAfter('milk');
    await phone.cursorAfter('tea');
    const typing = Promise.all([laptop.type(' abcdefghijklmnopqrstuvwxyz', 20), phone.type(' zyxwvutsrqponmlkjihgfedcba', 20)]);
    await world.relay.kill9();
    await world.relay.start();
    await typing;
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk abcdefghijklmnopqrstuvwxyz\n  - bread\n  - tea zyxwvutsrqponmlkjihgfedcba');
  });

  test('a window that was closed finds what changed meanwhile', async () => {
    await phone.quit();
    await laptop.typeAfter('tea', ' from Assam');
    await laptop.settled();
    await phone.load(phoneNote);
    await phone.shows('tea from Assam');
    expect(await sameBlock(laptop, phone)).toContain('tea from Assam');
  });
});
