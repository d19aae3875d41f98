import { closeBrowser, newWorld } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;
beforeEach(async () => {
  const vault = { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '- private' }, open: note };
  world = await newWorld({ Laptop: vault, Phone: { ...vault, notes: { [note]: '' } } });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.cursorAfter('private');
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

/** The block has gone everywhere, and the bullet above is as private as before. */
async function goneWithoutTrace(): Promise<void> {
  await laptop.until(() => laptop.digests(), (blocks) => Object.keys(blocks).length === 0); // prettier-ignore
  await phone.until(() => phone.digests(), (blocks) => Object.keys(blocks).length === 0); // prettier-ignore
  for (const device of [laptop, phone]) await device.settled();
  expect(await phone.text()).not.toContain('private');
  expect(await laptop.text()).not.toContain('^bw-');
  expect(await laptop.text()).toMatch(/^- private/);
}

describe('the bullet above a live block stays private', () => {
  test('when the block’s bullet is deleted together with the line break before it, which undo takes back', async () => {
    await laptop.press('Enter');
    await laptop.type('plan #live');
    await laptop.press('Enter');
    await phone.shows('plan');
    await laptop.select('\n- plan #live');
    await laptop.press('Delete');
    await goneWithoutTrace();
    await laptop.press('Control+z');
    await phone.shows('plan');
    expect(await phone.text()).not.toContain('private');
  });

  test('when Backspace makes the block’s bullet a line of it: then it is asked, and the block can be had back as its own', async () => {
    await laptop.press('Enter');
    await laptop.type('plan #live');
    await laptop.press('Enter');
    await phone.shows('plan');
    await laptop.cursorAfter('- plan');
    await laptop.press('ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Backspace');
    expect(await laptop.text()).toMatch(/^- private\n +plan #live\n/);
    await laptop.asked('stop');
    await laptop.click('Keep it live');
    await laptop.shows('- plan #live ^bw-');
    for (const device of [laptop, phone]) await device.settled();
    expect(await laptop.text()).toMatch(/^- private\n +plan #live\n/);
    expect(await phone.text()).toMatch(/^- plan #live \^bw-\w+\n*$/);
  });

  test('when undo joins the two bullets that Enter made of it', async () => {
    await laptop.press('ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Enter');
    await laptop.press('End');
    await laptop.type(' #live');
    await laptop.press('ArrowUp');
    await phone.shows('ate #live');
    for (let i = 0; i < 5 && !(await laptop.text()).startsWith('- private'); i++) await laptop.press('Control+z');
    await laptop.until(() => laptop.questions(), (all) => all.length > 0); // prettier-ignore
    for (const device of [laptop, phone]) await device.settled();
    expect(await phone.text()).not.toContain('priv');
    expect(await laptop.text()).toBe('- private');
  });

  test('when undo takes the block’s bullet out, and redo brings it again', async () => {
    await laptop.press('Enter');
    await laptop.type('plan #live');
    await laptop.press('Enter');
    await phone.shows('plan');
    for (let i = 0; i < 5 && (await laptop.text()).includes('plan'); i++) await laptop.press('Control+z');
    await goneWithoutTrace();
    for (let i = 0; i < 5; i++) await laptop.press('Control+y');
    await laptop.press('Control+End');
    await phone.shows('plan');
    expect(await phone.text()).not.toContain('private');
  });
});
