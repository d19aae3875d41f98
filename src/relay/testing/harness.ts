/** Starts relays in temporary directories for a test file, and ends them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLink } from '../../protocol';
import type { RelayOptions } from '../relay-options';
import { startRelay, type RunningRelay, type StartOptions } from '../start';
import { TestDevice, TestSpace, type TestSocket } from './device';

export class Harness {
  directory = '';
  private readonly running: RunningRelay[] = [];
  private readonly sockets: TestSocket[] = [];

  /** Registers the hooks of a test file. */
  constructor() {
    beforeEach(() => {
      this.directory = mkdtempSync(join(tmpdir(), 'blockwire-relay-'));
    });
    afterEach(async () => {
      for (const socket of this.sockets.splice(0)) socket.webSocket.terminate();
      for (const relay of this.running.splice(0)) await relay.stop();
      rmSync(this.directory, { recursive: true, force: true });
    });
  }

  async start(options: Partial<StartOptions> = {}): Promise<RunningRelay> {
    const relay = await startRelay({ data: this.directory, port: 0, onFailure: () => undefined, ...options });
    this.running.push(relay);
    return relay;
  }

  async ticket(relay: RunningRelay): Promise<string> {
    const link = parseLink((await relay.relay.setupLink(relay.url, true)) ?? '');
    if (link.type !== 'setup') throw new Error('Not a set-up link.');
    return link.ticket;
  }

  /** A founded space and its first device. */
  async found(relay: RunningRelay): Promise<TestDevice> {
    const device = new TestDevice(relay.url, new TestSpace());
    const answer = await device.found(await this.ticket(relay));
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return device;
  }

  /** Another device of the same space. */
  async join(first: TestDevice): Promise<TestDevice> {
    const device = new TestDevice(first.relay, first.space);
    const answer = await device.join();
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return device;
  }

  /** Ends with the test. */
  kept(socket: TestSocket): TestSocket {
    this.sockets.push(socket);
    return socket;
  }

  /** Two open devices of one space. */
  async pair(options: Partial<RelayOptions> = {}): Promise<{ relay: RunningRelay; laptop: TestDevice; phone: TestDevice; a: TestSocket; b: TestSocket }> {
    const relay = await this.start(options);
    const laptop = await this.found(relay);
    const phone = await this.join(laptop);
    const a = this.kept(await laptop.open());
    const b = this.kept(await phone.open());
    await a.next('peers');
    return { relay, laptop, phone, a, b };
  }
}
