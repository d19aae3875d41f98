import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonical as plainText } from '../../src/document';
import { findIds, seedFrom } from '../../src/note';
import { parse } from '../../src/outline';
import { formatLink, parseLink } from '../../src/protocol';
import { makeVault, serveVaults } from '../shell/server';
import type { ShellServer, VaultSetUp } from '../shell/server';
import { closeBrowser, newDevice } from './browser';
import { Device, canonical } from './device';
import { RelayProcess } from './relay-process';

export { Device, canonical };

export interface DeviceSetUp extends Omit<VaultSetUp, 'directory'> {
  /** Emulates a phone. */
  readonly phone?: 'ios' | 'android';
  readonly theme?: 'light' | 'dark';
  /** Of the window, in pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Note that is open at the start. */
  readonly open?: string;
  /** Stay out of the space at first. */
  readonly alone?: boolean;
  /** The window's time can be moved on by `later`. */
  readonly clock?: boolean;
  /** The app's own requests go by this program, so that CORS does not bind them. */
  readonly ownRequests?: boolean;
}

/** A relay process, and vaults in windows of their own that belong to one space. */
export interface World<Name extends string> {
  readonly relay: RelayProcess;
  readonly devices: Readonly<Record<Name, Device>>;
  /** Ends everything, after it has checked that no window had an uncaught error. */
  close(): Promise<void>;
}

/**
 * Founds a space with the first device, and lets the others join it.
 * @param through gives the address at which the devices reach the relay, when it is not the relay's own
 * @param relayWords further words of the relay's command line
 */
export async function newWorld<Name extends string>(setUps: Readonly<Record<Name, DeviceSetUp>>, through?: (relay: string) => Promise<string>, relayWords: readonly string[] = []): Promise<World<Name>> {
  const scratch = await mkdtemp(join(tmpdir(), 'blockwire-world-'));
  const names = Object.keys(setUps) as Name[];
  const directories = Object.fromEntries(names.map((name) => [name, join(scratch, name)]));
  const opened: Device[] = [];
  let server: ShellServer | null = null;
  let relay: RelayProcess | null = null;
  const close = async () => {
    for (const device of opened) await device.close();
    await server?.close();
    await relay?.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    for (const name of names) await makeVault({ ...setUps[name], directory: join(scratch, name) });
    server = await serveVaults(directories);
    relay = new RelayProcess(join(scratch, 'relay'), [server.url], relayWords);
    const windows = server;
    const load = async (name: Name): Promise<void> => {
      const { phone, theme = 'light', size = { width: 900, height: 700 }, open, clock = false, ownRequests = false } = setUps[name];
      const context = await newDevice({ viewport: size, reducedMotion: 'reduce' });
      if (clock) await context.clock.install();
      if (ownRequests) await context.exposeFunction('nativeRequest', request);
      const device = new Device(name, join(scratch, name), context, windows, { theme, ...(phone && { phone }) }, await context.newPage());
      opened.push(device);
      await device.load(open);
    };
    await Promise.all([relay.start(), ...names.map(load)]);
    opened.sort((a, b) => names.indexOf(a.name as Name) - names.indexOf(b.name as Name));
    let link = await relay.setUpLink();
    const founding = parseLink(link);
    if (through && founding.type === 'setup') link = formatLink({ ...founding, relay: await through(relay.url) });
    for (const device of opened) {
      if (setUps[device.name as Name].alone) continue;
      await device.setUp(link);
      link = await device.pairingLink();
    }
    return {
      relay,
      devices: Object.fromEntries(opened.map((device) => [device.name, device])) as Record<Name, Device>,
      async close() {
        try {
          for (const device of opened) expect([device.name, ...(await device.errors())]).toEqual([device.name]);
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function request({ url, method = 'GET', body }: { url: string; method?: string; body: number[] | string | null }): Promise<{ status: number; body: number[] }> {
  const answer = await fetch(url, { method, body: Array.isArray(body) ? Uint8Array.from(body) : body });
  return { status: answer.status, body: [...new Uint8Array(await answer.arrayBuffer())] };
}

/** Waits until the devices know the same live blocks with nothing on its way, and hold those that they have in memory in the same state, by digest. */
export async function equal(...devices: readonly Device[]): Promise<void> {
  const [first] = devices;
  if (!first) return;
  for (const device of devices) await device.settled();
  await first.until(
    () => Promise.all(devices.map((device) => device.digests())),
    ([wanted = {}, ...others]) => {
      const ids = Object.keys(wanted).sort();
      const same = (other: typeof wanted) => ids.every((id) => !wanted[id] || !other[id] || wanted[id] === other[id]);
      return ids.some((id) => wanted[id]) && others.every((other) => Object.keys(other).sort().join() === ids.join() && same(other));
    },
  );
}

/** Waits until both notes' live block reads the same, and gives it in canonical form. */
export async function sameBlock(one: Device, other: Device): Promise<string> {
  await equal(one, other);
  const block = async (device: Device) => blockOf(await device.text());
  await one.until(
    async () => [await block(one), await block(other)],
    ([here, there]) => here !== '' && here === there,
  );
  return block(one);
}

/** The first live block of a text, in canonical form with two blanks a level; '' if it has none. */
export function blockOf(text: string): string {
  const outline = parse(text.replace(/\r\n/g, '\n'));
  const [id] = findIds(outline.text);
  const item = outline.items.find(({ from }) => from === id?.from);
  return item ? plainText(seedFrom(outline, item)).replace(/\t/g, '  ').trimEnd() : '';
}

export { closeBrowser };
