// @y/websocket-server, as its own server.js sets it up; it keeps documents in memory only.
import { createServer } from 'node:http';
import { setupWSConnection } from '@y/websocket-server/utils';
import { WebSocketServer } from 'ws';
import { listen, serve } from './serve.mjs';

serve({
  async start() {
    const server = createServer();
    new WebSocketServer({ server }).on('connection', setupWSConnection);
    return `ws://127.0.0.1:${await listen(server)}`;
  },
});
