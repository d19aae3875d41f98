// The same keystrokes with Yjs through Hocuspocus or @y/websocket-server, by the provider that belongs to each.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { serve } from '../servers/serve.mjs';
import { typeAtPace } from './pace.mjs';

serve({
  async run({ server, url, letters, warmUp }) {
    const connect = server === 'hocuspocus' ? connectHocuspocus : connectYWebsocket;
    const [a, b] = [await connect(url), await connect(url)];
    const [from, to] = [a.doc.getText('block'), b.doc.getText('block')];
    const times = await typeAtPace(
      {
        type: (i) => from.insert(from.length, String.fromCharCode(97 + (i % 26))),
        onLength: (heard) => to.observe(() => heard(to.length)),
      },
      letters,
      warmUp,
    );
    if (from.toString() !== to.toString()) throw new Error('The two documents differ.');
    a.close();
    b.close();
    return { times };
  },
});

async function connectHocuspocus(url) {
  const doc = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider, name: 'latency', document: doc });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  return { doc, close: () => (provider.destroy(), websocketProvider.destroy()) };
}

async function connectYWebsocket(url) {
  const doc = new Y.Doc();
  // Without disableBc the two would talk past the server.
  const provider = new WebsocketProvider(url, 'latency', doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  await new Promise((resolve) => provider.on('sync', (synced) => synced && resolve()));
  return { doc, close: () => provider.destroy() };
}
