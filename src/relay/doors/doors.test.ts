import { request } from 'node:http';
import { join } from 'node:path';
import { SUBPROTOCOL, TOKEN_PREFIX } from '../../protocol';
import { TestDevice, TestSpace } from '../testing/device';
import { Harness } from '../testing/harness';
import { RelayDatabase } from '../sqlite/database';
import { SqliteLog } from '../sqlite/sqlite-log';
import { SqliteRegistry } from '../sqlite/sqlite-registry';
import { OBSIDIAN_ORIGINS } from './origins';

const harness = new Harness();

test.each([...OBSIDIAN_ORIGINS, 'https://mine.example'])('[P73] [P74] %s is answered with CORS, on success and on every error', async (origin) => {
  const relay = await harness.start({ origins: ['https://mine.example'], limits: { requests: { perSecond: 0.001, burst: 4 } } });
  const get = (path: string, init: RequestInit = {}) => fetch(relay.url + path, { ...init, headers: { origin, ...init.headers } });
  const answers = [
    await get('/health'),
    await get('/v1/none'),
    await get('/v1/session'),
    await get('/v1/session', { method: 'POST', body: '{' }),
    await get('/v1/session', { method: 'POST', body: 'x'.repeat(5_000) }),
    await get('/v1/session', { method: 'POST', body: '{}' }),
    await get('/v1/session', { method: 'POST', body: '{}' }),
    await get('/v1/session', { method: 'POST', body: '{}' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 405, 400, 413, 400, 400, 429]);
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('vary')).toBe('Origin');
  }
});

test('[P73] another origin is 403, without CORS, and so is its socket', async () => {
  const relay = await harness.start();
  const answer = await fetch(`${relay.url}/v1/session`, { method: 'POST', body: '{}', headers: { origin: 'https://evil.example' } });
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'ORIGIN' });
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  const device = await harness.found(relay);
  await device.session();
  const protocols = [SUBPROTOCOL, TOKEN_PREFIX + device.token];
  await expect(device.socket({ protocols, headers: { origin: 'https://evil.example' } })).rejects.toMatchObject({ status: 403, code: 'ORIGIN' });
  const socket = await device.socket({ protocols, headers: { origin: 'app://obsidian.md' } });
  await socket.close();
});

test('[P74] OPTIONS is answered before anything else is asked', async () => {
  const relay = await harness.start();
  const answer = await fetch(`${relay.url}/v1/session`, {
    method: 'OPTIONS',
    headers: { origin: 'app://obsidian.md', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe('app://obsidian.md');
  expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
  expect(answer.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
  expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(0);
});

test('[P75] health needs no session, names no space, and proves that it is this process', async () => {
  const relay = await harness.start();
  const device = await harness.found(relay);
  const body = await (await fetch(`${relay.url}/health?nonce=abc`)).text();
  expect(JSON.parse(body)).toEqual({ relay: 'blockwire', protocol: [SUBPROTOCOL], ok: true, files: true, now: expect.any(Number) as number, proof: relay.relay.proofOf('abc') });
  expect(body).not.toContain(device.space.id);
  expect(relay.relay.proofOf('abd')).not.toBe(relay.relay.proofOf('abc'));
});

test('[P75] health says that the disk is full', async () => {
  const database = new RelayDatabase({ file: join(harness.directory, 'relay.db'), freeBytes: () => 0 });
  const relay = await harness.start({ data: { log: new SqliteLog(database), registry: new SqliteRegistry(database) } });
  const answer = await fetch(`${relay.url}/health`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ relay: 'blockwire', ok: false, code: 'DISK_FULL' });
});

test('a body that never ends, or that breaks off, harms nothing', async () => {
  const relay = await harness.start();
  const partial = request(`${relay.url}/v1/session`, { method: 'POST', headers: { 'content-length': 100 } });
  partial.on('error', () => undefined);
  partial.write('{');
  await new Promise((resolve) => setImmediate(resolve));
  partial.destroy();
  expect((await fetch(`${relay.url}/health`)).status).toBe(200);
});

test('a path prefix is understood with and without it', async () => {
  const relay = await harness.start({ path: ['', '/sync/notes'] });
  expect((await fetch(`${relay.url}/sync/notes/health`)).status).toBe(200);
  expect((await fetch(`${relay.url}/health`)).status).toBe(200);
  expect((await fetch(`${relay.url}/sync/health`)).status).toBe(404);
  const device = new TestDevice(`${relay.url}/sync/notes`, new TestSpace());
  expect((await device.found(await harness.ticket(relay))).status).toBe(200);
  const socket = await device.open();
  await socket.close();
});
