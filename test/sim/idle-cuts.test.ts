/** Proxies that cut a line on which nothing goes, at the times that they have in life: the minutes pass in simulated time. */
import type { WordSets } from './documents';
import { World } from './world';

/** Two devices, live, behind a proxy that cuts after `idle` ms. */
async function quietPair(idle: number): Promise<World> {
  const world = new World(1, { devices: 2, documents: 1, actions: 0, backups: false });
  world.network.idle = idle;
  for (const device of world.devices) await device.start();
  expect(await world.clock.until(() => world.devices.every(({ engine }) => engine.status.phase === 'live'), 5_000)).toBe(true);
  return world;
}

function minutes(count: number): number {
  return count * 60_000;
}

function wordsOf({ words }: WordSets): readonly string[] {
  return [...words.values()].flatMap((set) => [...set]).sort();
}

test('[S45] one that cuts after 30 s never gets to, in an hour of quiet', async () => {
  const world = await quietPair(30_000);
  await world.clock.advance(minutes(60));
  expect(world.network.idleCuts).toBe(0);
  for (const { engine, statuses } of world.devices) {
    expect(engine.status.phase).toBe('live');
    expect(statuses.map(({ problem }) => problem)).not.toContainEqual(expect.objectContaining({ code: 'LOST' }));
  }
});

test('[S45] in the background it cuts each line once, and from then on never', async () => {
  const world = await quietPair(30_000);
  for (const { engine } of world.devices) engine.notify('hidden');
  await world.clock.advance(minutes(60));
  expect(world.network.idleCuts).toBe(world.devices.length);
  for (const { engine } of world.devices) expect(engine.status.phase).toBe('live');
});

test('[S40] [S45] one that cuts sooner than devices look after a line loses and doubles nothing', async () => {
  const world = await quietPair(20_000);
  const { devices: [one, other], aliases: [alias] } = world;
  if (!one || !other || !alias) throw new Error('A world of two, with a document.');
  for (let i = 0; i < 30; i++) {
    one.say(alias, [`one ${i}`]);
    other.say(alias, [`other ${i}`]);
    await world.clock.advance(15_000 + i * 1_000);
  }
  expect(world.network.idleCuts).toBeGreaterThan(20);
  const said = Array.from({ length: 30 }, (_, i) => [`one ${i}`, `other ${i}`]).flat().sort();
  const same = (): boolean => world.devices.every(({ documents, engine }) => wordsOf(documents).length === said.length && engine.status.unacknowledged === 0);
  expect(await world.clock.until(same, minutes(2))).toBe(true);
  for (const { documents } of world.devices) expect(wordsOf(documents)).toEqual(said);
});
