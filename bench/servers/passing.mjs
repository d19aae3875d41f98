// Passes each message of a WebSocket on to all others: what carries a large value as one message.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { listen, serve } from './serve.mjs';

serve({
  async start() {
    const server = createServer();
    const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 2 ** 28 });
    sockets.on('connection', (socket) => {
      socket.on('message', (message) => {
        for (const other of sockets.clients) if (other !== socket) other.send(message);
      });
    });
    return `ws://127.0.0.1:${await listen(server)}`;
  },
});
