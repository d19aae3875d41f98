/** The engine over a real socket and a real relay with its SQLite file: does the simulated relay behave as the real one? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Harness } from '../../src/relay/testing/harness';
import type { TestDevice } from '../../src/relay/testing/device';
import { MemoryDisk } from '../../src/store';
import { createWebSocketTransport, httpByFetch, systemClock, systemRandom } from '../../src/transport';
import { NodeWebSocket } from '../../src/transport/ws-node';
import { DOCUMENT, typist, until, type Typist } from './typist';

const harness = new Harness();
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});
async function peer(device: TestDevice, disk = new MemoryDisk(), wanted = [DOCUMENT]): Promise<Typist> {
  const one = await typist(device, createWebSocketTransport({
    relays: [device.relay],
    WebSocket: NodeWebSocket,
    space: device.space.id,
    device: device.id,
    sign: async (bytes) => device.keys.sign(bytes),
    http: httpByFetch(),
    clock: systemClock,
    random: systemRandom,
  }), disk, wanted);
  ended.push(one.end);
  return one;
}

const size = (one: Typist): number => one.documents.words.get(DOCUMENT)?.size ?? 0;

test('two devices type at once and are the same', async () => {
  const laptop = await harness.found(await harness.start());
  const [a, b] = [await peer(laptop), await peer(await harness.join(laptop))];
  await until(() => a.engine.status.peers.visible.length === 1 && b.engine.status.phase === 'live', 'both live');
  for (let i = 0; i < 200; i++) {
    a.say(`a${i}`);
    b.say(`b${i}`);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all([a.engine.settled(10_000), b.engine.settled(10_000)]);
  await until(() => size(a) === 400 && size(b) === 400, 'equal');
  expect(a.engine.status).toMatchObject({ phase: 'live', problem: null, unacknowledged: 0 });
  expect(a.engine.status.latency).not.toBeNull();
});

test('the relay goes away while typing and comes back: nothing is lost', async () => {
  const relay = await harness.start();
  const laptop = await harness.found(relay);
  const [a, b] = [await peer(laptop), await peer(await harness.join(laptop))];
  await until(() => a.engine.status.peers.visible.length === 1, 'connected');
  for (let i = 0; i < 50; i++) a.say(`before ${i}`);
  await relay.stop();
  for (let i = 0; i < 50; i++) a.say(`without ${i}`);
  await until(() => a.engine.status.phase === 'offline', 'noticed');
  await harness.start({ port: relay.port });
  for (const one of [a, b]) one.engine.notify('online');
  await until(() => size(b) === 100, 'all there');
  await a.engine.settled(5_000);
});

test('a restarted device goes on where it was', async () => {
  const laptop = await harness.found(await harness.start());
  const phone = await harness.join(laptop);
  const disk = new MemoryDisk();
  const a = await peer(laptop);
  const b = await peer(phone, disk);
  for (let i = 0; i < 30; i++) a.say(`a${i}`);
  await until(() => size(b) === 30, 'first part');
  await ended.pop()?.();
  for (let i = 30; i < 60; i++) a.say(`a${i}`);
  await a.engine.settled(5_000);
  const again = await peer(phone, disk);
  again.say('b');
  await until(() => size(again) === 61 && size(a) === 61, 'second part');
  expect(again.documents.applied).toBeLessThanOrEqual(30);
});

test('a new device gets snapshots, not all entries', async () => {
  const laptop = await harness.found(await harness.start());
  const phone = await harness.join(laptop);
  const a = await peer(laptop);
  const b = await peer(phone);
  await until(() => a.engine.status.peers.visible.length === 1, 'connected');
  for (let i = 0; i < 450; i++) {
    a.say(`a${i}`);
    await a.engine.settled(5_000);
  }
  await until(() => size(b) === 450, 'all there');
  await until(() => a.engine.status.unacknowledged === 0 && b.engine.status.unacknowledged === 0, 'quiet');
  const c = await peer(await harness.join(laptop));
  await until(() => size(c) === 450, 'caught up');
  expect(c.documents.applied).toBeLessThan(300);
}, 30_000);

test('a large update goes in parts, and a keystroke passes it', async () => {
  const laptop = await harness.found(await harness.start());
  const [a, b] = [await peer(laptop), await peer(await harness.join(laptop))];
  await until(() => a.engine.status.peers.visible.length === 1, 'connected');
  a.say('x'.repeat(2_000_000));
  a.say('small');
  await until(() => b.documents.words.get(DOCUMENT)?.has('small') ?? false, 'the small one');
  expect(size(b)).toBe(1);
  await until(() => size(b) === 2, 'the large one');
}, 30_000);

test('what leaves memory is found in the store of a killed device', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blockwire-sync-'));
  try {
    const { openSqliteStore } = await import('../../src/store/sqlite');
    const laptop = await harness.found(await harness.start());
    const store = openSqliteStore(join(folder, 'device.db'));
    await store.write([{ table: 'pending', key: `${DOCUMENT}/${'0'.repeat(15)}1`, value: Uint8Array.of(1, 0, 0x68, 0x69) }], 'strict');
    await store.close();
    const a = await peer(laptop, await diskOf(join(folder, 'device.db')));
    const b = await peer(await harness.join(laptop));
    await until(() => b.documents.words.get(DOCUMENT)?.has('hi') ?? false, 'sent after the restart');
    await a.engine.settled(5_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The rows of a SQLite store, as a memory disk. */
async function diskOf(file: string): Promise<MemoryDisk> {
  const { openSqliteStore } = await import('../../src/store/sqlite');
  const disk = new MemoryDisk();
  const store = openSqliteStore(file);
  for (const { key, value } of await store.scan('pending', '')) disk.take([{ table: 'pending', key, value }], 'strict');
  await store.close();
  return disk;
}
