import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadLine, cuts, resets } from './bad-lines';
import { until } from './patience';

let directory: string;
let bad: BadLine;
async function open(pingEvery?: number): Promise<void> {
  bad = await BadLine.open(directory, pingEvery);
}
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blockwire-line-'));
});
afterEach(async () => {
  await bad.end();
  rmSync(directory, { recursive: true, force: true });
});

describe('real devices behind a bad line lose and double nothing', () => {
  test('resets at any moment', async () => {
    await open();
    await resets(bad, 8);
    expect(await bad.recover()).toEqual([]);
  }, 60_000);

  test('cut in the middle of a frame', async () => {
    await open();
    await cuts(bad, 6);
    expect(await bad.recover()).toEqual([]);
  }, 60_000);

  test('one byte at a time', async () => {
    await open();
    bad.line.pace = { ...bad.line.pace, piece: 1 };
    await bad.write(10);
    await until('all have all over that line', () => bad.hasAll(), 40);
    expect(await bad.recover()).toEqual([]);
  }, 60_000);

  test('2 s of latency each way', async () => {
    await open();
    bad.line.pace = { ...bad.line.pace, latency: 2_000 };
    await bad.write(10);
    await until('all have all over that line', () => bad.hasAll(), 40);
    expect(bad.behind.map(({ witness }) => witness.counts.resets)).toEqual([0, 0]);
    expect(await bad.recover()).toEqual([]);
  }, 60_000);

  test('56 kbit/s, with 60 kB to carry', async () => {
    await open();
    bad.line.pace = { ...bad.line.pace, bytesPerSecond: 7_000 };
    await bad.write(4, 10, 2_500);
    await until('all have all over that line', () => bad.hasAll(), 60);
    expect(await bad.recover()).toEqual([]);
  }, 90_000);

  test('[S45] half-open: devices notice within 31 s, the relay when a ping gets no answer', async () => {
    await open(200);
    const noticed = await bad.dieUnnoticed(true);
    expect(noticed).toBeLessThanOrEqual(35_000);
    await until('the relay has noticed', () => bad.relay.relay.statistics.connections === 1);
    expect(await bad.recover()).toEqual([]);
  }, 60_000);
});
