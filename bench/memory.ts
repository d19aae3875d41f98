/** A relay's memory with 100 devices that are connected and do nothing. */
import { execFileSync } from 'node:child_process';
import { parseLink } from '../src/protocol';
import { TestDevice, TestSpace } from '../src/relay/testing/device';
import { build } from './build';
import { withDirectory } from './child';
import type { Figure } from './figure';
import { startProgram } from './program';

const DEVICES = 100;
/** The garbage of the set-up has been collected by then, ms. */
const REST = 5_000;

export async function memory(): Promise<Figure[]> {
  await build();
  return withDirectory(async (data) => {
    const program = await startProgram(['relay', '--port', '0', '--data', data, '--quiet']);
    const sockets = [];
    try {
      const link = parseLink((await program.said(/obsidian:\/\/blockwire\?\S+/))[0]);
      if (link.type !== 'setup') throw new Error('The relay printed no set-up link.');
      const founder = new TestDevice(link.relay, new TestSpace());
      await founder.found(link.ticket);
      const devices = [founder];
      while (devices.length < DEVICES) {
        const device = new TestDevice(link.relay, founder.space);
        await device.join();
        devices.push(device);
      }
      for (const device of devices) sockets.push(await device.open());
      await new Promise((resolve) => setTimeout(resolve, REST));
      const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(program.pid)], { encoding: 'utf8' }));
      return [{ what: `relay process, ${DEVICES} idle devices: RSS`, unit: 'MB', measured: kilobytes / 1024, baseline: null, limit: { of: 'value', at: 'most', than: 110 } }];
    } finally {
      for (const { webSocket } of sockets) webSocket.terminate();
      await program.end();
    }
  });
}
