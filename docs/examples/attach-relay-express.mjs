// A Blockwire relay in an Express app, for its signed-in users:  node attach-relay-express.mjs [port] [data directory]
import { createServer } from 'node:http';
import express from 'express';
import { WebSocketServer } from 'ws';
import { attachRelay } from 'blockwire/relay';
import { authorize, block, linkFor, signIn, userOf } from './accounts.mjs';

const [port = '8080', data = './blockwire-data'] = process.argv.slice(2);

const app = express();
const server = createServer(app);
const { relay, detach } = attachRelay(server, { data, path: '/blockwire', authorize });
const address = () => `http://127.0.0.1:${server.address().port}`;

app.use(express.json());
app.post('/sign-in', (request, response) => {
  const cookie = signIn(request.body.name, request.body.password);
  if (cookie === null) response.sendStatus(401);
  else response.set('Set-Cookie', cookie).sendStatus(204);
});
app.use('/devices', (request, response, next) => {
  if (userOf(request) === undefined) response.sendStatus(401);
  else next();
});
app.post('/devices', async (request, response) => {
  response.json({ link: await linkFor(userOf(request), relay, `${address()}/blockwire`) });
});
app.delete('/devices', (request, response) => {
  block(userOf(request), relay);
  response.sendStatus(204);
});
app.get('/page', (request, response) => response.send(`My own page at ${request.path}\n`));

// The app's own WebSocket, on the same port.
const echo = new WebSocketServer({ server, path: '/echo' });
echo.on('connection', (socket) => socket.on('message', (text) => socket.send(String(text))));

server.listen(Number(port), '127.0.0.1', () => console.log(`Listening at ${address()}`));

process.once('SIGTERM', async () => {
  await detach(); // loses nothing that was acknowledged
  for (const socket of echo.clients) socket.terminate();
  server.close();
});
