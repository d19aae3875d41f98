import { EventEmitter } from 'node:events';
import { LogError } from './log';
import { MemoryLog } from './memory/memory-log';
import { MemoryRegistry } from './memory/memory-registry';
import { Harness } from './testing/harness';
import { TestDevice } from './testing/device';
import { inProcesses } from './testing/processes';

const harness = new Harness();

test.each([
  ['', () => ({})],
  [', also where processes beside it hold its WebSockets', inProcesses],
])('[P72] a stop acknowledges what it stored, says that it goes, and loses nothing%s', async (_, options) => {
  const { relay, laptop, a, b } = await harness.pair(options());
  const entries = laptop.entries(3_000);
  for (let i = 0; i < entries.length; i += 50) a.append(entries.slice(i, i + 50));
  let acknowledged = (await a.results(50)).length;
  await Promise.all([relay.stop(), a.end(), b.end()]);
  expect(a.closed).toEqual({ code: 1001, reason: 'SHUTTING_DOWN' });
  for (const frame of a.frames) if (frame.type === 'appended') acknowledged += frame.results.length;
  expect(a.frames.at(-1)).toMatchObject({ type: 'error', code: 'SHUTTING_DOWN' });
  await harness.start({ port: relay.port });
  const again = harness.kept(await laptop.open());
  expect(again.welcome?.lanes[0]?.counter).toBe(acknowledged);
});

test('[P72] a stopping relay takes no one in, and a second stop is the same stop', async () => {
  const { relay } = await harness.pair();
  await Promise.all([relay.stop(), relay.stop()]);
  await expect(fetch(`${relay.url}/health`)).rejects.toThrow();
});

test('[P78] a relay whose disk failed ends its connections and says so, and lets no one in', async () => {
  const failures: LogError[] = [];
  const log = new MemoryLog();
  const failing = Object.assign(Object.create(log) as MemoryLog, {
    append: () => Promise.reject(new LogError('failed', 'The disk refused a write.')),
  });
  const relay = await harness.start({ data: { log: failing, registry: new MemoryRegistry() }, onFailure: (error) => failures.push(error) });
  const laptop = await harness.found(relay);
  const a = harness.kept(await laptop.open());
  a.append([laptop.entry()]);
  expect(await a.end()).toEqual({ code: 4019, reason: 'DISK_FAILED' });
});

test('runs on another engine', async () => {
  const relay = await harness.start({ data: { log: new MemoryLog(), registry: new MemoryRegistry() } });
  expect(relay.relay.description).toBe('memory');
  const laptop = await harness.found(relay);
  const a = harness.kept(await laptop.open());
  a.append(laptop.entries(3));
  expect(await a.results(3)).toHaveLength(3);
});

test('shows the sealed bytes as they are stored, newest first', async () => {
  const { relay, laptop, a } = await harness.pair();
  const entries = laptop.entries(5);
  a.append(entries);
  await a.results(5);
  const rows = await relay.relay.inspect(laptop.space.id, { entries: 2, bytes: 100 });
  expect(rows.map(({ counter }) => counter)).toEqual([5, 4]);
  expect(rows[0]).toEqual({
    sequence: 5,
    device: laptop.id,
    alias: entries[4]?.header.alias,
    kind: 'update',
    lane: 'live',
    counter: 5,
    size: entries[4]?.bytes.length,
    bytes: Buffer.from(entries[4]?.bytes ?? []).toString('hex').slice(0, 200),
  });
  expect(await relay.relay.spaces()).toEqual([laptop.space.id]);
});

test('[P77] what a refusal says holds no key, token, ticket or identifier', async () => {
  const { relay, laptop, a } = await harness.pair();
  const ticket = await harness.ticket(relay);
  await laptop.found(ticket, { signature: new Uint8Array(64) });
  const stray = new TestDevice(relay.url, laptop.space);
  const answers = [await stray.session(), await stray.join({ signature: new Uint8Array(64) }), await stray.found(ticket), await stray.found(ticket, { time: 1 })];
  a.append([stray.entry()]);
  const messages = [...answers.map(({ body }) => String(body.message)), (await a.next('error')).message];
  for (const message of messages) {
    expect(message).toMatch(/^[A-Z].*\.$/);
    for (const secret of [ticket, laptop.token, laptop.space.id, laptop.id, stray.id, '127.0.0.1']) expect(message).not.toContain(secret);
  }
});

test('log lines hold no token, key, ticket or whole identifier', async () => {
  const lines: string[] = [];
  const { lineJournal } = await import('./journal');
  const relay = await harness.start({ journal: lineJournal((line) => lines.push(line)) });
  const ticket = await harness.ticket(relay);
  const laptop = await harness.found(relay);
  const phone = await harness.join(laptop);
  const socket = await phone.open();
  await socket.close();
  const stray = new TestDevice(relay.url, laptop.space);
  await stray.session();
  await EventEmitter.once(socket.webSocket, 'x', { signal: AbortSignal.timeout(1) }).catch(() => undefined);
  const text = lines.join('');
  expect(text).toContain(`space.founded space=${laptop.space.id.slice(0, 8)}`);
  expect(text).toContain('device.connected');
  for (const secret of [ticket, phone.token, laptop.space.id, phone.id]) expect(text).not.toContain(secret);
});
