import { bundle } from '../../src/relay/testing/built';
import { runFolderKills } from './folder-kills';

test('4 kills of a folder process between outbox and acknowledgement: nothing is missing, nothing is there twice', async () => {
  const result = await runFolderKills({ times: 4, program: bundle('src/cli/main.ts', 'blockwire') });
  expect(result.faults).toEqual([]);
  expect(result).toMatchObject({ kills: 4, stored: 2 });
}, 120_000);
