import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../src/relay/testing/built';
import { runSoak } from './soak';

const directory = mkdtempSync(join(tmpdir(), 'blockwire-soak-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('who does not read holds nobody up, and has all of it afterwards', async () => {
  const result = await runSoak({ seconds: 5, devices: 20, stall: 1, program: bundle('src/cli/main.ts', 'blockwire'), directory });
  expect(result.faults).toEqual([]);
  expect(result.delivered).toBe(8 * result.entries);
  expect(result.entries).toBeGreaterThanOrEqual(36);
  expect(result.stalls).toBeGreaterThan(2);
}, 60_000);
