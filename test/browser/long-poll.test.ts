/** Two windows behind proxies that break the better ways to a relay. */
import { Faults, type Tampering } from '../../src/cli/doctor/testing/faults';
import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- bread\n\t- tea\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;
let tampering: { -readonly [Key in keyof Tampering]: Tampering[Key] };

afterEach(() => world.close());
const faults = new Faults();
async function behind(what: Tampering): Promise<void> {
  tampering = what;
  world = await newWorld(
    {
      Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: block }, open: note, clock: true, ownRequests: true },
      Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '' }, open: note, phone: 'ios', size: { width: 390, height: 760 }, ownRequests: true },
    },
    (relay) => faults.proxy(relay, tampering),
  );
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('tea');
}
afterAll(() => closeBrowser());

const shown = (device: Device, words: string): Promise<void> => device.page.locator('.blockwire-summary', { hasText: words }).waitFor();

test('by long polling both type at once and are the same, and the status says how', async () => {
  await behind({ upgrades: 'refuse', buffers: true });
  await laptop.cursorAfter('milk');
  await phone.cursorAfter('tea');
  const words = Array.from({ length: 8 }, (_, i) => ` word${i}`).join('');
  await Promise.all([laptop.type(words, 20), phone.type(words, 20)]);
  expect(await sameBlock(laptop, phone)).toBe(`- shopping #live\n  - milk${words}\n  - bread\n  - tea${words}`);
  for (const device of [laptop, phone]) {
    await device.runCommand('show-sync-status');
    await shown(device, 'By long polling: no WebSocket gets through here.');
  }
});

test('so do streamed requests, and once WebSockets get through it changes over while one types, and nothing is lost', async () => {
  await behind({ upgrades: 'refuse' });
  await laptop.runCommand('show-sync-status');
  await shown(laptop, 'By streamed requests');
  await phone.typeAfter('bread', ', the dark one');
  await laptop.shows('bread, the dark one');
  tampering.upgrades = 'pass';
  await laptop.cursorAfter('milk');
  const typing = laptop.type(' and honey, and a good deal of it', 20);
  await laptop.later(70);
  await typing;
  await shown(laptop, 'By WebSocket.');
  await phone.typeAfter('tea', ' leaves');
  expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk and honey, and a good deal of it\n  - bread, the dark one\n  - tea leaves');
});

test('where a proxy takes CORS away too, the app’s own requests carry it', async () => {
  await behind({ upgrades: 'refuse', answerHeaders: (raw) => raw.filter((_, i) => !/^access-control/i.test(raw[i - (i % 2)] ?? '')) });
  await Promise.all([laptop.typeAfter('milk', ', two litres'), phone.typeAfter('tea', ' leaves')]);
  expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk, two litres\n  - bread\n  - tea leaves');
  for (const device of [laptop, phone]) {
    await device.runCommand('show-sync-status');
    await shown(device, 'By the app’s own requests: no WebSocket gets through here.');
  }
});
