import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { parseLink } from '../protocol';
import { attachRelay } from './attach';
import { bundle, Program } from './testing/built';
import { selfSigned } from './testing/certificate';
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

/** What a WebSocket at this address answers to one message. */
async function echoed(url: string, text: string): Promise<string> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { rejectUnauthorized: false });
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(text));
    socket.on('message', (data: Buffer) => {
      resolve(data.toString());
      socket.terminate();
    });
    socket.on('error', reject);
  });
}

/** The whole answer to a request written by hand. */
async function written(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  for await (const chunk of socket.on('connect', () => socket.write(text))) answer += String(chunk);
  return answer;
}

test.each(['http', 'https'])('%s: WebSocket servers that were there, and that come later, are undisturbed, and do not disturb the relay', async (scheme) => {
  const server = scheme === 'http' ? createServer() : createTlsServer(selfSigned());
  const url = (await listening(server)).replace(/^http/, scheme);
  const echo = (path: string): WebSocketServer => new WebSocketServer({ server, path }).on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(`${path} ${data.toString()}`)));
  const earlier = echo('/earlier');
  const { relay, detach } = attachRelay(server, { data: harness.directory, path: '/sync' });
  try {
    expect(await echoed(`${url}/earlier`, 'a')).toBe('/earlier a');
    // Two servers of `ws` on one port refuse each other's upgrades.
    earlier.close();
    const later = echo('/later');
    expect(await echoed(`${url}/later`, 'b')).toBe('/later b');
    await expect(echoed(`${url}/sync/v1/socket`, '')).rejects.toThrow('426');
    if (scheme === 'http') {
      const device = new TestDevice(`${url}/sync`, new TestSpace());
      expect((await device.found((await relay.newSetupLink(`${url}/sync`)).ticket)).status).toBe(200);
      const socket = harness.kept(await device.open());
      socket.append(device.entries(1));
      expect(await socket.results(1)).toMatchObject([{ status: 'stored' }]);
    }
    await detach();
    expect(await echoed(`${url}/later`, 'c')).toBe('/later c');
    await expect(echoed(`${url}/sync/v1/socket`, 'd')).rejects.toThrow('400');
    later.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('an upgrade that nobody wants is a request like any other, as it is without the relay', async () => {
  const server = createServer((request, response) => response.end(`own ${request.url ?? ''}`));
  await listening(server);
  const { port } = server.address() as AddressInfo;
  const ask = (method: string, more = ''): Promise<string> => written(port, `${method} /page HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n${more}\r\n`);
  const { detach } = attachRelay(server, { data: harness.directory, path: '/sync' });
  try {
    expect(await ask('GET')).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*own \/page$/);
    expect(await ask('POST', 'Content-Length: 4\r\n')).toMatch(/^HTTP\/1.1 404 /);
    expect(await ask('GET')).toMatch(/own \/page$/);
  } finally {
    await detach();
    server.closeAllConnections();
    server.close();
  }
});

test('two relays on one server go in any order', async () => {
  const server = createServer((request, response) => response.end(`own ${request.url ?? ''}`));
  const url = await listening(server);
  const first = attachRelay(server, { data: join(harness.directory, 'a'), path: '/a' });
  const second = attachRelay(server, { data: join(harness.directory, 'b'), path: '/b' });
  try {
    expect((await (await fetch(`${url}/a/health`)).json())).toMatchObject({ relay: 'blockwire' });
    await first.detach();
    expect(await (await fetch(`${url}/a/health`)).text()).toBe('own /a/health');
    expect((await (await fetch(`${url}/b/health`)).json())).toMatchObject({ relay: 'blockwire' });
    await second.detach();
    expect(await (await fetch(`${url}/b/health`)).text()).toBe('own /b/health');
    expect(server.listenerCount('upgrade')).toBe(0);
  } finally {
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

test.each(['express', 'fastify'])('docs/examples/attach-relay-%s.mjs admits the users of the app, beside its pages and its WebSocket', async (name) => {
  const file = bundle(`docs/examples/attach-relay-${name}.mjs`, `attach-relay-${name}`, { 'blockwire/relay': join(__dirname, 'index.ts') });
  const program = Program.start(file, ['0', harness.directory]);
  try {
    const [, url = ''] = await program.printed(/Listening at (\S+)/);
    const send = (method: string, path: string, cookie = '', body?: unknown): Promise<Response> =>
      fetch(url + path, { method, headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    expect((await send('POST', '/devices')).status).toBe(401);
    expect((await send('POST', '/sign-in', '', { name: 'anna', password: 'wrong' })).status).toBe(401);
    const cookie = (await send('POST', '/sign-in', '', { name: 'anna', password: 'correct horse' })).headers.get('set-cookie')?.split(';')[0];
    const { link } = (await (await send('POST', '/devices', cookie)).json()) as { link: string };

    const device = new TestDevice(`${url}/blockwire`, new TestSpace());
    expect(await device.found('A'.repeat(22))).toMatchObject({ status: 403 });
    expect((await device.found(await ticketIn(link))).status).toBe(200);
    const socket = harness.kept(await device.open());
    socket.append(device.entries(1));
    expect(await socket.results(1)).toMatchObject([{ status: 'stored' }]);
    expect(await (await fetch(`${url}/page`)).text()).toBe('My own page at /page\n');
    expect(await echoed(`${url}/echo`, 'hello')).toBe('hello');

    expect((await send('DELETE', '/devices', cookie)).status).toBe(204);
    expect(await socket.end()).toMatchObject({ reason: 'SESSION_EXPIRED' });
    const origin = 'app://obsidian.md';
    await expect(device.socket({ headers: { origin } })).rejects.toMatchObject({ status: 403, code: 'NOT_ADMITTED', headers: { 'access-control-allow-origin': origin } });
    expect(await program.end('SIGTERM')).toBe(0);
  } finally {
    await program.end('SIGKILL');
  }
}, 20_000);
