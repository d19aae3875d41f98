/** Vault windows in Chromium that run the built plugin, joined through a relay process of their own. */
import { join } from 'node:path';
import { closeBrowser, newDevice } from '../test/browser/browser';
import { Device } from '../test/browser/device';
import { RelayProcess } from '../test/browser/relay-process';
import { makeVault, serveVaults, type VaultSetUp } from '../test/shell/server';
import { build } from './build';
import { withDirectory } from './child';

export interface WindowSetUp extends Omit<VaultSetUp, 'directory'> {
  readonly open: string;
}

/** Runs `work` with one window a set-up, all of one space. */
export async function withWindows<T>(setUps: Readonly<Record<string, WindowSetUp>>, work: (devices: Device[]) => Promise<T>): Promise<T> {
  await build();
  return withDirectory(async (scratch) => {
    const names = Object.keys(setUps);
    for (const [name, setUp] of Object.entries(setUps)) await makeVault({ ...setUp, directory: join(scratch, name) });
    const server = await serveVaults(Object.fromEntries(names.map((name) => [name, join(scratch, name)])));
    const relay = new RelayProcess(join(scratch, 'relay'), [server.url]);
    try {
      await relay.start();
      let link = await relay.setUpLink();
      const devices: Device[] = [];
      for (const [name, { open }] of Object.entries(setUps)) {
        const context = await newDevice({ viewport: { width: 900, height: 700 } });
        const device = new Device(name, join(scratch, name), context, server, { theme: 'light' }, await context.newPage());
        await device.load(open);
        await device.setUp(link);
        link = await device.pairingLink();
        devices.push(device);
      }
      return await work(devices);
    } finally {
      await closeBrowser();
      await relay.stop();
      await server.close();
    }
  });
}
