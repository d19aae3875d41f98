import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';
import { BLOCK, SCENARIOS } from './scenarios';

const day = '2026-11-22';
const laptopNote = `Daily/${day}.md`;
const phoneNote = 'Journal/2026/November/22nd of November.md';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [laptopNote]: `${BLOCK}- private\n` }, open: laptopNote },
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

  test.each(SCENARIOS)('$name', async ({ act, result }) => {
    await act({ world, laptop, phone, phoneNote });
    expect(await sameBlock(laptop, phone)).toBe(result);
  });
});
