// Hocuspocus with its SQLite extension, as its documentation sets it up.
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';
import { serve } from './serve.mjs';

serve({
  async start({ data, port = 0 }) {
    const server = new Server({ address: '127.0.0.1', port, quiet: true, stopOnSignals: false, extensions: [new SQLite({ database: `${data}/hocuspocus.sqlite` })] });
    await server.listen();
    return `ws://127.0.0.1:${server.address.port}`;
  },
});
