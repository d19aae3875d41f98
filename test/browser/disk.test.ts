import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { blockOf, closeBrowser, equal, newWorld } from './harness';
import type { Device, World } from './harness';

const laptopNote = 'Daily/2026-11-22.md';
const phoneNote = 'Journal/2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- bread\n\t- tea\n';
/** A note with what a careless writer would lose. */
const before = '---\r\ntitle: a  \r\n---\r\n\r\n# Lists \t\r\n* star  \r\n   continued\r\n';
const after = '\r\n+ plus\t\r\n```js\r\n- no bullet \r\n```\r\nno line end   ';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

/** Both in one space, the block live on the laptop. */
async function start(phoneNotes: Record<string, string>, options: { readonly clock?: boolean; readonly open?: string } = {}): Promise<void> {
  world = await newWorld({
    Laptop: { dailyNotes: { folder: 'Daily', format: 'YYYY-MM-DD' }, notes: { [laptopNote]: `${block}- private\n`, 'Archive.md': '- old\n' }, open: laptopNote, clock: options.clock },
    Phone: { dailyNotes: { folder: 'Journal', format: 'YYYY-MM-DD' }, notes: phoneNotes, clock: options.clock, ...(options.open !== undefined && { open: options.open }) },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(laptopNote, 0);
  await equal(laptop, phone);
}
const written = (text: string, device = phone, note = phoneNote) =>
  device.until(() => device.note(note).catch(() => ''), (value) => value.includes(text)); // prettier-ignore

afterEach(() => world.close());
afterAll(() => closeBrowser());

describe('notes on the disk', () => {
  test('a closed note is changed only inside its block, byte by byte', async () => {
    await start({ [phoneNote]: before + after, 'Other.md': '- other \r\n', 'Journal/2026-11-21.md': '- yesterday' });
    await written('tea');
    const landed = await phone.note(phoneNote);
    const times = await Promise.all(['Other.md', 'Journal/2026-11-21.md'].map(async (note) => (await stat(join(phone.directory, note))).mtimeMs));
    await laptop.typeAfter('bread', ', dark');
    await written('dark');
    const changed = await phone.note(phoneNote);
    expect(changed).toBe(landed.replace('bread', 'bread, dark'));
    expect(changed.startsWith(before)).toBe(true);
    expect(changed).toContain(after.trimStart());
    expect(changed.replace(/\r\n/g, '')).not.toContain('\n');
    expect(await Promise.all(['Other.md', 'Journal/2026-11-21.md'].map(async (note) => (await stat(join(phone.directory, note))).mtimeMs))).toEqual(times);
  });

  test('a note that is open is changed only through its editor', async () => {
    await start({ [phoneNote]: before + after }, { open: phoneNote });
    await phone.shows('tea');
    await laptop.typeAfter('tea', ' leaves');
    await phone.shows('tea leaves');
    // The app saves what its editor holds, with the file's own line ends.
    await written('tea leaves');
    const saved = await phone.note(phoneNote);
    expect(saved.startsWith(before)).toBe(true);
    expect(saved).toContain(after.trimStart());
    expect(saved.replace(/\r\n/g, '')).not.toContain('\n');
  });

  test('a change by another program, to a closed and to an open note, reaches the other device', async () => {
    await start({ [phoneNote]: '- only here\n', 'Other.md': '' });
    await written('tea');
    await phone.write(phoneNote, (await phone.note(phoneNote)).replace('milk', 'milk, two'));
    await laptop.shows('milk, two');
    await phone.open(phoneNote);
    await phone.shows('milk, two');
    await phone.write(phoneNote, (await phone.note(phoneNote)).replace('bread', 'bread by another program'));
    await laptop.shows('bread by another program');
    expect(blockOf(await phone.text())).toBe(blockOf(await laptop.text()));
    expect(await phone.questions()).toEqual([]);
  });

  test('a block that another program took out of a note is asked about, and can be put back', async () => {
    await start({ [phoneNote]: '- only here\n' }, { clock: true });
    await phone.later(3);
    await written('tea');
    await phone.write(phoneNote, '- only here\n');
    await phone.until(async () => (await phone.note(phoneNote)).includes('tea'), (there) => !there); // prettier-ignore
    // Quiet time, a second reading, and a minute in which it could turn up elsewhere.
    await phone.until(
      async () => {
        await phone.later(30);
        return phone.questions();
      },
      ([question]) => question?.kind === 'deleted-outside',
    );
    expect(await laptop.text()).toContain('- tea');
    await phone.runCommand('show-sync-status');
    await phone.click('Put it back');
    await phone.until(
      async () => {
        await phone.later(3);
        return phone.note(phoneNote);
      },
      (text) => text.includes('tea'),
    );
    expect(await phone.questions()).toEqual([]);
    await equal(laptop, phone);
  });

  test('a file that another program cut off is asked about, with what would go, bullet by bullet', async () => {
    await start({ [phoneNote]: '- only here\n' }, { clock: true });
    await phone.later(3);
    await written('tea');
    const whole = await phone.note(phoneNote);
    await phone.write(phoneNote, whole.slice(0, whole.indexOf('milk') + 2));
    await phone.until(
      async () => {
        await phone.later(30);
        return phone.questions();
      },
      ([question]) => question?.kind === 'emptied',
    );
    expect(await laptop.text()).toContain('- tea');
    await phone.runCommand('show-sync-status');
    await phone.click('Show what would go');
    const lines = await phone.page.locator('.blockwire-question-modal .blockwire-diff > li').allTextContents();
    expect(lines).toEqual(['shopping #live', '−milk', '+mi', '−bread', '−tea']);
    await phone.page.locator('.blockwire-question-modal').getByRole('button', { name: 'Put it back' }).click();
    await phone.until(
      async () => {
        await phone.later(3);
        return phone.note(phoneNote);
      },
      (text) => text.includes('tea') && text.includes('milk'),
    );
    expect(await phone.questions()).toEqual([]);
    await equal(laptop, phone);
  });

  test('a note that was deleted is asked about, and “delete everywhere” is heard everywhere', async () => {
    await start({ [phoneNote]: '- only here\n' }, { clock: true });
    await phone.later(3);
    await written('tea');
    await unlink(join(phone.directory, phoneNote));
    await phone.until(
      async () => {
        await phone.later(30);
        return phone.questions();
      },
      ([question]) => question?.kind === 'note-deleted',
    );
    expect(await laptop.text()).toContain('- tea');
    await phone.runCommand('show-sync-status');
    await phone.click('Delete everywhere');
    await laptop.until(() => laptop.text(), (text) => text === '- private\n'); // prettier-ignore
  });

  test('edits made while the plugin was off, on either side, are found and merged', async () => {
    await start({ [phoneNote]: '- only here\n' }, { open: phoneNote });
    await phone.shows('tea');
    await phone.disablePlugin();
    await phone.typeAfter('tea', ' while it was off');
    await laptop.typeAfter('milk', ' meanwhile');
    await phone.enablePlugin();
    await phone.shows('milk meanwhile');
    await laptop.shows('tea while it was off');
    await laptop.typeAfter('bread', ' and on');
    await phone.shows('bread and on');
    await equal(laptop, phone);
  });

  test('of 2,000 notes only those with live blocks are read', async () => {
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`Notes/${Math.floor(i / 100)}/Note ${i}.md`, `# Note ${i}\n- a bullet\n`]));
    const live = { 'Notes/3/Note 300.md': '- one #live\n', 'Notes/7/Note 777.md': '- two #live\n', [phoneNote]: '- three #live\n' };
    await start({ ...many, ...live });
    await written('tea'); // the laptop's block lands in one of them
    await phone.runCommand('show-sync-status');
    await phone.click('Make them live');
    await phone.until(() => phone.digests(), (digests) => Object.keys(digests).length === 4); // prettier-ignore
    const notes = () => [...phone.reads().keys()].filter((path) => path.endsWith('.md')).sort();
    expect(notes()).toEqual([phoneNote, 'Notes/3/Note 300.md', 'Notes/7/Note 777.md'].sort());
    await phone.load();
    await laptop.typeAfter('bread', ' again');
    await written('bread again');
    expect(notes()).toEqual([phoneNote, 'Notes/3/Note 300.md', 'Notes/7/Note 777.md'].sort());
  });
});
