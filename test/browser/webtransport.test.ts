/** Two windows at a relay that offers WebTransport, with a process of Deno beside it. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findDeno } from '../../src/relay';
import { closeBrowser, newWorld, sameBlock } from './harness';
import type { Device, World } from './harness';
import type { RelayProcess } from './relay-process';

const note = '2026-11-22.md';
/** A PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What a window opened since it was loaded. */
interface Opened {
  sessions: number;
  streams: number;
  /** Sessions that never came about, or are over. */
  ended: number;
  sockets: number;
}
declare const window: { opened: Opened; WebTransport: typeof WebTransport; WebSocket: typeof WebSocket };

if (findDeno() === null) console.warn('Left out: tests of WebTransport in the browser, which need the package deno.');
const describeWithDeno = findDeno() === null ? describe.skip : describe;

let world: World<'Laptop' | 'Phone'> | null = null;
let laptop: Device;
let phone: Device;
const sockets: Socket[] = [];

afterEach(async () => {
  await world?.close();
  world = null;
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(() => closeBrowser());

/** Counts what a window opens, from its next load on. */
async function counted(device: Device): Promise<void> {
  await device.page.addInitScript(() => {
    const opened = (window.opened = { sessions: 0, streams: 0, ended: 0, sockets: 0 });
    window.WebTransport = class extends window.WebTransport {
      constructor(...all: ConstructorParameters<typeof WebTransport>) {
        super(...all);
        opened.sessions++;
        const over = (): void => void opened.ended++;
        this.closed.then(over, over);
      }
      override createBidirectionalStream(): Promise<WebTransportBidirectionalStream> {
        opened.streams++;
        return super.createBidirectionalStream();
      }
    };
    window.WebSocket = class extends window.WebSocket {
      constructor(...all: ConstructorParameters<typeof WebSocket>) {
        super(...all);
        opened.sockets++;
      }
    };
  });
  await device.load(note);
}

/** The way of packets to a relay: they get through, or are taken and never answered. */
interface UdpPath {
  isBlocked: boolean;
  /** The first packet has come. */
  readonly knocked: Promise<unknown>;
}

/** Devices know the relay by one address of this computer; it listens for UDP at another, behind a path that the test can block. */
async function atRelayBehind({ isBlocked }: Pick<UdpPath, 'isBlocked'>): Promise<UdpPath> {
  const front = createSocket('udp4');
  sockets.push(front);
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  const { port } = front.address();
  const path: UdpPath = { isBlocked, knocked: once(front, 'message') };
  const behind = new Map<number, Socket>();
  front.on('message', (packet, from) => {
    if (path.isBlocked) return;
    let back = behind.get(from.port);
    if (back === undefined) {
      back = createSocket('udp4');
      sockets.push(back);
      behind.set(from.port, back);
      back.on('message', (answer) => path.isBlocked || front.send(answer, from.port, from.address));
    }
    back.send(packet, port, '127.0.0.2');
  });
  await atRelay(`127.0.0.2:${port}`);
  return path;
}

async function atRelay(address: string): Promise<World<'Laptop' | 'Phone'>> {
  const dailyNotes = { format: 'YYYY-MM-DD' };
  world = await newWorld(
    {
      Laptop: { dailyNotes, notes: { [note]: '- shopping #live\n\t- milk\n\t- tea\n' }, attachments: 'files', open: note, clock: true },
      Phone: { dailyNotes, notes: { [note]: '' }, attachments: 'media', open: note, phone: 'android', size: { width: 390, height: 760 } },
    },
    undefined,
    ['--webtransport', address],
  );
  ({ Laptop: laptop, Phone: phone } = world.devices);
  await laptop.makeLive(note, 0);
  await phone.shows('tea');
  return world;
}

/** The switch in the settings. */
async function turnOn(device: Device): Promise<void> {
  await device.page.getByRole('button', { name: 'Settings' }).click();
  await device.page.locator('.setting-item', { hasText: 'WebTransport' }).locator('.checkbox-container').click();
  await device.page.keyboard.press('Escape');
}

const opened = (device: Device): Promise<Opened> => device.page.evaluate(() => window.opened);
const shown = (device: Device, words: string): Promise<void> => device.page.locator('.blockwire-summary', { hasText: words }).waitFor();

async function paste(device: Device, name: string): Promise<void> {
  await device.page.evaluate(
    ([fileName, data]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], fileName, { type: 'image/png' }));
      document.querySelector('.cm-content')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    },
    [name, PIXEL] as const,
  );
}

describeWithDeno('a relay with --webtransport', () => {
  test('who turned it on types by WebTransport, with one stream for that and one for files; who did not, by WebSocket', async () => {
    await atRelay('127.0.0.1:0');
    await turnOn(laptop);
    await counted(laptop);
    await laptop.runCommand('show-sync-status');
    await shown(laptop, 'By WebTransport.');
    await phone.runCommand('show-sync-status');
    await shown(phone, 'By WebSocket.');
    await laptop.cursorAfter('milk');
    await phone.open(note);
    await phone.cursorAfter('tea');
    const words = Array.from({ length: 8 }, (_, i) => ` word${i}`).join('');
    await Promise.all([laptop.type(words, 20), phone.type(words, 20)]);
    expect(await sameBlock(laptop, phone)).toBe(`- shopping #live\n  - milk${words}\n  - tea${words}`);
    expect(await opened(laptop)).toEqual({ sessions: 1, streams: 1, ended: 0, sockets: 1 });
    await laptop.cursorAfter(`milk${words}`);
    await laptop.type(' ');
    await paste(laptop, 'Pasted image 1.png');
    await phone.shows('![[Pasted image 1.png]]');
    const arrived = (): Promise<Buffer | null> => readFile(join(phone.directory, 'media/Pasted image 1.png')).catch(() => null);
    await phone.until(arrived, (found) => found?.equals(Buffer.from(PIXEL, 'base64')) === true);
    expect(await opened(laptop)).toEqual({ sessions: 1, streams: 2, ended: 0, sockets: 1 });
    await shown(laptop, 'By WebTransport.');
  });

  /** A relay that keeps its port over a restart, and a laptop that types there by WebTransport. */
  async function lasting(): Promise<RelayProcess> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    const { relay } = await atRelay(`127.0.0.1:${port}`);
    await turnOn(laptop);
    await counted(laptop);
    await laptop.runCommand('show-sync-status');
    await shown(laptop, 'By WebTransport.');
    return relay;
  }

  test('a relay that was restarted is there again by WebTransport within seconds', async () => {
    const relay = await lasting();
    await relay.stop();
    await laptop.typeAfter('milk', ', two litres');
    await relay.start();
    await phone.shows('milk, two litres');
    await shown(laptop, 'By WebTransport.');
    await phone.typeAfter('tea', ' leaves');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk, two litres\n  - tea leaves');
    await shown(laptop, 'By WebTransport.');
  });

  test('one that has lost its certificates is a stranger: the WebSocket is there at once', async () => {
    const relay = await lasting();
    await relay.stop();
    await rm(join(dirname(relay.dataFile), 'webtransport.json'));
    await laptop.typeAfter('milk', ', two litres');
    await relay.start();
    await phone.shows('milk, two litres');
    await phone.typeAfter('tea', ' leaves');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk, two litres\n  - tea leaves');
    // It is told of the new ones.
    await shown(laptop, 'By WebTransport.');
    expect((await opened(laptop)).sessions).toBeGreaterThanOrEqual(2);
  });

  test.each(['SIGKILL', 'SIGSTOP'] as const)('a process that ends or hangs (%s) costs seconds', async (signal) => {
    const relay = await lasting();
    process.kill(await relay.childPid(), signal);
    const since = Date.now();
    await laptop.typeAfter('milk', ', two litres');
    await phone.shows('milk, two litres');
    expect(Date.now() - since).toBeLessThan(20_000);
    await phone.typeAfter('tea', ' leaves');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk, two litres\n  - tea leaves');
    await shown(laptop, 'By WebTransport.');
  });

  test('the check of the connection opens a session, and says where UDP is blocked', async () => {
    const path = await atRelayBehind({ isBlocked: false });
    await turnOn(laptop);
    await laptop.runCommand('check-connection');
    const dialog = laptop.page.getByRole('dialog').last();
    await dialog.getByText(/^A session opens at UDP port \d+, and the relay answers on it\.$/).waitFor();
    await dialog.getByText('Everything on the way works.').waitFor();
    path.isBlocked = true;
    await dialog.getByRole('button', { name: 'Check again' }).click();
    await dialog.getByText(/^Nothing comes back from UDP port \d+/).waitFor();
  });

  test('where UDP is blocked one types on by WebSocket, and after a loss of the connection that comes first; once UDP gets through it is taken again', async () => {
    const path = await atRelayBehind({ isBlocked: true });
    await turnOn(laptop);
    await counted(laptop);
    await laptop.runCommand('show-sync-status');
    await shown(laptop, 'By WebSocket.');
    await path.knocked;
    await laptop.typeAfter('milk', ', two litres');
    await phone.shows('milk, two litres');
    await laptop.until(
      () => opened(laptop),
      ({ ended }) => ended > 0,
    );
    await phone.typeAfter('tea', ' leaves');
    expect(await sameBlock(laptop, phone)).toBe('- shopping #live\n  - milk, two litres\n  - tea leaves');
    expect(await opened(laptop)).toEqual({ sessions: 1, streams: 0, ended: 1, sockets: 1 });
    await laptop.offline();
    await laptop.online();
    await shown(laptop, 'By WebSocket.');
    await laptop.typeAfter('leaves', ', green');
    await phone.shows('leaves, green');
    expect(await opened(laptop)).toEqual({ sessions: 1, streams: 0, ended: 1, sockets: 2 });
    path.isBlocked = false;
    await laptop.later(130);
    await shown(laptop, 'By WebTransport.');
    await laptop.typeAfter('green', ' ones');
    await phone.shows('green ones');
  });

  test('where UDP is blocked after it got through, the next connection is a WebSocket within the ladder’s time', async () => {
    const path = await atRelayBehind({ isBlocked: false });
    await turnOn(laptop);
    await counted(laptop);
    await laptop.runCommand('show-sync-status');
    await shown(laptop, 'By WebTransport.');
    path.isBlocked = true;
    await laptop.offline();
    await laptop.typeAfter('milk', ', two litres');
    const since = Date.now();
    await laptop.online();
    await phone.shows('milk, two litres');
    // Three seconds of a head start; the rest is what a busy machine takes.
    expect(Date.now() - since).toBeLessThan(15_000);
    await shown(laptop, 'By WebSocket.');
    expect(await opened(laptop)).toMatchObject({ streams: 1, sockets: 2 });
  });
});
