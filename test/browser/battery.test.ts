/** What passes between an app and its relay while nobody types. Frames are counted as the browser tells them; its pings are not among them. */
import type { WebSocket } from 'playwright-core';
import { decodeClientFrame, decodeRelayFrame } from '../../src/protocol';
import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';

const note = '2026-11-22.md';
const block = '- shopping #live\n\t- milk\n\t- bread\n';

let world: World<'Laptop' | 'Phone'>;
let laptop: Device;
let phone: Device;

beforeEach(async () => {
  world = await newWorld({
    Laptop: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: block }, open: note, clock: true },
    Phone: { dailyNotes: { format: 'YYYY-MM-DD' }, notes: { [note]: '' }, open: note, clock: true, phone: 'ios' },
  });
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('bread');
  for (const device of [laptop, phone]) await device.settled();
});
afterEach(() => world.close());
afterAll(() => closeBrowser());

/** Counts from now on, on sockets that are opened from now on. */
class Traffic {
  sockets = 0;
  sent = 0;
  received = 0;
  /** Reads that the relay has not answered yet. */
  private readonly asked = new Set<number>();

  constructor(private readonly device: Device) {
    device.page.on('websocket', (socket: WebSocket) => {
      this.sockets++;
      this.asked.clear();
      socket.on('framesent', ({ payload }) => {
        this.sent++;
        const frame = decodeClientFrame(Buffer.from(payload));
        if (frame.type === 'read') this.asked.add(frame.request);
      });
      socket.on('framereceived', ({ payload }) => {
        this.received++;
        const frame = decodeRelayFrame(Buffer.from(payload));
        if (frame.type === 'page') this.asked.delete(frame.request);
      });
    });
  }

  /** Waits, in real time, for the relay: the app's time must not pass it by. */
  async answered(): Promise<void> {
    await this.device.until(async () => this.asked.size, (open) => open === 0); // prettier-ignore
  }

  /** @returns what passed while `act` ran */
  async during(act: () => Promise<void>): Promise<{ sockets: number; sent: number; received: number }> {
    const { sockets, sent, received } = this;
    await act();
    return { sockets: this.sockets - sockets, sent: this.sent - sent, received: this.received - received };
  }
}

const live = (device: Device): Promise<unknown> => device.until(() => device.phase(), (phase) => phase === 'live'); // prettier-ignore

/** The app's time, in steps that leave its timers and the relay time for their turn: an answer that takes 6 s is too late for it. */
async function pass(device: Device, seconds: number, traffic: Traffic): Promise<void> {
  for (let i = 0; i < seconds / 5; i++) {
    await device.later(5);
    await device.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await traffic.answered();
  }
}

test('[S45] an idle computer says and hears one small frame in 25 s, and half of that in the background', async () => {
  const traffic = new Traffic(laptop);
  await laptop.offline();
  await laptop.online();
  await live(laptop);
  // What a new connection has to say has been said.
  await pass(laptop, 60, traffic);
  const shown = await traffic.during(() => pass(laptop, 250, traffic));
  expect(shown.sockets).toBe(0);
  expect(shown.sent).toBeGreaterThan(0);
  expect(shown.sent).toBeLessThanOrEqual(10);
  expect(shown.received).toBeLessThanOrEqual(10);
  await laptop.visible(false);
  const hidden = await traffic.during(() => pass(laptop, 250, traffic));
  expect(hidden.sent).toBeLessThanOrEqual(6); // "hidden" itself is one
  expect(hidden.received).toBeLessThanOrEqual(5);
});

test('[S48] a hidden phone is silent, and shown again it has all after one greeting and one page', async () => {
  const traffic = new Traffic(phone);
  await phone.offline();
  await phone.online();
  await live(phone);
  await phone.settled();
  await phone.visible(false);
  await pass(phone, 10, traffic);
  const hidden = await traffic.during(async () => {
    await pass(phone, 300, traffic);
    await laptop.typeAfter('milk', ', two litres');
    await laptop.settled();
    await pass(phone, 300, traffic);
  });
  expect(hidden).toEqual({ sockets: 0, sent: 0, received: 0 });
  expect(await phone.page.locator('.notice').allTextContents()).toEqual([]);
  const back = await traffic.during(async () => {
    await phone.visible(true);
    await phone.shows('two litres');
    await live(phone);
  });
  expect(back.sockets).toBe(1);
  // Open and read, each with its answer; what else there is are peers and presence, for which nothing waits.
  expect(back.sent).toBeLessThanOrEqual(6);
  expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk, two litres\n  - bread');
});
