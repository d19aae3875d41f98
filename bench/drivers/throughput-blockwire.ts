/** Entries through Blockwire's relay: true headers and sizes, made beforehand; frames counted by their first bytes, so that the driver is no brake. */
import type { WebSocket } from 'ws';
import { encodeFrame } from '../../src/protocol';
import { TestDevice, TestSpace } from '../../src/relay/testing/device';
import { serve } from '../servers/serve.mjs';
import { load } from './load.mjs';

const APPENDED = 0x42;
const ENTRIES = 0x43;
/** Bytes that make an entry as long as that of one keystroke. */
const CIPHERTEXT = 81;

interface Space {
  readonly writer: WebSocket;
  readonly readers: readonly WebSocket[];
  /** Append frames of one sealed-looking entry each, as keystrokes come, with counters from 1. */
  readonly entries: Uint8Array[];
}
const spaces: Space[] = [];

serve({
  /** @returns bytes of an entry */
  async prepare({ url, ticket, readers, entries }: { url: string; ticket: string; readers: number; entries: number }): Promise<number> {
    const first = new TestDevice(url, new TestSpace());
    const answer = await first.found(ticket);
    if (answer.status !== 200) throw new Error(`The relay answered ${answer.status} to the founding of a space.`);
    const writer = await socketOf(first);
    const others: WebSocket[] = [];
    while (others.length < readers) {
      const reader = new TestDevice(url, first.space);
      await reader.join();
      others.push(await socketOf(reader));
    }
    const made = Array.from({ length: entries }, () => first.entry({}, CIPHERTEXT).bytes);
    spaces.push({ writer, readers: others, entries: made.map((entry) => encodeFrame({ type: 'append', entries: [entry] })) });
    return made[0]?.length ?? 0;
  },
  async run(): Promise<{ seconds: number; delivered: number }> {
    const readers = spaces[0]?.readers.length ?? 0;
    const account = load(
      spaces.map(({ writer, entries }) => ({
        entries: entries.length,
        send: (from: number, count: number) => {
          for (const frame of entries.slice(from, from + count)) writer.send(frame);
        },
      })),
      readers,
    );
    spaces.forEach(({ writer, readers }, w) => {
      writer.on('message', (frame: Buffer) => account.acknowledged(w, countOf(frame, APPENDED)));
      for (const reader of readers) reader.on('message', (frame: Buffer) => account.delivered(countOf(frame, ENTRIES)));
    });
    return account.run();
  },
});

async function socketOf(device: TestDevice): Promise<WebSocket> {
  const { webSocket } = await device.open();
  webSocket.removeAllListeners('message');
  return webSocket;
}

/** Items in a frame of this type; 0 for others. */
function countOf(frame: Buffer, type: number): number {
  if (frame[0] !== type) return 0;
  const low = frame[1] ?? 0;
  return low < 0x80 ? low : (low & 0x7f) + (frame[2] ?? 0) * 0x80;
}
