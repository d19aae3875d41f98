import { SimRandom } from '../sim/random';
import { blockOf, closeBrowser, equal, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const laptopNote = 'Daily/2026-11-22.md';
const phoneNote = 'Journal/22nd of November.md';
const lines = ['- shopping #live', '\t- milk', '\t- bread', '\t- tea', ''];

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [laptopNote]: `${lines.join('\n')}- private\n`, 'Other.md': '- another note\n' }, open: laptopNote },
    Phone: { dailyNotes: { folder: 'Journal', format: 'Do [of] MMMM' }, useTab: false, tabSize: 2, notes: { [phoneNote]: '- only here\n' }, open: phoneNote, phone: 'android' },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(laptopNote, 0);
  await phone.shows('tea');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

/** What a hurried person's keyboard does, as `Device.keys` takes it. */
function randomKeys(random: SimRandom, count: number): string[] {
  const rare = ['Enter', 'Enter', 'Backspace', 'Backspace', 'Backspace', 'Delete', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Alt+ArrowUp', 'Alt+ArrowDown', 'Tab'];
  return Array.from({ length: count }, () => (random.chance(0.72) ? random.pick([...'etaoinshrdlu ']) : random.pick(rare)));
}

describe('typing', () => {
  test('a thousand random keystrokes in each of two windows at once end the same, with the cursors where they were', async () => {
    const seed = Number(process.env['BLOCKWIRE_SEED'] ?? 20261122);
    await laptop.cursorAfter('milk');
    await phone.cursorAfter('tea');
    const finish = async (device: Device, word: string) => {
      await device.cursorAfter(word);
      await device.press('ArrowLeft', 'ArrowLeft', 'ArrowLeft');
      return device.cursorBetween();
    };
    await Promise.all([laptop.keys(randomKeys(new SimRandom(seed), 1000)), phone.keys(randomKeys(new SimRandom(seed + 1), 1000))]);
    await equal(laptop, phone);
    expect(await sameBlock(laptop, phone)).not.toBe('');
    await laptop.typeAfter('#live', ' QUIET');
    await phone.shows('QUIET');
    const before = await finish(laptop, 'QUIET');
    await phone.cursorAfter('QUIET');
    await phone.press('Enter');
    // Nothing that takes the cursor's own neighbours away.
    await phone.keys(randomKeys(new SimRandom(seed + 2), 200).filter((key) => !/^(Backspace|Delete|Arrow)/.test(key)));
    await sameBlock(laptop, phone);
    expect(await laptop.cursorBetween()).toEqual(before);
    expect(before[0].endsWith('QU')).toBe(true);
  }, 180_000);

  test('what each types stays in one piece while the other types in the same bullet', async () => {
    await laptop.cursorAfter('milk');
    await phone.cursorAfter('mi');
    await Promise.all([laptop.type(' and a good deal of honey with it', 5), phone.type('DDLE-AGED-ORGANIC-MOUNTAIN-', 5)]);
    expect(await sameBlock(laptop, phone)).toContain('\n  - miDDLE-AGED-ORGANIC-MOUNTAIN-lk and a good deal of honey with it\n');
  });

  test('an input method composes while the other types before it, and nothing jumps', async () => {
    await laptop.cursorAfter('bread');
    const cdp = await laptop.page.context().newCDPSession(laptop.page);
    const compose = (text: string) => cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await compose('に');
    await compose('にほ');
    await phone.typeAfter('shopping', ' for Sunday');
    await phone.typeAfter('br', 'OWN br');
    await phone.settled();
    await compose('にほん');
    expect((await laptop.cursorBetween())[0]).toMatch(/breadにほん$/);
    await cdp.send('Input.insertText', { text: '日本' });
    expect(await sameBlock(laptop, phone)).toBe('- shopping for Sunday #live\n  - milk\n  - brOWN bread日本\n  - tea');
  });

  test('undo on both sides takes back one’s own typing only', async () => {
    await laptop.typeAfter('milk', ' from the farm');
    await phone.shows('from the farm');
    await phone.typeAfter('tea', ' with ginger');
    await laptop.shows('with ginger');
    await laptop.press('Control+z');
    await phone.press('Control+z');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk\n  - bread\n  - tea');
    await laptop.press('Control+y');
    await phone.press('Control+y');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk from the farm\n  - bread\n  - tea with ginger');
  });

  test('undo lands in the bullet where it is after another device moved it under a different parent', async () => {
    await laptop.typeAfter('tea', ' leaves');
    await phone.shows('tea leaves');
    await phone.cursorAfter('tea leaves');
    await phone.press('Tab', 'Home', 'Alt+ArrowUp');
    await phone.typeAfter('milk', ' first');
    await laptop.shows('milk first');
    await laptop.press('Control+z');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk first\n  - bread\n    - tea');
  });

  test('the other’s cursor is shown with its device’s name, and goes with its note', async () => {
    await phone.cursorAfter('bre');
    await laptop.until(() => laptop.cursors(), (names) => names.join() === 'Phone'); // prettier-ignore
    await laptop.cursorAfter('milk');
    await phone.until(() => phone.cursors(), (names) => names.join() === 'Laptop'); // prettier-ignore
    const line = laptop.page.locator('.cm-line', { has: laptop.page.locator('.blockwire-cursor') });
    expect(await line.textContent()).toMatch(/- brePhonead$/);
    await laptop.open('Other.md');
    await phone.until(() => phone.cursors(), (names) => names.length === 0); // prettier-ignore
  });

  test('a note in two panes takes each edit once', async () => {
    await laptop.open(laptopNote, { split: true });
    await laptop.cursorAfter('milk', 0);
    await laptop.type(' one');
    await laptop.cursorAfter('tea', 1);
    await laptop.type(' two');
    await phone.shows('tea two');
    await phone.typeAfter('bread', ' three');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk one\n  - bread three\n  - tea two');
    expect(await laptop.text(1)).toBe(await laptop.text(0));
    await laptop.cursorAfter('milk one', 1);
    await laptop.press('Alt+ArrowDown');
    await phone.typeAfter('tea two', '!');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - bread three\n  - milk one\n  - tea two!');
    expect(await laptop.text(1)).toBe(await laptop.text(0));
  });

  test('another note opened in the same leaf keeps its text while edits for the first one arrive', async () => {
    await phone.cursorAfter('milk');
    const typing = phone.type(' abcdefghijklmnopqrstuvwxyz0123456789', 15);
    for (let i = 0; i < 4; i++) {
      await laptop.open('Other.md');
      expect(await laptop.text()).toBe('- another note\n');
      await laptop.open(laptopNote);
    }
    await laptop.open('Other.md');
    await typing;
    expect(await laptop.text()).toBe('- another note\n');
    await laptop.typeAfter('another', ' quiet');
    await laptop.open(laptopNote);
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk abcdefghijklmnopqrstuvwxyz0123456789\n  - bread\n  - tea');
    expect(await laptop.note('Other.md')).toBe('- another quiet note\n');
    expect(blockOf(await laptop.note(laptopNote))).toContain('milk');
  });
});
