// A Blockwire relay in a Fastify app, for its signed-in users:  node attach-relay-fastify.mjs [port] [data directory]
import fastify from 'fastify';
import { WebSocketServer } from 'ws';
import { attachRelay } from 'blockwire/relay';
import { authorize, block, linkFor, signIn, userOf } from './accounts.mjs';

const [port = '8080', data = './blockwire-data'] = process.argv.slice(2);

const app = fastify();
const { relay, detach } = attachRelay(app.server, { data, path: '/blockwire', authorize });
const address = () => `http://127.0.0.1:${app.server.address().port}`;

app.post('/sign-in', (request, reply) => {
  const cookie = signIn(request.body.name, request.body.password);
  if (cookie === null) return reply.code(401).send();
  return reply.code(204).header('Set-Cookie', cookie).send();
});
const signedIn = {
  preHandler: (request, reply, next) => {
    if (userOf(request) === undefined) reply.code(401).send();
    else next();
  },
};
app.post('/devices', signedIn, async (request) => ({ link: await linkFor(userOf(request), relay, `${address()}/blockwire`) }));
app.delete('/devices', signedIn, (request, reply) => {
  block(userOf(request), relay);
  return reply.code(204).send();
});
app.get('/page', (request) => `My own page at ${request.url}\n`);

// The app's own WebSocket, on the same port.
const echo = new WebSocketServer({ server: app.server, path: '/echo' });
echo.on('connection', (socket) => socket.on('message', (text) => socket.send(String(text))));

// Before Fastify waits for its connections to end.
app.addHook('preClose', async () => {
  await detach(); // loses nothing that was acknowledged
  for (const socket of echo.clients) socket.terminate();
});
await app.listen({ port: Number(port), host: '127.0.0.1' });
console.log(`Listening at ${address()}`);

process.once('SIGTERM', () => app.close());
