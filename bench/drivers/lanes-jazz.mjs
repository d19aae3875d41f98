// A value in a binary stream of Jazz, and letters in texts beside it: three values of one group that anyone may write.
import { randomBytes } from 'node:crypto';
import { LocalNode } from 'cojson';
import { createWebSocketPeer } from 'cojson-transport-ws';
import { NapiCrypto } from 'cojson/crypto/NapiCrypto';
import { WebSocket } from 'ws';
import { serve } from '../servers/serve.mjs';
import { laneMethods } from './lane.mjs';

/** Bytes of a chunk, as `FileStream` of jazz-tools 0.20 cuts them. */
const CHUNK = 100 * 1024;

let side;
const lane = laneMethods(() => side);

serve({
  ...lane.methods,
  /** @returns {Promise<string[]>} the text of either side, and the stream */
  async found({ url }) {
    const { node } = await connect(url, 'founder');
    const group = node.createGroup();
    group.addMember('everyone', 'writer');
    const values = [group.createPlainText(''), group.createPlainText(''), group.createBinaryStream()];
    await Promise.all([group, ...values].map((value) => value.core.waitForSync()));
    return values.map(({ id }) => id);
  },
  async open({ url, devices, name, index }) {
    const { node, socket } = await connect(url, name);
    const [mine, theirs, file] = await Promise.all([devices[index], devices[1 - index], devices[2]].map((id) => node.load(id)));
    theirs.subscribe((text) => lane.hears(text.toString().length));
    let typed = 0;
    let arrived = () => {};
    const whole = new Promise((resolve) => (arrived = resolve));
    file.subscribe((stream) => stream.isBinaryStreamEnded() && arrived());
    side = {
      letter: (i) => {
        const letter = String.fromCharCode(97 + (i % 26));
        if (typed++ === 0) mine.insertBefore(0, letter);
        else mine.insertAfter(typed - 2, letter);
      },
      async send(bytes) {
        file.startBinaryStream({ mimeType: 'application/octet-stream', totalSizeBytes: bytes });
        for (let at = 0; at < bytes; at += CHUNK) {
          file.pushBinaryStreamChunk(new Uint8Array(randomBytes(Math.min(CHUNK, bytes - at))));
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        file.endBinaryStream();
      },
      received: () => whole,
      close: () => socket.close(),
    };
  },
});

async function connect(url, name) {
  const crypto = await NapiCrypto.create();
  const socket = new WebSocket(url);
  const peer = createWebSocketPeer({ id: 'server', role: 'server', websocket: socket });
  const { node } = await LocalNode.withNewlyCreatedAccount({ creationProps: { name }, peers: [peer], crypto });
  return { node, socket };
}
