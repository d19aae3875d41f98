/** Many seeds, each some minutes of typing, cuts, crashes and restored backups. `npx jest test/sim`; more with SEEDS=2000 FIRST=1000. */
import { World } from './world';

const FIRST = Number(process.env['FIRST'] ?? 1);
const SEEDS = Number(process.env['SEEDS'] ?? 200);
/** Seeds that found a fault once. */
const PINNED: readonly number[] = [];

test(`${SEEDS} seeds converge, nothing lost, nothing doubled, cursors honest`, async () => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) await expectWell(seed);
}, 600_000);

test('seeds that found a fault once stay well', async () => {
  for (const seed of PINNED) await expectWell(seed);
}, 60_000);

test('the same seed gives the same log', async () => {
  expect((await new World(42).run()).log).toEqual((await new World(42).run()).log);
});

async function expectWell(seed: number): Promise<void> {
  const { complaints, log } = await new World(seed).run();
  if (complaints.length > 0) throw new Error(`seed ${seed}\n${complaints.slice(0, 8).join('\n')}\n${log.slice(-40).join('\n')}`);
}
