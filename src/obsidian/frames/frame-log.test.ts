import { encodeFrame, encodeHeader, ENTRY_OVERHEAD, HEADER_BYTES, LIMITS, type Alias, type DeviceId, type Digest, type Frame, type Lane, type SpaceId } from '../../protocol';
import { cellsOf, fits } from './frame-cells';
import { FrameLog, KEPT_BYTES, KEPT_FRAMES } from './frame-log';

const id = (digit: string) => digit.repeat(32);
const DEVICE = id('2') as DeviceId;

function entry(counter: number, lane: Lane = 'live', alias = id('3'), size: number = ENTRY_OVERHEAD): Uint8Array {
  const header = encodeHeader({ suite: 1, kind: 'update', space: id('1') as SpaceId, epoch: 0, device: DEVICE, lane, counter, previous: id('0') as Digest, alias: alias as Alias, covers: 0, part: 0, parts: 1 });
  const bytes = new Uint8Array(Math.max(size, HEADER_BYTES));
  bytes.set(header);
  return bytes;
}

let now: number;
let log: FrameLog;
const out = (frame: Frame) => log.take({ type: 'frame', direction: 'out', way: 'websocket', bytes: encodeFrame(frame) });
const back = (frame: Frame) => log.take({ type: 'frame', direction: 'in', way: 'websocket', bytes: encodeFrame(frame) });
beforeEach(() => {
  now = 1_700_000_000_000;
  log = new FrameLog(() => now);
});

test('a frame is a row with kind, documents, lane and size', () => {
  out({ type: 'append', entries: [entry(1), entry(2, 'bulk', id('4')), entry(3)] });
  expect(log.rows[0]).toMatchObject({ direction: 'out', kind: 'append', transport: 'websocket', documents: [id('3'), id('4')], entries: 3, lane: 'live', acknowledgedAfter: null, code: null });
  back({ type: 'entries', entries: [{ sequence: 9, bytes: entry(1, 'bulk') }] });
  expect(log.rows[1]).toMatchObject({ direction: 'in', kind: 'entries', documents: [id('3')], lane: 'bulk' });
  back({ type: 'error', code: 'SPACE_FULL', message: 'Full.' });
  expect(log.rows[2]).toMatchObject({ kind: 'error', code: 'SPACE_FULL', documents: [] });
});

test('an append is acknowledged once all of its entries are', () => {
  out({ type: 'append', entries: [entry(1), entry(2)] });
  out({ type: 'append', entries: [entry(3)] });
  const [first, second] = log.rows;
  now += 5;
  expect(back({ type: 'appended', results: [{ status: 'stored', lane: 'live', counter: 1, sequence: 1 }] })).toEqual([]);
  now += 7;
  const stored = [2, 3].map((counter) => ({ status: 'stored' as const, lane: 'live' as const, counter, sequence: counter }));
  expect(back({ type: 'appended', results: stored })).toEqual([first, second]);
  expect([first?.acknowledgedAfter, second?.acknowledgedAfter]).toEqual([12, 12]);
});

test('what it does not know, and what comes and goes, are rows too', () => {
  log.take({ type: 'connected', way: 'stream' });
  log.take({ type: 'frame', direction: 'in', way: 'stream', bytes: Uint8Array.of(0x7e, 1, 2) });
  log.take({ type: 'frame', direction: 'in', way: 'stream', bytes: new Uint8Array() });
  log.take({ type: 'closed', way: 'stream', code: 'LOST' });
  expect(log.rows.map(({ kind, size, code }) => [kind, size, code])).toEqual([['connected', 0, null], ['type 126', 3, null], ['type none', 0, null], ['closed', 0, 'LOST']]);
});

test('it keeps the newest frames and bytes alone', () => {
  for (let i = 1; i <= KEPT_FRAMES + 20; i++) out({ type: 'visible', visible: true });
  expect(log.rows).toHaveLength(KEPT_FRAMES);
  expect(log.dropped).toBe(20);
  for (let i = 1; i <= 40; i++) out({ type: 'append', entries: [entry(i, 'bulk', id('3'), LIMITS.entry)] });
  const kept = log.rows.reduce((sum, { size }) => sum + size, 0);
  expect(kept).toBeLessThanOrEqual(KEPT_BYTES);
  expect(kept).toBeGreaterThan(KEPT_BYTES - 2 * LIMITS.entry);
  log.clear();
  expect([log.rows.length, log.dropped]).toEqual([0, 0]);
});

test('a filter takes words and columns, as inspect does', () => {
  out({ type: 'append', entries: [entry(1)] });
  const [row] = log.rows;
  if (!row) throw new Error('no row');
  const cells = cellsOf(row, (alias) => (alias === id('3') ? 'Shopping list' : null));
  expect(cells).toMatchObject({ kind: 'append', document: 'Shopping list', entries: '1', lane: 'live', ack: '' });
  for (const filter of ['', 'shop', 'kind=append', 'lane=live direction=out', 'document=shop LIST', 'kind=']) expect([filter, fits(cells, filter)]).toEqual([filter, true]);
  for (const filter of ['milk', 'kind=append lane=bulk', 'direction=in', 'kind=end', 'colour=red']) expect([filter, fits(cells, filter)]).toEqual([filter, false]);
  expect(cellsOf(row, () => null).document).toBe('33333333');
});
