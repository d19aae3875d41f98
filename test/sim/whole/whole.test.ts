import { scriptOf } from './script';
import { World } from './world';

const FIRST = Number(process.env['FIRST'] ?? 1);
const SEEDS = Number(process.env['SEEDS'] ?? 1);
const STEPS = Number(process.env['STEPS'] ?? 60);

test.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))('seed %i', async (seed) => {
  const { complaints, log, done } = await new World(scriptOf(seed, STEPS)).run();
  if (complaints.length > 0) throw new Error(`seed ${seed}\n${complaints.slice(0, 4).join('\n')}\n${log.slice(-60).join('\n')}`);
  expect(done).toBeGreaterThan(0);
}, 60_000);
