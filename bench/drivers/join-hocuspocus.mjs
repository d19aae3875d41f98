// One Hocuspocus document with many edits, and a new client.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { serve } from '../servers/serve.mjs';

serve({
  async fill({ url, edits }) {
    const { doc, provider, close } = await connect(url);
    const text = doc.getText('block');
    for (let i = 0; i < edits; i++) {
      // Here and there, so that Yjs can't join it all into one item.
      text.insert(Math.floor(Math.random() * (text.length + 1)), String.fromCharCode(97 + (i % 26)));
      if (i % 500 === 0) while (provider.unsyncedChanges > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    while (provider.unsyncedChanges > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    close();
  },
  async join({ url }) {
    const began = performance.now();
    const { doc, close } = await connect(url);
    const all = performance.now() - began;
    const { length } = doc.getText('block');
    close();
    return { all, length };
  },
});

async function connect(url) {
  const doc = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider, name: 'join', document: doc });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  return { doc, provider, close: () => (provider.destroy(), websocketProvider.destroy()) };
}
