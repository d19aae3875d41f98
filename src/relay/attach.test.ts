import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseLink } from '../protocol';
import { attachRelay } from './attach';
import { bundle, Program } from './testing/built';
import { TestDevice, TestSpace } from './testing/device';
import { Harness } from './testing/harness';

const harness = new Harness();

async function ticketIn(link: string | null): Promise<string> {
  const parsed = parseLink(link ?? '');
  if (parsed.type !== 'setup') throw new Error('Not a set-up link.');
  return parsed.ticket;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a relay stands beside the routes that were there, and goes without them noticing', async () => {
  const server = createServer((request, response) => response.end(`own ${request.url ?? ''}`));
  const url = await listening(server);
  try {
    const { relay, detach } = attachRelay(server, { data: harness.directory, path: '/sync' });
    expect(await (await fetch(`${url}/page`)).text()).toBe('own /page');
    expect(await (await fetch(`${url}/health`)).text()).toBe('own /health');
    expect((await fetch(`${url}/sync/health`)).status).toBe(200);
    const device = new TestDevice(`${url}/sync`, new TestSpace());
    expect((await device.found(await ticketIn(await relay.setupLink(`${url}/sync`)))).status).toBe(200);
    const socket = harness.kept(await device.open());
    socket.append(device.entries(2));
    expect(await socket.results(2)).toHaveLength(2);
    await detach();
    expect(await socket.end()).toMatchObject({ code: 1001 });
    expect(await (await fetch(`${url}/sync/health`)).text()).toBe('own /sync/health');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('upgrades elsewhere are left to others, and answered when there are none', async () => {
  const server = createServer();
  const url = await listening(server);
  const { relay, detach } = attachRelay(server, { data: harness.directory, path: '/sync' });
  try {
    const device = new TestDevice(`${url}/other`, new TestSpace());
    await expect(device.socket()).rejects.toMatchObject({ status: 404 });
    server.on('upgrade', (request, socket) => {
      if (request.url?.startsWith('/other') === true) socket.end('HTTP/1.1 418 Own\r\nContent-Length: 2\r\n\r\n{}');
    });
    await expect(device.socket()).rejects.toMatchObject({ status: 418 });
    expect(relay.statistics.connections).toBe(0);
  } finally {
    await detach();
    server.closeAllConnections();
    server.close();
  }
});

test('docs/examples/attach-relay.mjs does what it says', async () => {
  const file = bundle('docs/examples/attach-relay.mjs', 'attach-relay', { 'blockwire/relay': join(__dirname, 'index.ts') });
  const program = Program.start(file, ['0', harness.directory]);
  try {
    const [, url = ''] = await program.printed(/Relay at (\S+)/);
    const [link] = await program.printed(/obsidian:\/\/\S+/);
    const device = new TestDevice(url, new TestSpace());
    expect((await device.found(await ticketIn(link))).status).toBe(200);
    const socket = harness.kept(await device.open());
    socket.append(device.entries(1));
    expect(await socket.results(1)).toMatchObject([{ status: 'stored' }]);
    expect(await (await fetch(new URL('/page', url))).text()).toBe('My own page at /page\n');
    await Promise.all([socket.end(), program.end('SIGTERM')]);
    expect(program.child.exitCode).toBe(0);
  } finally {
    await program.end('SIGKILL');
  }
}, 20_000);
