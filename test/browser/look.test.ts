import { closeBrowser, newWorld } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';
const long = 'a title that is so long that it takes three lines of a phone, or more where the letters are large';

let world: World<'Phone'>;
let phone: Device;
beforeEach(async () => {
  world = await newWorld({ Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: `- short\n- ${long}\n` }, open: note, phone: 'ios', size: { width: 390, height: 760 } } });
  phone = world.devices.Phone;
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

/** Both bullets are live, and the status view shows them. */
async function listed(): Promise<void> {
  for (const text of ['short', long]) {
    await phone.cursorAfter(text);
    await phone.until(() => phone.runCommand('make-block-live'), (ran) => ran); // prettier-ignore
  }
  await phone.runCommand('show-sync-status');
  await phone.page.locator('.blockwire-block').nth(1).waitFor();
}
const dialog = () => phone.page.getByRole('dialog').last();

describe('on a phone', () => {
  test('no title of a block lies over what stands under it, however long it is and however large the letters', async () => {
    await listed();
    for (const size of [15, 30]) {
      const rows = await phone.page.evaluate((font) => {
        document.body.style.fontSize = `${font}px`;
        return [...document.querySelectorAll('.blockwire-block')].map((row) => {
          const words = document.createRange();
          words.selectNodeContents(row.querySelector('.blockwire-row-title') ?? row);
          const text = row.querySelector('.blockwire-row-text')?.getBoundingClientRect();
          return { title: words.getBoundingClientRect().bottom, text: text?.top ?? 0, start: row.getBoundingClientRect().top, first: words.getBoundingClientRect().top };
        });
      }, size);
      expect(rows).toHaveLength(2);
      for (const row of rows) {
        expect(row.title).toBeLessThanOrEqual(row.text + 1);
        expect(row.first).toBeGreaterThanOrEqual(row.start);
      }
    }
  });

  test('a finger has 44 px for the title of a block, and for each button and field of the set-up', async () => {
    await listed();
    const hit = await phone.page.evaluate(() => {
      const button = document.querySelector('.blockwire-block button.blockwire-row-title');
      const { left, top, height } = button?.getBoundingClientRect() ?? new DOMRect();
      return [-21.5, 0, 21.5].map((dy) => document.elementFromPoint(left + 20, top + height / 2 + dy) === button);
    });
    expect(hit).toEqual([true, true, true]);
    await phone.runCommand('add-device');
    await dialog().getByRole('textbox', { name: 'Pairing link' }).waitFor();
    const heights = await dialog().locator('.setting-item-control > *').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(heights).toHaveLength(2);
    for (const height of heights) expect(height).toBeGreaterThanOrEqual(44);
  });

  test('no column of the frames leaves the screen, with letters of double size either', async () => {
    await listed();
    await phone.runCommand('inspect-frames');
    await phone.page.evaluate(() => document.body.style.setProperty('--font-ui-small', '26px'));
    await phone.typeAfter('short', ' and more');
    const cells = phone.page.locator('.blockwire-frames-list .blockwire-frame > .is-time');
    await cells.first().waitFor({ state: 'attached' });
    for (const right of await cells.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right))) expect(right).toBeLessThanOrEqual(390);
  });
});

test('in an app that is written from right to left, English sentences end on their right, and what a person wrote in Hebrew begins there', async () => {
  await phone.page.evaluate(() => (document.body.dir = 'rtl'));
  await phone.typeAfter('short', '\n- שלום עולם #live\n');
  await phone.page.locator('.cm-line', { hasText: 'שלום' }).locator('.blockwire-id').waitFor();
  await phone.runCommand('show-sync-status');
  await phone.page.locator('.blockwire-block').waitFor();
  /** Where the first and the last letter of an element's text stand, in px. */
  const ends = (selector: string) =>
    phone.page.locator(selector).first().evaluate((el) => {
      const text = document.createTreeWalker(el, NodeFilter.SHOW_TEXT).nextNode() as Text;
      return [0, text.data.trimEnd().length - 1].map((at) => {
        const letter = document.createRange();
        letter.setStart(text, at);
        letter.setEnd(text, at + 1);
        return letter.getBoundingClientRect().left;
      });
    });
  const [first = 0, last = 0] = await ends('.blockwire-block .blockwire-row-title');
  expect(first).toBeGreaterThan(last);
  const [letter = 0, stop = 0] = await ends('.blockwire-part .blockwire-row-text');
  expect(stop).toBeGreaterThan(letter);
});
