import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../src/relay/testing/built';
import { runKills } from './kills';

const directory = mkdtempSync(join(tmpdir(), 'blockwire-kills-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('20 kills of the relay while 4 devices write: nothing acknowledged is missing, nothing is there twice, no device takes the relay for a liar', async () => {
  const result = await runKills({ times: 20, program: bundle('src/cli/main.ts', 'blockwire'), directory });
  expect(result.faults).toEqual([]);
  expect(result.reports).toEqual([]);
  expect(result.kills).toBe(20);
  expect(result.acknowledged).toBeGreaterThan(80);
}, 120_000);
