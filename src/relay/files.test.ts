/** Files over real sockets and, in `src/files`, over every way that frames travel. */
import { FILES_ALIAS, LIMITS, type FileId } from '../protocol';
import type { WatchedFrame } from './frame-watch';
import { MemoryLog } from './memory/memory-log';
import { MemoryRegistry } from './memory/memory-registry';
import type { TestDevice, TestSocket } from './testing/device';
import { Harness } from './testing/harness';

const harness = new Harness();
const PHOTO = 'f1'.repeat(16) as FileId;
const VOICE = 'f2'.repeat(16) as FileId;
const bytes = (mark: number): Uint8Array => new Uint8Array(LIMITS.fileChunk).fill(mark);

/** A connection for files alone. */
async function filing(device: TestDevice): Promise<TestSocket> {
  if (device.token === '') await device.session();
  const socket = harness.kept(await device.socket());
  socket.send({ type: 'files' });
  await socket.next('filing');
  return socket;
}

test('[P90] a connection for files is no peer, hears of no entry, and takes frames of files alone', async () => {
  const { laptop, phone, a, b } = await harness.pair();
  const files = await filing(phone);
  await b.close();
  // The phone's line for files is still there, and counts for nothing.
  expect((await a.next('peers')).peers.connected).toEqual([]);
  a.append([laptop.entry()]);
  await a.results(1);
  files.send({ type: 'have', file: PHOTO });
  expect(await files.next('held')).toEqual({ type: 'held', file: PHOTO, next: 0 });
  expect(files.frames).toEqual([]);
  files.send({ type: 'visible', visible: true });
  expect(await files.end()).toMatchObject({ code: 4000 });
});

test('[P90] after welcome files come on the connection that there is; not before, and no frame of files before `files`', async () => {
  const relay = await harness.start();
  const laptop = await harness.found(relay);
  const open = harness.kept(await laptop.open());
  open.send({ type: 'files' });
  expect(await open.next('filing')).toEqual({ type: 'filing', quota: 5 * 1024 ** 3, used: 0 });
  open.append([laptop.entry()]);
  await open.results(1);
  const early = harness.kept(await laptop.open());
  early.send({ type: 'have', file: PHOTO });
  expect(await early.end()).toMatchObject({ code: 4000 });
  const first = harness.kept(await laptop.socket());
  first.send({ type: 'get', file: PHOTO, index: 0 });
  expect(await first.end()).toMatchObject({ code: 4000 });
});

test('[P91] [P92] [P94] what one device puts, another gets, in the order in which it asked', async () => {
  const { laptop, phone } = await harness.pair();
  const [up, down] = [await filing(laptop), await filing(phone)];
  for (const index of [0, 1, 2]) up.send({ type: 'put', file: PHOTO, index, count: 3, bytes: bytes(index) });
  for (const index of [0, 1, 2]) expect(await up.next('stored')).toEqual({ type: 'stored', file: PHOTO, index });
  for (const index of [2, 0, 1, 3]) down.send({ type: 'get', file: PHOTO, index });
  down.send({ type: 'have', file: PHOTO });
  const marks = [];
  for (let i = 0; i < 3; i++) marks.push((await down.next('chunk')).bytes[100]);
  expect(marks).toEqual([2, 0, 1]);
  expect([await down.next('held'), await down.next('held')].map(({ next }) => next)).toEqual([3, 3]);
});

test('[P92] a chunk out of its turn is told what is missing, and one with another count is refused', async () => {
  const relay = await harness.start();
  const socket = await filing(await harness.found(relay));
  socket.send({ type: 'put', file: PHOTO, index: 1, count: 3, bytes: bytes(1) });
  expect(await socket.next('held')).toEqual({ type: 'held', file: PHOTO, next: 0 });
  socket.send({ type: 'put', file: PHOTO, index: 0, count: 3, bytes: bytes(1) });
  await socket.next('stored');
  socket.send({ type: 'put', file: PHOTO, index: 1, count: 2, bytes: bytes(1) });
  expect(await socket.next('unstored')).toEqual({ type: 'unstored', file: PHOTO, index: 1, code: 'BAD_FRAME' });
});

test('[P93] beyond the quota a chunk is refused; the connection, entries and drops go on', async () => {
  const relay = await harness.start({ limits: { filesBytes: LIMITS.fileChunk } });
  const laptop = await harness.found(relay);
  const socket = await filing(laptop);
  for (const index of [0, 1]) socket.send({ type: 'put', file: PHOTO, index, count: 2, bytes: bytes(index) });
  await socket.next('stored');
  expect((await socket.next('unstored')).code).toBe('SPACE_FULL');
  const open = harness.kept(await laptop.open());
  open.append([laptop.entry()]);
  expect((await open.results(1))[0]?.status).toBe('stored');
  socket.send({ type: 'drop', file: PHOTO });
  expect((await socket.next('held')).next).toBe(0);
});

test('[P90] [P93] a relay that keeps no files says so, and refuses them', async () => {
  const relay = await harness.start({ data: { log: new MemoryLog(), registry: new MemoryRegistry() } });
  const laptop = await harness.found(relay);
  await laptop.session();
  const socket = harness.kept(await laptop.socket());
  socket.send({ type: 'files' });
  expect(await socket.next('filing')).toEqual({ type: 'filing', quota: 0, used: 0 });
  socket.send({ type: 'put', file: PHOTO, index: 0, count: 1, bytes: bytes(0) });
  expect((await socket.next('unstored')).code).toBe('SPACE_FULL');
});

test('[P95] a dropped file is gone for all, and its room comes back by itself', async () => {
  const { laptop, phone } = await harness.pair({ limits: { filesBytes: LIMITS.fileChunk } });
  const [one, other] = [await filing(laptop), await filing(phone)];
  one.send({ type: 'put', file: PHOTO, index: 0, count: 1, bytes: bytes(1) });
  await one.next('stored');
  other.send({ type: 'drop', file: PHOTO });
  await other.next('held');
  one.send({ type: 'get', file: PHOTO, index: 0 });
  expect((await one.next('held')).next).toBe(0);
  // As long as its room is not free again, a further chunk is refused.
  for (let tries = 0; tries < 100; tries++) {
    one.send({ type: 'put', file: VOICE, index: 0, count: 1, bytes: bytes(2) });
    const answer = await one.until('an answer', () => one.frames.shift());
    if (answer.type === 'stored') return;
    expect(answer).toMatchObject({ type: 'unstored', code: 'SPACE_FULL' });
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('The room of a dropped file never came back.');
});

test('[P97] more chunks than may be unanswered are taken in the end, all of them', async () => {
  const relay = await harness.start();
  const socket = await filing(await harness.found(relay));
  const count = LIMITS.filesUnanswered + 50;
  for (let index = 0; index < count; index++) socket.send({ type: 'put', file: PHOTO, index, count, bytes: bytes(index % 256) });
  for (let index = 0; index < count; index++) expect((await socket.next('stored')).index).toBe(index);
});

test('[P96] what was begun 31 days ago is forgotten when the relay starts', async () => {
  let now = Date.now();
  const first = await harness.start({ now: () => now });
  const laptop = await harness.found(first);
  const socket = await filing(laptop);
  socket.send({ type: 'put', file: PHOTO, index: 0, count: 2, bytes: bytes(1) });
  await socket.next('stored');
  await first.stop();
  now += 31 * 24 * 60 * 60 * 1000;
  const again = await harness.start({ now: () => now });
  expect(await again.relay.metrics()).toMatch(/^blockwire_files 0$/m);
});

test('[P98] no leave is given for the alias that asks after files', async () => {
  const relay = await harness.start();
  const socket = harness.kept(await (await harness.found(relay)).open());
  socket.send({ type: 'lease', alias: FILES_ALIAS });
  expect(await socket.next('leased')).toEqual({ type: 'leased', alias: FILES_ALIAS, granted: false });
});

test('who looks on sees which file a frame is about, and why one is refused', async () => {
  const relay = await harness.start({ limits: { filesBytes: LIMITS.fileChunk } });
  const socket = await filing(await harness.found(relay));
  const seen: WatchedFrame[] = [];
  relay.relay.watch((frame) => seen.push(frame));
  for (const index of [0, 1]) socket.send({ type: 'put', file: PHOTO, index, count: 2, bytes: bytes(index) });
  await socket.next('unstored');
  expect(seen.map(({ direction, kind, document, code }) => [direction, kind, document, code])).toEqual([
    ['in', 'put', PHOTO.slice(0, 8), null],
    ['in', 'put', PHOTO.slice(0, 8), null],
    ['out', 'stored', PHOTO.slice(0, 8), null],
    ['out', 'unstored', PHOTO.slice(0, 8), 'SPACE_FULL'],
  ]);
});

test('[P75] health says whether files are taken', async () => {
  const health = async (url: string): Promise<unknown> => (await fetch(`${url}/health`)).json();
  expect(await health((await harness.start()).url)).toMatchObject({ ok: true, files: true });
  expect(await health((await harness.start({ data: { log: new MemoryLog(), registry: new MemoryRegistry() } })).url)).toMatchObject({ ok: true, files: false });
});

test('files are in the metrics', async () => {
  const relay = await harness.start();
  const socket = await filing(await harness.found(relay));
  socket.send({ type: 'put', file: PHOTO, index: 0, count: 1, bytes: bytes(1) });
  await socket.next('stored');
  const text = await relay.relay.metrics();
  expect(text).toMatch(/^blockwire_files 1$/m);
  expect(text).toMatch(new RegExp(`^blockwire_files_bytes ${LIMITS.fileChunk}$`, 'm'));
  expect(text).toMatch(/^blockwire_chunks_stored_total 1$/m);
});
