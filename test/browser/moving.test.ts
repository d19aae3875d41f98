import { closeBrowser, equal, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const laptopNote = 'Daily/2026-11-22.md';
const phoneNote = 'Journal/2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t\t- oat\n\t- bread\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [laptopNote]: `${block}- private\n`, 'Project.md': '# Plan\n- other list\n' }, open: laptopNote },
    Phone: { dailyNotes: { folder: 'Journal', format: 'YYYY-MM-DD' }, useTab: false, tabSize: 4, notes: { [phoneNote]: '- only here\n' }, open: phoneNote },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(laptopNote, 0);
  await phone.shows('tea');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

const idIn = (text: string) => /\^(bw-[a-z0-9]+)/.exec(text)?.[1];

describe('moving', () => {
  test('a bullet is moved, indented and outdented with its children, edited by the other meanwhile', async () => {
    await phone.offline();
    await laptop.cursorAfter('milk');
    await laptop.press('Alt+ArrowDown');
    await laptop.cursorAfter('tea');
    await laptop.press('Tab');
    await phone.typeAfter('oat', ' drink');
    await phone.typeAfter('tea', ' leaves');
    await phone.typeAfter('milk', ' (two)');
    await phone.online();
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - bread\n  - milk (two)\n    - oat drink\n    - tea leaves');
    await phone.cursorAfter('tea leaves');
    await phone.press('Shift+Tab');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - bread\n  - milk (two)\n    - oat drink\n  - tea leaves');
  });

  test('a bullet cut and pasted elsewhere in its block stays itself', async () => {
    await phone.offline();
    await laptop.select('\t- milk\n', '\t- oat\n');
    await laptop.press('Control+x');
    await laptop.cursorAfter('tea\n');
    await laptop.press('Control+v');
    await phone.typeAfter('milk', ' while you moved it');
    await phone.online();
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - bread\n  - tea\n  - milk while you moved it\n    - oat');
  });

  test('a live block cut and pasted into another note moves with its history', async () => {
    const id = idIn(await laptop.text());
    await laptop.select('- shopping', 'tea\n');
    await laptop.press('Control+x');
    expect(await laptop.text()).toBe('- private\n');
    await laptop.open('Project.md');
    await laptop.cursorAfter('other list\n');
    await laptop.press('Control+v');
    expect(idIn(await laptop.text())).toBe(id);
    await phone.typeAfter('tea', ' still here');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk\n    - oat\n  - bread\n  - tea still here');
    expect(Object.keys(await laptop.digests())).toEqual([id]);
    await laptop.open(laptopNote);
    expect(await laptop.text()).toBe('- private\n');
  });

  test('a live block copied and pasted gets an id of its own', async () => {
    const id = idIn(await laptop.text());
    await laptop.select('- shopping', 'tea\n');
    await laptop.press('Control+c');
    await laptop.open('Project.md');
    await laptop.cursorAfter('other list\n');
    await laptop.press('Control+v');
    const copy = await laptop.until(async () => idIn(await laptop.text()), (found) => found !== id); // prettier-ignore
    await laptop.until(() => laptop.digests(), (digests) => Object.keys(digests).sort().join() === [id, copy].sort().join()); // prettier-ignore
    await laptop.typeAfter('bread', ' of the copy');
    await equal(laptop, phone);
    expect(await phone.text()).not.toContain('of the copy');
  });

  test('a bullet cut from one live block and pasted into another takes late edits along', async () => {
    await laptop.cursorAfter('- private');
    await laptop.press('Enter');
    await laptop.type('errands');
    await laptop.makeLive(laptopNote, 6);
    await phone.shows('errands');
    await phone.offline();
    await laptop.select('\t- bread\n');
    await laptop.press('Control+x');
    await laptop.cursorAfter(/- errands[^\n]*\n?/.exec(await laptop.text())?.[0] ?? '');
    await laptop.press('Control+v');
    await phone.typeAfter('bread', ' rolls');
    await phone.online();
    await equal(laptop, phone);
    for (const device of [laptop, phone]) {
      const text = await device.until(() => device.text(), (value) => /errands.*\n\s+- bread rolls/.test(value)); // prettier-ignore
      expect(text.split('bread')).toHaveLength(2);
    }
  });
});
