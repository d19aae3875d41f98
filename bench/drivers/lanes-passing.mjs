// A value as one message, and letters, over one WebSocket.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { serve } from '../servers/serve.mjs';
import { laneMethods } from './lane.mjs';

let side;
const lane = laneMethods(() => side);

serve({
  ...lane.methods,
  async open({ url }) {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 28 });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    let count = 0;
    let arrived = () => {};
    const whole = new Promise((resolve) => (arrived = resolve));
    socket.on('message', (message) => (message.length > 1000 ? arrived() : lane.hears(++count)));
    side = {
      letter: () => socket.send(randomBytes(267)),
      send: (bytes) => new Promise((resolve) => socket.send(randomBytes(bytes), resolve)),
      received: () => whole,
      close: () => socket.close(),
    };
  },
});
