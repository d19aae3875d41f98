import { blockOf, closeBrowser, equal, newWorld, sameBlock } from './harness';
import type { Shell } from '../shell/main';
import type { Device, DeviceSetUp, World } from './harness';

const laptopNote = 'Daily/2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- tea\n';

declare const window: { shell: Shell };

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

async function start(set: DeviceSetUp, laptopSet: DeviceSetUp = {}, note = laptopNote): Promise<void> {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [note]: `# Today\n\n${block}` }, open: note, ...laptopSet },
    Phone: set,
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 2);
}
const inbox = (device: Device) => device.page.locator('.blockwire-card', { hasText: 'Create note' });

afterEach(() => world.close());
afterAll(() => closeBrowser());

describe('where a block lands', () => {
  test('a block without its note waits in the inbox, live, and lands when the note is made', async () => {
    await start({ dailyNotes: { folder: 'Journal', format: 'YYYY-MM-DD' }, notes: { 'Other.md': '- other\n' }, open: 'Other.md' });
    await phone.runCommand('show-sync-status');
    await inbox(phone).filter({ hasText: 'tea' }).waitFor();
    await laptop.typeAfter('tea', ' leaves');
    await inbox(phone).filter({ hasText: 'tea leaves' }).waitFor();
    expect(await phone.note('Other.md')).toBe('- other\n');
    await phone.page.evaluate(() => window.shell.app.vault.create('Journal/2026-11-22.md', '## Later\n\n# Today\n- mine\n'));
    const text = await phone.until(() => phone.note('Journal/2026-11-22.md'), (value) => value.includes('tea leaves')); // prettier-ignore
    expect(text).toMatch(/^## Later\n\n# Today\n- mine\n- shopping #live \^bw-\S+\n\t- milk\n\t- tea leaves\n$/);
    await inbox(phone).waitFor({ state: 'detached' });
    await equal(laptop, phone);
  });

  test('“Create note” makes the daily note with its template', async () => {
    await start({
      dailyNotes: { folder: 'Journal', format: 'YYYY/DD MMM', template: 'Templates/Day' },
      notes: { 'Templates/Day.md': '# {{title}}\n{{date:dddd}}\n\n# Today\n' },
      phone: 'ios',
      size: { width: 390, height: 760 },
    });
    await phone.runCommand('open-inbox');
    await phone.page.getByRole('button', { name: 'Create the note for 2026-11-22' }).click();
    const text = await phone.until(() => phone.note('Journal/2026/22 Nov.md').catch(() => ''), (value) => value.includes('tea')); // prettier-ignore
    expect(text).toMatch(/^# 22 Nov\nSunday\n\n# Today\n- shopping #live \^bw-\S+\n\t- milk\n\t- tea\n$/);
    await phone.shows('tea');
    expect(await phone.page.evaluate(() => window.shell.app.workspace.rightSplit.collapsed)).toBe(true);
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk\n  - tea');
  });

  test('each vault has the block in its own note of the day', async () => {
    await start(
      { dailyNotes: { folder: 'Tagebuch', format: 'Do [of] MMMM' }, notes: { 'Tagebuch/22nd of November.md': '* star\n    * deep\n', 'Tagebuch/2026-11-22.md': 'not this one\n' }, useTab: false, tabSize: 4 },
      { dailyNotes: { format: 'YYYY/MM/YYYY-MM-DD' } },
      '2026/11/2026-11-22.md',
    );
    const text = await phone.until(() => phone.note('Tagebuch/22nd of November.md'), (value) => value.includes('tea')); // prettier-ignore
    expect(text).toMatch(/^\* star\n {4}\* deep\n- shopping #live \^bw-\S+\n {4}- milk\n {4}- tea\n$/);
    expect(await phone.note('Tagebuch/2026-11-22.md')).toBe('not this one\n');
    await phone.open('Tagebuch/22nd of November.md');
    await phone.typeAfter('milk', ' (oat)');
    await laptop.shows('milk (oat)');
    expect(blockOf(await laptop.text())).toBe('- shopping #live\n  - milk (oat)\n  - tea');
  });
});
