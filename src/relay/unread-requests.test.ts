import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { readBeforeTimeout } from './unread-requests';

const timedOut = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/** Of a connection whose time is over at the very moment at which this has been sent on it. @returns first line of the answer */
async function answerTo(sent: string): Promise<string> {
  const server = createServer((_, response) => response.end('read'));
  readBeforeTimeout(server, 10_000);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  const [socket] = await accepted;
  try {
    // It is with the system now, and the server has had no turn to read it.
    if (sent !== '') client.write(sent);
    server.emit('clientError', timedOut, socket);
    const [answer] = (await once(client, 'data')) as [Buffer];
    return answer.toString().split('\r\n')[0] ?? '';
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

test('[P113] a request that has come, and that this process was late to read, is answered', async () => {
  expect(await answerTo('GET / HTTP/1.1\r\nHost: relay\r\n\r\n')).toBe('HTTP/1.1 200 OK');
});

test('a connection on which nothing came in time is answered 408', async () => {
  expect(await answerTo('')).toBe('HTTP/1.1 408 Request Timeout');
});
