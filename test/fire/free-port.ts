/** A port of 127.0.0.1 that was free just now, for a program that must be found there again after it was killed. */
import { createServer, type AddressInfo } from 'node:net';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
