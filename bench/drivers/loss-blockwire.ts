/** Two devices that type until their relay is killed, and one that starts from empty afterwards. */
import { openMemoryStore } from '../../src/store';
import { blockOf } from '../block';
import { BenchDevice } from '../device';
import { serve } from '../servers/serve.mjs';
import { addDevice, makeSpace } from '../space';
import type { Credentials } from '../../src/peer';

const LETTERS = ['a', 'b'] as const;
const BLOCK = blockOf(10, '');
let space: Credentials[] = [];
let devices: BenchDevice[] = [];
let typing: NodeJS.Timeout;
let typed = 0;

serve({
  async type({ url, ticket }: { url: string; ticket: string }): Promise<void> {
    space = await makeSpace(url, ticket, 2);
    devices = await BenchDevice.open(space, space.map((credentials) => ({ credentials, store: openMemoryStore() })), BLOCK); // prettier-ignore
    typed = 0;
    typing = setInterval(() => {
      typed++;
      devices.forEach((device, i) => device.type(LETTERS[i] ?? ''));
    }, 5);
  },
  /** @returns how many letters of each device had been acknowledged */
  async stop(): Promise<number[]> {
    clearInterval(typing);
    const acknowledged = devices.map((device) => typed - device.engine.status.unacknowledged);
    await Promise.all(devices.map((device) => device.stop()));
    return acknowledged;
  },
  /** @returns how many letters of each an empty device gets from the relay */
  async count(): Promise<number[]> {
    const fresh = await addDevice(space[0] as Credentials); // founded in `type`
    const [device] = await BenchDevice.open([...space, fresh], [{ credentials: fresh, store: openMemoryStore() }], BLOCK);
    const text = device?.text() ?? '';
    await device?.stop();
    return LETTERS.map((letter) => text.split(letter).length - 1);
  },
});
