import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePollRequest, fromBase64Url, parseLink, pollUrl, TOKEN_BYTES } from '../protocol';
import type { WatchedFrame } from '../relay';
import { TestDevice, TestSpace, type TestSocket } from '../relay/testing/device';
import { runCommandLine } from './program';
import { runToEnd, TestTerminal } from './testing/test-terminal';

let directory: string;
let relay: TestTerminal;
let ended: Promise<number>;
let address: string;
const sockets: TestSocket[] = [];

async function start(...args: string[]): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-observed-'));
  relay = new TestTerminal(directory);
  const token = join(directory, 'token');
  writeFileSync(token, 'canary-metrics-token-0123\n');
  ended = runCommandLine(['relay', '--port', '0', '--metrics-token-file', token, ...args], relay);
  address = (await relay.printed(/listens on {2}(\S+)/))[1] ?? '';
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.webSocket.terminate();
  relay.interrupt();
  expect(await ended).toBe(0);
  rmSync(directory, { recursive: true, force: true });
});

/** A space with two devices, each with a socket, and one entry of the first. */
async function twoDevices(): Promise<{ laptop: TestDevice; phone: TestDevice; ticket: string; a: TestSocket; b: TestSocket }> {
  const link = parseLink((await relay.printed(/obsidian:\/\/\S+/))[0]);
  if (link.type !== 'setup') throw new Error(link.type);
  const laptop = new TestDevice(address, new TestSpace());
  await laptop.found(link.ticket);
  const phone = new TestDevice(address, laptop.space);
  await phone.join();
  const [a, b] = [await laptop.open(), await phone.open()];
  sockets.push(a, b);
  return { laptop, phone, ticket: link.ticket, a, b };
}

/** Values by name and labels. */
async function metrics(url: string, headers: Record<string, string> = {}): Promise<Map<string, number>> {
  const response = await fetch(url, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  const text = await response.text();
  return new Map(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

test('/metrics counts what passes, for this computer on a port of its own', async () => {
  await start('--metrics-port', '0');
  const url = (await relay.printed(/metrics {5}(\S+)/))[1] ?? '';
  expect((await metrics(url)).get('blockwire_usable')).toBe(1);
  const { laptop, a, b } = await twoDevices();
  a.append([...laptop.entries(3)]);
  await Promise.all([a.results(3), b.entries(3)]);
  expect((await new TestDevice(address, new TestSpace()).found('A'.repeat(22))).status).toBe(403);
  const found = await metrics(url);
  for (const [name, value] of [
    ['blockwire_connections{transport="websocket"}', 2],
    ['blockwire_connections{transport="long-poll"}', 0],
    ['blockwire_devices', 2],
    ['blockwire_sessions_total', 2],
    ['blockwire_entries_appended_total{status="stored"}', 3],
    ['blockwire_entries_delivered_total', 3],
    ['blockwire_append_seconds_count', 1],
    ['blockwire_append_seconds_bucket{le="+Inf"}', 1],
    ['blockwire_refused_total{code="BAD_TICKET"}', 1],
    ['blockwire_queued_bytes', 0],
    ['blockwire_unacknowledged_entries', 0],
  ] as const) expect([name, found.get(name)]).toEqual([name, value]); // prettier-ignore
  for (const name of ['blockwire_store_bytes', 'blockwire_received_bytes_total{transport="websocket"}', 'blockwire_sent_bytes_total{transport="websocket"}', 'process_resident_memory_bytes']) expect(found.get(name)).toBeGreaterThan(100);
  const foreign = await new Promise<number | undefined>((resolve) => void request(url, { headers: { host: 'attacker.example' } }, (response) => resolve(response.resume().statusCode)).end());
  expect(foreign).toBe(403);
  expect((await fetch(url, { headers: { origin: 'http://localhost' } })).status).toBe(403);
});

test('/metrics on the relay’s own address is for who has the token', async () => {
  await start();
  expect((await fetch(`${address}/metrics`)).status).toBe(401);
  expect((await fetch(`${address}/metrics`, { headers: { authorization: 'Bearer canary-metrics-token-0124' } })).status).toBe(401);
  expect((await metrics(`${address}/metrics`, { authorization: 'Bearer canary-metrics-token-0123' })).get('blockwire_refused_total{code="UNAUTHORIZED"}')).toBe(2);
});

test('a token that is too short, or a file that is not there, is said at once', async () => {
  await start();
  writeFileSync(join(directory, 'short'), 'abc');
  for (const file of ['short', 'none']) {
    expect(await runToEnd(directory, ['relay', '--port', '0', '--metrics-token-file', join(directory, file)])).toMatchObject({ status: 2, errors: expect.stringContaining('METRICS_TOKEN') as string });
  }
});

test.each(['json', 'lines'])('no log, figure or frame shows a payload, token, whole id or address (%s)', async (format) => {
  await start('--log', format, '--behind-proxy');
  const watching = new TestTerminal(directory);
  const watched = runCommandLine(['inspect', '--json'], watching);
  const { laptop, phone, ticket, a, b } = await twoDevices();
  for (let tries = 0; tries < 500 && !watching.text.includes('presence'); tries++) {
    // Until someone looks on.
    a.send({ type: 'presence', bytes: new Uint8Array(8) });
    await b.next('presence');
  }
  const payload = Buffer.from('canary-payload-canary-payload-canary');
  const entry = laptop.entry({}, 64);
  payload.copy(entry.bytes, entry.bytes.length - 100);
  a.append([entry]);
  await Promise.all([a.results(1), b.entries(1)]);
  const strange = { 'x-forwarded-for': '203.0.113.77, 2001:db8::77', 'user-agent': 'canary-agent', origin: 'https://canary-origin.example', authorization: 'Bearer canary-token-canary-token', cookie: 'canary=cookie' };
  for (const path of ['/v1/session?canary=query', '/v1/canary-path', '/canary-path', '/metrics']) await fetch(address + path, { method: 'POST', body: 'canary-body', headers: strange });
  await fetch(`${address}/v1/session`, { method: 'POST', body: '{"canary":"body"}' });
  await fetch(pollUrl(address), { method: 'POST', body: encodePollRequest({ type: 'begin', token: fromBase64Url(laptop.token, TOKEN_BYTES) }).slice() });
  await expect(phone.socket({ protocols: ['blockwire.1', 'blockwire.session.canary-token'], headers: { 'x-forwarded-for': '203.0.113.77' } })).rejects.toMatchObject({ status: 401 });
  b.webSocket.send('canary-text');
  await b.end();
  a.webSocket.send(Buffer.from([255, 255]));
  await a.end();
  await relay.printed(/device\.left[\s\S]*device\.left/);
  const figures = await (await fetch(`${address}/metrics`, { headers: { authorization: 'Bearer canary-metrics-token-0123' } })).text();
  watching.interrupt();
  expect(await watched).toBe(0);
  const log = relay.errors;
  for (const text of [log, figures, watching.text + watching.errors]) {
    expect(text.length).toBeGreaterThan(200);
    for (const canary of ['canary', '203.0.113.77', '2001:db8', '127.0.0.1', '::1', ticket, laptop.token, phone.token, laptop.id, phone.id, laptop.space.id, entry.header.alias, payload.toString('base64'), payload.toString('hex')]) expect(text).not.toContain(canary);
  }
  expect(log).toContain(laptop.id.slice(0, 8));
  if (format === 'lines') return;
  const lines = log.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.find(({ event }) => event === 'device.connected')).toMatchObject({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/) as string, transport: 'websocket' });
  expect(lines.find(({ event }) => event === 'upgrade.refused')).toMatchObject({ level: 'warn', code: expect.any(String) as string });
});

test('blockwire inspect shows each frame without its contents, and what is asked for alone', async () => {
  await start();
  const { laptop, phone, a, b } = await twoDevices();
  const watch = async (...args: string[]): Promise<WatchedFrame[]> => {
    const watching = new TestTerminal(directory);
    const status = runCommandLine(['inspect', '--json', ...args], watching);
    let isDone = false;
    void status.then(() => (isDone = true));
    for (let tries = 0; tries < 500 && !isDone; tries++) {
      a.append([laptop.entry()]);
      await Promise.all([a.results(1), b.entries(1)]);
    }
    if (!isDone) throw new Error(watching.text + watching.errors);
    expect(await status).toBe(0);
    return watching.text.trim().split('\n').map((line) => JSON.parse(line) as WatchedFrame);
  };
  const [append] = await watch('--count', '1', '--only', 'kind=append');
  expect(append).toMatchObject({ direction: 'in', kind: 'append', transport: 'websocket', device: laptop.id.slice(0, 8), space: laptop.space.id.slice(0, 8), documents: 1, entries: 1, lane: 'live', code: null });
  expect(append?.document).toHaveLength(8);
  expect(append?.size).toBe(phone.entry().bytes.length);
  expect(append?.acknowledgedAfter).toBeGreaterThan(0);
  const others = await watch('--count', '3', '--only', 'direction=out', 'device=' + phone.id);
  expect(others.map(({ kind, direction, device }) => `${direction} ${kind} ${device}`)).toEqual(Array(3).fill(`out entries ${phone.id.slice(0, 8)}`));

  const watching = new TestTerminal(directory);
  const shown = runCommandLine(['inspect', '--count', '2', '--only', 'kind=append', '--only', 'kind=presence'], watching);
  for (let tries = 0; tries < 500 && watching.text.split('\n').length < 4; tries++) {
    a.append([laptop.entry()]);
    await a.results(1);
  }
  expect(await shown).toBe(0);
  expect(watching.text).toMatch(/^time +kind +device[^\n]+\n([\d:.]{12} {2}in {3}append +\w{8} +\w{8} +1 +\d+ B +[\d.]+ ms +live {2}websocket\n){2}$/);
});

test('blockwire inspect without a relay, with a filter that is none, and with too many looking on', async () => {
  await start();
  expect(await runToEnd(directory, ['inspect', '--data', join(directory, 'none')])).toMatchObject({ status: 1, errors: expect.stringContaining('NO_RELAY') as string });
  expect(await runToEnd(directory, ['inspect', '--only', 'text=x'])).toMatchObject({ status: 2 });
  const { a } = await twoDevices();
  const watchers = Array.from({ length: 4 }, () => new TestTerminal(directory));
  const outcomes = watchers.map((terminal) => runCommandLine(['inspect', '--json'], terminal));
  for (let tries = 0; tries < 500 && watchers.some(({ text }) => text === ''); tries++) {
    a.send({ type: 'presence', bytes: new Uint8Array(8) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await runToEnd(directory, ['inspect'])).toMatchObject({ status: 1, errors: expect.stringContaining('4 look on already') as string });
  for (const watcher of watchers) watcher.interrupt();
  expect(await Promise.all(outcomes)).toEqual([0, 0, 0, 0]);
});
