/** A new device joins a space that has a history. */
import { Child, withDirectory } from './child';
import { median, type Figure, type Settings } from './figure';

export async function join({ quick, log }: Settings): Promise<Figure[]> {
  const [blocks, edits] = quick ? [50, 100] : [500, 100];
  const rounds = quick ? 2 : 3;
  return withDirectory(async (data) => {
    const relay = await Child.start('servers/blockwire');
    const driver = await Child.start('drivers/join-blockwire');
    const hocuspocus = await Child.start('servers/hocuspocus.mjs');
    const theirs = await Child.start('drivers/join-hocuspocus.mjs');
    const url = await hocuspocus.ask<string>('start', { data });
    log(`join: filling a space with ${blocks * edits} entries in ${blocks} blocks`);
    await driver.ask('fill', { url: await relay.ask<string>('start', { data }), ticket: await relay.ask<string>('ticket'), blocks, edits });
    await theirs.ask('fill', { url, edits: blocks * edits });
    const today: number[] = [];
    const all: number[] = [];
    const baseline: number[] = [];
    let store = '';
    for (let round = 0; round < rounds; round++) {
      await withDirectory(async (own) => {
        const result = await driver.ask<{ today: number; all: number; store: string }>('join', { data: own, blocks });
        today.push(result.today / 1000);
        all.push(result.all / 1000);
        store = result.store;
      });
      const { all: ms, length } = await theirs.ask<{ all: number; length: number }>('join', { url });
      if (length !== blocks * edits) throw new Error(`Hocuspocus gave ${length} of ${blocks * edits} letters.`);
      baseline.push(ms / 1000);
      log(`join ${round + 1}/${rounds}: today ${today.at(-1)?.toFixed(2)} s, all ${all.at(-1)?.toFixed(2)} s; Hocuspocus ${baseline.at(-1)?.toFixed(2)} s`);
    }
    const what = `a new device joins ${(blocks * edits).toLocaleString('en-US')} entries in ${blocks} blocks`;
    const shared = { unit: 's', baseline: median(baseline), baselineName: 'one Hocuspocus document, as many edits', note: `Device store of the joining device: ${store}.` };
    return [
      { ...shared, what: `${what}: today's block`, measured: median(today), limit: { of: 'value', at: 'most', than: 0.5 } },
      { ...shared, what: `${what}: all`, measured: median(all), limit: { of: 'value', at: 'most', than: 3 } },
    ];
  });
}
