// The same load on the bare relay.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { serve } from '../servers/serve.mjs';
import { load } from './load.mjs';

const spaces = [];

serve({
  async prepare({ url, space: s, readers, entries, entryBytes }) {
    const sockets = await Promise.all(Array.from({ length: readers + 1 }, () => open(`${url}/${s}`)));
    const made = Array.from({ length: entries }, () => {
      const frame = Buffer.concat([Buffer.alloc(8), randomBytes(entryBytes)]);
      frame.writeUInt32LE(1, 0);
      frame.writeUInt32LE(entryBytes, 4);
      return frame;
    });
    spaces.push({ writer: sockets[0], readers: sockets.slice(1), entries: made });
  },
  async run() {
    const account = load(
      spaces.map(({ writer, entries }) => ({
        entries: entries.length,
        send: (from, count) => {
          for (const frame of entries.slice(from, from + count)) writer.send(frame);
        },
      })),
      spaces[0].readers.length,
    );
    spaces.forEach(({ writer, readers }, w) => {
      writer.on('message', (frame) => account.acknowledged(w, frame.readUInt32LE(0)));
      for (const reader of readers) reader.on('message', (frame) => account.delivered(frame.readUInt32LE(0)));
    });
    return account.run();
  },
});

async function open(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}
