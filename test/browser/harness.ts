import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
}

/** A relay process, and vaults in windows of their own that belong to one space. */
export interface World<Name extends string> {
  readonly relay: RelayProcess;
  readonly devices: Readonly<Record<Name, Device>>;
  /** Ends everything, after it has checked that no window had an uncaught error. */
  close(): Promise<void>;
}

/** Founds a space with the first device, and lets the others join it. */
export async function newWorld<Name extends string>(setUps: Readonly<Record<Name, DeviceSetUp>>): Promise<World<Name>> {
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
    relay = new RelayProcess(join(scratch, 'relay'), [server.url]);
    await relay.start();
    let link = await relay.setUpLink();
    for (const name of names) {
      const { phone, theme = 'light', size = { width: 900, height: 700 }, open, alone = false } = setUps[name];
      const context = await newDevice({ viewport: size });
      const device = new Device(name, join(scratch, name), context, server, { theme, ...(phone && { phone }) }, await context.newPage());
      opened.push(device);
      await device.load(open);
      if (alone) continue;
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

/** Waits until the devices hold the same live blocks, by digest, with nothing on its way. */
export async function equal(...devices: readonly Device[]): Promise<void> {
  const [first] = devices;
  if (!first) return;
  for (const device of devices) await device.settled();
  await first.until(
    () => Promise.all(devices.map((device) => device.digests())),
    (all) => {
      const [wanted, ...others] = all.map((digests) => JSON.stringify(Object.entries(digests).sort()));
      return wanted !== '[]' && others.every((other) => other === wanted);
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

/** The first live block of a text, in canonical form. */
export function blockOf(text: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /\^bw-[a-z0-9]+\s*$/.test(line));
  if (first < 0) return '';
  const width = (line: string) => (/^[ \t]*/.exec(line)?.[0] ?? '').replace(/\t/g, '    ').length;
  const after = lines.findIndex((line, i) => i > first && line.trim() !== '' && width(line) <= width(lines[first] ?? ''));
  return canonical(lines.slice(first, after < 0 ? undefined : after).join('\n'));
}

export { closeBrowser };
