// A Blockwire relay beside your own routes, on one HTTP server:  node attach-relay.mjs [port] [data directory]
import { createServer } from 'node:http';
import { attachRelay } from 'blockwire/relay';

const [port = '8080', data = './blockwire-data'] = process.argv.slice(2);

const server = createServer((request, response) => {
  response.end(`My own page at ${request.url}\n`);
});
const { relay, detach } = attachRelay(server, { data, path: '/blockwire' });

server.listen(Number(port), '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/blockwire`;
  console.log(`Relay at ${url}`);
  console.log(await relay.setupLink(url)); // null once a space has been founded with it
});

process.once('SIGTERM', async () => {
  await detach(); // loses nothing that was acknowledged
  server.close();
});
