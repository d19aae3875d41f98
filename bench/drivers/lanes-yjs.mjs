// A value in a map of a Yjs document, and letters in its text, by y-websocket.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { serve } from '../servers/serve.mjs';
import { laneMethods } from './lane.mjs';

let side;
const lane = laneMethods(() => side);

serve({
  ...lane.methods,
  async open({ url, name, other }) {
    const doc = new Y.Doc();
    const provider = new WebsocketProvider(url, 'lanes', doc, { WebSocketPolyfill: WebSocket, disableBc: true });
    await new Promise((resolve) => provider.on('sync', (synced) => synced && resolve()));
    const [mine, theirs, files] = [doc.getText(name), doc.getText(other), doc.getMap('files')];
    theirs.observe(() => lane.hears(theirs.length));
    let arrived = () => {};
    const whole = new Promise((resolve) => (arrived = resolve));
    files.observe((event) => event.transaction.local || arrived());
    side = {
      letter: (i) => mine.insert(mine.length, String.fromCharCode(97 + (i % 26))),
      send: async (bytes) => void files.set('file', new Uint8Array(randomBytes(bytes))),
      received: () => whole,
      close: () => provider.destroy(),
    };
  },
});
