// The same keystrokes through the bare relay: entries of the same size, and nothing done with them.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { serve } from '../servers/serve.mjs';
import { typeAtPace } from './pace.mjs';

serve({
  async run({ url, entryBytes, letters, warmUp }) {
    const [a, b] = await Promise.all([open(`${url}/space`), open(`${url}/space`)]);
    let got = 0;
    const times = await typeAtPace(
      {
        type: () => {
          const frame = Buffer.concat([Buffer.alloc(8), randomBytes(entryBytes)]);
          frame.writeUInt32LE(1, 0);
          frame.writeUInt32LE(entryBytes, 4);
          a.send(frame);
        },
        onLength: (heard) => b.on('message', (message) => heard((got += message.readUInt32LE(0)))),
      },
      letters,
      warmUp,
    );
    a.close();
    b.close();
    return { times };
  },
});

async function open(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}
