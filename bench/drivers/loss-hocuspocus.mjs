// The same with Hocuspocus: what its provider counts as synced, and what a new client gets after the kill.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { serve } from '../servers/serve.mjs';

const LETTERS = ['a', 'b'];
let clients = [];
let typing;
let typed = 0;
let name = '';
let address = '';

serve({
  async type({ url }) {
    address = url;
    name = `loss-${Math.random()}`;
    clients = await Promise.all(LETTERS.map(() => connect()));
    typed = 0;
    typing = setInterval(() => {
      typed++;
      clients.forEach(({ doc }, i) => doc.getText('block').insert(0, LETTERS[i]));
    }, 5);
  },
  stop() {
    clearInterval(typing);
    const acknowledged = clients.map(({ provider }) => typed - provider.unsyncedChanges);
    for (const client of clients) client.close();
    return acknowledged;
  },
  async count() {
    const client = await connect();
    const text = client.doc.getText('block').toString();
    client.close();
    return LETTERS.map((letter) => text.split(letter).length - 1);
  },
});

async function connect() {
  const doc = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url: address, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider, name, document: doc });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  return { doc, provider, close: () => (provider.destroy(), websocketProvider.destroy()) };
}
